import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
  type YAMLParseError,
} from 'yaml';
import type { Place } from './error.ts';
import type { Problem } from './problem.ts';
import type { Json } from './type.ts';

/** The way to a value in a file: keys and indexes from the top. */
export type Pointer = readonly (string | number)[];

/** The largest workflow file that is read, in characters. */
export const MAX_FILE = 1_000_000;

/** A YAML file as data that knows where each part of it stands. */
export interface YamlFile {
  readonly file: string;
  /** The content as plain JSON data; undefined where the file could not be read as YAML. */
  readonly content: Json | undefined;
  readonly problems: readonly Problem[];
  /** Where the value stands (or its key, with `key`), and `offset` characters into it. Falls back to what encloses it. */
  place(pointer: Pointer, at?: { readonly key?: boolean; readonly offset?: number }): Place;
  /** From now on the pointer means the key that is `written` otherwise there: a slip that has been told. */
  misspelt(pointer: Pointer, written: string): void;
}

/** Reads YAML 1.2 (and so JSON). Never throws: what is wrong is in `problems`. */
export function readYaml(file: string, text: string): YamlFile {
  const top: Place = { file, line: 1, column: 1 };
  const unread = (problems: readonly Problem[]): YamlFile => ({
    file,
    content: undefined,
    problems,
    place: () => top,
    misspelt: () => undefined,
  });
  const problem = (place: Place, message: string, fix: string): Problem => ({
    ...place,
    code: 'yaml/syntax',
    severity: 'error',
    message,
    fix,
  });
  if (text.length > MAX_FILE) {
    return unread([problem(top, 'The file is larger than a workflow can be (1 MB).', 'Is it the right file?')]);
  }
  if (nestsDeeper(text, 100)) {
    return unread([problem(top, 'The file nests deeper than a workflow can (100 levels).', 'Is it the right file?')]);
  }
  const stray = text.search(/[\0\uFFFD]/);
  if (stray >= 0) {
    const before = text.slice(0, stray).split('\n');
    const place = { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    const binary = text.includes('\0');
    return unread([
      binary
        ? problem(top, 'The file is not a text in UTF-8.', 'Is it the right file? If so, save it as UTF-8.')
        : problem(place, 'Here is a character that is not in UTF-8.', 'Save the file as UTF-8.'),
    ]);
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // It compares each key with each other, which a large map takes seconds for: `doubled` looks for them.
    uniqueKeys: false,
    version: '1.2',
    // `<<` is no YAML 1.2, but whoever uses anchors expects it.
    merge: true,
    // Its warnings go to the process, with pieces of the file in them.
    logLevel: 'error',
  });
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  /** Where what is wrong begins: an open quote or bracket, and not the end of the file. */
  const begins = ({ pos: [offset], code, message }: YAMLParseError): number => {
    if (/[Mm]issing closing|end with a/.test(message)) return openAt(document, offset) ?? offset;
    if (code !== 'BAD_INDENT') return offset;
    return offset + (/^ */.exec(text.slice(offset))?.[0].length ?? 0);
  };
  // One slip makes the parser stumble over all that follows: only where it first did is told.
  const problems = document.errors
    .slice(0, 1)
    .map((error) => problem(at(begins(error)), ...inWords(error, text.slice(error.pos[0]))));
  for (const offset of doubled(document)) {
    const told = 'This is not valid YAML: this key stands twice.';
    problems.push({ ...problem(at(offset), told, 'Remove or rename one of the two.'), code: 'yaml/duplicate-key' });
  }
  let content: Json | undefined;
  try {
    content = plain(document.toJS({ maxAliasCount: 50 }), 0);
  } catch (error) {
    if (problems.length === 0) {
      const why = error instanceof Error ? error.message : 'it cannot be expanded';
      problems.push(problem(top, `This is not valid YAML: ${why}.`, 'Write the values out instead of *aliases.'));
    }
  }
  const slips = new Map<string, string>();
  const known = new Map<YAMLMap, ReadonlyMap<string, Pair>>();
  /** A map's pairs by their keys; of two with one key, the first. */
  const pairsOf = (map: YAMLMap): ReadonlyMap<string, Pair> => {
    const before = known.get(map);
    if (before) return before;
    const found = new Map<string, Pair>();
    for (const item of map.items) {
      if (isScalar(item.key) && !found.has(String(item.key.value))) found.set(String(item.key.value), item);
    }
    known.set(map, found);
    return found;
  };
  return {
    file,
    content,
    problems,
    misspelt: (pointer, written) => slips.set(JSON.stringify(pointer), written),
    place(pointer, { key = false, offset } = {}) {
      let node: unknown = document.contents;
      let found: { range: number; node: Node | undefined } = { range: 0, node: undefined };
      for (const [depth, part] of pointer.entries()) {
        if (isAlias(node)) node = node.resolve(document);
        const last = depth === pointer.length - 1;
        let next: unknown;
        if (isMap(node)) {
          const slip = slips.size > 0 ? slips.get(JSON.stringify(pointer.slice(0, depth + 1))) : undefined;
          const pair = pairsOf(node).get(slip ?? String(part));
          if (!pair) break;
          next = pair.value;
          if (isScalar(pair.key) && pair.key.range && (key || !last || !next))
            found = { range: pair.key.range[0], node: pair.key };
          if (key && last) break;
        } else if (isSeq(node)) {
          next = node.items[Number(part)];
        }
        if (!isScalar(next) && !isMap(next) && !isSeq(next) && !isAlias(next)) break;
        if (next.range) found = { range: next.range[0], node: next };
        node = next;
      }
      return at(found.range + (offset === undefined ? 0 : within(found.node, text, offset)));
    },
  };
}

