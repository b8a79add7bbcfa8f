import { expect, it } from '@jest/globals';
import { differences } from './compare.ts';
import { Contact } from './contact.ts';
import { madeOf } from './generated.ts';
import { embedded } from './hosts.ts';
import { local } from './local.ts';

const SEED = 66;
const COUNT = 24;

it('generated workflows take the same path on every host', async () => {
  let same = 0;
  let events = 0;
  for (const { index, machine, tools, doings, setting } of madeOf(SEED)) {
    const { start } = setting();
    const engine = await new Contact(start, doings).on(await embedded(setting()));
    for (const shape of ['per-contact', 'per-turn'] as const) {
      const site = await local({ machine, tools, shape });
      try {
        const gone = await new Contact(start, doings).on(site.host(setting()));
        expect({ index, shape, differences: differences(engine, gone) }).toEqual({ index, shape, differences: [] });
      } finally {
        await site.close();
      }
    }
    events += engine.journal.length;
    if (++same === COUNT) break;
  }
  expect(events).toBeGreaterThan(10 * COUNT);
}, 600_000);
