import { type Expression, parseExpression, type Scope } from '@parley/workflow';
import jsonata from 'jsonata';
import { measure, table } from './measure.ts';

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

/** What a guard costs, against the same text in JSONata and against JavaScript written by hand. */
export async function bench(): Promise<void> {
  for (const [name, source] of Object.entries(GUARDS)) {
    const ours = compiled(source);
    const theirs = jsonata(source);
    const results = await measure(
      [
        { name: 'Parley', run: (count) => repeat(count, () => ours.evaluate(scope)) },
        {
          name: 'jsonata 2.0.6',
          run: async (count) => {
            for (let i = 0; i < count / 100; i++) await theirs.evaluate(undefined, scope);
          },
        },
      ],
      100_000,
    );
    // JSONata is run a hundred times less.
    const scaled = new Map([...results].map(([name, time]) => [name, name === 'Parley' ? time : time * 100]));
    table(`A guard: ${name}`, scaled, 'jsonata 2.0.6');
  }
}

function compiled(source: string): Expression {
  const parsed = parseExpression(source);
  if (!parsed.ok) throw new Error(`${source} is not an expression.`);
  return parsed.expression;
}

function repeat(count: number, work: () => unknown): void {
  for (let i = 0; i < count; i++) work();
}
