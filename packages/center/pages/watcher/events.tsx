import { memo, useEffect, useMemo, useRef } from 'react';
import type { SeenEvent } from '../../src/desk/sessions-messages.ts';
import { duration, type Turn, turnsOf } from './timing.ts';
import { describe, lined } from './words.ts';

export interface EventsProps {
  readonly events: readonly SeenEvent[];
  /** Those of them that are listed. */
  readonly shown: readonly SeenEvent[];
  /** The step they are of, where one was picked. */
  readonly step: string | undefined;
  readonly showAll: () => void;
  readonly seq: number;
  readonly look: (seq: number) => void;
}

/** What happened, turn by turn. */
export function Events({ events, shown, step, showAll, seq, look }: EventsProps) {
  const turns = useMemo(() => turnsOf(events), [events]);
  const start = events[0]?.at ?? 0;
  const listed = useMemo(() => new Set(shown), [shown]);
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const panel = list.current?.closest('.panel');
    const event = list.current?.querySelector(`[data-seq="${seq}"]`);
    if (!panel || !event || shown.length === 0) return;
    const [outer, inner] = [panel.getBoundingClientRect(), event.getBoundingClientRect()];
    if (inner.top < outer.top + 40 || inner.bottom > outer.bottom)
      panel.scrollTop += inner.top - outer.top - outer.height / 3;
  }, [seq, shown]);
  return (
    <>
      {step !== undefined && (
        <p className="only">
          <span>
            {shown.length} {shown.length === 1 ? 'event' : 'events'} of <strong>{step}</strong>
          </span>
          <button type="button" onClick={showAll}>
            Show all
          </button>
        </p>
      )}
      {events.length === 0 && <p className="empty">Nothing has happened yet.</p>}
      <ol className="turns" ref={list}>
        {turns.map((turn, index) => {
          const of = turn.events.filter((event) => listed.has(event));
          return of.length === 0 ? null : (
            <li key={turn.events[0]?.seq}>
              <TurnHead turn={turn} number={index + 1} />
              <ol className="events">
                {of.map((event) => (
                  <Line
                    key={event.seq}
                    event={event}
                    before={events}
                    start={start}
                    current={event.seq === seq}
                    later={event.seq > seq}
                    look={look}
                  />
                ))}
              </ol>
            </li>
          );
        })}
      </ol>
    </>
  );
}

/** How long a turn took, and what it was spent on. */
function TurnHead({ turn: { took, parts }, number }: { readonly turn: Turn; readonly number: number }) {
  const spent = parts.map(({ name, took: part }) => `${name} ${duration(part)}`).join(', ');
  return (
    <div className="turn-head">
      <h3>Turn {number}</h3>
      <span className="turn-took">{duration(took)}</span>
      {parts.length > 0 && (
        <span className="bar" role="img" aria-label={`Time it took: ${spent}`}>
          {parts.map(({ id, kind, took: part }) => (
            <span key={id} className={`part part-${kind}`} style={{ flexGrow: part }} />
          ))}
        </span>
      )}
      {parts.length > 0 && (
        <span className="turn-spent" aria-hidden="true">
          {spent}
        </span>
      )}
    </div>
  );
}

interface LineProps {
  readonly event: SeenEvent;
  readonly before: readonly SeenEvent[];
  readonly start: number;
  readonly current: boolean;
  readonly later: boolean;
  readonly look: (seq: number) => void;
}

const Line = memo(
  ({ event, before, start, current, later, look }: LineProps) => {
    const { tone, title, text, facts, data } = describe(event, before.slice(0, event.seq - 1));
    const path: unknown = event.data['path'];
    return (
      <li
        className={`event tone-${tone}${later ? ' later' : ''}`}
        data-seq={event.seq}
        aria-current={current ? 'step' : undefined}
      >
        <button type="button" className="event-title" onClick={() => look(event.seq)}>
          <span>{title}</span>
          <small className="event-at">+{duration(event.at - start)}</small>
        </button>
        {text !== undefined && <p className="event-text">{text}</p>}
        {facts.length > 0 && <p className="facts">{facts.join(' · ')}</p>}
        {data.map(({ name, value }) => (
          <details key={name}>
            <summary>{name}</summary>
            <pre>{lined(value).join('\n')}</pre>
          </details>
        ))}
        {Array.isArray(path) && path.length > 0 && <p className="went">→ {path.join(' → ')}</p>}
      </li>
    );
  },
  (a, b) =>
    a.event === b.event && a.current === b.current && a.later === b.later && a.start === b.start && a.look === b.look,
);
