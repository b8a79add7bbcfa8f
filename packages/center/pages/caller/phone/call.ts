import { type CallEntry, type CallerMessage, type CallMessage, callMessage } from '../../../src/desk/calls-messages.ts';
import { type LexListening, lexListening } from '../../../src/lex/listening.ts';
import type { PageSocket, PageSocketOptions } from '../../shared/socket.ts';
import type { KeptCall } from '../kept.ts';
import { Changing } from '../store.ts';
import { type Part, type Speech, speechOf } from './ssml.ts';

/** A line of the captions. */
export interface Line {
  readonly key: string;
  readonly by: 'system' | 'person' | 'caller' | 'note';
  readonly text: string;
  /** It is being said. */
  readonly aloud?: boolean;
  /** The contact center does not have it yet. */
  readonly pending?: boolean;
}

/** A call as its page shows it. */
export interface CallView {
  readonly state:
    | 'connecting'
    /** Something is being said, and may be talked over, or not. */
    | 'speaking'
    | 'listening'
    /** The other side has the word. */
    | 'waiting'
    | 'over'
    /** Another page has taken it, the contact center has ended it, or was started again since. */
    | 'elsewhere'
    | 'gone'
    | 'lost';
  readonly connected: boolean;
  /** It was tried to connect in vain. */
  readonly unanswered: boolean;
  readonly interruptible: boolean;
  readonly lines: readonly Line[];
  /** How many seconds there are until silence is told; undefined: it is not told by itself. */
  readonly silenceIn: number | undefined;
  /** Who is on the line. */
  readonly person: string | undefined;
  readonly reason: string | undefined;
}

export interface CallOptions {
  /** The call to come back to, or what to begin one with: `workflow=NAME` or `ringing=CONTACT`. */
  readonly begin: { readonly query: string } | Omit<KeptCall, 'kind'>;
  readonly connect: (options: PageSocketOptions<typeof callMessage>) => PageSocket;
  /** Says it aloud, and tells when it is said; false: nothing was heard. What it returns stops it. */
  readonly speak: (parts: readonly Part[], said: (aloud: boolean) => void) => () => void;
  /** Tells that so many milliseconds are over, unless what it returns is called. */
  readonly after: (milliseconds: number, then: () => void) => () => void;
  /** Keeps what it takes to come back to the call. */
  readonly keep: (call: Omit<KeptCall, 'kind'>) => void;
  readonly silenceByItself: boolean;
}

type Deed = Exclude<CallerMessage, { type: 'hang up' }>;

/** No caller answers within a second: so short a silence asks for what was not ready, and no wish of the caller's holds it back. */
const COME_BACK = 1_000;
/** How long a word takes to be read by somebody who takes their time. Milliseconds. */
const READING = 400;
export const NOT_FOUND = 4404;
export const TAKEN_OVER = 4409;
export const STARTED_AGAIN = 4410;

/** A call from the page's side: what is said and when it is over, whether it may be talked over, and what the caller does. */
export class Call extends Changing<CallView> {
  readonly #options: CallOptions;
  readonly #socket: PageSocket;
  #call: Omit<KeptCall, 'kind' | 'spoken'> | undefined;
  readonly #entries: CallEntry[] = [];
  /** What the caller did that the contact center has not told of yet. */
  #deeds: readonly Deed[] = [];
  /** What waits until all was said, since it may not be talked over. */
  #held: readonly Deed[] = [];
  readonly #toSay: { readonly number: number; readonly speech: Speech }[] = [];
  #saying: { readonly number: number; readonly stop: () => void } | undefined;
  #spoken: number;
  /** How the caller is listened to; undefined while they are not. */
  #listening: LexListening | undefined;
  /** The time that reading takes of what was not heard. */
  #unread = 0;
  #stopSilence: (() => void) | undefined;
  #busy = false;
  #hungUp = false;
  #silenceByItself: boolean;

  constructor(options: CallOptions) {
    super({
      state: 'connecting',
      connected: false,
      unanswered: false,
      interruptible: false,
      lines: [],
      silenceIn: undefined,
      person: undefined,
      reason: undefined,
    });
    this.#options = options;
    this.#silenceByItself = options.silenceByItself;
    const { begin } = options;
    this.#spoken = 'call' in begin ? begin.spoken : 0;
    this.#call = 'call' in begin ? begin : undefined;
    this.#socket = options.connect({
      path: () => {
        if (this.#call) {
          const { call, started } = this.#call;
          return `/desk/calls/${encodeURIComponent(call)}?after=${this.#entries.length}&started=${started}`;
        }
        return `/desk/calls?${'query' in begin ? begin.query : ''}`;
      },
      messages: callMessage,
      message: (message) => this.#take(message),
      open: (open) => {
        // What was sent last may have been lost with the connection; what comes twice is done once.
        if (open) for (const deed of this.#deeds) this.#socket.send(deed);
        this.change({ connected: open, unanswered: !open });
        this.#countSilence();
      },
      refused: (code) => {
        this.#quiet();
        if (this.#hungUp) return;
        this.change({ state: endedBy(code), connected: false, silenceIn: undefined });
      },
    });
  }

