import type { Program } from '@parley/workflow';
import { z } from 'zod';
import { type FunctionName, nameOf } from './names.ts';

/** What a definition says of its tasks; the definition is the compiler's, so anything else in it is let be. */
const task = z.looseObject({
  TimeoutSeconds: z.union([z.number(), z.string()]).optional(),
  Arguments: z.looseObject({ FunctionName: z.string() }).optional(),
});
const flow = z.looseObject({
  States: z.record(z.string(), z.looseObject({ Branches: z.array(z.unknown()).optional() })),
});

/** What a function has beyond the task that calls it, so that Step Functions is the one to give up: it knows the door then. Seconds. */
const BEYOND = 5;
/** Keeping a token takes two requests of the table; that the execution then waits for a day is not the function's time. */
const ASK = 30;
/** A tick that takes longer goes on in the next: whoever sweeps ends what was begun. */
const TICK = 300;
/** The turn before it may be under way, then comes its own, then the filler is kept. */
const TURN = 10;

/** How long each function may take, in seconds: longer than any task that calls it, and than the turns it answers. */
export function secondsOf(
  programs: readonly Program[],
  definitions: readonly string[],
  prefix: string,
): { readonly [name in FunctionName]: number } {
  const tasks = definitions.flatMap((text) => tasksOf(JSON.parse(text)));
  const longest = (name: FunctionName) =>
    BEYOND +
    Math.max(0, ...tasks.filter(({ called }) => called === nameOf(prefix, name)).map(({ seconds }) => seconds));
  const turn = Math.max(...programs.map(({ limits }) => limits.turn)) / 1_000;
  return {
    ask: ASK,
    decide: longest('decide'),
    call: longest('call'),
    finish: longest('finish'),
    turn: Math.ceil(2 * turn) + TURN,
    tick: TICK,
  };
}

/** The tasks of a definition that have a time of their own, those inside of its branches as well. */
export function tasksOf(definition: unknown): readonly { readonly called: string; readonly seconds: number }[] {
  return Object.values(flow.parse(definition).States).flatMap((state) => {
    const { TimeoutSeconds, Arguments } = task.parse(state);
    const own =
      Arguments && typeof TimeoutSeconds === 'number'
        ? [{ called: Arguments.FunctionName, seconds: TimeoutSeconds }]
        : [];
    return [...own, ...(state.Branches ?? []).flatMap(tasksOf)];
  });
}
