import type { SeenEvent } from '../../src/desk/sessions-messages.ts';
import { duration } from './timing.ts';
import { describe } from './words.ts';

export interface StepsProps {
  readonly events: readonly SeenEvent[];
  readonly seq: number;
  /** The last event is looked at, whichever that is. */
  readonly live: boolean;
  readonly isOver: boolean;
  /** Undefined: the last one, whichever that is. */
  readonly look: (seq: number | undefined) => void;
}

/** Goes back and forth through the events of a session. */
export function Steps({ events, seq, live, isOver, look }: StepsProps) {
  const last = events.at(-1)?.seq ?? 0;
  const event = events[seq - 1];
  const told = event ? `${seq} of ${last}: ${describe(event, events.slice(0, seq - 1)).title}` : 'No events yet';
  const since = event && events[0] ? `+${duration(event.at - events[0].at)}` : '';
  return (
    <fieldset className="steps" aria-label="Step through the session">
      <button type="button" onClick={() => look(1)} disabled={seq <= 1} aria-label="First event">
        <span aria-hidden="true">|◀</span>
      </button>
      <button type="button" onClick={() => look(seq - 1)} disabled={seq <= 1} aria-label="Event before">
        <span aria-hidden="true">◀</span>
      </button>
      <input
        type="range"
        min={1}
        max={Math.max(1, last)}
        value={Math.max(1, seq)}
        disabled={last < 2}
        aria-label="Event"
        aria-valuetext={told}
        onChange={({ target: { value } }) => look(Number(value))}
      />
      <button type="button" onClick={() => look(seq + 1)} disabled={seq >= last} aria-label="Next event">
        <span aria-hidden="true">▶</span>
      </button>
      <button
        type="button"
        className={live && !isOver ? 'live on' : 'live'}
        onClick={() => look(undefined)}
        aria-pressed={live}
      >
        {isOver ? 'Last' : 'Live'}
      </button>
      <p className="steps-told">
        {told} <small className="steps-at">{since}</small>
      </p>
    </fieldset>
  );
}
