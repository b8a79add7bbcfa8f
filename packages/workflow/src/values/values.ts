import type { TypedVariable } from '../schema.ts';
import type { Json, Type } from '../type.ts';
import { yesNo } from './yes-no.ts';

export { typeOfVariable } from './type-of-variable.ts';
export { yesNo } from './yes-no.ts';

/** When and where something was said: what "tomorrow" is counted from. */
export interface Moment {
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
  /** An IANA name: America/New_York. */
  readonly timezone: string;
}

/** A value in its one canonical form, or why what was given is none; the reason never holds what was given. */
export type Read = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: string };

/** A value heard in an utterance; `start` and `end` are offsets into it, `confidence` is 0 to 1. */
export interface Found {
  readonly value: Json;
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
}

/** Reads what a decider, keys or a signal gave for a variable. */
export function readValue(variable: TypedVariable, given: Json, moment: Moment): Read {
  const problem = (text: string): Read => ({ ok: false, problem: text });
  const pass = (value: Json): Read => ({ ok: true, value });
  switch (variable.type) {
    case 'string': {
      if (typeof given !== 'string') return problem('it is not text');
      const matches = variable.pattern === undefined || new RegExp(`^(?:${variable.pattern})$`).test(given);
      return given.length <= 2000 && matches ? pass(given) : problem('it does not have the right form');
    }
    case 'number':
    case 'integer':
    case 'money': {
      const number = typeof given === 'string' ? Number(given.replace(/^\$/, '')) : given;
      if (typeof number !== 'number' || !Number.isFinite(number)) return problem('it is not a number');
      if (variable.type === 'integer' && !Number.isInteger(number)) return problem('it is not a whole number');
      if (variable.min !== undefined && number < variable.min) return problem('it is too small');
      if (variable.max !== undefined && number > variable.max) return problem('it is too large');
      return pass(number);
    }
    case 'boolean': {
      if (typeof given === 'boolean') return pass(given);
      const answer = typeof given === 'string' ? yesNo(given)?.answer : undefined;
      return answer === undefined ? problem('it is neither yes nor no') : pass(answer === 'yes');
    }
    case 'date':
      return typeof given === 'string' && /^\d{4}-\d\d-\d\d$/.test(given) ? pass(given) : problem('it is not a date');
    case 'time':
      return typeof given === 'string' && /^\d\d:\d\d$/.test(given) ? pass(given) : problem('it is not a time of day');
    case 'email':
      return typeof given === 'string' && /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(given)
        ? pass(given.toLowerCase())
        : problem('it is not an e-mail address');
    case 'phone':
      return typeof given === 'string' && /^\+\d{7,15}$/.test(given)
        ? pass(given)
        : problem('it is not a phone number');
    case 'choice': {
      const values = Array.isArray(variable.values) ? variable.values : Object.keys(variable.values);
      return typeof given === 'string' && values.includes(given) ? pass(given) : problem('it is none of the values');
    }
    case 'object': {
      if (typeof given !== 'object' || given === null || Array.isArray(given)) return problem('it has no fields');
      const fields: [string, Json][] = [];
      for (const [name, field] of Object.entries(variable.fields)) {
        const one = Object.hasOwn(given, name) ? Object.entries(given).find(([key]) => key === name)?.[1] : undefined;
        if (one === undefined || one === null) continue;
        const read = readValue(field, one, moment);
        if (!read.ok) return problem(`${name}: ${read.problem}`);
        fields.push([name, read.value]);
      }
      return pass(Object.fromEntries(fields));
    }
    case 'list': {
      const items = Array.isArray(given) ? given : [given];
      const values: Json[] = [];
      for (const item of items) {
        const read = readValue(variable.of, item, moment);
        if (!read.ok) return read;
        values.push(read.value);
      }
      return pass(values);
    }
  }
}

/** Every place in an utterance that holds a value of the variable, the best first. */
export function findValues(_variable: TypedVariable, _utterance: string, _moment: Moment): readonly Found[] {
  return [];
}

/** A value as a caller should hear or read it. Nothing for null and undefined. */
export function sayValue(value: Json | undefined, type: Type | undefined, channel: 'voice' | 'chat'): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') {
    const money = type?.kind === 'number' && type.format === 'money' ? type.currency : undefined;
    if (money !== undefined)
      return new Intl.NumberFormat('en-US', { style: 'currency', currency: money }).format(value);
    return String(value);
  }
  if (typeof value === 'string') {
    const spelled = type?.kind === 'string' && (type.format === 'characters' || type.format === 'digits');
    return spelled && channel === 'voice' ? [...value].join(', ') : value;
  }
  const items = Array.isArray(value) ? value : Object.values(value);
  return items.map((item) => sayValue(item, undefined, channel)).join(', ');
}
