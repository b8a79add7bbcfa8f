import { type Expression, parseExpression, type Scope } from '@parley/workflow';
import jsonata from 'jsonata';
import { measure } from './measure.ts';
import { type Result, rowsOf } from './report.ts';

const JSONATA = 'jsonata 2.0.6';

const scope: Scope = {
  goal: 'return',
  order: {
    status: 'delivered',
    items: [
      { name: 'boots', price: 159, returned: false },
      { name: 'socks', price: 18, returned: true },
      { name: 'jacket', price: 129, returned: false },
    ],
  },
};

const GUARDS = {
  'a comparison': "$order.status = 'delivered'",
  'and, or, $exists': "$order.status = 'delivered' and ($goal = 'return' or $exists($order.gift))",
  '$count over a filter': '$count($order.items[returned = false])',
};

/** What a guard costs, against the same text in JSONata. */
export async function bench(): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const [name, source] of Object.entries(GUARDS)) {
    const ours = compiled(source);
    const theirs = jsonata(source);
    const timings = await measure([
      { name: 'Parley', count: 100_000, run: (count) => repeat(count, () => ours.evaluate(scope)) },
      {
        name: JSONATA,
        count: 1_000,
        run: async (count) => {
          for (let i = 0; i < count; i++) await theirs.evaluate(undefined, scope);
        },
      },
    ]);
    results.push({ title: `A guard: ${name}`, yardstick: JSONATA, rows: rowsOf(timings, JSONATA) });
  }
  return results;
}

function compiled(source: string): Expression {
  const parsed = parseExpression(source);
  if (!parsed.ok) throw new Error(`${source} is not an expression.`);
  return parsed.expression;
}

function repeat(count: number, work: () => unknown): void {
  for (let i = 0; i < count; i++) work();
}
