import { useCallback, useEffect, useRef, useState } from 'react';
import type { CenterInfo } from '../../src/desk/messages.ts';
import type { Row } from '../../src/desk/sessions-messages.ts';
import { askCenter } from '../shared/center.ts';
import { type Address, useAddress } from './address.ts';
import { useBoard } from './live.ts';
import { keyOf } from './rows.ts';
import { Session } from './session.tsx';
import { SessionList } from './session-list.tsx';

const NONE: CenterInfo['workflows'] = [];

/** The page: the list of sessions, and beside it the one that is looked at; on a small screen one or the other. */
export function Watcher() {
  const [address, goTo] = useAddress();
  const board = useBoard();
  const [workflows, setWorkflows] = useState(NONE);
  useEffect(() => {
    askCenter().then(
      (center) => setWorkflows(center.workflows),
      () => undefined,
    );
  }, []);
  // Handlers that stay the same, so that rows need not be drawn anew: they go by what is there when they are called.
  const now = useRef(address);
  now.current = address;
  const look = useCallback(
    (change: Pick<Address, 'at' | 'path'>) => {
      const { at: _, path: __, ...others } = now.current;
      goTo({ ...others, ...change }, 'replace');
    },
    [goTo],
  );
  const pick = useCallback(
    ({ workflow, session }: Pick<Row, 'workflow' | 'session'>) =>
      goTo({ filter: now.current.filter, selected: { workflow, session } }, 'push'),
    [goTo],
  );
  const { selected } = address;
  const main = useRef<HTMLElement>(null);
  const wasSelected = useRef(selected !== undefined);
  // Whoever leaves a session goes on in the list.
  useEffect(() => {
    if (wasSelected.current && !selected) main.current?.querySelector<HTMLElement>('.rows a[tabindex="0"]')?.focus();
    wasSelected.current = selected !== undefined;
  }, [selected]);
  return (
    <main ref={main} className={selected ? 'watcher looking' : 'watcher'}>
      <h1 className="hidden-text">Watch</h1>
      <SessionList board={board} workflows={workflows} address={address} go={goTo} pick={pick} />
      {selected ? (
        <Session
          key={keyOf(selected)}
          of={selected}
          title={workflows.find(({ name }) => name === selected.workflow)?.title ?? selected.workflow}
          at={address.at}
          onlyPath={address.path ?? false}
          look={look}
          close={() => goTo({ filter: address.filter }, 'push')}
        />
      ) : (
        <p className="nothing">Pick a session to see where it is, how it got there, and why.</p>
      )}
    </main>
  );
}
