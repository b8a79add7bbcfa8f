import {
  isComposed,
  type Json,
  type Moment,
  type Program,
  readValue,
  type Sensitivity,
  sayValue,
  type Type,
  type TypedVariable,
} from '@parley/workflow';
import { COMMON, WORD } from './common.ts';

/** One value of a session that is sensitive. */
export interface SensitiveValue {
  /** In its canonical form, where it was valid. */
  readonly value: string | number;
  /** As it was given, where that is not the canonical form ("March 4th, 1962"). */
  readonly given?: string;
  readonly kind: Sensitivity;
  /** Where it comes from, for messages: a variable, or what else of an event. */
  readonly from: string;
  /** How it is said. */
  readonly type: Type | undefined;
  /** How it is read and checked; undefined in what a tool returned. */
  readonly definition: TypedVariable | undefined;
}

/** Data of an event that is sensitive as a whole: `at` is where in the event it stands. */
export interface SensitiveData {
  readonly at: readonly string[];
  readonly data: Json;
  readonly kind: Sensitivity;
  readonly from: string;
  readonly type: Type | undefined;
  readonly definition: TypedVariable | undefined;
  /** No variable keeps it, so it is taken as sensitive where it stands; what it says may well be said elsewhere. */
  readonly loose?: true;
}

/** An event as a journal or a recording has it. */
export interface Happened {
  readonly type: string;
  readonly at: number;
  readonly data: { readonly [key: string]: Json };
}

/**
 * Where the sensitive data of a session's events stand. Give it all events in order: what a tool returned is sensitive
 * by the variable that its call saves it in. What no variable keeps is taken as sensitive, as nobody said that it isn't.
 */
export class SensitiveParts {
  readonly #program: Program;
  /** The variable each call saves in; undefined where it saves in none. */
  readonly #saves = new Map<string, string | undefined>();
  /** The last calls of a step that makes several at once, by their numbers. */
  #calls = { step: '', first: 0, last: 0 };

  constructor(program: Program) {
    this.#program = program;
  }

  /** What of an event is sensitive. */
  of({ type, data }: Happened): readonly SensitiveData[] {
    const { step, call } = data;
    switch (type) {
      case 'session.started': {
        const contact = isMap(data['contact']) ? data['contact'] : {};
        const attributes = isMap(contact['attributes']) ? Object.entries(contact['attributes']) : [];
        const given: readonly [readonly string[], Json | undefined][] = [
          [['contact', 'address'], contact['address']],
          ...attributes.map(([name, value]): [readonly string[], Json] => [['contact', 'attributes', name], value]),
        ];
        return given.flatMap(([at, value]) =>
          value === undefined ? [] : [whole(at, value, at.slice(0, 2).join('.'))],
        );
      }
      case 'model.decided':
        return isMap(data['values'])
          ? Object.entries(data['values']).flatMap(([name, value]) => this.#ofVariable(['values', name], name, value))
          : [];
      case 'tool.called':
        if (typeof step === 'string' && typeof call === 'string') this.#called(step, call);
        return [];
      case 'tool.returned': {
        const output = data['output'];
        if (typeof call !== 'string' || output === undefined) return [];
        const save = this.#saves.get(call);
        return save === undefined
          ? [{ ...whole(['output'], output, 'a tool'), loose: true }]
          : this.#ofVariable(['output'], save, output);
      }
      case 'signal.received': {
        const one = typeof step === 'string' ? this.#program.steps.get(step) : undefined;
        const save = one?.kind === 'wait' ? one.save : undefined;
        const given = data['data'];
        if (given === undefined) return [];
        return save === undefined
          ? [{ ...whole(['data'], given, 'a signal'), loose: true }]
          : this.#ofVariable(['data'], save, given);
      }
      default:
        return [];
    }
  }

  /** The sensitive variables that keys or words at a step may be an answer to. */
  askedAt(step: string): readonly string[] {
    const one = this.#program.steps.get(step);
    if (!one || !('fill' in one)) return [];
    const names = one.kind === 'form' ? [...one.variables, ...one.fill] : one.fill;
    return names.filter((name) => this.#program.variables.get(name)?.sensitive !== undefined);
  }

  #ofVariable(at: readonly string[], name: string, data: Json): readonly SensitiveData[] {
    const variable = this.#program.variables.get(name);
    if (!variable?.sensitive) return [];
    const { sensitive: kind, type, definition } = variable;
    return [{ at, data, kind, from: name, type, definition }];
  }

  #called(step: string, call: string): void {
    const one = this.#program.steps.get(step);
    if (one?.kind === 'call') this.#saves.set(call, one.call.save);
    if (one?.kind !== 'parallel') return;
    // The calls of a step go out all at once, in its order, under numbers that follow each other.
    const number = Number(call.slice(1));
    const { first, last } = this.#calls;
    this.#calls = { step, first: this.#calls.step === step && number === last + 1 ? first : number, last: number };
    this.#saves.set(call, one.calls[(number - this.#calls.first) % one.calls.length]?.save);
  }
}

