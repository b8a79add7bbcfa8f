import type { ToolContext, Tools } from '@parley/engine';
import type { Json } from '@parley/workflow';
import { z } from 'zod';
import { WORLD } from './scheduler.ts';
import type { Process, World } from './world.ts';

/** What tools change in the world: once for each key. It outlives every process. */
export class Backend {
  readonly #answers = new Map<string, Json>();

  /** Does it, or answers as it did when the key first came. */
  write(key: string, answer: () => Json): Json {
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const made = answer();
    this.#answers.set(key, made);
    return made;
  }

  get writes(): number {
    return this.#answers.size;
  }
}

const TIMEOUT = 4_000;

type Way = 'well' | 'slow' | 'late' | 'never' | 'unanswered' | 'before' | 'after' | 'named' | 'nonsense';
const TROUBLES: readonly Way[] = ['late', 'never', 'unanswered', 'before', 'after', 'named', 'nonsense'];

/** The tools as one process has them: their backend lives on when it dies, and so does a request that is on its way. */
export function simulatedTools(world: World, process: Process, backend: Backend): Tools {
  const { random, scheduler, profile, observer } = world;
  const { defineTool, ToolError } = world.module;

  /** `O`: what a tool returns when all goes well. */
  function run<O extends Json>(tool: string, context: ToolContext, input: Json, work: () => O, error: string) {
    const { session, idempotencyKey: key, attempt } = context;
    observer.toolCalled(process, session, tool, input, key, attempt);
    const way = drawWay();
    const takes =
      way === 'slow'
        ? random.int(500, TIMEOUT - 100)
        : way === 'late'
          ? TIMEOUT + random.int(0, 9_000)
          : random.int(0, 40);
    const label = `${tool} (${key}, attempt ${attempt} of ${process.name}, ${way})`;
    scheduler.trace(() => `  ${process.name} calls ${label}`);
    return new Promise<O>((resolve, reject) => {
      if (!process.alive) return;
      // The request reaches the backend whether or not the process that sent it is still there.
      scheduler.park(WORLD, Math.max(0, takes - random.int(0, 20)), `${label} arrives`, () => {
        const reached = way !== 'never' && way !== 'before' && way !== 'named';
        const output = reached ? work() : undefined;
        if (way === 'never' || way === 'unanswered') return;
        scheduler.park(process, random.int(0, 20), `${label} answers`, () => {
          if (way === 'before' || way === 'after') reject(new Error('The connection was lost.'));
          else if (way === 'named') reject(new ToolError(error, 'It is not to be had.'));
          else if (way === 'nonsense' || output === undefined) reject(new ToolError('invalid_output', 'Nonsense.'));
          else resolve(output);
        });
      });
    });
  }

  function drawWay(): Way {
    if (world.calm) return 'well';
    if (random.chance(profile.toolFails)) return random.pick(TROUBLES);
    return random.chance(profile.slow) ? 'slow' : 'well';
  }

  return {
    'stock.get': defineTool({
      about: 'Says how many there are',
      effect: 'reads',
      input: z.object({ item: z.string() }),
      output: z.object({ left: z.int() }),
      timeout: '4s',
      errors: ['gone'],
      run: ({ item }, context) => run('stock.get', context, { item }, () => ({ left: item.length - 4 }), 'gone'),
    }),
    'stock.near': defineTool({
      about: 'Says where else there are some',
      effect: 'reads',
      input: z.object({ item: z.string() }),
      output: z.object({ shops: z.array(z.string()) }),
      timeout: '4s',
      run: ({ item }, context) => run('stock.near', context, { item }, () => ({ shops: [item] }), 'gone'),
    }),
    'callers.prove': defineTool({
      about: 'Proves who is calling',
      effect: 'reads',
      grants: 'code',
      input: z.object({}),
      output: z.object({ name: z.string() }),
      timeout: '4s',
      errors: ['unknown'],
      run: (_, context) => run('callers.prove', context, {}, () => ({ name: 'Ada' }), 'unknown'),
    }),
    'orders.place': defineTool({
      about: 'Orders',
      effect: 'writes',
      requires: { confirmation: true, identity: 'code' },
      input: z.object({ item: z.string(), amount: z.int() }),
      output: z.object({ number: z.string() }),
      timeout: '4s',
      errors: ['sold_out'],
      run: (input, context) => {
        const order = () => ({ number: `R${backend.writes + 1}` });
        const place = () => z.object({ number: z.string() }).parse(backend.write(context.idempotencyKey, order));
        return run('orders.place', context, input, place, 'sold_out');
      },
    }),
    'notes.add': defineTool({
      about: 'Leaves a note',
      effect: 'writes',
      input: z.object({ text: z.string() }),
      output: z.object({ done: z.boolean() }),
      timeout: '4s',
      run: (input, context) => {
        const add = () =>
          z.object({ done: z.boolean() }).parse(backend.write(context.idempotencyKey, () => ({ done: true })));
        return run('notes.add', context, input, add, 'no_room');
      },
    }),
  };
}
