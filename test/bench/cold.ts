import path from 'node:path';
import { openSqliteStore } from '@parley/stores';
import { begin, engineOn, turn } from './conversation.ts';
import { inFolder } from './folder.ts';
import { median } from './measure.ts';
import type { Result } from './report.ts';

const SESSIONS = 200;
const TURNS = 10;

/** The next turn of a session that is not in memory, as after a restart: its snapshot is read first. */
export async function bench(): Promise<readonly Result[]> {
  return inFolder(async (folder) => {
    const store = openSqliteStore(path.join(folder, 'cold.sqlite'));
    const sessions = Array.from({ length: SESSIONS }, (_, index) => `s${index}`);
    const before = engineOn(store);
    for (const session of sessions) {
      await begin(before, session);
      for (let number = 0; number < TURNS; number++) await turn(before, session, `e${number}`);
    }
    await before.close();
    const engine = engineOn(store);
    const cold: number[] = [];
    const warm: number[] = [];
    for (const session of sessions) {
      cold.push(await turn(engine, session, 'cold'));
      warm.push(await turn(engine, session, 'warm'));
    }
    await engine.close();
    await store.close();
    // The first quarter warms up.
    const [first, second] = [cold, warm].map((times) => median(times.slice(SESSIONS / 4)) * 1000);
    if (first === undefined || second === undefined) throw new Error('Nothing was measured.');
    return [
      {
        title: 'A turn of a session that is not in memory, SQLite FULL',
        yardstick: 'in memory',
        rows: [
          { name: 'in memory', value: second, unit: 'µs', ratio: 1 },
          { name: 'read from the store', value: first, unit: 'µs', ratio: first / second },
        ],
      },
    ];
  });
}