function whole(at: readonly string[], data: Json, from: string): SensitiveData {
  return { at, data, kind: 'pii', from, type: undefined, definition: undefined };
}

/** The values that data is made of, each with what is known of it: without what a file or nature leaves few choices for. */
export function valuesIn(
  { data, kind, from, type, definition, loose }: Omit<SensitiveData, 'at'>,
  moment: Moment,
): readonly SensitiveValue[] {
  if (loose) return [];
  const found: SensitiveValue[] = [];
  const walk = (value: Json, type: Type | undefined, definition: TypedVariable | undefined): void => {
    if (definition && !isLeaf(definition)) {
      const read = readValue(definition, value, moment);
      if (read.ok && typeof value === 'string') {
        // Said as a whole, such as a list in one sentence.
        walk(read.value, type, definition);
        return;
      }
    }
    if (typeof value === 'string' || typeof value === 'number') {
      const read = definition ? readValue(definition, value, moment) : undefined;
      const canonical = read?.ok ? read.value : undefined;
      if (typeof canonical === 'boolean' || isClosed(canonical ?? value, type, definition)) return;
      const about = { kind, from, type, definition };
      if ((typeof canonical === 'string' || typeof canonical === 'number') && canonical !== value)
        found.push({ value: canonical, given: String(value), ...about });
      else found.push({ value, ...about });
    } else if (isList(value)) {
      const items = type?.kind === 'list' ? type.items : undefined;
      for (const item of value) walk(item, items, definition?.type === 'list' ? definition.of : undefined);
    } else if (isMap(value)) {
      for (const [name, item] of Object.entries(value)) walk(item, fieldType(type, name), fieldOf(definition, name));
    }
  };
  walk(data, type, definition);
  return found;
}

/** The type of a field of a value. */
export function fieldType(type: Type | undefined, name: string): Type | undefined {
  return type?.kind === 'object' && Object.hasOwn(type.fields, name) ? type.fields[name]?.type : undefined;
}

/** The definition of a field of a value. */
export function fieldOf(definition: TypedVariable | undefined, name: string): TypedVariable | undefined {
  return definition?.type === 'object' && Object.hasOwn(definition.fields, name) ? definition.fields[name] : undefined;
}

const isLeaf = ({ type }: TypedVariable) => type !== 'object' && type !== 'list';

/** Whether a value is one of a few that the file or the tool names: it tells nobody who it is. */
function isClosed(value: Json, type: Type | undefined, definition: TypedVariable | undefined): boolean {
  if (definition?.type === 'choice')
    return (Array.isArray(definition.values) ? definition.values : Object.keys(definition.values)).some(
      (one) => one === value,
    );
  return type?.kind === 'string' && definition === undefined && (type.values?.some((one) => one === value) ?? false);
}

/** Whether the model finds the words of this step. */
export function isComposedAt({ steps }: Program, step: Json | undefined): boolean {
  const one = typeof step === 'string' ? steps.get(step) : undefined;
  return one !== undefined && isComposed(one);
}

/** All words of a workflow's files, in small letters. */
export function vocabularyOf({ source }: Program): ReadonlySet<string> {
  const texts = [source.text, ...Object.values(source.parts).map(({ text }) => text)];
  return new Set(texts.flatMap((text) => text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? []));
}

/** The words of a caller's line by which it may be known again where somebody quotes it: those that are nobody's and not the file's. */
export function tellingWords(text: string, vocabulary: ReadonlySet<string>): readonly string[] {
  const words = text.toLowerCase().match(WORD) ?? [];
  return words.filter((word) => word.length >= 3 && !COMMON.has(word) && !vocabulary.has(word));
}

