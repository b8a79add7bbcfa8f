import { type AnyNode, parse } from '@humanwhocodes/momoa';
import { ParleyError, type Place } from '@parley/workflow';

/** JSON that knows where in the file each part of it stands. */
export type Json =
  | { readonly kind: 'object'; readonly at: Place; readonly members: readonly Member[] }
  | { readonly kind: 'array'; readonly at: Place; readonly items: readonly Json[] }
  | { readonly kind: 'string'; readonly at: Place; readonly value: string; readonly inside: Locate }
  | { readonly kind: 'number'; readonly at: Place; readonly value: number }
  | { readonly kind: 'boolean'; readonly at: Place; readonly value: boolean }
  | { readonly kind: 'null'; readonly at: Place };

/** A key may stand twice. */
export interface Member {
  readonly key: string;
  readonly at: Place;
  readonly value: Json;
}

/** Where something stands in the file: its line and column, from 1, and how many characters stand before it. */
type Locate = (at: { readonly line: number; readonly column: number; readonly offset: number }) => Place;

/**
 * Reads JSON. `inside` tells where a text stands that is itself a string of the file, as an API's answer holds one.
 * Throws ParleyError `flow/not-json`, with the place.
 */
export function parseJson(text: string, file: string, inside?: Locate): Json {
  const locate: Locate = inside ?? (({ line, column }) => ({ file, line, column }));
  try {
    return converted(parse(text, { mode: 'json' }).body, text, locate);
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new ParleyError('flow/not-json', 'It is nested too deeply to be a contact flow.', {
        place: locate({ line: 1, column: 1, offset: 0 }),
        fix: 'Export the flow again.',
        cause,
      });
    }
    const at = position(cause);
    // No cause: a parser's message quotes what it reads.
    throw new ParleyError('flow/not-json', 'It is not JSON from here on.', {
      place: locate(at),
      fix: 'Export the flow again, from the console or with `aws connect describe-contact-flow`.',
    });
  }
}

function converted(node: AnyNode, text: string, locate: Locate): Json {
  const at = locate(node.loc.start);
  switch (node.type) {
    case 'Object': {
      const members = node.members.map(({ name, value }) => ({
        key: name.type === 'String' ? name.value : name.name,
        at: locate(name.loc.start),
        value: converted(value, text, locate),
      }));
      return { kind: 'object', at, members };
    }
    case 'Array':
      return { kind: 'array', at, items: node.elements.map(({ value }) => converted(value, text, locate)) };
    case 'String':
      return { kind: 'string', at, value: node.value, inside: withinString(node.loc.start, text, locate) };
    case 'Number':
      return { kind: 'number', at, value: node.value };
    case 'Boolean':
      return { kind: 'boolean', at, value: node.value };
    default:
      return { kind: 'null', at };
  }
}

/** Where a character of a string's value stands: each escape is one character of it, and several of the file. */
function withinString(start: Parameters<Locate>[0], text: string, locate: Locate): Locate {
  let offsets: Uint32Array | undefined;
  return ({ offset }) => {
    offsets ??= escapes(text, start.offset + 1);
    const raw = offsets[Math.min(offset, offsets.length - 1)] ?? 0;
    // A string of JSON stands on one line.
    return locate({ line: start.line, column: start.column + 1 + raw, offset: start.offset + 1 + raw });
  };
}

/** For each character of the value of the string that begins at `from`, how many characters of the file stand before it. */
function escapes(text: string, from: number): Uint32Array {
  const offsets: number[] = [];
  let at = from;
  while (at < text.length && text[at] !== '"') {
    offsets.push(at - from);
    at += text[at] !== '\\' ? 1 : text[at + 1] === 'u' ? 6 : 2;
  }
  offsets.push(at - from);
  return Uint32Array.from(offsets);
}

function position(error: unknown): Parameters<Locate>[0] {
  const number = (key: string, otherwise: number) => {
    const value: unknown = error instanceof Error ? Reflect.get(error, key) : undefined;
    return typeof value === 'number' && Number.isInteger(value) ? value : otherwise;
  };
  return { line: number('line', 1), column: number('column', 1), offset: number('offset', 0) };
}

/** The value of a key: the last, where it stands twice. Undefined of anything but an object. */
export function field(json: Json | undefined, key: string): Json | undefined {
  return json?.kind === 'object' ? json.members.findLast((member) => member.key === key)?.value : undefined;
}

/** The value at the end of a way of keys with dots between them. */
export function at(json: Json | undefined, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>(field, json);
}

export const textOf = (json: Json | undefined): string | undefined =>
  json?.kind === 'string' ? json.value : undefined;

/** The items of a list; none of anything else. */
export const itemsOf = (json: Json | undefined): readonly Json[] => (json?.kind === 'array' ? json.items : []);

/** The members of an object; none of anything else. */
export const membersOf = (json: Json | undefined): readonly Member[] => (json?.kind === 'object' ? json.members : []);

/** Every string in it, with the names it stands under, without counting in lists. */
export function* stringsIn(json: Json | undefined, path = ''): Generator<{ path: string; value: string; at: Place }> {
  if (json?.kind === 'string') yield { path, value: json.value, at: json.at };
  for (const item of itemsOf(json)) yield* stringsIn(item, path);
  for (const { key, value } of membersOf(json)) yield* stringsIn(value, path === '' ? key : `${path}.${key}`);
}

/** A value as exports write it: numbers and truth values as strings. */
export function plainly(json: Json): string {
  if (json.kind === 'string' || json.kind === 'number' || json.kind === 'boolean') return String(json.value);
  return '';
}
