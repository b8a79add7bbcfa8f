import { type FormEvent, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { Log } from '../log.tsx';
import { SessionLink } from '../session-link.tsx';
import type { Chat, ChatView } from './chat.ts';
import { type ChatItem, endedBy } from './history.ts';
import { INTERACTIVE, type Picking, readPicking } from './interactive.ts';

export interface ChatPageProps {
  readonly chat: Chat;
  readonly title: string;
  readonly again: (() => void) | undefined;
  readonly goOn: (() => void) | undefined;
  readonly leave: () => void;
  /** What went wrong outside of the chat. */
  readonly problem: string | undefined;
}

/** A chat, on the customer's side. */
export function ChatPage({ chat, title, again, goOn, leave, problem }: ChatPageProps) {
  const view = useSyncExternalStore(chat.subscribe, chat.view);
  const ended = useRef<HTMLHeadingElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const over = view.state === 'over';
  useEffect(() => (over ? ended : input).current?.focus(), [over]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    chat.send(text.trim());
    setText('');
  };
  return (
    <main className="conversation chat">
      <div className="conversation-head">
        <h1>
          <span className="quiet">Chat</span> {title}
        </h1>
        {!over && (
          <button type="button" onClick={() => void chat.end()}>
            End the chat
          </button>
        )}
      </div>
      <Log label="Messages">
        <Items chat={chat} view={view} />
        {view.outgoing.map(({ token, text: sent, state }) => (
          <li key={token} className="line caller">
            <span className="hidden-text">You: </span>
            {sent}
            <span className="state">
              {state === 'sending' ? (
                'Sending…'
              ) : (
                <>
                  Not sent.{' '}
                  {!over && (
                    <button type="button" className="again" onClick={() => chat.send(sent, token)}>
                      Send again
                    </button>
                  )}
                </>
              )}
            </span>
          </li>
        ))}
      </Log>
      <p role="status" className="status" data-state={view.state}>
        {statusOf(view, problem)}
      </p>
      {over ? (
        <section className="ended">
          <h2 ref={ended} tabIndex={-1}>
            {view.restarted ? 'The contact center was started again.' : endOf(view.items, chat.contact)}
          </h2>
          {view.restarted && <p>The chat was lost with it. What was said until then is kept.</p>}
          <div className="row">
            {again && (
              <button type="button" className="main" onClick={again}>
                Start again
              </button>
            )}
            {goOn && !view.restarted && (
              <button type="button" onClick={goOn}>
                Go on with this chat
              </button>
            )}
            <button type="button" onClick={leave}>
              Choose a workflow
            </button>
            <SessionLink workflow={chat.workflow} contact={chat.contact} />
          </div>
        </section>
      ) : (
        <form className="composer" onSubmit={submit}>
          <label htmlFor="message" className="hidden-text">
            Your message
          </label>
          <input
            id="message"
            ref={input}
            value={text}
            placeholder="Write a message…"
            autoComplete="off"
            maxLength={1024}
            onChange={({ target }) => {
              setText(target.value);
              if (target.value !== '') chat.types();
            }}
          />
          <button type="submit" className="main">
            Send
          </button>
        </form>
      )}
    </main>
  );
}

/** What was said and what happened, in order. */
function Items({ chat, view: { items, state, outgoing } }: { readonly chat: Chat; readonly view: ChatView }) {
  const lastOwn = items.findLast(({ ParticipantId, Type }) => ParticipantId === chat.own && Type === 'MESSAGE');
  const shown = [];
  let picking: Picking | undefined;
  for (const [index, item] of items.entries()) {
    const before = items[index - 1];
    if (before && before.ContactId !== item.ContactId)
      shown.push(
        <li key={`since ${item.Id}`} className="line note">
          The chat goes on from here.
        </li>,
      );
    if (item.Type === 'MESSAGE' && item.ParticipantRole === 'CUSTOMER') {
      const picked = picking?.options.find(({ answer }) => answer === item.Content)?.label;
      shown.push(
        <li key={item.Id} className="line caller">
          <span className="hidden-text">You: </span>
          {picked ?? item.Content}
          {item === lastOwn && item.ContactId === chat.contact && <span className="state">Delivered</span>}
        </li>,
      );
      continue;
    }
    if (item.Type === 'MESSAGE') {
      picking = item.ContentType === INTERACTIVE ? readPicking(item.Content ?? '') : undefined;
      const open =
        item.ContactId === chat.contact && state !== 'over' && outgoing.length === 0 && !answered(items, index);
      shown.push(
        <li key={item.Id} className={`line ${item.ParticipantRole === 'AGENT' ? 'person' : 'system'}`}>
          <span className={item.ParticipantRole === 'AGENT' ? 'name' : 'hidden-text'}>
            {item.ParticipantRole === 'AGENT' ? item.DisplayName : 'Assistant: '}
          </span>
          {picking ? (
            <Picker picking={picking} pick={open ? (answer) => chat.send(answer) : undefined} />
          ) : item.ContentType === INTERACTIVE ? (
            'There is something to pick here that this page can’t show. Write your answer.'
          ) : (
            item.Content
          )}
        </li>,
      );
      continue;
    }
    const note = noteOf(item);
    if (note !== undefined)
      shown.push(
        <li key={item.Id} className="line note">
          {note}
        </li>,
      );
  }
  return shown;
}

const answered = (items: readonly ChatItem[], index: number) =>
  items.some(({ Type, ParticipantRole }, at) => at > index && Type === 'MESSAGE' && ParticipantRole === 'CUSTOMER');

/** What there is to pick: buttons while it can be picked, and then what there was. */
function Picker({
  picking,
  pick,
}: {
  readonly picking: Picking;
  readonly pick: ((answer: string) => void) | undefined;
}) {
  const { title, subtitle, options } = picking;
  return (
    <div className="picker">
      <p>
        {title}
        {subtitle !== undefined && <span className="quiet"> {subtitle}</span>}
      </p>
      <ul aria-label={title}>
        {options.map(({ label, more, answer }) => {
          const words = (
            <>
              {label}
              {more !== undefined && <span className="quiet"> {more}</span>}
            </>
          );
          return (
            <li key={answer}>
              {pick ? (
                <button type="button" onClick={() => pick(answer)}>
                  {words}
                </button>
              ) : (
                words
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function noteOf({ ContentType, ParticipantRole, DisplayName = 'Somebody' }: ChatItem): string | undefined {
  if (ParticipantRole !== 'AGENT') return undefined;
  if (ContentType.endsWith('.participant.joined')) return `${DisplayName} has joined the chat.`;
  if (ContentType.endsWith('.participant.left')) return `${DisplayName} has left the chat.`;
  return undefined;
}

function statusOf({ state, typing, problem }: ChatView, other: string | undefined): string {
  const wrong = problem ?? other;
  if (wrong !== undefined) return wrong;
  switch (state) {
    case 'connecting':
      return 'Connecting…';
    case 'lost':
      return 'The connection is lost. Trying again…';
    case 'open':
      return typing === undefined ? '' : `${typing} is typing…`;
    case 'over':
      return '';
  }
}

function endOf(items: readonly ChatItem[], contact: string): string {
  const end = endedBy(items, contact);
  switch (end.by) {
    case 'caller':
      return 'You ended the chat.';
    case 'person':
      return `${end.name} ended the chat.`;
    case 'flow':
      return 'The chat came to its end.';
  }
}