  get workflow(): string {
    return this.#call?.workflow ?? '';
  }

  get contact(): string | undefined {
    return this.#call?.contact;
  }

  say(text: string, others: readonly (readonly [text: string, sure: number])[] = []): void {
    const more = others.length > 0 ? { others: others.map(([other, sure]): [string, number] => [other, sure]) } : {};
    this.#do({ type: 'say', deed: crypto.randomUUID(), text, ...more });
  }

  press(key: string): void {
    this.#do({ type: 'press', deed: crypto.randomUUID(), keys: key });
  }

  silent(): void {
    this.#do({ type: 'silent', deed: crypto.randomUUID() });
  }

  hangUp(): void {
    this.#quiet();
    this.#hungUp = true;
    this.#listening = undefined;
    this.#socket.send({ type: 'hang up' });
    // Whoever hangs up waits for nobody, least of all for a connection that is lost.
    this.change({ reason: 'CUSTOMER_DISCONNECT' });
    this.#show();
  }

  /** The caller begins to speak or to type: what may be talked over falls silent. */
  interrupt(): void {
    if (!this.view().interruptible) return;
    this.#quiet();
    this.#rest();
  }

  /** While the caller is speaking or typing, they are not silent. */
  busy(busy: boolean): void {
    if (busy === this.#busy) return;
    this.#busy = busy;
    this.#countSilence();
  }

  /** Whether silence is told by itself once it has lasted. */
  set silenceByItself(wanted: boolean) {
    this.#silenceByItself = wanted;
    this.#countSilence();
  }

  /** Leaves the page's hand: who does not come back has hung up. */
  close(): void {
    this.#quiet();
    this.#forgetSilence();
    this.#socket.close();
  }

  #do(deed: Deed): void {
    if (this.#over) return;
    if (this.#saying && !this.view().interruptible) {
      this.#held = [...this.#held, deed];
      this.#show();
      return;
    }
    this.#quiet();
    this.#send(deed);
    this.#rest();
  }

  #send(deed: Deed): void {
    this.#listening = undefined;
    this.#deeds = [...this.#deeds, deed];
    this.#socket.send(deed);
  }

  #take(message: CallMessage): void {
    if (message.type === 'call') {
      const { call, contact, workflow, started } = message;
      this.#call = { call, contact, workflow, started };
      this.#keep();
      return;
    }
    const { entry } = message;
    if (entry.number <= this.#entries.length) return;
    this.#entries.push(entry);
    switch (entry.type) {
      case 'words':
        // Who has answered in words hears no question that was before.
        this.#listening = undefined;
        if (entry.number > this.#spoken)
          this.#toSay.push({ number: entry.number, speech: speechOf(entry.content, entry.ssml) });
        break;
      case 'listening':
        this.#listening = lexListening(entry.settings);
        break;
      case 'said':
      case 'pressed':
      case 'silent': {
        const own = this.#deeds.some((one) => one.deed === entry.deed);
        this.#deeds = this.#deeds.filter((one) => one.deed !== entry.deed);
        // Before a reload: what was said until then was heard, or talked over.
        if (!own) {
          this.#quiet();
          this.#listening = undefined;
        }
        break;
      }
      case 'person':
        this.change({ person: entry.name });
        break;
      case 'over':
        this.#listening = undefined;
        this.change({ reason: entry.reason });
        break;
    }
    this.#rest();
  }

  /** Says what is still to be said; then listens. */
  #rest(): void {
    if (!this.#saying) {
      const next = this.#toSay.shift();
      if (next) this.#say(next.number, next.speech);
      else if (this.#held.length > 0) {
        const held = this.#held;
        this.#held = [];
        for (const deed of held) this.#send(deed);
      }
    }
    this.#show();
  }

