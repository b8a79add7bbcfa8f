// One life of the process that is killed: node life.js FOLDER '{"seed":1,"last":{"place":"in a commit","count":500},"pushed":true}'
// The engine on the sessions and shops of FOLDER, with conversations of the support workflow at once (those named in `of`, or
// all), each going on where the life before left it. It exits with 0 when all are over, or is killed at point `last`. But for kills from outside, all
// that it does follows from the folder and the options.
import { writeSync } from 'node:fs';
import path from 'node:path';
import { offlineDecider } from '@parley/deciders';
import { createEngine, type Decider, type Tools } from '@parley/engine';
import { loadWorkflow } from '@parley/workflow';
import { z } from 'zod';
import { openWatched } from '../../packages/stores/src/testing/statements.ts';
import supportTools from '../../workflows/support/tools.ts';
import { idleClock } from '../idle-clock.ts';
import { randomFrom } from '../simulation/random.ts';
import { ALONE, converse, Memory, pushes } from './contact.ts';
import { PLACES, Points } from './points.ts';

const START = Date.UTC(2026, 10, 24, 15, 30);
const TODAY = '2026-11-24';

const [, , folder = '', given = '{}'] = process.argv;
const { seed, last, pushed, of } = z
  .object({
    seed: z.number().optional(),
    last: z.object({ place: z.enum(PLACES), count: z.number() }).optional(),
    pushed: z.boolean().default(false),
    of: z.array(z.string()).optional(),
  })
  .parse(JSON.parse(given));

const points = new Points(last, path.join(folder, 'kills.txt'));
const memory = new Memory(path.join(folder, 'heard.jsonl'));
const clock = idleClock(memory.last === undefined ? START : memory.last + 1_000);
const { now } = clock;
// Without a seed nothing is sent but what must be.
const random = seed === undefined ? undefined : randomFrom(seed);
const fancies = (what: 'again' | 'twice') => random?.chance(what === 'again' ? 0.05 : 0.2) ?? false;
const push = pushes({ memory, points, now });

/** A shop for each conversation, so that none is in another's way. */
function tools(): Tools {
  const shops = new Map<string, Tools>();
  const shopOf = (session: string) => {
    const known = shops.get(session);
    if (known) return known;
    const opened = supportTools({ folder: path.join(folder, 'shops', session), today: TODAY });
    shops.set(session, opened);
    return opened;
  };
  return Object.fromEntries(
    Object.entries(supportTools({ today: TODAY })).map(([name, { signature }]) => [
      name,
      {
        signature,
        call: async (input, context) => {
          const tool = shopOf(context.session)[name];
          if (!tool) throw new Error('The tool is not there.');
          return tool.call(input, context);
        },
      },
    ]),
  );
}

const offline = offlineDecider();
const down = new Set(ALONE.filter(({ decider }) => decider === 'down').map(({ name }) => name));
const decider: Decider = {
  name: offline.name,
  decide: async (question) => {
    if (down.has(question.session)) throw new Error('The model is not to be reached.');
    // Its words are loaded when it is first asked.
    return clock.outside(offline.decide(question));
  },
};

const workflow = await loadWorkflow('workflows/support/workflow.yaml', 'workflow.yaml');
points.shops();
points.pass('starting and closing', 'before the store is open');
const store = points.store(openWatched(path.join(folder, 'sessions.sqlite'), points.statement));
points.pass('starting and closing', 'after the store is open');
const engine = createEngine({
  workflows: [workflow],
  store,
  decider: points.decider(decider),
  tools: points.tools(tools()),
  clock,
  ...(pushed ? { push: push.take } : {}),
  log: ({ code, message, session }) => writeSync(2, `${code}: ${message} ${session ?? ''}\n`),
});
const around = { engine, memory, points, now, fancies, pushed: pushed ? push.next : undefined };
// Whoever kills from outside counts from here.
writeSync(1, 'begun\n');
const started = engine.start();
// Contacts may call before all of the past is mended.
if (random?.chance(0.5) ?? true) await clock.during(started);
points.pass('starting and closing', 'after the start');
const order = ALONE.filter(({ name }) => of === undefined || of.includes(name)).map((conversation) => ({
  conversation,
  place: random?.next() ?? 0,
}));
order.sort((a, b) => a.place - b.place);
await clock.during(Promise.all([started, ...order.map(({ conversation }) => converse(conversation, around))]));
points.pass('starting and closing', 'before the engine is closed');
await clock.during(engine.close());
points.pass('starting and closing', 'before the store is closed');
await store.close();
memory.close();
writeSync(1, `${JSON.stringify([...points.passed])}\n`);
