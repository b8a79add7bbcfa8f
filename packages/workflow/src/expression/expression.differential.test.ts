import { describe, expect, it } from '@jest/globals';
import jsonata from 'jsonata';
import type { Node } from './ast.ts';
import { parseExpression } from './expression.ts';
import { FUNCTIONS } from './functions.ts';
import { generateBindings, generateExpression, Random } from './testing/generate.ts';

const PAIRS = 24_000;
/** Each expression with this many sets of bindings. */
const BINDINGS = 3;

/** As JSON writes it; what JSON cannot hold is no value. */
function normal(value: unknown): string | undefined {
  return value === undefined || !finite(value) ? undefined : JSON.stringify(sorted(value));
}

function finite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(finite);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return [...value].map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}

function kindsOf(node: Node, found: Set<string>): void {
  found.add(node.kind === 'call' ? `$${node.name}` : node.kind);
  if (node.kind === 'arithmetic' || node.kind === 'compare') found.add(node.operator);
  for (const part of Object.values(node)) {
    for (const one of Array.isArray(part) ? part : [part]) visit(one, found);
  }
}

function visit(part: unknown, found: Set<string>): void {
  if (typeof part !== 'object' || part === null) return;
  if (isNode(part)) kindsOf(part, found);
  else for (const one of Object.values(part).flat()) visit(one, found);
}

function isNode(value: object): value is Node {
  return 'kind' in value;
}

describe('against jsonata 2.0.6', () => {
  it(`gives what it gives for ${PAIRS} generated pairs of expression and bindings`, async () => {
    const random = new Random(20_260);
    const kinds = new Map<string, number>();
    const differences: string[] = [];
    let pairs = 0;
    let defined = 0;
    while (pairs < PAIRS) {
      const source = generateExpression(random);
      const parsed = parseExpression(source);
      if (!parsed.ok) {
        differences.push(`${source} is not admitted: ${parsed.problems[0]?.message}`);
        break;
      }
      const theirs = jsonata(source);
      const used = new Set<string>();
      kindsOf(parsed.expression.ast, used);
      for (let index = 0; index < BINDINGS; index++) {
        const bindings = generateBindings(random);
        const text = JSON.stringify(bindings);
        const ours = normal(parsed.expression.evaluate(bindings));
        expect(JSON.stringify(bindings)).toBe(text);
        const copy: { [name: string]: unknown } = JSON.parse(text);
        const expected: unknown = await theirs.evaluate(undefined, copy).catch(() => undefined);
        // Making an object of an empty list, JSONata puts an item into that list of the data: nothing to follow.
        if (JSON.stringify(copy) !== text) continue;
        pairs++;
        if (ours !== undefined) {
          defined++;
          for (const kind of used) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        }
        if (ours !== normal(expected) && differences.length < 5) {
          differences.push(`${source}\n  with ${text}\n  gives ${ours}, not ${normal(expected)}`);
        }
      }
    }
    console.info(`${pairs} pairs compared, ${defined} of them with a value; ${kinds.size} kinds of node and function`);
    expect(differences).toEqual([]);
    expect(defined / pairs).toBeGreaterThan(0.4);
    const nodes =
      'literal variable context field path filter group negate arithmetic compare equal in and or concat condition list object'.split(
        ' ',
      );
    for (const kind of [
      ...nodes,
      ...'+ - * / % < <= > >='.split(' '),
      ...[...FUNCTIONS.keys()].map((name) => `$${name}`),
    ]) {
      expect({ kind, seen: (kinds.get(kind) ?? 0) >= 20 }).toEqual({ kind, seen: true });
    }
  }, 120_000);
});
