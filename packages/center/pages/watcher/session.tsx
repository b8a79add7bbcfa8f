import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Row } from '../../src/desk/sessions-messages.ts';
import { NO_ANSWER } from '../shared/center.ts';
import { useDrawing } from './drawing.ts';
import { Events } from './events.tsx';
import { Graph } from './graph.tsx';
import { Known } from './known.tsx';
import { useSession } from './live.ts';
import { isOf, knownAt, movesOf, walked } from './path.ts';
import { PathList } from './path-list.tsx';
import { MakeRecording } from './recording.tsx';
import { standing } from './rows.ts';
import { Steps } from './steps.tsx';
import { Tabs } from './tabs.tsx';

export interface SessionProps {
  readonly of: Pick<Row, 'workflow' | 'session'>;
  /** The workflow's. */
  readonly title: string;
  /** The event that is looked at; left out: the last one. */
  readonly at: number | undefined;
  readonly onlyPath: boolean;
  readonly look: (change: { readonly at?: number; readonly path?: boolean }) => void;
  readonly close: () => void;
}

/** One session: its workflow with the path it took, its events, and what was known when. */
export function Session({ of, title, at, onlyPath, look, close }: SessionProps) {
  const { row, events, lost, recordings, connected, refused } = useSession(of);
  const last = events.at(-1)?.seq ?? 0;
  const seq = at === undefined ? last : Math.min(at, last);
  const moves = useMemo(() => movesOf(events), [events]);
  const path = useMemo(() => walked(events, moves, seq), [events, moves, seq]);
  const { drawing, failed } = useDrawing(of.workflow, row?.version, onlyPath ? moves : undefined, connected);
  const [step, setStep] = useState<string>();
  const [recording, setRecording] = useState(false);
  const small = useMedia('(max-width: 900px)');
  const heading = useId();
  const name = useRef<HTMLHeadingElement>(null);
  // Whoever picked it in a list that is not in sight any more goes on from here.
  useEffect(() => {
    if (small && document.activeElement?.closest('.list')) name.current?.focus({ preventScroll: true });
  }, [small]);

  const lookAt = useCallback(
    (next: number | undefined) => {
      const kept = onlyPath ? { path: true } : {};
      look(next === undefined || next >= last ? kept : { ...kept, at: Math.max(1, next) });
    },
    [look, last, onlyPath],
  );
  const isOver = row?.state === 'ended' || row?.state === 'person';
  useKeys(seq, last, lookAt);

  if (refused)
    return (
      <section className="session" aria-labelledby={heading}>
        <Head id={heading} ref={name} title={title} session={of.session} close={close} />
        <p className="nothing" role="alert">
          {refused === 'gone'
            ? 'This session is not there: it was removed, or it never was.'
            : 'This session can not be read: its store, or the version of the workflow it is on, is not there.'}
        </p>
      </section>
    );

  const graph = (
    <div className="graph-place">
      {failed !== undefined && <p role="alert">{failed}</p>}
      {drawing && (
        <Graph
          drawing={drawing}
          path={path}
          selected={step}
          select={setStep}
          onlyPath={onlyPath}
          showPath={(path) => look({ ...(at === undefined ? {} : { at }), ...(path ? { path } : {}) })}
        />
      )}
    </div>
  );
  const shown = step === undefined ? events : events.filter((event) => isOf(event, step));
  const tabs = [
    ...(small ? [{ id: 'graph', name: 'Graph', content: graph }] : []),
    {
      id: 'events',
      name: 'Events',
      content: (
        <Events events={events} shown={shown} step={step} showAll={() => setStep(undefined)} seq={seq} look={lookAt} />
      ),
    },
    {
      id: 'known',
      name: 'Known',
      content: <Known {...knownAt(events, seq)} lost={lost !== undefined && seq >= lost} />,
    },
    { id: 'path', name: 'Path', content: <PathList moves={path.moves} start={events[0]?.at ?? 0} look={lookAt} /> },
  ];
  return (
    <section className="session" aria-labelledby={heading}>
      <Head id={heading} ref={name} title={title} session={of.session} close={close}>
        {row && (
          <p className="session-facts">
            <span className={`state state-${row.state}`}>{standing(row)}</span>
            <span className="line-step">{row.step}</span>
            <span>version {row.version.slice(0, 12)}</span>
            {!connected && <span role="status">{NO_ANSWER}</span>}
          </p>
        )}
        <button type="button" className="make" onClick={() => setRecording(true)} disabled={!row}>
          Make this a recording
        </button>
      </Head>
      <Steps events={events} seq={seq} live={at === undefined} isOver={isOver} look={lookAt} />
      <div className="session-body">
        {!small && graph}
        <Tabs label="About the session" tabs={tabs} />
      </div>
      {recording && <MakeRecording of={of} recordings={recordings} isOver={isOver} close={() => setRecording(false)} />}
    </section>
  );
}

function Head({
  id,
  ref,
  title,
  session,
  close,
  children,
}: {
  readonly id: string;
  readonly ref: React.Ref<HTMLHeadingElement>;
  readonly title: string;
  readonly session: string;
  readonly close: () => void;
  readonly children?: React.ReactNode;
}) {
  return (
    <div className="session-head">
      <button type="button" className="back" onClick={close}>
        <span aria-hidden="true">←</span> Sessions
      </button>
      <h2 id={id} ref={ref} tabIndex={-1}>
        {title} <small className="session-id">{session}</small>
      </h2>
      {children}
    </div>
  );
}

/** Arrows go from event to event, but where they do something else already. */
function useKeys(seq: number, last: number, look: (seq: number | undefined) => void) {
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const { target, key } = event;
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      if (target instanceof HTMLElement && target.closest('input, select, textarea, dialog, [role="tab"], .list'))
        return;
      if (key === 'ArrowLeft' && seq > 1) look(seq - 1);
      else if (key === 'ArrowRight' && seq < last) look(seq + 1);
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [seq, last, look]);
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const change = () => setMatches(media.matches);
    media.addEventListener('change', change);
    return () => media.removeEventListener('change', change);
  }, [query]);
  return matches;
}
