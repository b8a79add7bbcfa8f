import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type LocalFunction, type Shape, startLocalStepFunctions } from '@parley/stepfunctions';
import { ParleyError } from '@parley/workflow';
import { z } from 'zod';
import { readStar } from '../../star/format.ts';
import { Endpoint } from '../endpoint.ts';
import { invokeApi } from './invoke-api.ts';
import { isUnreachable, probed, said } from './probe.ts';
import { run, type Verdict } from './run.ts';
import { generatedWork, recordedWork, starWork } from './work.ts';

const SHAPES: readonly Shape[] = ['per-contact', 'per-turn'];
/** So many are shown with both paths. */
const SHOWN = 10;
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../..');

type Functions = { [name: string]: LocalFunction };

/**
 * The command `npm run conformance`. Gives its exit code: 0 where all sessions take the same path, 1 where not, 2 where it
 * could not be run. `print` gets every line.
 */
export async function conformance(args: readonly string[], print: (line: string) => void): Promise<0 | 1 | 2> {
  const functions: Functions = {};
  try {
    const asked = given(args);
    const tasks = await invokeApi(functions, asked.tasksPort);
    try {
      print(`Tasks are answered at ${tasks.url}.`);
      if (asked.endpoint !== undefined) return await conforms(asked, functions, asked.endpoint, tasks.url, print);
      const local = await startLocalStepFunctions({ lambda: tasks.url, log: () => undefined });
      try {
        print('No --endpoint: our local interpreter it is.');
        return await conforms(asked, functions, local.url, tasks.url, print);
      } finally {
        await local.close();
      }
    } finally {
      await tasks.close();
    }
  } catch (error) {
    if (error instanceof ParleyError) {
      print(`${error.code}\n    ${error.message}${error.fix === undefined ? '' : `\n    ${error.fix}`}`);
    } else if (isUnreachable(error)) {
      print(`conformance/unreachable\n    The endpoint does not answer any more: ${said(error)}`);
    } else throw error;
    return 2;
  }
}

async function conforms(
  asked: Asked,
  functions: Functions,
  url: string,
  tasks: string,
  print: (line: string) => void,
): Promise<0 | 1> {
  print(`Step Functions at ${url}.`);
  const name = Date.now().toString(36);
  const { patience, atOnce, shape } = asked;
  const note = (lack: string) => print(`- ${lack}`);
  const bare = new Endpoint(url);
  const abilities = await probed(bare, functions, { run: name, tasks, seconds: patience, note });
  bare.close();
  const endpoint = new Endpoint(url, abilities);
  const shapes = shape === undefined ? SHAPES : [shape];
  const counts = new Map(shapes.map((one) => [one, { same: 0, all: 0, silent: 0 }]));
  let [all, same] = [0, 0];
  const tell = ({ name, shape, wrong, toldVariables }: Verdict) => {
    const count = counts.get(shape);
    all += 1;
    if (wrong.length === 0) same += 1;
    else print(`\n✗ ${name}, ${shape}\n${all - same <= SHOWN ? wrong.join('\n') : '  (not shown)'}`);
    if (count) {
      count.all += 1;
      if (wrong.length === 0) count.same += 1;
      if (wrong.length === 0 && !toldVariables) count.silent += 1;
    }
    if (all % 500 === 0) print(`${all} sessions so far, ${same} of them on the same path`);
  };
  await run(workOf(asked, print), { endpoint, functions, shapes, run: name, atOnce, patience: patience * 1_000, tell });
  endpoint.close();
  if (all === 0) {
    throw new ParleyError('conformance/nothing', 'There is nothing to run.', {
      fix: 'Leave --only out, or name another.',
    });
  }
  for (const [one, count] of counts) {
    const silent = count.silent > 0 ? `; ${count.silent} executions told no variables` : '';
    print(`${one}: ${count.same} of ${count.all}${silent}`);
  }
  print(`${same} of ${all} on the same path`);
  return same === all ? 0 : 1;
}

type Asked = ReturnType<typeof given>;

function workOf({ generated, seed, star, only }: Asked, print: (line: string) => void) {
  if (generated !== undefined) {
    print(`Generated workflows, seed ${seed}.`);
    return generatedWork(generated, seed, only);
  }
  if (star === undefined) return recordedWork(only);
  const { all, problems } = readStar(star);
  for (const problem of problems) throw problem;
  return starWork(all, only);
}

function given(args: readonly string[]) {
  const usage = (cause: unknown) =>
    new ParleyError('conformance/usage', said(cause), {
      fix: 'npm run conformance -- [--endpoint URL] [--tasks-port N] [--shape per-contact|per-turn] [--only NAME] [--generated COUNT [--seed N] | --star [--star-folder FOLDER]] [--at-once N] [--patience SECONDS]',
      cause,
    });
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        endpoint: text,
        'tasks-port': text,
        shape: text,
        only: text,
        generated: text,
        seed: text,
        star: { type: 'boolean' },
        'star-folder': text,
        'at-once': text,
        patience: text,
      },
    });
    const number = z.coerce.number().int();
    const read = z
      .object({
        endpoint: z.url().optional(),
        'tasks-port': number.min(0).max(65_535).default(9001),
        shape: z.enum(['per-contact', 'per-turn']).optional(),
        only: z.string().optional(),
        generated: number.positive().optional(),
        seed: number.default(66),
        'at-once': number.positive().default(8),
        patience: number.positive().default(30),
      })
      .parse(values);
    const { 'star-folder': folder = path.join(root, '..', 'shared', 'star') } = values;
    return {
      ...read,
      tasksPort: read['tasks-port'],
      atOnce: read['at-once'],
      star: values.star ? path.resolve(folder) : undefined,
    };
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw usage(error);
    const [issue] = error.issues;
    throw usage(new Error(`--${issue?.path.join('.')}: ${issue?.message}`));
  }
}
