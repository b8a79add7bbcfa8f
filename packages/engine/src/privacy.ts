import {
  findPersonal,
  formsOf,
  isComposedAt,
  isMap,
  SensitiveParts,
  tellingWords,
  valuesIn,
  vocabularyOf,
} from '@parley/replay';
import type { Json, Moment, Program, Sensitivity } from '@parley/workflow';
import type { JournalEvent } from './store.ts';

/**
 * The one place that decides what of a session may be shown: everything that prints or logs events goes through it.
 * Sensitive values are replaced by their kind: `[pii]`. (Encryption of what is kept is the store's codec; a recording
 * has pseudonyms instead, see `redact` of `@parley/replay`.)
 */
export class Mask {
  readonly #program: Program;
  readonly #parts: SensitiveParts;
  /** Sensitive values seen so far, in every form they may stand in. */
  readonly #values = new Map<string, Sensitivity>();
  readonly #vocabulary: ReadonlySet<string>;
  /** The caller's lines that no decision has been made on yet. */
  #open: { readonly text: string; readonly step: Json | undefined }[] = [];
  /** Words of lines that are hidden whole. */
  readonly #gone = new Set<string>();
  #moment: Moment;

  constructor(program: Program) {
    this.#program = program;
    this.#vocabulary = vocabularyOf(program);
    this.#parts = new SensitiveParts(program);
    this.#moment = { now: 0, timezone: program.timezone };
  }

