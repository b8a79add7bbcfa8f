import { type Dispatch, useEffect, useRef, useState } from 'react';
import type { Line, ToAgent } from '../../src/desk/agents-messages.ts';
import { NO_ANSWER } from '../shared/center.ts';
import type { Tell } from './at-work.tsx';
import { briefOf, labelOf } from './brief.ts';
import { BriefParts } from './brief.tsx';
import { Composer } from './composer.tsx';
import { type Action, endedBy, type MyContact, titleOf } from './state.ts';

type Queues = Extract<ToAgent, { type: 'desk' }>['queues'];

/** How long typing is shown after the last sign of it, in milliseconds. */
const TYPING = 6_000;

/** A contact that the agent has: its brief, what was said, and what they can do. */
export function Conversation({
  contact,
  queues,
  looking,
  connected,
  tell,
  dispatch,
  back,
}: {
  readonly contact: MyContact;
  readonly queues: Queues;
  readonly looking: boolean;
  readonly connected: boolean;
  readonly tell: Tell;
  readonly dispatch: Dispatch<Action>;
  readonly back: () => void;
}) {
  const { contact: id, channel, lines, over, queue, typing, joined } = contact;
  const heading = useRef<HTMLHeadingElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const lastHeard = lines.findLast(({ by }) => by === 'caller')?.id;

  useEffect(() => heading.current?.focus(), []);
  const shown = lines.length + contact.sending.length + (typing > 0 || over !== undefined ? 1 : 0);
  useEffect(() => {
    if (shown > 0) end.current?.scrollIntoView({ block: 'nearest' });
  }, [shown]);
  useEffect(() => {
    if (looking && channel === 'CHAT' && lastHeard !== undefined && over === undefined)
      tell({ type: 'read', contact: id, message: lastHeard });
  }, [looking, channel, lastHeard, over, id, tell]);
  useEffect(() => {
    if (typing === 0) return;
    const timer = setTimeout(() => dispatch({ type: 'typing over', contact: id }), TYPING);
    return () => clearTimeout(timer);
  }, [typing, id, dispatch]);

  const title = titleOf(contact);
  const brief = briefOf(contact.attributes);
  return (
    <article className="conversation" aria-labelledby="contact">
      <header>
        <button type="button" className="back" onClick={back}>
          All contacts
        </button>
        <h2 id="contact" ref={heading} tabIndex={-1}>
          {title} {queue !== undefined && <span className="quiet">{labelOf(queue)}</span>}
        </h2>
        {over === undefined ? (
          <Doings contact={contact} queues={queues} tell={tell} />
        ) : (
          <button type="button" onClick={() => tell({ type: 'close', contact: id })}>
            Close
          </button>
        )}
      </header>
      <aside className="brief" aria-label="Brief" ref={reached}>
        <BriefParts brief={brief} description={contact.description} />
      </aside>
      <div className="said">
        <div className="lines" role="log" aria-label="What was said" ref={reached}>
          <ol>
            {lines.map((line) => (
              <Said key={line.id} line={line} />
            ))}
            {contact.sending.map(({ draft, text }) => (
              <li key={draft} className="agent sending">
                <p>{text}</p>
                <span className="quiet">Sending…</span>
              </li>
            ))}
          </ol>
          <Came contact={contact} />
          {typing > 0 && <p className="quiet">{title} is typing…</p>}
          {!joined && over === undefined && channel === 'VOICE' && <p className="quiet">It rings…</p>}
          {over !== undefined && <p className="over">{endedBy(over)}</p>}
          <div ref={end} />
        </div>
        {!connected && <p className="lost">{NO_ANSWER}</p>}
        {over === undefined && channel !== 'TASK' && (
          <Composer
            contact={id}
            channel={channel}
            typing={() => tell({ type: 'typing', contact: id })}
            say={(text) => {
              const draft = `${Date.now()}-${Math.random()}`;
              dispatch({ type: 'sent', contact: id, draft: { draft, text } });
              tell({ type: 'say', contact: id, draft, text });
            }}
          />
        )}
      </div>
    </article>
  );
}

/** What scrolls is reached by the keyboard, where nothing in it is. */
function reached(scrolls: HTMLElement | null): void {
  if (scrolls) scrolls.tabIndex = 0;
}

const NAMES = { caller: 'Caller', bot: 'Assistant', agent: 'You', note: '' } as const;

function Said({ line: { at, by, name, text } }: { readonly line: Line }) {
  if (by === 'note')
    return (
      <li className="note">
        {name} {text}
      </li>
    );
  return (
    <li className={by}>
      <span className="quiet">
        {by === 'caller' && name !== 'Customer' ? name : by === 'agent' ? name : NAMES[by]}{' '}
        <time dateTime={new Date(at).toISOString()}>{new Date(at).toLocaleTimeString([], { timeStyle: 'short' })}</time>
      </span>
      <p>{text}</p>
    </li>
  );
}

/** How far the last of the agent's words have come, as far as the caller's side says it. */
function Came({ contact: { lines, receipts, sending } }: { readonly contact: MyContact }) {
  const last = lines.findLast(({ by }) => by === 'agent' || by === 'caller');
  const receipt = last?.by === 'agent' && sending.length === 0 ? receipts[last.id] : undefined;
  if (receipt === undefined) return null;
  return <p className="quiet came">{receipt === 'read' ? 'Read' : 'Delivered'}</p>;
}

/** Transfer, and the end: which has to be meant. */
function Doings({
  contact: { contact, channel, queue },
  queues,
  tell,
}: {
  readonly contact: MyContact;
  readonly queues: Queues;
  readonly tell: Tell;
}) {
  const [to, setTo] = useState('');
  const [sure, setSure] = useState(false);
  const others = queues.filter(({ name }) => name !== queue);
  const what = channel === 'VOICE' ? 'call' : channel === 'CHAT' ? 'chat' : 'task';
  return (
    <div className="doings">
      {others.length > 0 && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (to !== '') tell({ type: 'transfer', contact, queue: to });
          }}
        >
          <select aria-label="Transfer to" value={to} onChange={({ target }) => setTo(target.value)}>
            <option value="">Transfer to…</option>
            {others.map(({ id, name }) => (
              <option key={id} value={id}>
                {labelOf(name)}
              </option>
            ))}
          </select>
          {to !== '' && <button type="submit">Transfer</button>}
        </form>
      )}
      {sure ? (
        <>
          <button type="button" className="end" onClick={() => tell({ type: 'end', contact })}>
            End it now
          </button>
          <button type="button" onClick={() => setSure(false)}>
            Keep it
          </button>
        </>
      ) : (
        <button type="button" onClick={() => setSure(true)}>
          End {what}
        </button>
      )}
    </div>
  );
}
