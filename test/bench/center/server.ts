import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startCenter } from '@parley/center';
import { createEngine, type Decider, type Engine, sleep, systemClock } from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { compileWorkflow } from '@parley/workflow';
import { z } from 'zod';
import { HEARD, workflow } from '../conversation.ts';
import { startEcho } from './echo.ts';
import type { Place, Spent, Times } from './messages.ts';

// The process of the contact center: it tells where it is, and when asked, what the turns since took.

/** How long the decider takes, in milliseconds: a fast model. */
const DECIDES = 50;

const door: Times = {};
const decided: Times = {};
const note = (of: Times, session: string, since: number) => {
  of[session] = [...(of[session] ?? []), performance.now() - since];
};

const decider: Decider = {
  name: 'fast',
  decide: async ({ session, heard = '' }) => {
    const since = performance.now();
    await sleep(systemClock, DECIDES);
    note(decided, session, since);
    return { choice: heard === 'bye' ? 'bye' : 'parcel', values: {}, confidence: 1 };
  },
};

const fresh = () => createEngine({ workflows: [workflow], store: memoryStore(), decider, tools: {} });
let engine: Engine = fresh();
const center = await startCenter({
  workflows: [
    {
      program: compileWorkflow(workflow),
      door: async (request) => {
        const since = performance.now();
        const reply = await engine.turn(request);
        if (request.event.type === 'caller.said') note(door, request.session, since);
        return reply;
      },
    },
  ],
});
const echo = await startEcho();
const placed: Place = { endpoint: center.endpoint, instanceId: center.instanceId, flow: center.flowId('parcels') };

setFlagsFromString('--expose-gc');
const collect = z.function({ output: z.void() }).parse(runInNewContext('gc'));

process.on('message', async (asked) => {
  switch (z.enum(['spent', 'straight', 'end']).parse(asked)) {
    case 'spent': {
      // Sessions are the store's to keep: what is left is what the contact center keeps of them.
      await engine.close();
      engine = fresh();
      const told: Spent = { door: { ...door }, decider: { ...decided }, heap: 0 };
      for (const of of [door, decided]) for (const session of Object.keys(of)) delete of[session];
      await sleep(systemClock, 100);
      collect();
      process.send?.({ ...told, heap: process.memoryUsage().heapUsed });
      return;
    }
    case 'straight':
      return void process.send?.(await straight(200, 10));
    case 'end':
      await center.close();
      await engine.close();
      echo.close();
      process.disconnect();
  }
});
process.send?.({ center: placed, echo: echo.place });

/** The same turns, straight at the engine, in this process. */
async function straight(sessions: number, turns: number): Promise<Times> {
  const took: Times = {};
  await Promise.all(
    Array.from({ length: sessions }, async (_, index) => {
      const session = `straight ${index}`;
      const contact = { id: session, channel: 'chat' } as const;
      await engine.turn({ session, id: 'start', event: { type: 'session.started', workflow: 'parcels', contact } });
      for (let turn = 0; turn < turns; turn++) {
        const since = performance.now();
        await engine.turn({ session, id: `e${turn}`, event: { type: 'caller.said', text: HEARD } });
        note(took, session, since);
      }
    }),
  );
  return took;
}
