import { expect, it } from '@jest/globals';
import { type Decider, ToolError, type Tools, type TurnRequest } from '@parley/engine';
import { checkWorkflow, type Json } from '@parley/workflow';
import { Random } from '../../packages/workflow/src/expression/testing/generate.ts';
import type { Specimen } from '../generated/examine.ts';
import { outputOf } from '../generated/generate.ts';
import { specimenOf } from '../generated/specimen.ts';
import { divergence, linesOf } from './compare.ts';
import { embedded, type Gone, type Host, onStepFunctions } from './hosts.ts';

const SEED = 66;
const COUNT = Number(process.env['PARLEY_GENERATED'] ?? 24);
const NOON = Date.UTC(2026, 10, 24, 12);
/** What a caller does at most. */
const EVENTS = 15;

/** A decider that picks at random, the same whenever it is asked the same number of times. */
function randomDecider(seed: number): Decider {
  let asked = 0;
  const next = () => new Random(Math.imul(seed, 0x9e3779b1) ^ ++asked);
  return {
    name: 'random',
    async decide({ choices, fill }) {
      const random = next();
      if (random.chance(0.05)) throw new Error('It is not to be reached.');
      const values = fill.filter(() => random.chance(0.6)).map(({ name }): [string, Json] => [name, anyValue(random)]);
      const { name = '' } = choices[random.below(choices.length)] ?? {};
      return { choice: name, values: Object.fromEntries(values), confidence: random.pick([0.2, 0.9, 0.9, 1]) };
    },
    async compose({ facts }) {
      const random = next();
      return {
        text: random.pick(['It is on its way.', `It is ${Object.values(facts)[0] ?? 'late'}.`, 'Ask Mr. Smith.']),
      };
    },
  };
}

const anyValue = (random: Random): Json =>
  random.pick<Json>(['blue', 3, true, '2026-11-24', 'a@example.com', 'W1234567', '+12065550100', 12.5, ['blue']]);

/** Tools that return something of their shape, the same for the same call. */
function randomTools({ tools, outputs }: Specimen, seed: number): Tools {
  const called = Object.entries(tools).map(([name, signature]) => {
    const call = async (_: unknown, { idempotencyKey }: { readonly idempotencyKey: string }): Promise<Json> => {
      const random = new Random(
        seed ^ [...`${name} ${idempotencyKey}`].reduce((sum, c) => sum * 31 + c.charCodeAt(0), 7),
      );
      // A failure of the tool's own is not tried again: nobody moves the clock for a pause.
      if (random.chance(0.1)) throw new ToolError('error', 'It broke.');
      return outputOf(random, outputs.get(name));
    };
    return [name, { signature, call }] as const;
  });
  return Object.fromEntries(called);
}

/** What a caller does, in order; `wait`: nothing until the next timer. */
function eventsOf(random: Random): readonly (TurnRequest['event'] | 'wait')[] {
  return Array.from({ length: EVENTS }, () =>
    random.pick<TurnRequest['event'] | 'wait'>([
      { type: 'caller.said', text: 'well' },
      { type: 'caller.said', text: 'well' },
      { type: 'caller.said', text: 'there is a fire' },
      { type: 'caller.pressed', keys: random.pick(['1', '2', '3', '0']) },
      { type: 'caller.silent' },
      { type: 'signal.received', name: 'parcel', data: random.pick<Json>([1, 'blue', { a: [1] }]) },
      'wait',
    ]),
  );
}

async function converse(
  host: Host,
  workflow: string,
  events: readonly (TurnRequest['event'] | 'wait')[],
): Promise<Gone> {
  const said: string[] = [];
  try {
    let at = NOON;
    let { rest } = await host.send('e0', { type: 'session.started', workflow, contact: { id: 'c1', channel: 'chat' } });
    for (const [index, event] of events.entries()) {
      if (rest === 'end' || rest === 'transfer') break;
      at = event === 'wait' ? ((await host.nextTimer()) ?? at) : at + 1_000;
      await host.until(at);
      said.push(`${event === 'wait' ? event : event.type}`);
      if (event !== 'wait') ({ rest } = await host.send(`e${index + 1}`, event));
    }
    return await host.gone();
  } catch (cause) {
    throw new Error(`${workflow}, after ${said.join(', ')}`, { cause });
  } finally {
    await host.close();
  }
}

it('generated workflows take the same path on every host', async () => {
  let same = 0;
  let steps = 0;
  for (let index = 0; same < COUNT; index++) {
    const { one, random } = specimenOf(SEED, index);
    const { program } = checkWorkflow(one.source, one.tools);
    if (!program) continue;
    // Step Functions waits for whole seconds: half a one is rounded up there, and what comes after is set to another instant.
    if ([...program.steps.values()].some((step) => step.kind === 'wait' && step.for % 1_000 > 0)) continue;
    const events = eventsOf(random);
    const setting = () => ({
      tools: randomTools(one, index),
      decider: randomDecider(index),
      session: `s${index}`,
      start: NOON,
    });
    const engine = await converse(await embedded({ ...setting(), source: one.source }), program.name, events);
    for (const shape of ['per-contact', 'per-turn'] as const) {
      const site = await onStepFunctions(one.source, setting().tools, shape);
      try {
        const gone = await converse(site.host(setting()), program.name, events);
        const parted = divergence(
          { name: `embedded, seed ${SEED}, workflow ${index}`, lines: linesOf(engine.journal) },
          { name: shape, lines: linesOf(gone.journal) },
        );
        expect(parted).toBeUndefined();
        expect(gone.vars).toEqual(engine.vars);
        expect(gone.replies).toEqual(engine.replies);
        if (gone.asked.includes('(finish)') || gone.status === 'FAILED')
          throw new Error(`${index}: ${gone.asked.join()}`);
      } finally {
        await site.close();
      }
    }
    same += 1;
    steps += engine.journal.length;
  }
  expect(steps).toBeGreaterThan(10 * COUNT);
}, 600_000);
