import { type Decider, ToolError, type Tools } from '@parley/engine';
import type { Machine } from '@parley/machine';
import { createMachine } from '@parley/machine';
import { checkWorkflow, type Json } from '@parley/workflow';
import { Random } from '../../packages/workflow/src/expression/testing/generate.ts';
import type { Specimen } from '../generated/examine.ts';
import { outputOf } from '../generated/generate.ts';
import { specimenOf } from '../generated/specimen.ts';
import type { Doing } from './contact.ts';
import type { Setting } from './hosts.ts';

const NOON = Date.UTC(2026, 10, 24, 12);
/** What a caller does at most. */
const EVENTS = 15;

/** A session with a generated workflow. */
export interface Made {
  readonly index: number;
  readonly machine: Machine;
  /** What its tools are like. */
  readonly tools: Tools;
  readonly doings: readonly Doing[];
  /** The same whenever it is asked. */
  readonly setting: () => Setting;
}

/** The sessions of a seed, one for each generated workflow that nothing is wrong with; `indices`: of these only. */
export function* madeOf(seed: number, indices: Iterable<number> = everyIndex()): Generator<Made, void> {
  for (const index of indices) {
    const { one, random } = specimenOf(seed, index);
    const { program } = checkWorkflow(one.source, one.tools);
    if (!program) continue;
    // Step Functions waits for whole seconds: half a one is rounded up there, and what comes after is set to another instant.
    if ([...program.steps.values()].some((step) => step.kind === 'wait' && step.for % 1_000 > 0)) continue;
    const machine = createMachine(program, one.tools);
    const setting = () => ({
      machine,
      tools: randomTools(one, index),
      decider: randomDecider(index),
      session: `s${index}`,
      start: NOON,
    });
    yield { index, machine, tools: setting().tools, doings: doingsFor(program.name, random), setting };
  }
}

function* everyIndex(): Generator<number, never> {
  for (let index = 0; ; index++) yield index;
}

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

function doingsFor(workflow: string, random: Random): readonly Doing[] {
  const first = { type: 'session.started' as const, workflow, contact: { id: 'c1', channel: 'chat' as const } };
  const then = Array.from({ length: EVENTS }, () =>
    random.pick<Doing>([
      { when: 1_000, event: { type: 'caller.said', text: 'well' } },
      { when: 1_000, event: { type: 'caller.said', text: 'well' } },
      { when: 1_000, event: { type: 'caller.said', text: 'there is a fire' } },
      { when: 1_000, event: { type: 'caller.pressed', keys: random.pick(['1', '2', '3', '0']) } },
      { when: 1_000, event: { type: 'caller.silent' } },
      {
        when: 1_000,
        event: { type: 'signal.received', name: 'parcel', data: random.pick<Json>([1, 'blue', { a: [1] }]) },
      },
      { when: 'timer' },
    ]),
  );
  return [{ when: 0, event: first }, ...then];
}
