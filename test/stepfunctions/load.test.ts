import { expect, it } from '@jest/globals';
import { Machines } from '@parley/engine';
import { recordingOf, replay } from '@parley/replay';
import { memoryStore } from '@parley/stores';
import { Crowd, parcels, countingTools, stepFunctionsDesk } from './load.ts';

const SESSIONS = 100;
const TURNS = 3;

it.each(['per-contact', 'per-turn'] as const)(
  'of a hundred contacts at once nothing is lost or mixed up, %s',
  async (shape) => {
    const store = memoryStore();
    const desk = await stepFunctionsDesk(store, shape);
    try {
      const crowd = new Crowd(desk, 'contact', SESSIONS);
      await crowd.start();
      // Each reply is that of its session and turn, or this throws.
      expect(await crowd.turns(TURNS)).toHaveLength(SESSIONS * TURNS);
      await crowd.end();
      await desk.over();
      expect(await store.working()).toEqual([]);
      const machine = new Machines([parcels], countingTools(), memoryStore(), 'none').named('parcels');
      for (const session of crowd.sessions) {
        const journal = await store.events(session);
        const count = (type: string) => journal.filter((event) => event.type === type).length;
        expect([count('caller.said'), count('tool.returned'), count('session.ended')]).toEqual([TURNS + 1, TURNS, 1]);
        const recording = recordingOf({ session, workflow: 'parcels', version: machine.program.version }, journal);
        expect(replay(machine, recording)).toMatchObject({ outcome: 'same' });
      }
    } finally {
      await desk.close();
    }
  },
);
