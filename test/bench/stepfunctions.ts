import type { Store } from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { startLocalDynamo } from '../../packages/stores/src/testing/local-dynamo.ts';
import { Crowd, type Desk, embeddedDesk, stepFunctionsDesk } from '../stepfunctions/load.ts';
import { measure, nanos, quantile, ratio } from './measure.ts';
import { type Result, short } from './report.ts';

const SESSIONS = 1_000;
const TURNS = 10;
const YARDSTICK = 'embedded engine, in memory';

/** Contacts that go on all at once: 1,000 of 10 turns in memory, and 200 of 5 on DynamoDB. Each turn is a decision and a call. */
export async function bench(): Promise<readonly Result[]> {
  const dynamo = await startLocalDynamo();
  const where = process.env['PARLEY_DYNAMODB_LOCAL'] ? 'DynamoDB Local' : 'dynalite';
  try {
    return [
      await of('in memory', async () => memoryStore(), SESSIONS, TURNS),
      await of(`on ${where}`, () => dynamo.open(), 200, 5),
    ];
  } finally {
    await dynamo.close();
  }
}

async function of(where: string, open: () => Promise<Store>, sessions: number, turns: number): Promise<Result> {
  const took = new Map<string, number[]>();
  const grown = new Map<string, number>();
  const subject = (name: string, desk: (store: Store) => Promise<Desk>) => {
    const all: number[] = [];
    took.set(name, all);
    let round = 0;
    return {
      name,
      count: sessions * turns,
      run: async () => {
        const before = process.memoryUsage().rss;
        const store = await open();
        const on = await desk(store);
        const crowd = new Crowd(on, `round-${++round}`, sessions);
        await crowd.start();
        all.push(...(await crowd.turns(turns)));
        await crowd.end();
        await on.over();
        grown.set(name, Math.max(grown.get(name) ?? 0, process.memoryUsage().rss - before));
        for (const session of crowd.sessions) await whole(store, session, turns);
        await on.close();
        await store.close();
      },
    };
  };
  const embedded = where === 'in memory' ? YARDSTICK : `embedded engine, ${where}`;
  const timings = await measure(
    [
      subject(embedded, async (store) => embeddedDesk(store)),
      subject(`per-contact, ${where}`, (store) => stepFunctionsDesk(store, 'per-contact')),
      subject(`per-turn, ${where}`, (store) => stepFunctionsDesk(store, 'per-turn')),
    ],
    1,
  );
  return {
    title: `${sessions.toLocaleString('en-US')} contacts of ${turns} turns at once on the local Step Functions, ${where}`,
    yardstick: embedded,
    rows: [...took].map(([name, times]) => ({
      name,
      value: 1e9 / nanos(timings, name),
      unit: 'turns/s',
      ratio: 1 / ratio(timings, name, embedded),
      more: `p50 ${short(quantile(times, 0.5))} ms, p99 ${short(quantile(times, 0.99))} ms, ${short((grown.get(name) ?? 0) / 2 ** 20)} MiB more`,
    })),
  };
}

/** A journal without a gap, with each turn once. */
async function whole(store: Store, session: string, turns: number): Promise<void> {
  const journal = await store.events(session);
  const count = (type: string) => journal.filter((event) => event.type === type).length;
  const gap = journal.findIndex(({ seq }, index) => seq !== index + 1);
  if (
    gap >= 0 ||
    count('caller.said') !== turns + 1 ||
    count('tool.returned') !== turns ||
    count('session.ended') !== 1
  ) {
    throw new Error(`The journal of ${session} is not whole.`);
  }
}
