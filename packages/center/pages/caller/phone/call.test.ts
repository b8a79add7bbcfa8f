import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CallEntry, CallMessage } from '../../../src/desk/calls-messages.ts';
import { Call, type CallOptions } from './call.ts';

type Unnumbered<E = CallEntry> = E extends CallEntry ? Omit<E, 'number'> : never;

const BEFORE = { call: 'call 1', contact: 'contact', workflow: 'support', started: 1 };

/** A contact center, a voice and a clock in the test's hand. */
class Line {
  readonly sent: { readonly type: string; readonly deed?: string; readonly text?: string; readonly keys?: string }[] =
    [];
  readonly aloud: string[] = [];
  readonly kept: (readonly [call: string, spoken: number])[] = [];
  muted = false;
  path: () => string = () => '';
  receive: (message: CallMessage) => void = () => undefined;
  open: (open: boolean) => void = () => undefined;
  refuse: (code: number) => void = () => undefined;
  #count = 0;
  #said: (() => void) | undefined;
  #timer: { readonly then: () => void; left: number } | undefined;

  start(begin: CallOptions['begin'] = { query: 'workflow=support' }, silenceByItself = true): Call {
    const call = new Call({
      begin,
      silenceByItself,
      connect: ({ path, message, open, refused }) => {
        this.path = path;
        this.receive = message;
        this.open = (now) => open?.(now);
        this.refuse = (code) => refused?.(code);
        return { send: (message) => void this.sent.push({ type: '', ...message }), close: () => undefined };
      },
      speak: (parts, said) => {
        if (this.muted) {
          said(false);
          return () => undefined;
        }
        this.aloud.push(parts.map((part) => (part.type === 'words' ? part.text : '…')).join(' '));
        this.#said = () => said(true);
        return () => {
          this.#said = undefined;
          this.aloud.push('(stopped)');
        };
      },
      after: (milliseconds, then) => {
        const timer = { then, left: milliseconds };
        this.#timer = timer;
        return () => {
          if (this.#timer === timer) this.#timer = undefined;
        };
      },
      keep: ({ call: id, spoken }) => void this.kept.push([id, spoken]),
    });
    this.open(true);
    this.receive({ type: 'call', ...BEFORE });
    return call;
  }

  entry(what: Unnumbered): void {
    this.#count += 1;
    this.receive({ type: 'entry', entry: { ...what, number: this.#count } });
  }

  says(content: string): void {
    this.entry({ type: 'words', by: 'SYSTEM', content, ssml: false });
  }

  listens(start = 8_000, interrupt = 'true'): void {
    const settings = {
      'x-amz-lex:audio:start-timeout-ms:*:*': String(start),
      'x-amz-lex:allow-interrupt:*:*': interrupt,
    };
    this.entry({ type: 'listening', settings });
  }

  /** The voice comes to the end of what it says. */
  said(): void {
    const said = this.#said;
    this.#said = undefined;
    said?.();
  }

  /** So many seconds go by. */
  wait(seconds: number): void {
    for (let left = seconds * 1_000; left > 0 && this.#timer; ) {
      const timer = this.#timer;
      const step = Math.min(left, timer.left);
      timer.left -= step;
      left -= step;
      if (timer.left > 0) continue;
      this.#timer = undefined;
      timer.then();
    }
  }

  get types(): readonly string[] {
    return this.sent.map(({ type }) => type);
  }
}

let line: Line;
beforeEach(() => {
  line = new Line();
});

describe('a call', () => {
  it('says one thing after the other, and listens once all was said', () => {
    const call = line.start();
    line.says('Hello.');
    line.says('What can I do?');
    line.listens();
    expect(line.aloud).toEqual(['Hello.']);
    expect(call.view()).toMatchObject({ state: 'speaking', interruptible: true });
    line.said();
    line.said();
    expect(line.aloud).toEqual(['Hello.', 'What can I do?']);
    expect(call.view()).toMatchObject({ state: 'listening', silenceIn: 8 });
  });

  it('is talked over: what is being said stops, and the rest is not said', () => {
    const call = line.start();
    line.says('Hello.');
    line.says('What can I do?');
    line.listens();
    call.say('A person, please');
    expect(line.aloud).toEqual(['Hello.', '(stopped)']);
    expect(line.sent).toMatchObject([{ type: 'say', text: 'A person, please' }]);
    expect(call.view()).toMatchObject({ state: 'waiting', interruptible: false });
  });

  it('falls silent when the caller begins to talk, and takes no silence while they do', () => {
    const call = line.start();
    line.says('What can I do?');
    line.listens();
    call.interrupt();
    call.busy(true);
    expect(line.aloud).toEqual(['What can I do?', '(stopped)']);
    line.wait(60);
    expect(line.sent).toEqual([]);
    call.busy(false);
    line.wait(8);
    expect(line.types).toEqual(['silent']);
  });

  it('hears a confirmation to its end: what is done meanwhile waits, and comes in order', () => {
    const call = line.start();
    line.says('Is it W1? Say yes or no.');
    line.listens(8_000, 'false');
    expect(call.view().interruptible).toBe(false);
    call.interrupt();
    call.press('1');
    call.say('yes');
    expect(line.aloud).toEqual(['Is it W1? Say yes or no.']);
    expect(line.sent).toEqual([]);
    expect(call.view().lines).toMatchObject([
      { by: 'system' },
      { text: '1', pending: true },
      { text: 'yes', pending: true },
    ]);
    line.said();
    expect(line.types).toEqual(['press', 'say']);
  });

  it('can be talked over at any time once somebody is on the line', () => {
    const call = line.start();
    line.entry({ type: 'person', name: 'Ana' });
    line.entry({ type: 'words', by: 'AGENT', content: 'Ana here.', ssml: false });
    expect(call.view()).toMatchObject({ state: 'speaking', interruptible: true, person: 'Ana' });
    line.said();
    expect(call.view().state).toBe('waiting');
  });

  it('tells silence once it has lasted as long as is waited for, and not while it is switched off', () => {
    const call = line.start();
    line.says('What can I do?');
    line.listens(3_500);
    line.wait(60);
    expect(line.sent).toEqual([]);
    line.said();
    call.silenceByItself = false;
    expect(call.view().silenceIn).toBeUndefined();
    line.wait(60);
    expect(line.sent).toEqual([]);
    call.silenceByItself = true;
    line.wait(3.4);
    expect(line.sent).toEqual([]);
    line.wait(0.1);
    expect(line.types).toEqual(['silent']);
  });

  it('comes back for what was not ready, whether silence is told by itself or not, and whatever is being typed', () => {
    const call = line.start({ query: 'workflow=support' }, false);
    call.busy(true);
    line.says('One moment, please.');
    line.listens(1_000);
    line.said();
    line.wait(1);
    expect(line.types).toEqual(['silent']);
  });

  it('gives time to read what is not heard', () => {
    line.muted = true;
    const call = line.start();
    line.says('What can I do for you today?');
    line.listens(8_000);
    // Seven words, at 0.4 s.
    expect(call.view()).toMatchObject({ state: 'listening', silenceIn: 11 });
    line.wait(10.7);
    expect(line.sent).toEqual([]);
    line.wait(0.1);
    expect(line.types).toEqual(['silent']);
  });

  it('does again what may have been lost with the connection, until it has come back', () => {
    const call = line.start();
    line.says('What can I do?');
    line.listens();
    call.say('one');
    line.open(false);
    expect(call.view().connected).toBe(false);
    expect(line.path()).toBe('/desk/calls/call%201?after=2&started=1');
    line.open(true);
    const [first, second] = line.sent;
    expect(second).toEqual(first);
    line.entry({ type: 'said', deed: first?.deed ?? '', text: 'one' });
    line.open(true);
    expect(line.sent).toHaveLength(2);
    expect(call.view().lines.filter(({ by }) => by === 'caller')).toEqual([
      { key: first?.deed, by: 'caller', text: 'one' },
    ]);
  });

  it('shows all of it after a reload, and says only what was not said', () => {
    const call = line.start({ ...BEFORE, spoken: 1 });
    expect(line.path()).toBe('/desk/calls/call%201?after=0&started=1');
    line.says('Hello.');
    line.says('What can I do?');
    line.listens();
    expect(line.aloud).toEqual(['What can I do?']);
    line.said();
    expect(call.view()).toMatchObject({ state: 'listening', lines: [{ text: 'Hello.' }, { text: 'What can I do?' }] });
    expect(line.kept.at(-1)).toEqual(['call 1', 2]);
  });

  it('does not say after a reload what was answered before it', () => {
    const call = line.start({ ...BEFORE, spoken: 4 });
    line.says('Hello.');
    line.listens();
    line.entry({ type: 'said', deed: 'earlier', text: 'one' });
    line.says('And then?');
    line.listens();
    line.entry({ type: 'pressed', deed: 'earlier still', keys: '1' });
    line.says('It is done.');
    expect(line.aloud).toEqual(['It is done.']);
    expect(call.view().lines.map(({ text }) => text)).toEqual(['Hello.', 'one', 'And then?', '1', 'It is done.']);
  });

  it('shows keys that follow each other as one line', () => {
    const call = line.start();
    line.says('The code?');
    line.listens();
    for (const key of '424242') call.press(key);
    expect(call.view().lines.at(-1)).toMatchObject({ by: 'caller', text: '424242', pending: true });
  });

  it('is over when its last words were said, and nothing is done any more', () => {
    const call = line.start();
    line.says('Goodbye.');
    line.entry({ type: 'over', reason: 'CONTACT_FLOW_DISCONNECT' });
    expect(call.view().state).toBe('speaking');
    line.said();
    expect(call.view()).toMatchObject({ state: 'over', reason: 'CONTACT_FLOW_DISCONNECT' });
    call.say('wait');
    expect(line.sent).toEqual([]);
  });

  it('is hung up at once, whether the contact center hears it or not', () => {
    const call = line.start();
    line.says('Hello.');
    line.listens();
    line.said();
    line.open(false);
    call.hangUp();
    expect(call.view()).toMatchObject({ state: 'over', reason: 'CUSTOMER_DISCONNECT' });
    line.open(true);
    line.refuse(4_410);
    expect(call.view().state).toBe('over');
  });

  it('counts no silence that nobody would be told of', () => {
    const call = line.start();
    line.listens(8_000);
    line.open(false);
    expect(call.view().silenceIn).toBeUndefined();
    line.open(true);
    expect(call.view().silenceIn).toBe(8);
  });

  it('that is not answered says so', () => {
    const call = line.start();
    line.open(false);
    expect(call.view()).toMatchObject({ state: 'connecting', unanswered: true });
  });

  it.each([
    [4_404, 'gone'],
    [4_409, 'elsewhere'],
    [4_410, 'lost'],
  ])('that the contact center refuses with %i is %s', (code, state) => {
    const call = line.start();
    line.says('Hello.');
    line.refuse(code);
    expect(line.aloud).toEqual(['Hello.', '(stopped)']);
    expect(call.view()).toMatchObject({ state, connected: false });
  });
});
