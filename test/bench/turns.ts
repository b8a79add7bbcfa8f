import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEngine } from '@parley/engine';
import { memoryStore, openSqliteStore } from '@parley/stores';
import { desk, deskTools, literalDecider } from '../engine/desk.ts';
import { median, table } from './measure.ts';

const SESSIONS = 12;
const LENGTH = 210;

/**
 * A turn through the whole engine (a decision, a tool, two texts): late in a long session against early in it,
 * in memory and kept in SQLite with synchronous=FULL.
 */
export async function bench(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'parley-bench-'));
  const sqlite = openSqliteStore(path.join(folder, 'bench.sqlite'));
  const memory = memoryStore();
  const long = { ...desk, text: desk.text.replace('turns: 20', 'turns: 500') };
  try {
    for (const [name, store] of [['in memory', memory] as const, ['SQLite, FULL', sqlite] as const]) {
      const engine = createEngine({ workflows: [long], store, decider: literalDecider, tools: deskTools({}) });
      const times: number[][] = Array.from({ length: LENGTH + 1 }, () => []);
      for (let one = 0; one < SESSIONS; one++) {
        const session = `${name} ${one}`;
        const contact = { id: session, channel: 'chat' } as const;
        await engine.turn({ session, id: '0', event: { type: 'session.started', workflow: 'desk', contact } });
        for (let turn = 1; turn <= LENGTH; turn++) {
          const text = turn === 2 ? 'orderId=W1234567' : 'track';
          const start = process.hrtime.bigint();
          const { step } = await engine.turn({ session, id: String(turn), event: { type: 'caller.said', text } });
          times[turn]?.push(Number(process.hrtime.bigint() - start));
          if (turn > 1 && step !== 'need') throw new Error('The benchmark has lost its way.');
        }
      }
      await engine.close();
      const of = (from: number) => median(times.slice(from, from + 10).flat());
      table(
        `A turn of one session, ${name}`,
        new Map([
          ['turns 3 to 12', of(3)],
          ['turns 200 to 209', of(200)],
        ]),
        'turns 3 to 12',
      );
    }
  } finally {
    await sqlite.close();
    await memory.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
