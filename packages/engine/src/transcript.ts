import { findPersonal, formsOf, isMap, SensitiveParts, tellingWords, valuesIn, vocabularyOf } from '@parley/replay';
import type { Json, Program } from '@parley/workflow';
import type { Line } from './decider.ts';

/** How many lines of what was said a decider may look back on. */
export const TRANSCRIPT = 20;

/** An event as a recording has it. A journal's has its data in a field of its own. */
export interface Happened {
  readonly type: string;
  readonly at: number;
  readonly [field: string]: Json | undefined;
}

/**
 * The last lines of a conversation, oldest first, out of its events. What was sensitive in a line is not told again once
 * a decision was made on it: the name of its variable stands in its place (`[email]`); all of the line is replaced
 * where the caller said it in a way that can't be found ("M as in Mike"). What no variable holds and is personal by its form,
 * such as a card's number, has its kind (`[pci]`). Lines that no decision was made on yet are as they were said.
 *
 * `vars`: what is known, in which there may be more than `events` tell of, if these are not all.
 */
export function transcriptOf(
  program: Program,
  vars: { readonly [name: string]: Json },
  events: readonly Happened[],
): readonly Line[] {
  const hidden = new Names(program, vars);
  const lines: { readonly who: Line['who']; text: string }[] = [];
  /** The caller's lines that no decision was made on yet. */
  let open: typeof lines = [];
  const moment = { now: events.at(-1)?.at ?? 0, timezone: program.timezone };
  for (const { type, at, text, ...data } of events) {
    hidden.see({ type, at, data: JSON.parse(JSON.stringify(data)) });
    if (typeof text === 'string' && (type === 'caller.said' || type === 'agent.said' || type === 'filler.said')) {
      const line = { who: type === 'caller.said' ? ('caller' as const) : ('agent' as const), text };
      lines.push(line);
      if (type === 'caller.said') open.push(line);
    }
    if (type === 'model.decided') {
      const values = isMap(data['values']) ? data['values'] : {};
      const names = Object.keys(values).filter((name) => program.variables.get(name)?.sensitive);
      const lost = names.filter((name) => !open.some(({ text }) => hidden.finds(name, text)));
      if (lost.length > 0) for (const line of open) line.text = `[${names.join(', ')}]`;
    }
    if (type === 'model.decided' || type === 'model.failed') open = [];
  }
  return lines.slice(-TRANSCRIPT).map((line) => {
    if (open.includes(line)) return { ...line };
    let text = hidden.replace(line.text);
    if (line.who === 'agent' || !NUMBERS.test(text)) return { ...line, text };
    for (const { start, end, kind } of findPersonal(text, moment).toReversed())
      text = `${text.slice(0, start)}[${kind}]${text.slice(end)}`;
    return { ...line, text };
  });
}

/** Puts the names of variables in place of the sensitive values that are known, in texts and in data. */
export function hiding(program: Program, vars: { readonly [name: string]: Json }) {
  const names = new Names(program, vars);
  const text = (words: string): string => names.replace(words);
  const data = (value: Json): Json => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map((item: Json) => data(item));
    if (!isMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, data(item)]));
  };
  return { text, data };
}

/** What is personal by its form has digits, an @ or a row of digits said in words. Looking closer takes a millisecond a line. */
const NUMBERS =
  /[\d@]|(?:\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple|\w+ty|\w+teen)\b\W*){3}|\bat\b.+\bdot\b/i;

/** The sensitive values of a session, by the forms they stand in, each with the name of its variable. */
class Names {
  readonly #program: Program;
  readonly #parts: SensitiveParts;
  readonly #names = new Map<string, { readonly name: string; readonly whole: boolean }>();
  #pattern: RegExp | undefined;

  constructor(program: Program, vars: { readonly [name: string]: Json }) {
    this.#program = program;
    this.#parts = new SensitiveParts(program);
    for (const [from, data] of Object.entries(vars)) {
      const variable = program.variables.get(from);
      if (!variable?.sensitive) continue;
      const { sensitive: kind, type, definition } = variable;
      this.#remember(valuesIn({ data, kind, from, type, definition }, { now: 0, timezone: program.timezone }));
    }
  }

  see(event: Parameters<SensitiveParts['of']>[0]): void {
    const moment = { now: event.at, timezone: this.#program.timezone };
    for (const data of this.#parts.of(event)) this.#remember(valuesIn(data, moment));
  }

  /** Whether a text has a value of the variable in it, whole. */
  finds(name: string, text: string): boolean {
    return [...text.matchAll(this.#all())].some(([form]) => {
      const found = this.#names.get(form.toLowerCase());
      return found?.name === name && found.whole;
    });
  }

  replace(text: string): string {
    return text.replace(this.#all(), (form) => `[${this.#names.get(form.toLowerCase())?.name ?? 'left out'}]`);
  }

  #remember(values: ReturnType<typeof valuesIn>): void {
    for (const { value, given, from, type } of values) {
      const forms = [...(given === undefined ? [] : [given]), ...formsOf(value, type).values()];
      for (const form of forms) this.#add(form, from, true);
      // Of a name or an address, a part may be said again.
      if (typeof value === 'string' && value.includes(' '))
        for (const word of tellingWords(value, wordsOf(this.#program))) this.#add(word, from, false);
    }
  }

  #add(form: string, name: string, whole: boolean): void {
    const text = form.trim().toLowerCase();
    // Shorter ones stand in too many texts to be replaced wherever they occur.
    if (text.length < 3 || this.#names.has(text)) return;
    this.#names.set(text, { name, whole });
    this.#pattern = undefined;
  }

  /** Every form, the longest first, where it is no part of a longer word or number. */
  #all(): RegExp {
    const forms = [...this.#names.keys()].sort((a, b) => b.length - a.length).map(literally);
    const any = forms.length === 0 ? '(?!)' : forms.join('|');
    this.#pattern ??= new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, 'giu');
    return this.#pattern;
  }
}

const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** Read once for a program: it is all words of its files. */
const vocabularies = new WeakMap<Program, ReadonlySet<string>>();

function wordsOf(program: Program): ReadonlySet<string> {
  const known = vocabularies.get(program) ?? vocabularyOf(program);
  vocabularies.set(program, known);
  return known;
}