  /** Remembers the sensitive values of an event; they are hidden from then on. */
  see(event: JournalEvent): void {
    this.#moment = { ...this.#moment, now: event.at };
    for (const data of this.#parts.of(event)) this.#remember(valuesIn(data, this.#moment));
    this.#seeLine(event);
    const { step, keys } = event.data;
    if (event.type !== 'caller.pressed' || typeof step !== 'string' || typeof keys !== 'string') return;
    // Which of them the keys were for, only the machine knows.
    for (const name of this.#parts.askedAt(step)) this.value(name, keys.replace(/#$/, ''));
  }

  #seeLine({ type, data: { step, text, values } }: JournalEvent): void {
    if (type === 'caller.said' && typeof text === 'string') this.#open.push({ text, step });
    // Of words that could not be found, the caller's lines know nothing.
    if (!isDecision(this.#program, type, step)) return;
    const gave = isMap(values) && Object.keys(values).some((name) => this.#program.variables.get(name)?.sensitive);
    for (const { text, step } of this.#open) {
      if (!gave && (typeof step !== 'string' || this.asksFor(step) === undefined)) continue;
      for (const word of tellingWords(text, this.#vocabulary)) this.#gone.add(word);
    }
    this.#open = [];
  }

  /** Data in which a decider may quote the caller. */
  quoting(data: Json): Json {
    const hidden = this.hide(data);
    const quoted = (one: Json): Json => {
      if (typeof one === 'string')
        return one.replace(/[\p{L}\p{M}'’]+|\d+/gu, (word) => (this.#gone.has(word.toLowerCase()) ? '[…]' : word));
      if (Array.isArray(one)) return one.map((item: Json) => quoted(item));
      return isMap(one) ? Object.fromEntries(Object.entries(one).map(([key, item]) => [key, quoted(item)])) : one;
    };
    return quoted(hidden);
  }

  /** What guards say of their work, in which they should quote nobody. */
  checks(checks: Json): Json {
    if (!Array.isArray(checks)) return checks;
    return checks.map((check: Json) =>
      isMap(check) && check['by'] !== undefined ? { ...check, by: this.quoting(check['by']) } : check,
    );
  }

  /** Remembers the value of a variable, where that is sensitive. */
  value(name: string, value: Json): void {
    const variable = this.#program.variables.get(name);
    if (!variable?.sensitive) return;
    const { sensitive: kind, type, definition } = variable;
    this.#remember(valuesIn({ data: value, kind, from: name, type, definition }, this.#moment));
  }

  /** Whether this is one of the sensitive values seen so far, whole, in any form that it may stand in. */
  knows(text: string): boolean {
    return this.#values.has(text.trim().toLowerCase());
  }

  /** A value of a variable as it may be shown. */
  show(name: string, value: Json): Json {
    const sensitive = this.#program.variables.get(name)?.sensitive;
    return sensitive ? `[${sensitive}]` : this.hide(value);
  }

  /** Data with every sensitive value seen so far replaced. */
  hide(data: Json): Json {
    if (typeof data === 'string') return this.text(data);
    if (typeof data === 'number') {
      const kind = this.#values.get(String(data));
      return kind === undefined ? data : `[${kind}]`;
    }
    if (Array.isArray(data)) return data.map((item: Json) => this.hide(item));
    if (!isMap(data)) return data;
    return Object.fromEntries(Object.entries(data).map(([key, item]) => [this.text(key), this.hide(item)]));
  }

  /** Sensitive data as it may be shown: how it is made, and of each piece the kind. */
  whole(data: Json, kind: Sensitivity): Json {
    if (data === null) return null;
    if (Array.isArray(data)) return data.map((item: Json) => this.whole(item, kind));
    if (!isMap(data)) return `[${this.#values.get(String(data).trim().toLowerCase()) ?? kind}]`;
    return Object.fromEntries(Object.entries(data).map(([key, item]) => [this.text(key), this.whole(item, kind)]));
  }

  text(text: string): string {
    const lower = text.toLowerCase();
    // A few letters change their length with their case: then positions would not match.
    let hidden = lower.length === text.length ? text : lower;
    // The longest first: of an address, nothing is left when a name in it is hidden too.
    for (const [value, kind] of [...this.#values].sort(([a], [b]) => b.length - a.length)) {
      for (let at = find(hidden, value, 0); at >= 0; at = find(hidden, value, at + kind.length + 2)) {
        hidden = `${hidden.slice(0, at)}[${kind}]${hidden.slice(at + value.length)}`;
      }
    }
    // What no variable holds, by its form and the words before it.
    for (const { start, end, kind } of findPersonal(hidden, this.#moment).toReversed()) {
      hidden = `${hidden.slice(0, start)}[${kind}]${hidden.slice(end)}`;
    }
    return hidden;
  }

  /** Whether an answer at this step may hold a sensitive value. */
  asksFor(step: string): Sensitivity | undefined {
    const [name] = this.#parts.askedAt(step);
    return name === undefined ? undefined : this.#program.variables.get(name)?.sensitive;
  }

  /** Remembers values as they are, as they were given and as they are said. */
  #remember(values: ReturnType<typeof valuesIn>): void {
    for (const { value, given, kind, type } of values) {
      for (const form of [...(given === undefined ? [] : [given]), ...formsOf(value, type).values()]) {
        const text = form.trim().toLowerCase();
        // Shorter ones stand in too many words to be hidden wherever they occur.
        if (text.length >= 3 && !this.#values.has(text)) this.#values.set(text, kind);
      }
    }
  }
}

/** Fields in which a decider may quote the caller. */
const QUOTES: ReadonlySet<string> = new Set(['say', 'why', 'by', 'message']);

/** What the workflow and the host name: no caller's values. */
const KEPT: ReadonlySet<string> = new Set(['step', 'path', 'decision', 'question', 'call', 'timer', 'tool', 'code']);

/**
 * A session's events as they may be shown: what a caller said where it gave, or was asked for, a sensitive value is hidden whole.
 * `undecided`: the session goes on, and a decision is under way: of what was said since the last one nobody can tell yet what it gives, and
 * all of it is hidden (`[…]`).
 */
export function maskEvents(
  program: Program,
  events: readonly JournalEvent[],
  { undecided = false, mask = new Mask(program) }: { readonly undecided?: boolean; readonly mask?: Mask } = {},
): readonly JournalEvent[] {
  const parts = new SensitiveParts(program);
  for (const event of events) mask.see(event);
  const decided = events.findLastIndex(({ type, data }) => isDecision(program, type, data['step']));
  return events.map((event, index) => {
    const sensitive = parts.of(event);
    if (undecided && index > decided && event.type === 'caller.said')
      return { ...event, data: { ...event.data, text: '[…]' } };
    if (undecided && index > decided && event.type === 'caller.pressed')
      return { ...event, data: { ...event.data, keys: '[…]' } };
    if (event.type === 'caller.said' || event.type === 'caller.pressed') {
      const kind = given(program, mask, events, index);
      if (kind !== undefined) {
        const field = event.type === 'caller.said' ? 'text' : 'keys';
        return { ...event, data: { ...event.data, [field]: `[${kind}]` } };
      }
    }
    const shown = (data: Json, at: readonly string[]): Json => {
      const whole = sensitive.find((one) => one.at.join('/') === at.join('/'));
      if (whole) return at[0] === 'values' ? `[${whole.kind}]` : mask.whole(data, whole.kind);
      if (!isMap(data) || !sensitive.some((one) => one.at.join('/').startsWith(`${at.join('/')}/`)))
        return mask.hide(data);
      return Object.fromEntries(Object.entries(data).map(([key, item]) => [key, shown(item, [...at, key])]));
    };
    const data = Object.entries(event.data).map(([key, item]): [string, Json] => {
      // A tool's own words for a failure may hold anything.
      if (key === 'message' && event.type === 'tool.failed') return [key, '[message]'];
      // What a guard says of its work, and which check it was.
      if (key === 'checks') return [key, mask.checks(item)];
      if (QUOTES.has(key) || (key === 'text' && isComposedAt(program, event.data['step'])))
        return [key, mask.quoting(item)];
      return [key, KEPT.has(key) ? item : shown(item, [key])];
    });
    return { ...event, data: Object.fromEntries(data) };
  });
}

/** An answer of a decider, or its failure, to what the caller said; not to what it should word. */
function isDecision(program: Program, type: string, step: Json | undefined): boolean {
  return (type === 'model.decided' || type === 'model.failed') && !isComposedAt(program, step);
}

/** The kind of what the caller gave at this event: of a variable it filled, or, where nothing became of it, of one that was asked for. */
function given(program: Program, mask: Mask, events: readonly JournalEvent[], index: number): Sensitivity | undefined {
  const step = events[index]?.data['step'];
  for (const { type, data } of events.slice(index + 1)) {
    // What is said next may be decided on together with it.
    if (type === 'model.failed' && isDecision(program, type, data['step'])) break;
    if (type !== 'model.decided' || !isMap(data['values'])) continue;
    const filled = Object.keys(data['values'])
      .map((name) => program.variables.get(name)?.sensitive)
      .find((kind) => kind !== undefined);
    if (filled !== undefined) return filled;
    if (data['choice'] !== 'unclear') return undefined;
  }
  return typeof step === 'string' ? mask.asksFor(step) : undefined;
}

/** Where `value` (in lower case) stands in a text as a word of its own, from `from` on; -1 where it doesn't. */
function find(text: string, value: string, from: number): number {
  const lower = text.toLowerCase();
  for (let at = lower.indexOf(value, from); at >= 0; at = lower.indexOf(value, at + 1)) {
    const before = /[\p{L}\p{N}]/u.test(lower.charAt(at - 1)) && /^[\p{L}\p{N}]/u.test(value);
    const after = /[\p{L}\p{N}]/u.test(lower.charAt(at + value.length)) && /[\p{L}\p{N}]$/u.test(value);
    if (!before && !after) return at;
  }
  return -1;
}
