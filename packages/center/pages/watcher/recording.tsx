import { type SubmitEvent, useEffect, useId, useRef, useState } from 'react';
import type { z } from 'zod';
import { madeRecording, type Row } from '../../src/desk/sessions-messages.ts';
import { ask } from '../shared/center.ts';

export interface MakeRecordingProps {
  readonly of: Pick<Row, 'workflow' | 'session'>;
  /** Where it can be kept. */
  readonly recordings: string | undefined;
  readonly isOver: boolean;
  readonly close: () => void;
}

/** Asks what a recording is to be called, and says where it was written. */
export function MakeRecording({ of, recordings, isOver, close }: MakeRecordingProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [name, setName] = useState('');
  const [made, setMade] = useState<z.infer<typeof madeRecording>>();
  const [wrong, setWrong] = useState<string>();
  const [busy, setBusy] = useState(false);
  const ids = useId();
  useEffect(() => dialog.current?.showModal(), []);

  const make = async (named: { readonly name?: string }) => {
    setBusy(true);
    setWrong(undefined);
    try {
      const recording = await ask(madeRecording, 'POST', '/desk/recording', { ...of, ...named });
      setMade(recording);
      return recording;
    } catch (error) {
      setWrong(error instanceof Error ? error.message : 'It could not be made.');
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  const keep = (event: SubmitEvent) => {
    event.preventDefault();
    void make({ name });
  };
  const takeAway = async () => {
    const { text } = made ?? (await make({})) ?? {};
    if (text !== undefined) download(`${name.trim().replace(/\.jsonl$/, '') || 'recording'}.jsonl`, text);
  };
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby={`${ids}-title`} className="recording">
      <h2 id={`${ids}-title`}>Make this a recording</h2>
      <p>
        What is sensitive in it has pseudonyms. It replays as the session went, so that it can be a test.
        {!isOver && ' The session goes on: the recording ends where it is now.'}
      </p>
      {made?.file === undefined && recordings !== undefined && (
        <form onSubmit={keep}>
          <label htmlFor={`${ids}-name`}>File name</label>
          <div className="named">
            <input
              id={`${ids}-name`}
              value={name}
              onChange={({ target: { value } }) => setName(value)}
              required
              autoComplete="off"
              spellCheck={false}
              aria-describedby={`${ids}-folder`}
              aria-invalid={wrong !== undefined}
            />
            <span>.jsonl</span>
          </div>
          <p id={`${ids}-folder`} className="facts">
            In {recordings}
          </p>
          <button type="submit" className="main" disabled={busy}>
            Keep
          </button>
        </form>
      )}
      <div role="status">
        {made && (
          <p className="good">
            {made.file === undefined ? 'It is made.' : `Written to ${made.file}.`} Pseudonyms for {made.replaced.values}{' '}
            {made.replaced.values === 1 ? 'value' : 'values'} and {made.replaced.lines}{' '}
            {made.replaced.lines === 1 ? 'line' : 'lines'} of the conversation.
          </p>
        )}
      </div>
      <div role="alert">{wrong !== undefined && <p className="bad">{wrong}</p>}</div>
      <div className="dialog-foot">
        <button type="button" onClick={() => void takeAway()} disabled={busy}>
          Download
        </button>
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}

function download(file: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/jsonl' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = file;
  link.click();
  URL.revokeObjectURL(url);
}
