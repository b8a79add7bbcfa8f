import {
  type Found,
  findValues,
  type Json,
  type Moment,
  readValue,
  type Type,
  type TypedVariable,
} from '@parley/workflow';
import { COMMON, WORD } from './common.ts';
import { findPersonal, type Personal } from './personal.ts';
import { type Drawing, type Likeness, pseudonymOf, wordLike } from './pseudonym.ts';
import { fieldOf, fieldType, formsOf, isList, isMap, type SensitiveValue, shapeOf, tellingWords } from './sensitive.ts';
import { inCaseOf, NUMBERS, normal, RUN, sameForm, sameSigns, sourceOf, TIMES } from './surface.ts';

/** A sensitive value that was learned, with all that held it. */
export interface Known {
  readonly value: string | number;
  readonly uses: readonly SensitiveValue[];
  /** How many of `TRIES` have been turned down. */
  readonly turned: number;
}

/** What is tried for a value, one after the other: pseudonyms unlike it, then ones that keep more of it. */
const TRIES: readonly { readonly likeness: Likeness; readonly attempt: number }[] = ([0, 1, 2] as const).flatMap(
  (likeness) => Array.from({ length: likeness === 0 ? 16 : 8 }, (_, attempt) => ({ likeness, attempt })),
);

/** The number of a try that leaves a value as it is. */
export const RAW = -1;

interface Entry {
  readonly value: string | number;
  readonly uses: SensitiveValue[];
  turned: number;
  /** Undefined: there is none; the value stays. */
  pseudonym: string | number | undefined;
  drawn: boolean;
}

/** What is known of a line of the caller's. */
export interface Said {
  readonly given: readonly SensitiveValue[];
  readonly plain: readonly SensitiveValue[];
  readonly numbers: boolean;
  readonly whole: boolean;
  /** Of words that go whole, all stay that the workflow's files have: what was heard in them is heard again. */
  readonly careful: boolean;
  readonly moment: Moment;
}

/**
 * What goes besides the known values: nothing; what tells who somebody is by its form and the words before it; longer
 * numbers and what is spelled as well; every word.
 */
type More = 'none' | 'personal' | 'numbers' | 'all';

/** A piece of a text that is replaced. */
interface Span {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Before others that share ground with it. */
  readonly first?: boolean;
}

/** The sensitive values of a session and what stands for each; replaces them wherever they are. */
export class Substitution {
  readonly #drawing: Drawing;
  /** Words of the workflow's own files: a word of a name that is one is replaced only within the name. */
  readonly #vocabulary: ReadonlySet<string>;
  /** By the value in small letters, and by what was given for it. */
  readonly #entries = new Map<string, Entry>();
  /** Words of lines that went whole. */
  readonly #gone = new Set<string>();
  #forms: { readonly pattern: RegExp; readonly texts: ReadonlyMap<string, string> } | undefined;

  constructor(drawing: Drawing, vocabulary: ReadonlySet<string>) {
    this.#drawing = drawing;
    this.#vocabulary = vocabulary;
  }

