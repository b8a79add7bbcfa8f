import { useEffect, useState, useSyncExternalStore } from 'react';
import type { CenterInfo } from '../../src/desk/messages.ts';
import { askCenter } from '../shared/center.ts';
import { Chat, startChat } from './chat/chat.ts';
import { ChatPage } from './chat/chat-page.tsx';
import { forget, readKept } from './kept.ts';
import type { Call } from './phone/call.ts';
import { CallPage, isOver } from './phone/call-page.tsx';
import { openCall } from './phone/open.ts';
import { IncomingCall } from './phone/ringing.tsx';
import { Start } from './start.tsx';

type Workflow = CenterInfo['workflows'][number];
type Conversation =
  | { readonly kind: 'chat'; readonly chat: Chat }
  | { readonly kind: 'call'; readonly call: Call; readonly workflow: string };

/** Goes on with the conversation that this tab had before it was loaded anew. */
export function resumed(): Conversation | undefined {
  const kept = readKept();
  switch (kept?.kind) {
    case 'chat':
      return { kind: 'chat', chat: new Chat(kept) };
    case 'call':
      return { kind: 'call', call: openCall(kept), workflow: kept.workflow };
    case undefined:
      return undefined;
  }
}

/** The page of callers. */
export function Caller({ before }: { readonly before: Conversation | undefined }) {
  const [center, setCenter] = useState<CenterInfo>();
  const [conversation, setConversation] = useState(before);
  const [back, setBack] = useState(false);
  const [unanswered, setUnanswered] = useState(false);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    askCenter().then(setCenter, () => setUnanswered(true));
  }, []);
  useEffect(() => {
    document.title = `${conversation ? (conversation.kind === 'chat' ? 'Chat' : 'Call') : 'Call or chat'} · Parley`;
  }, [conversation]);

  const show = (next: Conversation | undefined) => {
    if (conversation?.kind === 'chat') conversation.chat.close();
    if (conversation?.kind === 'call') conversation.call.close();
    if (!next) forget();
    setProblem(undefined);
    setBack(next === undefined);
    setConversation(next);
  };
  const chat = async (workflow: Workflow, after?: string) => {
    try {
      // It may have been started again since this page was loaded.
      const now = await askCenter();
      setCenter(now);
      show({ kind: 'chat', chat: await startChat(now, workflow, after) });
    } catch (error) {
      const why = error instanceof Error ? error.message : '';
      setProblem(`The chat could not be started. ${why}`);
    }
  };
  const call = ({ name }: Workflow) =>
    show({ kind: 'call', call: openCall({ query: `workflow=${encodeURIComponent(name)}` }), workflow: name });
  const find = (name: string) => center?.workflows.find((workflow) => workflow.name === name);
  const leave = () => show(undefined);

  const idle = useSyncExternalStore(
    conversation?.kind === 'chat' ? conversation.chat.subscribe : (conversation?.call.subscribe ?? nothing),
    () => isIdle(conversation),
  );
  return (
    <>
      {idle && (
        <IncomingCall
          answer={(contact) =>
            show({ kind: 'call', call: openCall({ query: `ringing=${encodeURIComponent(contact)}` }), workflow: '' })
          }
        />
      )}
      {pageOf(conversation)}
    </>
  );

  function pageOf(open: Conversation | undefined) {
    switch (open?.kind) {
      case undefined:
        return unanswered ? (
          <main className="start">
            <h1>Call or chat</h1>
            <p role="alert">The contact center does not answer. Load this page again.</p>
          </main>
        ) : (
          center && (
            <Start
              workflows={center.workflows}
              decider={center.decider}
              chat={(workflow) => void chat(workflow)}
              call={call}
              back={back}
              problem={problem}
            />
          )
        );
      case 'chat': {
        const workflow = find(open.chat.workflow);
        return (
          <ChatPage
            key={open.chat.contact}
            chat={open.chat}
            title={workflow?.title ?? ''}
            again={workflow && (() => void chat(workflow))}
            goOn={workflow && (() => void chat(workflow, open.chat.contact))}
            leave={leave}
            problem={problem}
          />
        );
      }
      case 'call': {
        const workflow = find(open.workflow);
        return (
          <CallPage
            call={open.call}
            title={workflow?.title ?? (open.workflow === '' ? 'The contact center calls back' : '')}
            again={workflow && (() => call(workflow))}
            leave={leave}
          />
        );
      }
    }
  }
}

const nothing = () => () => undefined;

/** A call that comes in disturbs no conversation. */
function isIdle(conversation: Conversation | undefined): boolean {
  switch (conversation?.kind) {
    case 'chat':
      return conversation.chat.view().state === 'over';
    case 'call':
      return isOver(conversation.call.view());
    case undefined:
      return true;
  }
}
