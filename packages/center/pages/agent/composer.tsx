import { useRef, useState } from 'react';

/** Signs of typing go out this far apart, in milliseconds. */
const APART = 3_000;
const MOST = 1_024;

/** What was typed and not sent, by the contact: it is there again when the agent comes back to it. */
const unsent = new Map<string, string>();

/** Where an agent types what they say. */
export function Composer({
  contact,
  channel,
  say,
  typing,
}: {
  readonly contact: string;
  readonly channel: 'VOICE' | 'CHAT';
  readonly say: (text: string) => void;
  readonly typing: () => void;
}) {
  const [text, setText] = useState(unsent.get(contact) ?? '');
  const told = useRef(0);
  const write = (next: string) => {
    unsent.set(contact, next);
    setText(next);
    if (channel !== 'CHAT' || next === '' || Date.now() - told.current < APART) return;
    told.current = Date.now();
    typing();
  };
  const send = () => {
    if (text.trim() === '') return;
    say(text.trim());
    told.current = 0;
    write('');
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label htmlFor="words">{channel === 'CHAT' ? 'Message' : 'What you say: the caller hears it'}</label>
      <textarea
        id="words"
        rows={2}
        maxLength={MOST}
        value={text}
        onChange={({ target }) => write(target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <button type="submit" className="main">
        {channel === 'CHAT' ? 'Send' : 'Say'}
      </button>
    </form>
  );
}