/**
 * How far into its text in the file the `offset`th character of a scalar's value stands. Folding and indentation change
 * white space only, so the others are counted.
 */
function within(node: Node | undefined, text: string, offset: number): number {
  if (!isScalar(node) || !node.range || typeof node.value !== 'string') return 0;
  const raw = text.slice(node.range[0], node.range[1]);
  const [style] = raw;
  const quoted = style === '"' || style === "'";
  const start = quoted ? 1 : style === '|' || style === '>' ? raw.indexOf('\n') + 1 : 0;
  const sign = style === '"' ? /\\(?:x..|u.{4}|U.{8}|.)|./gsu : style === "'" ? /''|./gsu : /./gsu;
  let before = solid(node.value.slice(0, offset));
  for (const { 0: found, index } of raw.slice(start).matchAll(sign)) {
    const length = found === "''" ? 1 : found.startsWith('\\') && style === '"' ? escaped(found) : solid(found);
    if (length > 0 && before < length) return start + index;
    before -= length;
  }
  return 0;
}

/** How many characters are no white space. */
const solid = (text: string) => text.replaceAll(/\s/g, '').length;

/** How many characters that are no white space an escape of a double-quoted text stands for. */
function escaped(sign: string): number {
  if (/^\\[xuU]/.test(sign))
    return solid(String.fromCodePoint(Math.min(Number.parseInt(sign.slice(2), 16) || 0, 0x10ffff)));
  return /^\\[ntrvf_LP\s]/.test(sign) ? 0 : 1;
}

/** Where the last quoted text or flow collection begins that has come no further than to an offset. */
function openAt(document: Document, offset: number): number | undefined {
  let found: number | undefined;
  visit(document, {
    Node: (_, node) => {
      const opens = isScalar(node) ? /^QUOTE/.test(node.type ?? '') : isCollection(node) && node.flow === true;
      if (opens && node.range && node.range[0] < offset && node.range[1] >= offset) found = node.range[0];
    },
  });
  return found;
}

/** Where keys stand that their map has already. */
function doubled(document: Document): readonly number[] {
  const found: number[] = [];
  visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<string>();
      for (const { key } of items) {
        const name = isScalar(key) ? String(key.value) : MERGE;
        if (name === MERGE) continue;
        if (keys.has(name) && isScalar(key) && key.range) found.push(key.range[0]);
        keys.add(name);
      }
    },
  });
  return found;
}

/** May stand more than once. */
const MERGE = '<<';

/** Counts brackets and indentation without parsing, since a parser recurses. */
function nestsDeeper(text: string, most: number): boolean {
  let open = 0;
  for (const char of text) {
    if (char === '[' || char === '{') {
      if (++open > most) return true;
    } else if (char === ']' || char === '}') open = Math.max(0, open - 1);
    else if (char === '\n') open = Math.min(open, most);
  }
  return /^(?: {200,}|[ \t]*(?:[-?:][ \t]+){100,})/m.test(text);
}

/** YAML's data as JSON: no dates, maps with odd keys or values JSON can't hold. Keys such as __proto__ stay mere keys. */
function plain(value: unknown, depth: number): Json {
  if (depth > 120) throw new Error('it nests too deep');
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  if (typeof value === 'object') {
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    return Object.fromEntries(entries.map(([key, item]) => [String(key), plain(item, depth + 1)]));
  }
  return null;
}

/** What the parser stumbled over, in plain words, and what to do about it. */
function inWords({ code, message }: YAMLParseError, here: string): readonly [message: string, fix: string] {
  const unclosed = /[Mm]issing closing ["'](.)|end with a (.)/.exec(message);
  if (code === 'MULTIPLE_DOCS') {
    return ['A second document begins here.', 'Take the line out, or make a file of each document.'];
  }
  const [what, fix] = unclosed
    ? [`the ${{ '}': '{', ']': '[' }[unclosed[2] ?? ''] ?? 'quote'} that opens here is not closed`, 'Close it.']
    : plainly(code, message, here);
  return [`This is not valid YAML: ${what}.`, fix];
}

function plainly(code: string, message: string, here: string): readonly [what: string, fix: string] {
  switch (code) {
    case 'TAB_AS_INDENT':
      return ['tabs are not allowed as indentation', 'Indent with spaces.'];
    case 'BAD_INDENT':
      return ['this line is not in line with its neighbours', 'Indent it as far as they are.'];
    case 'BAD_SCALAR_START':
      return [`a text that begins with ${here.slice(0, 1)} needs quotes`, 'Put the text in quotes.'];
    case 'BLOCK_AS_IMPLICIT_KEY':
      return [
        'a text with ": " in it has no quotes, or the line below is indented too far',
        'Put the text in quotes, or line the next line up with its neighbours.',
      ];
    case 'MULTILINE_IMPLICIT_KEY':
      return ['a colon with a space after it is missing', 'Write KEY: VALUE.'];
    case 'UNEXPECTED_TOKEN':
      return [
        'the value was at its end before this',
        "Put the whole text in quotes: one that begins with {{ or * needs them, and in { } one with [, ] or a comma in it. In single quotes, '' is an apostrophe.",
      ];
    default:
      return [
        message.split('\n')[0]?.trim().replace(/\.$/, '') ?? message,
        'Look at this line and the one above: indentation, quotes, and a text with ": " in it that needs quotes.',
      ];
  }
}