  #say(number: number, speech: Speech): void {
    let over = false;
    const stop = this.#options.speak(speech.parts, (aloud) => {
      if (over) return;
      over = true;
      if (!aloud) this.#unread += speech.caption.split(' ').length * READING;
      this.#saying = undefined;
      this.#spoken = Math.max(this.#spoken, number);
      this.#keep();
      this.#rest();
    });
    if (over) return;
    this.#saying = {
      number,
      stop: () => {
        over = true;
        stop();
      },
    };
  }

  /** Nothing more is said of what there is to say. */
  #quiet(): void {
    this.#saying?.stop();
    this.#saying = undefined;
    this.#toSay.length = 0;
    this.#unread = 0;
    this.#spoken = Math.max(this.#spoken, this.#entries.length);
    this.#keep();
  }

  get #over(): boolean {
    const refused = ['gone', 'elsewhere', 'lost'].includes(this.view().state);
    return refused || this.#hungUp || this.#entries.at(-1)?.type === 'over';
  }

  #countSilence(): void {
    this.#forgetSilence();
    const { state, connected } = this.view();
    const listens = state === 'listening' && connected ? this.#listening : undefined;
    if (listens && listens.silence <= COME_BACK) this.#tick(listens.silence);
    else if (listens && this.#silenceByItself && !this.#busy) this.#tick(listens.silence + this.#unread);
    else this.change({ silenceIn: undefined });
  }

  #tick(left: number): void {
    if (left <= 0) {
      this.silent();
      return;
    }
    this.change({ silenceIn: Math.ceil(left / 1_000) });
    const step = left % 1_000 || 1_000;
    this.#stopSilence = this.#options.after(step, () => this.#tick(left - step));
  }

  #forgetSilence(): void {
    this.#stopSilence?.();
    this.#stopSilence = undefined;
  }

  #show(): void {
    const { state, person } = this.view();
    if (state === 'gone' || state === 'elsewhere' || state === 'lost') return;
    const mayInterrupt = person !== undefined || this.#listening?.interrupt === true;
    const speaks = this.#saying !== undefined;
    const before = this.#listens;
    this.change({
      state: this.#stateNow(speaks),
      interruptible: speaks && mayInterrupt,
      lines: this.#lines(),
    });
    // What was waited of a silence stands, as long as it is the same that is waited for.
    const now = this.view().state === 'listening' ? this.#listening : undefined;
    this.#listens = now;
    if (before !== now) this.#countSilence();
  }

  /** What is listened with, as shown last. */
  #listens: LexListening | undefined;

  #stateNow(speaks: boolean): CallView['state'] {
    if (speaks) return 'speaking';
    if (this.#hungUp || this.#entries.at(-1)?.type === 'over') return 'over';
    if (this.#listening) return 'listening';
    return this.#entries.length === 0 ? 'connecting' : 'waiting';
  }

  #lines(): readonly Line[] {
    const lines = this.#entries.flatMap((entry) => linesOf(entry, this.#saying?.number));
    const pending = [...this.#deeds, ...this.#held].flatMap((deed): Line[] => {
      if (deed.type === 'silent') return [];
      const text = deed.type === 'say' ? deed.text : deed.keys;
      return [{ key: deed.deed, by: 'caller', text, pending: true }];
    });
    return joined([...lines, ...pending]);
  }

  #keep(): void {
    if (this.#call) this.#options.keep({ ...this.#call, spoken: this.#spoken });
  }
}

function endedBy(code: number): 'elsewhere' | 'gone' | 'lost' {
  switch (code) {
    case TAKEN_OVER:
      return 'elsewhere';
    case STARTED_AGAIN:
      return 'lost';
    default:
      return 'gone';
  }
}

/** The lines of an entry; `aloud`: the number of the one that is being said. */
function linesOf(entry: CallEntry, aloud: number | undefined): readonly Line[] {
  const key = String(entry.number);
  switch (entry.type) {
    case 'words': {
      const { caption } = speechOf(entry.content, entry.ssml);
      const by = entry.by === 'AGENT' ? 'person' : 'system';
      return caption === '' ? [] : [{ key, by, text: caption, ...(aloud === entry.number ? { aloud: true } : {}) }];
    }
    case 'person':
      return [{ key, by: 'note', text: `${entry.name} is on the line.` }];
    case 'said':
      return [{ key: entry.deed, by: 'caller', text: entry.text }];
    case 'pressed':
      return [{ key: entry.deed, by: 'caller', text: entry.keys }];
    case 'silent':
    case 'listening':
    case 'over':
      return [];
  }
}

const KEYS = /^[0-9*#]+$/;

/** Keys that were pressed one after the other are one line. */
function joined(lines: readonly Line[]): readonly Line[] {
  const all: Line[] = [];
  for (const line of lines) {
    const last = all.at(-1);
    if (last?.by === 'caller' && line.by === 'caller' && KEYS.test(last.text) && KEYS.test(line.text))
      all[all.length - 1] = { ...last, text: last.text + line.text, ...(line.pending ? { pending: true } : {}) };
    else all.push(line);
  }
  return all;
}
