import path from 'node:path';
import { memoryStore, openSqliteStore } from '@parley/stores';
import { begin, engineOn, turn } from './conversation.ts';
import { inFolder } from './folder.ts';
import { median } from './measure.ts';
import type { Result } from './report.ts';

const SESSIONS = 20;
const EARLY = 2;
const LATE = 200;
/** So many turns from each on are looked at. */
const SPAN = 10;

/** Whether a turn costs more the longer its session is. */
export async function bench(): Promise<readonly Result[]> {
  return inFolder(async (folder) => {
    const results: Result[] = [];
    for (const [name, store] of [
      ['in memory', memoryStore()],
      ['SQLite FULL', openSqliteStore(path.join(folder, 'growth.sqlite'))],
    ] as const) {
      const engine = engineOn(store);
      const early: number[] = [];
      const late: number[] = [];
      // One session more than is counted: the first warms up.
      for (let index = 0; index <= SESSIONS; index++) {
        const session = `s${index}`;
        await begin(engine, session);
        for (let number = 1; number < LATE + SPAN; number++) {
          const took = await turn(engine, session, `e${number}`);
          if (index === 0) continue;
          if (number >= EARLY && number < EARLY + SPAN) early.push(took);
          if (number >= LATE) late.push(took);
        }
      }
      await engine.close();
      await store.close();
      const [before, after] = [median(early), median(late)];
      const first = `turns ${EARLY} to ${EARLY + SPAN - 1}`;
      const growth = {
        of: 'turn 200 as a multiple of turn 2',
        value: after / before,
        limit: 1.2,
        bound: 'at most',
      } as const;
      results.push({
        title: `A turn late in a session, ${name}`,
        yardstick: first,
        rows: [
          { name: first, value: before * 1000, unit: 'µs', ratio: 1 },
          {
            name: `turns ${LATE} to ${LATE + SPAN - 1}`,
            value: after * 1000,
            unit: 'µs',
            ratio: after / before,
            targets: [growth],
          },
        ],
      });
    }
    return results;
  });
}
