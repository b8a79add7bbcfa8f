import { useCallback, useEffect, useReducer, useRef } from 'react';
import { type FromAgent, toAgent } from '../../src/desk/agents-messages.ts';
import { NO_ANSWER } from '../shared/center.ts';
import { openSocket, type PageSocket } from '../shared/socket.ts';
import { Conversation } from './conversation.tsx';
import { type KeptAgent, keepContact, keptContact } from './kept.ts';
import { after, begin, type State, waitingCount, wants } from './state.ts';
import { Callbacks, MyContacts, Queues } from './waiting.tsx';

export type Tell = (message: FromAgent) => void;

/** What an agent works with, until they leave. */
export function AtWork({ agent, leave }: { readonly agent: KeptAgent; readonly leave: () => void }) {
  const [state, dispatch] = useReducer(after, undefined, () => begin(keptContact()));
  const { desk, contacts, selected, connected, later, lost, news } = state;
  const latest = useRef(state);
  latest.current = state;
  const socket = useRef<PageSocket>(undefined);
  const tell = useCallback<Tell>((message) => socket.current?.send(message), []);

  useEffect(() => {
    const { token, name } = agent;
    const opened = openSocket({
      path: () => `/desk/agents?${new URLSearchParams({ token, name })}`,
      messages: toAgent,
      message: (message) => dispatch({ type: 'told', message, now: Date.now() }),
      open: (connected) => {
        dispatch({ type: 'connected', connected });
        if (connected) sayAgain(latest.current, (message) => opened.send(message));
      },
      refused: leave,
    });
    socket.current = opened;
    return () => opened.close();
  }, [agent, leave]);

  useEffect(() => keepContact(selected), [selected]);
  useEffect(() => {
    const look = () => dispatch({ type: 'looking', looking: document.visibilityState === 'visible' });
    look();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);

  const count = wants(state);
  useEffect(() => {
    document.title = `${count > 0 ? `(${count}) ` : ''}Agent · Parley`;
  }, [count]);

  const open = contacts.find(({ contact }) => contact === selected);
  const waiting = useRef<HTMLHeadingElement>(null);
  const select = (contact: string | undefined) => {
    dispatch({ type: 'selected', contact });
    if (contact === undefined) requestAnimationFrame(() => waiting.current?.focus());
  };
  // Where a contact is gone, the list is what there is.
  const had = useRef(false);
  useEffect(() => {
    if (had.current && !open) waiting.current?.focus();
    had.current = open !== undefined;
  }, [open]);

  return (
    <main className={open ? 'at-work with-contact' : 'at-work'}>
      <h1 className="hidden-text">Your contacts, and who waits</h1>
      <p role="status" className="hidden-text">
        {/* The same words again are another element, so they are read again. */}
        <span key={news.count}>{news.text}</span>
      </p>
      <aside className="lists" aria-label="Contacts">
        <div className="who">
          <strong>{agent.name}</strong>
          <button
            type="button"
            onClick={() => {
              tell({ type: 'leave' });
              leave();
            }}
          >
            Sign out
          </button>
        </div>
        {!connected && !open && <p className="lost">{desk ? NO_ANSWER : 'Connecting to the contact center…'}</p>}
        <div role="alert">
          {lost !== undefined && (
            <div className="lost">
              <p>{lost}</p>
              <button type="button" onClick={() => dispatch({ type: 'lost seen' })}>
                Got it
              </button>
            </div>
          )}
        </div>
        <MyContacts contacts={contacts} selected={selected} select={select} />
        <Queues queues={desk?.queues ?? []} heading={waiting} later={later} tell={tell} known={desk !== undefined} />
        <Callbacks callbacks={desk?.callbacks ?? []} later={later} tell={tell} />
      </aside>
      {open ? (
        <Conversation
          key={open.contact}
          contact={open}
          queues={desk?.queues ?? []}
          looking={state.looking}
          connected={connected}
          tell={tell}
          dispatch={dispatch}
          back={() => select(undefined)}
        />
      ) : (
        <p className="nothing">{whatNext(contacts.length > 0, waitingCount(state) > 0)}</p>
      )}
    </main>
  );
}

function whatNext(has: boolean, waits: boolean): string {
  if (has) return 'Choose one of your contacts, or take another.';
  if (waits) return 'Take a contact that waits.';
  return 'Callers who are put through to a person wait here. To see it, say “I want to talk to a person” on the page Call or chat.';
}

/** What may not have come through when the connection was lost: who has it already takes it once. */
function sayAgain({ contacts }: State, tell: Tell): void {
  for (const { contact, sending } of contacts)
    for (const { draft, text } of sending) tell({ type: 'say', contact, draft, text });
}
