import { describe, expect, it } from '@jest/globals';
import { createMachine, type Effect, type Machine, type SessionEvent, type Snapshot } from '@parley/machine';
import type { Json, Program, Step } from '@parley/workflow';
import fc from 'fast-check';
import { corpus, TOOLS } from '../../packages/workflow/src/check/testing/corpus.ts';
import { resolve } from '../../packages/workflow/src/resolve.ts';
import { checkWorkflow } from '../../packages/workflow/src/workflow.ts';

/**
 * What the checker proves of a file holds when the machine runs it: whatever a caller, a model, the tools and the
 * time do, no call is refused for want of what it requires, and nobody is stuck. And where the checker says that a
 * call can be made without, the machine does get there, and refuses it.
 */

const OUTPUTS: { readonly [tool: string]: readonly Json[] } = {
  'orders.get': [
    { id: 'W1', status: 'pending', total: 20, items: [] },
    { id: 'W2', status: 'delivered', total: 200, items: [{ name: 'boots' }] },
  ],
  'stock.count': [{ left: 3 }],
  'report.make': [{ words: 'Fine.' }],
};

const VALUES: readonly Json[] = ['jane@example.com', 'W1234567', '123456', 'gold', 'basic', 'order', 3, true];

/** Goes one way through a workflow, numbers deciding all that is open; the calls refused, and how it ended. */
function walk(
  machine: Machine,
  numbers: readonly number[],
): { refused: readonly string[]; outcome: string | undefined } {
  const { program } = machine;
  const refused: string[] = [];
  let outcome: string | undefined;
  let snapshot: Snapshot = machine.initial;
  let open: Effect[] = [];
  let at = Date.UTC(2026, 0, 5);
  const take = (event: SessionEvent) => {
    const result = machine.step(snapshot, event);
    snapshot = result.snapshot;
    const calls = result.effects.filter((effect) => effect.type === 'call').map(({ step }) => step);
    for (const { to } of result.moves) {
      const kind = program.steps.get(to)?.kind;
      if ((kind === 'call' || kind === 'parallel') && !calls.includes(to)) refused.push(to);
    }
    const ended = result.effects.find((effect) => effect.type === 'end');
    if (ended?.type === 'end') outcome = ended.outcome;
    open = [...open.filter((effect) => effect.type === 'call'), ...result.effects];
  };
  take({ type: 'session.started', at, contact: { id: 'c', channel: 'chat' } });
  for (const number of numbers) {
    if (snapshot.ended) break;
    at += 1_000;
    const event = next(snapshot, open, number, at);
    if (event?.type === 'tool.returned' || event?.type === 'tool.failed') {
      open = open.filter((effect) => !(effect.type === 'call' && effect.call === event.call));
    }
    if (event) take(event);
  }
  return { refused, outcome };
}

/** What the world says next: it answers what it was asked, or the caller speaks, presses a key or is silent. */
function next({ memory }: Snapshot, open: readonly Effect[], number: number, at: number): SessionEvent | undefined {
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(number / 8) % Math.max(1, from.length)];
  const { waiting } = memory;
  switch (waiting.for) {
    case 'decision': {
      if (number % 11 === 0)
        return { type: 'model.failed', at, decision: waiting.decision, code: 'timeout', message: 'Late.' };
      const asked = open.findLast((effect) => effect.type === 'decide');
      const fill = asked?.type === 'decide' ? asked.fill : [];
      const values = Object.fromEntries(
        fill.flatMap((name, i): [string, Json][] =>
          (number >> i) % 3 === 0 ? [] : [[name, VALUES[(number + i) % VALUES.length] ?? null]],
        ),
      );
      const choice = pick([...waiting.choices]) ?? 'unclear';
      return { type: 'model.decided', at, decision: waiting.decision, choice, values, confidence: 1 };
    }
    case 'calls': {
      const call = pick(open.filter((effect) => effect.type === 'call'));
      if (call?.type !== 'call') return undefined;
      const codes = ['timeout', ...(TOOLS[call.tool]?.errors ?? [])];
      return number % 4 === 0
        ? { type: 'tool.failed', at, call: call.call, code: codes[number % codes.length] ?? 'timeout', message: 'No.' }
        : { type: 'tool.returned', at, call: call.call, output: pick(OUTPUTS[call.tool] ?? [{}]) ?? {} };
    }
    case 'timer':
      return number % 2 === 0
        ? { type: 'timer.fired', at, timer: waiting.timer }
        : { type: 'signal.received', at, name: number % 3 === 0 ? 'payment' : 'delivered', data: number % 5 === 0 };
    default:
      if (number % 9 === 0) return { type: 'caller.silent', at };
      if (number % 7 === 0) return { type: 'caller.pressed', at, keys: String(number % 4) };
      return { type: 'caller.said', at, text: 'Well.' };
  }
}

const numbers = fc.array(fc.nat(10_000), { minLength: 10, maxLength: 120 });
const runs = 150;

describe('a file that the checker passes', () => {
  const programs = corpus('right').flatMap(({ name, source }) => {
    const { program } = checkWorkflow(source, TOOLS);
    return program ? [{ name, machine: createMachine(program, TOOLS) }] : [];
  });

  it.each(programs)('$name: no call is refused and nobody is stuck, whatever happens', ({ machine }) => {
    fc.assert(
      fc.property(numbers, (numbers) => {
        const { refused, outcome } = walk(machine, numbers);
        expect(refused).toEqual([]);
        expect(outcome).not.toBe('stuck');
      }),
      { numRuns: runs },
    );
  });

  it('is not passed for nothing: walks do get to the writes', () => {
    const cancel = programs.find(({ name }) => name === 'identity')?.machine;
    if (!cancel) throw new Error('The file is missing.');
    const ends = fc.sample(numbers, { numRuns: 400, seed: 7 }).map((numbers) => walk(cancel, numbers).outcome);
    expect(ends).toContain('done');
  });
});

describe('a file of which the checker says that a call is open without what it requires', () => {
  const files = corpus('wrong').filter(({ name }) => name.startsWith('tool-requires') || name === 'part-requires');

  it.each(files)('$name: the machine gets there, and refuses the call', ({ source }) => {
    const { draft } = resolve(source, TOOLS);
    const steps = new Map<string, Step>();
    for (const [name, step] of draft.steps) if (step.kind !== 'broken') steps.set(name, step);
    const program: Program = { ...draft, steps };
    const machine = createMachine(program, TOOLS);
    const [told] = checkWorkflow(source, TOOLS).problems.flatMap(({ code, path }) =>
      code === 'tool/requires' ? [path?.at(-1)] : [],
    );
    const refused = fc.sample(numbers, { numRuns: 600, seed: 7 }).flatMap((numbers) => walk(machine, numbers).refused);
    expect(refused).toContain(told);
  });
});
