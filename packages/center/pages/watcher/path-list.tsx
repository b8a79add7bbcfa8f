import { type Move, OUTSIDE } from './path.ts';
import { duration } from './timing.ts';

/** The path as a list: what the graph shows, in words. */
export function PathList({
  moves,
  start,
  look,
}: {
  readonly moves: readonly Move[];
  readonly start: number;
  readonly look: (seq: number) => void;
}) {
  if (moves.length === 0) return <p className="empty">It has not begun.</p>;
  return (
    <ol className="path">
      {moves.map(({ from, to, seq, at, failed, number }) => (
        <li key={number}>
          <button type="button" onClick={() => look(seq)}>
            <span>
              {from === OUTSIDE ? 'start' : from} → <strong>{to}</strong>
              {failed && <span className="mark bad">failed</span>}
            </span>
            <small className="path-at">
              event {seq}, +{duration(at - start)}
            </small>
          </button>
        </li>
      ))}
    </ol>
  );
}
