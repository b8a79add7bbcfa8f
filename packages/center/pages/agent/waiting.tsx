import { type Ref, useEffect, useState } from 'react';
import type { ToAgent, WaitingContact } from '../../src/desk/agents-messages.ts';
import type { Tell } from './at-work.tsx';
import { labelOf } from './brief.ts';
import { type MyContact, titleOf } from './state.ts';
import { lengthOf } from './time.ts';

type Desk = Extract<ToAgent, { type: 'desk' }>;

const CHANNELS = { VOICE: 'Call', CHAT: 'Chat', TASK: 'Task' } as const;

/** The contacts that the agent has. */
export function MyContacts({
  contacts,
  selected,
  select,
}: {
  readonly contacts: readonly MyContact[];
  readonly selected: string | undefined;
  readonly select: (contact: string) => void;
}) {
  if (contacts.length === 0) return null;
  return (
    <section aria-labelledby="mine">
      <h2 id="mine">Your contacts</h2>
      <ul className="mine">
        {contacts.map((one) => (
          <li key={one.contact}>
            <button
              type="button"
              aria-current={one.contact === selected ? 'true' : undefined}
              onClick={() => select(one.contact)}
            >
              <span className="name">{titleOf(one)}</span>
              <span className="quiet">
                {CHANNELS[one.channel]}
                {one.over === undefined ? '' : ', over'}
              </span>
              {one.unread > 0 && (
                <span className="unread">
                  {one.unread}
                  <span className="hidden-text"> unread</span>
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The queues, and who waits in them, the longest first. */
export function Queues({
  queues,
  heading,
  later,
  tell,
  known,
}: {
  readonly queues: Desk['queues'];
  readonly heading: Ref<HTMLHeadingElement>;
  readonly later: number;
  readonly tell: Tell;
  readonly known: boolean;
}) {
  const busy = queues.filter(({ waiting }) => waiting.length > 0);
  const empty = queues.filter(({ waiting }) => waiting.length === 0);
  return (
    <section aria-labelledby="waiting">
      <h2 id="waiting" ref={heading} tabIndex={-1}>
        Waiting
      </h2>
      {busy.map(({ id, name, waiting }) => (
        <section key={id} aria-labelledby={`queue-${id}`}>
          <h3 id={`queue-${id}`}>
            {labelOf(name)} <span className="quiet">{waiting.length}</span>
          </h3>
          <ul className="waiting">
            {waiting.map((one) => (
              <Waiting key={one.contact} one={one} later={later} tell={tell} />
            ))}
          </ul>
        </section>
      ))}
      {known && busy.length === 0 && <p className="quiet">Nobody waits.</p>}
      {busy.length > 0 && empty.length > 0 && (
        <p className="quiet">Nobody waits in {empty.map(({ name }) => labelOf(name)).join(', ')}.</p>
      )}
    </section>
  );
}

function Waiting({
  one: { contact, channel, since, name, summary, identity },
  later,
  tell,
}: {
  readonly one: WaitingContact;
  readonly later: number;
  readonly tell: Tell;
}) {
  const title = name === undefined ? CHANNELS[channel] : `${CHANNELS[channel]}, ${name}`;
  return (
    <li>
      <div>
        <span className="name">{title}</span>{' '}
        <span className="quiet">
          <Waited since={since} later={later} />
          {(identity === 'code' || identity === 'person') && ', identity proved'}
        </span>
        {summary !== undefined && <p>{summary}</p>}
      </div>
      <button type="button" className="main" onClick={() => tell({ type: 'take', contact })}>
        Take<span className="hidden-text"> {title}</span>
      </button>
    </li>
  );
}

/** Who asked to be called back. */
export function Callbacks({
  callbacks,
  later,
  tell,
}: {
  readonly callbacks: Desk['callbacks'];
  readonly later: number;
  readonly tell: Tell;
}) {
  const now = useNow() + later;
  if (callbacks.length === 0) return null;
  return (
    <section aria-labelledby="callbacks">
      <h2 id="callbacks">To be called back</h2>
      <ul className="waiting">
        {callbacks.map(({ contact, queue, number, due }) => (
          <li key={contact}>
            <div>
              <span className="name">{number}</span> <span className="quiet">{labelOf(queue)}</span>
              {due > now && <p>Not before {new Date(due - later).toLocaleTimeString([], { timeStyle: 'short' })}</p>}
            </div>
            <button type="button" onClick={() => tell({ type: 'call back', contact })}>
              Call<span className="hidden-text"> {number}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Waited({ since, later }: { readonly since: number; readonly later: number }) {
  return <time>{lengthOf(useNow() + later - since)}</time>;
}

/** Milliseconds since the epoch, each second. */
function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
