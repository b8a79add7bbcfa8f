import { type Field, type Json, type Type, UNKNOWN } from '../type.ts';

/** Formats of texts that are never each other. */
const EXCLUSIVE: ReadonlySet<string> = new Set(['date', 'time', 'date-time', 'email', 'phone']);

/** Whether no value of one type is one of the other: only what can't go well is a mistake. */
export function neverFits(from: Type, to: Type): boolean {
  if (from.kind === 'unknown' || to.kind === 'unknown') return false;
  if (from.kind === 'union') return from.of.every((one) => neverFits(one, to));
  if (to.kind === 'union') return to.of.every((one) => neverFits(from, one));
  switch (from.kind) {
    case 'string': {
      if (to.kind !== 'string') return true;
      const { values } = to;
      if (from.values && values) return !from.values.some((value) => values.includes(value));
      return (
        from.format !== undefined &&
        to.format !== undefined &&
        from.format !== to.format &&
        EXCLUSIVE.has(from.format) &&
        EXCLUSIVE.has(to.format)
      );
    }
    case 'list':
      return to.kind !== 'list' || (from.items.kind !== 'unknown' && neverFits(from.items, to.items));
    case 'object':
      return (
        to.kind !== 'object' ||
        Object.entries(to.fields).some(([name, { type, optional }]) => {
          const given = Object.hasOwn(from.fields, name) ? from.fields[name] : undefined;
          if (!given) return optional !== true && from.open !== true;
          return optional !== true && neverFits(given.type, type);
        })
      );
    default:
      return from.kind !== to.kind;
  }
}

/** The type of a value that stands in the file. */
export function typeOfValue(value: Json): Type {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'string') return { kind: 'string', values: [value] };
  if (typeof value === 'number') return { kind: 'number', ...(Number.isInteger(value) ? { integer: true } : {}) };
  if (typeof value === 'boolean') return { kind: 'boolean' };
  if (Array.isArray(value)) return { kind: 'list', items: unionOf(value.map((item: Json) => typeOfValue(item))) };
  const fields = Object.entries(value).map(([name, item]): [string, Field] => [name, { type: typeOfValue(item) }]);
  return { kind: 'object', fields: Object.fromEntries(fields) };
}

/** One of several types. */
export function unionOf(types: readonly Type[]): Type {
  const [only] = types;
  if (!only || types.some(({ kind }) => kind === 'unknown')) return UNKNOWN;
  return types.length === 1 ? only : { kind: 'union', of: types };
}

/** A type in an operator's words. */
export function inWords(type: Type): string {
  switch (type.kind) {
    case 'unknown':
      return 'something';
    case 'null':
      return 'nothing';
    case 'boolean':
      return 'yes or no';
    case 'number':
      return type.format === 'money' ? 'an amount of money' : type.integer === true ? 'a whole number' : 'a number';
    case 'string':
      if (type.values) return type.values.length === 1 ? `"${short(type.values[0] ?? '')}"` : oneOf(type.values);
      switch (type.format) {
        case 'date':
          return 'a date';
        case 'date-time':
          return 'a date and time';
        case 'time':
          return 'a time';
        case 'email':
          return 'an e-mail address';
        case 'phone':
          return 'a phone number';
        default:
          return 'a text';
      }
    case 'list':
      return 'a list';
    case 'object':
      return 'an object';
    case 'union':
      return type.of.map(inWords).join(' or ');
  }
}

const short = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

function oneOf(values: readonly string[]): string {
  const shown = values.slice(0, 8).map((value) => `"${short(value)}"`);
  return `one of ${shown.join(', ')}${values.length > 8 ? ' and more' : ''}`;
}