  learn(values: readonly SensitiveValue[]): void {
    for (const one of values) {
      if (!/[\p{L}\p{N}]/u.test(String(one.value)) || this.#drawing.literals.has(keyOf(one.value))) continue;
      const key = keyOf(one.value);
      const known = this.#entries.get(key);
      if (!known) {
        this.#entries.set(key, { value: one.value, uses: [one], turned: 0, pseudonym: undefined, drawn: false });
      } else if (!known.uses.some(({ from, definition }) => from === one.from && definition === one.definition)) {
        known.uses.push(one);
        known.drawn = false;
      }
      const entry = this.#entries.get(key);
      const given = one.given === undefined ? undefined : keyOf(one.given);
      if (entry && given !== undefined && !this.#entries.has(given)) this.#entries.set(given, entry);
    }
    this.#forms = undefined;
  }

  /** Learns what tells who somebody is in texts of an event, though no variable holds it. */
  learnFrom(data: Json): void {
    if (isList(data)) for (const item of data) this.learnFrom(item);
    else if (isMap(data)) for (const item of Object.values(data)) this.learnFrom(item);
    if (typeof data !== 'string') return;
    const found = this.#personalIn(data);
    this.learn(
      found.flatMap(({ value, kind, definition }) =>
        value === undefined ? [] : [{ value, kind, from: "the caller's words", type: undefined, definition }],
      ),
    );
  }

  /** Turns every value to the first try that has a pseudonym for it, as far as one has. */
  settle(): void {
    for (const known of this.known) {
      const { value } = known;
      for (let turned = 0; turned < this.triesOf(known); turned++) {
        this.turn(value, turned);
        if (this.#pseudonym(value) !== undefined) break;
      }
    }
  }

  /** How many values another stands for. */
  get replaced(): number {
    return this.known.filter(({ value }) => this.#pseudonym(value) !== value).length;
  }

  get known(): readonly Known[] {
    return [...new Set(this.#entries.values())];
  }

  /** How many tries a value has. */
  triesOf({ value, uses }: Known): number {
    // Of a single sign or digit, or a number that bounds leave few others for, nobody can tell whose it is: in the end it may stay.
    return TRIES.length + (isOneOfFew(value, uses) ? 1 : 0);
  }

  /** Has another pseudonym stand for a value: that of try number `turned`, from 0. */
  turn(value: string | number, turned: number): void {
    const entry = this.#entries.get(keyOf(value));
    if (!entry) return;
    entry.turned = turned;
    entry.drawn = false;
    this.#forms = undefined;
  }

  /** The values that have no pseudonym as things are. */
  get without(): readonly Known[] {
    return this.known.filter(({ value }) => this.#pseudonym(value) === undefined);
  }

  // ---- data

  /** Data that is sensitive as a whole. */
  whole(data: Json, type: Type | undefined, definition: TypedVariable | undefined): Json {
    if (typeof data === 'string') {
      const like = this.#pseudonym(data);
      return like === undefined ? this.text(data) : String(like);
    }
    if (typeof data === 'number') return this.#pseudonym(data) ?? data;
    if (isList(data)) {
      const items = type?.kind === 'list' ? type.items : undefined;
      return data.map((item) => this.whole(item, items, definition?.type === 'list' ? definition.of : undefined));
    }
    if (!isMap(data)) return data;
    return Object.fromEntries(
      Object.entries(data).map(([name, item]) => [
        this.text(name),
        this.whole(item, fieldType(type, name), fieldOf(definition, name)),
      ]),
    );
  }

  /** Data that nothing keeps, each word and number of it replaced. */
  loose(data: Json): Json {
    if (typeof data === 'string') return this.#replace(data, [...this.#formsIn(data)], 'all');
    if (typeof data === 'number') {
      const like = Number(String(data).replace(/\d+/g, (digits) => wordLike(digits, this.#drawing)));
      return this.#pseudonym(data) ?? (Number.isFinite(like) ? like : 0);
    }
    if (isList(data)) return data.map((item) => this.loose(item));
    if (!isMap(data)) return data;
    return Object.fromEntries(Object.entries(data).map(([name, item]) => [this.text(name), this.loose(item)]));
  }

  /** Data of which only the values that are known are sensitive. `scans`: and what else tells who somebody is. */
  data(data: Json, scans = true): Json {
    if (typeof data === 'string') return this.#replace(data, [...this.#formsIn(data)], scans ? 'personal' : 'none');
    if (typeof data === 'number') {
      const like = Math.abs(data) >= 100 ? this.#pseudonym(data) : undefined;
      return typeof like === 'number' ? like : data;
    }
    if (isList(data)) return data.map((item) => this.data(item, scans));
    if (!isMap(data)) return data;
    return Object.fromEntries(Object.entries(data).map(([name, item]) => [this.text(name), this.data(item, scans)]));
  }

  /** A text with every known value in it replaced, in whatever form it stands there, and what else tells who somebody is. */
  text(text: string): string {
    return this.#replace(text, [...this.#formsIn(text)], 'personal');
  }

  /** Data in which somebody may quote what the caller said: the words of lines that went whole go there too. */
  quoting(data: Json): Json {
    const clean = this.data(data);
    const quoted = (one: Json): Json => {
      if (typeof one === 'string')
        return one.replace(WORD, (word) => (this.#gone.has(word.toLowerCase()) ? this.#each(word) : word));
      if (isList(one)) return one.map(quoted);
      return isMap(one) ? Object.fromEntries(Object.entries(one).map(([name, item]) => [name, quoted(item)])) : one;
    };
    return quoted(clean);
  }

  // ---- the caller's words

  /**
   * What a caller said. `given`: the values that were taken from it, of which nobody knows where they stand if they can't
   * be found in the words: then these go whole, word for word, as they do where nothing was understood (`whole`).
   * `plain`: what was taken and is not sensitive; it stays. `numbers`: longer numbers and what is spelled go.
   */
  words(text: string, { given, plain, numbers, whole, careful, moment }: Said): string {
    const spans: Span[] = [];
    const placed = new Set<string>();
    const definitions = new Map<string, TypedVariable>();
    for (const { uses } of this.#entries.values())
      for (const { definition } of uses) if (definition) definitions.set(JSON.stringify(definition), definition);
    for (const { definition } of given) if (definition) definitions.set(JSON.stringify(definition), definition);
    const gave = new Set(given.map(({ value }) => keyOf(value)));
    for (const { value, definition } of plain) {
      if (this.#entries.has(keyOf(value))) continue;
      for (const found of definition ? this.#valuesIn(definition, text, moment) : []) {
        const { start, end } = found;
        if (found.value === value) spans.push({ start, end, text: text.slice(start, end) });
      }
    }
    for (const definition of definitions.values()) {
      for (const found of this.#valuesIn(definition, text, moment)) {
        const { value, start, end } = found;
        if (typeof value !== 'string' && typeof value !== 'number') continue;
        const key = keyOf(value);
        if (!this.#entries.has(key) || (String(value).length < 3 && !gave.has(key))) continue;
        const like = this.#asSaid(text.slice(start, end), value, definition, moment);
        spans.push({ start, end, text: like, first: gave.has(key) });
        placed.add(key);
      }
    }
    for (const span of this.#formsIn(text)) {
      spans.push(span);
      const surface = text.slice(span.start, span.end);
      for (const one of given)
        if (
          [one.given ?? '', ...formsOf(one.value, one.type).values()].some((form) => normal(form) === normal(surface))
        )
          placed.add(keyOf(one.value));
    }
    const lost = given.some(({ value }) => !placed.has(keyOf(value)) && this.#entries.has(keyOf(value)));
    if (whole || lost) for (const word of tellingWords(text, this.#vocabulary)) this.#gone.add(word);
    const scrubbed = this.#replace(text, spans, whole || lost ? 'all' : numbers ? 'numbers' : 'personal', careful);
    // What a known value still stands in, in some way of saying it that was not thought of, goes as well.
    for (const definition of definitions.values())
      for (const { value } of this.#valuesIn(definition, scrubbed, moment))
        if (gave.has(keyOf(typeof value === 'number' ? value : String(value))) && this.#differs(value))
          return this.#replace(text, spans, 'all', careful);
    return scrubbed;
  }

  /** Keys that were pressed for a variable: others that are read as its pseudonym. `taken`: keys that mean something else there. */
  keys(
    keys: string,
    definition: TypedVariable | undefined,
    { moment, taken }: { moment: Moment; taken: ReadonlySet<string> },
  ): string {
    const ends = keys.endsWith('#') ? '#' : '';
    const pressed = keys.slice(0, keys.length - ends.length);
    const read = (form: string) => (definition ? readValue(definition, form + ends, moment) : undefined);
    const isFree = (form: string) => /^[0-9*]+$/.test(form) && !taken.has(form + ends);
    const like = this.#pseudonym(pressed);
    const forms = like === undefined ? [] : [...formsOf(like, undefined).values()];
    const same = forms
      .flatMap((form) => [form.replace('.', '*'), form.replace(/[^0-9*]/g, '')])
      .find((form) => {
        const is = isFree(form) ? read(form) : undefined;
        return is?.ok === true && keyOf(String(is.value)) === keyOf(like ?? '');
      });
    const drawn = Array.from({ length: 20 }, (_, attempt) =>
      pressed.replace(/\d+/g, (digits) => wordLike(digits, this.#drawing, attempt)),
    );
    const alike = (form: string) => isFree(form) && read(form)?.ok === read(pressed)?.ok;
    return (same ?? drawn.find(alike) ?? pressed.replace(/\d/g, '5')) + ends;
  }

  #differs(value: Json): boolean {
    return (typeof value === 'string' || typeof value === 'number') && this.#pseudonym(value) !== value;
  }

  /** A pseudonym in the words in which the value was said: in the same form, else in one that is read as it. */
  #asSaid(surface: string, value: string | number, definition: TypedVariable, moment: Moment): string {
    const like = this.#pseudonym(value);
    if (like === undefined) return surface;
    const type = this.#entries.get(keyOf(value))?.uses.find((use) => use.definition === definition)?.type;
    const same = sameForm(surface, formsOf(value, type), formsOf(like, type));
    if (same !== undefined) return inCaseOf(surface, same);
    const signs = sameSigns(surface, String(value), String(like));
    const said = /\d/.test(surface)
      ? []
      : [...formsOf(like, type)].filter(([name]) => SAID.has(name)).map(([, form]) => form);
    const candidates = [...(signs === undefined ? [] : [signs]), ...said.reverse(), ...formsOf(like, type).values()];
    const reads = (text: string) => {
      const [found] = this.#valuesIn(definition, text, moment);
      return found !== undefined && keyOf(String(found.value)) === keyOf(like);
    };
    const found = candidates.map((text) => inCaseOf(surface, text)).find(reads);
    return found ?? String(like);
  }

  // ---- replacing

  /** Where known values stand in a text, in any of their forms. */
  *#formsIn(text: string): Iterable<Span> {
    const { pattern, texts } = this.#allForms();
    if (texts.size === 0) return;
    for (const match of text.matchAll(pattern)) {
      const [surface] = match;
      const start = match.index;
      const like = texts.get(normal(surface));
      yield {
        start,
        end: start + surface.length,
        text: like === undefined ? this.#each(surface) : inCaseOf(surface, like),
      };
    }
  }

  #allForms() {
    if (this.#forms) return this.#forms;
    const texts = new Map<string, string>();
    for (const [given, { value, uses }] of this.#entries) {
      const like = this.#pseudonym(value);
      if (like === undefined) continue;
      if (given !== keyOf(value) && given.length >= 3) texts.set(given, String(like));
      for (const { type } of [...uses, { type: undefined }]) {
        const [forms, others] = [formsOf(value, type), formsOf(like, type)];
        for (const [name, form] of forms) {
          const key = normal(form);
          // Shorter ones stand in too many words to be replaced wherever they occur.
          if (key.replace(/[^\p{L}\p{N}]/gu, '').length >= 3 && !texts.has(key))
            texts.set(key, others.get(name) ?? String(like));
        }
      }
    }
    for (const [word, like] of this.#wordsOfNames()) if (!texts.has(word)) texts.set(word, like);
    const sources = [...texts.keys()].sort((a, b) => b.length - a.length).map(sourceOf);
    this.#forms = { texts, pattern: new RegExp(sources.join('|') || '(?!)', 'giu') };
    return this.#forms;
  }

  /** The words of names and the like, that a caller may be called by alone. */
  *#wordsOfNames(): Iterable<[string, string]> {
    for (const { value } of this.#entries.values()) {
      if (typeof value !== 'string' || shapeOf(value) !== 'text') continue;
      const words = value.match(WORD) ?? [];
      const likes = String(this.#pseudonym(value)).match(WORD) ?? [];
      if (words.length > 4) continue;
      for (const [at, word] of words.entries()) {
        const lower = word.toLowerCase();
        const like = likes[at];
        if (
          like !== undefined &&
          lower.length >= 3 &&
          !/\d/.test(lower) &&
          !COMMON.has(lower) &&
          !this.#vocabulary.has(lower)
        )
          yield [normal(word), like];
      }
    }
  }

  /** A text with its spans replaced, and in what is left between them what tells who somebody is (or more: `more`). */
  #replace(text: string, spans: readonly Span[], more: More, careful = false): string {
    const ranked = [...spans].sort(
      (a, b) =>
        Number(b.first ?? false) - Number(a.first ?? false) || b.end - b.start - (a.end - a.start) || a.start - b.start,
    );
    const kept: Span[] = [];
    for (const one of ranked) if (!kept.some((other) => one.start < other.end && other.start < one.end)) kept.push(one);
    for (const { start, end } of this.#morePlaces(text, more)) {
      for (const piece of text.slice(start, end).matchAll(WORD)) {
        const [from, to] = [start + piece.index, start + piece.index + piece[0].length];
        if (kept.some((other) => from < other.end && other.start < to)) continue;
        const keep = more === 'all' && this.#stays(piece[0].toLowerCase(), careful);
        kept.push({ start: from, end: to, text: keep ? piece[0] : this.#each(piece[0], from) });
      }
    }
    let result = '';
    let at = 0;
    for (const { start, end, text: like } of kept.sort((a, b) => a.start - b.start)) {
      result += text.slice(at, start) + like;
      at = end;
    }
    return result + text.slice(at);
  }

  #stays(word: string, careful: boolean): boolean {
    return COMMON.has(word) || this.#drawing.isHeard(word) || (careful && this.#vocabulary.has(word));
  }

  #morePlaces(text: string, more: More): readonly { readonly start: number; readonly end: number }[] {
    if (more === 'none') return [];
    if (more === 'all') return [{ start: 0, end: text.length }];
    const personal = this.#personalIn(text);
    if (more === 'personal') return personal;
    return [
      ...personal,
      ...[...text.matchAll(RUN)].map(({ index, 0: run }) => ({ start: index, end: index + run.length })),
    ];
  }

  // Many runs look at the same texts.
  readonly #personal = new Map<string, readonly Personal[]>();
  readonly #values = new Map<string, readonly Found[]>();

  #personalIn(text: string): readonly Personal[] {
    const known = this.#personal.get(text);
    if (known) return known;
    const { moment, literals } = this.#drawing;
    const found = findPersonal(text, moment).filter(
      ({ start, end, value }) => !literals.has(keyOf(value ?? text.slice(start, end))),
    );
    this.#personal.set(text, found);
    return found;
  }

  #valuesIn(definition: TypedVariable, text: string, moment: Moment): readonly Found[] {
    const key = JSON.stringify([definition, text, moment.now]);
    const found = this.#values.get(key) ?? findValues(definition, text, moment);
    this.#values.set(key, found);
    return found;
  }

  /** A word or number by itself: a number in words stays one. */
  #each(word: string, at = 0): string {
    return word.replace(WORD, (one) => {
      const some = NUMBERS.find((numbers) => numbers.includes(one.toLowerCase()));
      if (some) return inCaseOf(one, some[Number(wordLike('00', this.#drawing, at + 1)) % some.length] ?? one);
      // A year stays one.
      if (/^(?:19|20)\d\d$/.test(one)) return one.slice(0, 2) + wordLike(one.slice(2), this.#drawing, at);
      return TIMES.test(one) ? one : wordLike(one, this.#drawing, /\d/.test(one) ? at : 0);
    });
  }

  // ---- pseudonyms

  #pseudonym(value: string | number): string | number | undefined {
    const entry = this.#entries.get(keyOf(value));
    if (!entry) return undefined;
    if (!entry.drawn) {
      const { turned, uses } = entry;
      const others = new Set<string>();
      for (const [key, other] of this.#entries) {
        others.add(key);
        if (other !== entry && other.drawn && other.pseudonym !== undefined) others.add(keyOf(other.pseudonym));
      }
      const taken = (candidate: string) => others.has(candidate);
      const attempt = TRIES[turned];
      // RAW, or past the last: as it is.
      entry.pseudonym = attempt ? pseudonymOf(entry.value, uses, this.#drawing, { ...attempt, taken }) : entry.value;
      entry.drawn = true;
    }
    const { pseudonym } = entry;
    if (pseudonym === undefined) return undefined;
    if (typeof value === 'number') return Number(pseudonym);
    return value === entry.value ? String(pseudonym) : inCaseOf(value, String(pseudonym));
  }
}

const keyOf = (value: string | number) => String(value).trim().toLowerCase();

/** Forms that people say. */
const SAID: ReadonlySet<string> = new Set(['voice', 'as voice', 'said', 'spelled', 'spelled oh', 'ordinal', 'long']);

function isOneOfFew(value: string | number, uses: readonly SensitiveValue[]): boolean {
  if (typeof value === 'string') return value.trim().length === 1;
  if (Number.isInteger(value) && Math.abs(value) < 10) return true;
  return uses.every(
    ({ definition }) =>
      definition !== undefined &&
      'min' in definition &&
      definition.min !== undefined &&
      definition.max !== undefined &&
      definition.max - definition.min <= 100,
  );
}
