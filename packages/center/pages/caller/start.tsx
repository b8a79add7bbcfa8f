import { useEffect, useRef } from 'react';
import type { CenterInfo } from '../../src/desk/messages.ts';

type Workflow = CenterInfo['workflows'][number];

export interface StartProps {
  readonly workflows: readonly Workflow[];
  /** Who decides. */
  readonly decider: string;
  readonly chat: (workflow: Workflow) => void;
  readonly call: (workflow: Workflow) => void;
  /** Somebody has come back from a conversation. */
  readonly back: boolean;
  readonly problem: string | undefined;
}

/** Where a caller chooses whom to call, or to chat with. */
export function Start({ workflows, decider, chat, call, back, problem }: StartProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (back) heading.current?.focus();
  }, [back]);
  return (
    <main className="start">
      <h1 ref={heading} tabIndex={-1}>
        Call or chat
      </h1>
      <p className="quiet">
        Be the caller of a workflow. Its people, orders and records are made up.{' '}
        {decider === 'offline' ? 'Nothing that you write leaves this machine.' : `What you say is given to ${decider}.`}
      </p>
      <p role="alert" className="problem">
        {problem}
      </p>
      <ul className="workflows">
        {workflows.map((workflow) => (
          <li key={workflow.name}>
            <h2>{workflow.title}</h2>
            {workflow.hints.length > 0 && (
              <>
                <p className="quiet">Things to try:</p>
                <ul className="hints">
                  {workflow.hints.map((hint) => (
                    <li key={hint}>{hint}</li>
                  ))}
                </ul>
              </>
            )}
            <div className="row">
              <button
                type="button"
                className="main"
                aria-label={`Chat: ${workflow.title}`}
                onClick={() => chat(workflow)}
              >
                Chat
              </button>
              <button type="button" aria-label={`Call: ${workflow.title}`} onClick={() => call(workflow)}>
                Call
              </button>
            </div>
          </li>
        ))}
      </ul>
    </main>
  );
}
