import { type FormEvent, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { NO_ANSWER } from '../../shared/center.ts';
import { Log } from '../log.tsx';
import { SessionLink } from '../session-link.tsx';
import type { Call, CallView } from './call.ts';
import { Keypad } from './keypad.tsx';
import { canHear, listenOnce } from './recognizer.ts';
import { settings } from './settings.ts';
import { hush } from './speaker.ts';

export interface CallPageProps {
  readonly call: Call;
  readonly title: string;
  readonly again: (() => void) | undefined;
  readonly leave: () => void;
}

/** A phone call, on the caller's side. */
export function CallPage({ call, title, again, leave }: CallPageProps) {
  const view = useSyncExternalStore(call.subscribe, call.view);
  const heading = useRef<HTMLHeadingElement>(null);
  const ended = useRef<HTMLHeadingElement>(null);
  const over = isOver(view);
  useEffect(() => (over ? ended : heading).current?.focus(), [over]);
  return (
    <main className="conversation call">
      <div className="conversation-head">
        <h1 ref={heading} tabIndex={-1}>
          <span className="quiet">Call</span> {title}
        </h1>
        {!over && (
          <button type="button" className="hang-up" onClick={() => call.hangUp()}>
            Hang up
          </button>
        )}
      </div>
      <div className="call-body">
        <div className="call-talk">
          <Log label="Captions">
            {view.lines.map(({ key, by, text, aloud, pending }) => (
              <li key={key} className={`line ${by}`} data-aloud={aloud ?? false}>
                {by !== 'note' && <span className="hidden-text">{by === 'caller' ? 'You: ' : 'They: '}</span>}
                {text}
                {pending && <span className="state">Waits</span>}
              </li>
            ))}
          </Log>
          <div className="status-row">
            <p role="status" className="status" data-state={view.connected || over ? view.state : 'lost'}>
              {statusOf(view)}
            </p>
            {view.silenceIn !== undefined && <span className="quiet">Silence in {view.silenceIn} s</span>}
          </div>
          {over ? (
            <section className="ended">
              <h2 ref={ended} tabIndex={-1}>
                {endOf(view)}
              </h2>
              {view.state === 'lost' && <p>The call was lost with it. What was said until then is kept.</p>}
              <div className="row">
                {again && (
                  <button type="button" className="main" onClick={again}>
                    Call again
                  </button>
                )}
                <button type="button" onClick={leave}>
                  Choose a workflow
                </button>
                {view.state !== 'elsewhere' && <SessionLink workflow={call.workflow} contact={call.contact} />}
              </div>
            </section>
          ) : (
            <Talk call={call} />
          )}
        </div>
        {!over && (
          <div className="call-side">
            <Keypad press={(key) => call.press(key)} disabled={view.state === 'connecting'} />
            <Wishes call={call} />
          </div>
        )}
      </div>
    </main>
  );
}

/** There is nothing more to hear or to say. */
export const isOver = ({ state }: CallView): boolean =>
  state === 'over' || state === 'gone' || state === 'elsewhere' || state === 'lost';

/** How the caller speaks: by voice where the browser understands it, or in writing; or not at all. */
function Talk({ call }: { readonly call: Call }) {
  const [text, setText] = useState('');
  const [sofar, setSofar] = useState('');
  const [problem, setProblem] = useState<string>();
  const stop = useRef<() => void>(undefined);
  const [talking, setTalking] = useState(false);
  useEffect(() => () => stop.current?.(), []);
  useEffect(() => call.busy(talking || text !== ''), [call, talking, text]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === '') return;
    call.say(text.trim());
    setText('');
  };
  const talk = () => {
    if (talking) return stop.current?.();
    setProblem(undefined);
    setTalking(true);
    stop.current = listenOnce({
      began: () => call.interrupt(),
      sofar: setSofar,
      heard: (words, others) => call.say(words, others),
      ended: (wrong) => {
        setTalking(false);
        setSofar('');
        setProblem(wrong);
      },
    });
  };
  return (
    <>
      <form className="composer" onSubmit={submit}>
        <label htmlFor="say" className="hidden-text">
          What you say
        </label>
        <input
          id="say"
          value={text}
          placeholder="Say something…"
          autoComplete="off"
          maxLength={1024}
          onChange={({ target }) => {
            call.interrupt();
            setText(target.value);
          }}
        />
        <button type="submit" className="main">
          Say
        </button>
      </form>
      <div className="row">
        {canHear() && (
          <button type="button" aria-pressed={talking} onClick={talk}>
            {talking ? 'Listening… stop' : 'Talk'}
          </button>
        )}
        <button type="button" onClick={() => call.silent()}>
          Stay silent
        </button>
      </div>
      <p className="quiet sofar" aria-live="polite">
        {problem ?? sofar}
      </p>
      {canHear() && (
        <p className="quiet small">To understand what you say, your browser may send your voice to its maker.</p>
      )}
    </>
  );
}

/** What the caller wants of the phone. */
function Wishes({ call }: { readonly call: Call }) {
  const { muted, volume, silenceByItself } = useSyncExternalStore(settings.subscribe, settings.view);
  return (
    <fieldset className="wishes">
      <legend>Sound and time</legend>
      <label>
        <input
          type="checkbox"
          checked={!muted}
          onChange={({ target }) => {
            settings.set({ muted: !target.checked });
            if (!target.checked) hush();
          }}
        />
        Read aloud
      </label>
      <label className="volume">
        Volume
        <input
          type="range"
          min={0}
          max={100}
          step={5}
          value={Math.round(volume * 100)}
          disabled={muted}
          onChange={({ target }) => settings.set({ volume: Number(target.value) / 100 })}
        />
      </label>
      <label>
        <input
          type="checkbox"
          checked={silenceByItself}
          onChange={({ target }) => {
            settings.set({ silenceByItself: target.checked });
            call.silenceByItself = target.checked;
          }}
        />
        My silence counts after a while
      </label>
    </fieldset>
  );
}

function statusOf({ state, connected, unanswered, interruptible, person }: CallView): string {
  if (!connected && (state === 'speaking' || state === 'listening' || state === 'waiting'))
    return 'The connection is lost. Trying again: the call is kept for half a minute.';
  switch (state) {
    case 'connecting':
      return unanswered ? NO_ANSWER : 'Calling…';
    case 'speaking':
      return interruptible ? 'Speaking. You may talk over it.' : 'Speaking. Please hear it to its end.';
    case 'listening':
      return 'Your turn.';
    case 'waiting':
      return person === undefined ? 'On the line…' : `${person} is on the line.`;
    case 'over':
    case 'gone':
    case 'elsewhere':
    case 'lost':
      return '';
  }
}

function endOf({ state, reason, person }: CallView): string {
  if (state === 'gone') return 'This call is over: the connection was lost for too long.';
  if (state === 'lost') return 'The contact center was started again.';
  if (state === 'elsewhere') return 'This call goes on in another tab.';
  switch (reason) {
    case 'CUSTOMER_DISCONNECT':
      return 'You hung up.';
    case 'AGENT_DISCONNECT':
      return `${person ?? 'The other side'} ended the call.`;
    case 'CONTACT_FLOW_DISCONNECT':
      return 'The call came to its end.';
    default:
      return 'The contact center ended the call.';
  }
}
