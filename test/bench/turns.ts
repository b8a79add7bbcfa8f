import path from 'node:path';
import { encryptingCodec, keysIn, memoryStore, openSqliteStore } from '@parley/stores';
import { engineOn, HEARD } from './conversation.ts';
import { inFolder } from './folder.ts';
import { measure, nanos, quantile, ratio, type Timings } from './measure.ts';
import { type Peer, parley } from './peer.ts';
import { type Result, type Row, short, type Target } from './report.ts';
import { bareXState } from './yardsticks/bare-xstate.ts';
import { type Durability, install, langgraph, type Synchronous } from './yardsticks/langgraph.ts';
import { payload, rawSqlite } from './yardsticks/raw-sqlite.ts';

const OURS = 'Parley, SQLite FULL';
const ENCRYPTED = 'Parley, SQLite FULL, encrypted';
const RAW = 'raw SQLite FULL, one commit a turn';
const LANGGRAPHS: readonly (readonly [Durability, Synchronous])[] = [
  ['sync', 'FULL'],
  ['exit', 'FULL'],
  ['sync', 'NORMAL'],
  ['exit', 'NORMAL'],
];

/** Turns a second and how long each takes: one session at a time, and 1,000 sessions that go on all at once. */
export async function bench(): Promise<readonly Result[]> {
  const others = install();
  return [await of(1, others), await of(1_000, others)];
}

async function of(sessions: number, others: boolean): Promise<Result> {
  return inFolder(async (folder) => {
    const file = (name: string) => path.join(folder, `${name}.sqlite`);
    const kept = await payload();
    const sqlite = openSqliteStore(file('parley'));
    const codec = encryptingCodec(keysIn({ file: path.join(folder, 'key') }));
    const encrypted = openSqliteStore(file('encrypted'), { codec });
    const memory = memoryStore();
    const one = sessions === 1;
    /** Each with how many turns a round of it has, for a session. */
    const peers: [Peer, number][] = [
      [rawSqlite(RAW, file('raw'), kept, 'each'), one ? 1000 : 5],
      [parley(OURS, engineOn(sqlite), () => sqlite.close()), one ? 450 : 10],
      [parley(ENCRYPTED, engineOn(encrypted), () => encrypted.close()), one ? 450 : 10],
      [parley('Parley, in memory', engineOn(memory), () => memory.close()), one ? 450 : 10],
      [bareXState(HEARD), one ? 20_000 : 50],
    ];
    if (!one) peers.push([rawSqlite('raw SQLite FULL, group commit', file('group'), kept, 'grouped'), 20]);
    if (others) for (const how of LANGGRAPHS) peers.push([await langgraph(folder, ...how), one ? 50 : 1]);

    const took = new Map<string, number[]>();
    const subjects = peers.map(([peer, turns]) => {
      const { name } = peer;
      const all: number[] = [];
      took.set(name, all);
      return {
        name,
        count: sessions * turns,
        prepare: one ? () => peer.start(1) : () => undefined,
        run: async () => {
          for (const time of await peer.turns(turns)) all.push(time);
        },
      };
    });
    if (!one) for (const [peer] of peers) await peer.start(sessions);
    const timings = await measure(subjects, one ? 9 : 3);
    for (const [peer] of peers) await peer.close();

    return {
      title: one ? 'Turns of one session' : `Turns of ${sessions.toLocaleString('en-US')} sessions at once`,
      yardstick: RAW,
      rows: [...took].map(([name, times]) => row(timings, name, times, one)),
    };
  });
}

function row(timings: Timings, name: string, times: readonly number[], one: boolean): Row {
  const [p50, p99] = [0.5, 0.99].map((share) => `${short(quantile(times, share))} ms`);
  return {
    name,
    value: 1e9 / nanos(timings, name),
    unit: 'turns/s',
    ratio: 1 / ratio(timings, name, RAW),
    more: `p50 ${p50}, p99 ${p99}`,
    ...(name === OURS ? { targets: targets(timings, one) } : {}),
  };
}

function targets(timings: Timings, one: boolean): Target[] {
  const time = ratio(timings, OURS, RAW);
  if (one) return [{ of: 'its time as a multiple of raw SQLite', value: time, limit: 1.6, bound: 'at most' }];
  const found: Target[] = [
    { of: 'its turns/s as a multiple of raw SQLite', value: 1 / time, limit: 2, bound: 'at least' },
  ];
  // Against the faster of the two that are as durable.
  const rivals = [...timings.keys()].filter((name) => name.startsWith('LangGraph') && name.endsWith('FULL'));
  const least = Math.min(...rivals.map((name) => ratio(timings, name, OURS)));
  if (rivals.length > 0) {
    found.push({ of: 'its turns/s as a multiple of LangGraph.js', value: least, limit: 30, bound: 'at least' });
  }
  return found;
}