const DIGITS = 'zero one two three four five six seven eight nine'.split(' ');
const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/**
 * The forms in which a value may stand in texts, by a name of each: as it is, as it is said on either channel, and as
 * people and programs write such values. Two values of a kind have forms of the same names.
 */
export function formsOf(value: string | number, type: Type | undefined): ReadonlyMap<string, string> {
  const forms = new Map<string, string>();
  const add = (name: string, form: string) => {
    if (form.trim() !== '') forms.set(name, form.trim());
  };
  const text = String(value);
  add('plain', text);
  const said = type ?? typeOfText(value);
  for (const channel of ['chat', 'voice'] as const) {
    add(channel, sayValue(value, type, channel));
    add(`as ${channel}`, sayValue(value, said, channel));
  }
  if (typeof value === 'number') {
    add('decimals', value.toFixed(2));
    return forms;
  }
  const shape = shapeOf(value);
  if (shape === 'email') {
    add('url', encodeURIComponent(text));
    add('said', sayValue(value, { kind: 'string', format: 'email' }, 'voice'));
  }
  if (shape === 'date') {
    const [year = '', month = '', day = ''] = text.split('-');
    const [m, d] = [String(Number(month)), String(Number(day))];
    const name = MONTHS[Number(month) - 1] ?? '';
    add('us', `${m}/${d}/${year}`);
    add('us padded', `${month}/${day}/${year}`);
    add('us short', `${m}/${d}/${year.slice(2)}`);
    add('compact', `${year}${month}${day}`);
    add('us compact', `${month}${day}${year}`);
    add('long', `${name} ${d} ${year}`);
    add('european', `${d} ${name} ${year}`);
    const voice = sayValue(value, { kind: 'string', format: 'date' }, 'voice');
    add('ordinal', voice.replace(',', ''));
  }
  if (shape === 'phone') {
    const digits = text.slice(1);
    add('digits', digits);
    if (text.startsWith('+1') && digits.length === 11) {
      const [area, middle, line] = [digits.slice(1, 4), digits.slice(4, 7), digits.slice(7)];
      add('national', digits.slice(1));
      add('dashes', `${area}-${middle}-${line}`);
      add('dots', `${area}.${middle}.${line}`);
      add('spaces', `${area} ${middle} ${line}`);
      add('spelled', digitWords(digits.slice(1)));
    }
  }
  if (shape === 'digits') {
    add('spaced', [...text].join(' '));
    add('spelled', digitWords(text));
    add('spelled oh', digitWords(text).replaceAll('zero', 'oh'));
    if (text.length >= 12) {
      add('fours', text.replace(/(\d{4})(?=\d)/g, '$1 '));
      add('fours dashed', text.replace(/(\d{4})(?=\d)/g, '$1-'));
    }
  }
  if (shape === 'code') {
    add('spelled', sayValue(value, { kind: 'string', format: 'characters' }, 'voice'));
    add('spaced', [...text].join(' '));
    add('url', encodeURIComponent(text));
  }
  if (shape === 'text') {
    add('url', encodeURIComponent(text));
    add('url plus', encodeURIComponent(text).replaceAll('%20', '+'));
  }
  return forms;
}

const digitWords = (digits: string) => [...digits].map((digit) => DIGITS[Number(digit)] ?? digit).join(' ');

export type Shape = 'email' | 'phone' | 'date' | 'time' | 'digits' | 'code' | 'text';

/** What a text seems to be, where nothing says so. */
export function shapeOf(text: string): Shape {
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return 'email';
  if (/^\+[1-9]\d{6,14}$/.test(text)) return 'phone';
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return 'date';
  if (/^([01]\d|2[0-3]):[0-5]\d$/.test(text)) return 'time';
  if (/^\d+$/.test(text)) return 'digits';
  return /\d/.test(text) && /^\S+$/.test(text) ? 'code' : 'text';
}

function typeOfText(value: string | number): Type | undefined {
  if (typeof value === 'number') return undefined;
  const shape = shapeOf(value);
  if (shape === 'text') return undefined;
  return { kind: 'string', format: shape === 'code' ? 'characters' : shape };
}

export function isMap(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !isList(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
