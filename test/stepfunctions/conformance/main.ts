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

/** npm run conformance -- [--endpoint URL] [--tasks-port N] …: see README.md. Exit codes: 0 all the same, 1 not, 2 it could not be run. */
const SHAPES: readonly Shape[] = ['per-contact', 'per-turn'];
/** So many are shown with both paths. */
const SHOWN = 10;
const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../..');

const functions: { [name: string]: LocalFunction } = {};
try {
  const asked = given();
  const tasks = await invokeApi(functions, asked.tasksPort);
  console.log(`Tasks are answered at ${tasks.url}.`);
  const local =
    asked.endpoint === undefined
      ? await startLocalStepFunctions({ lambda: tasks.url, log: () => undefined })
      : undefined;
  const url = asked.endpoint ?? local?.url ?? '';
  console.log(local ? `Step Functions: our local interpreter, at ${url}.` : `Step Functions: ${url}.`);
  try {
    process.exitCode = (await conforms(asked, url, tasks.url)) ? 0 : 1;
  } finally {
    await local?.close();
    await tasks.close();
  }
} catch (error) {
  if (error instanceof ParleyError) {
    console.error(`${error.code}\n    ${error.message}${error.fix === undefined ? '' : `\n    ${error.fix}`}`);
  } else if (isUnreachable(error)) {
    console.error(`conformance/unreachable\n    The endpoint does not answer any more: ${said(error)}`);
  } else throw error;
  process.exitCode = 2;
}

async function conforms(asked: ReturnType<typeof given>, url: string, tasks: string): Promise<boolean> {
  const run36 = Date.now().toString(36);
  const bare = new Endpoint(url);
  const abilities = await probed(bare, functions, {
    run: run36,
    tasks,
    seconds: asked.patience,
    note: (lack) => console.log(`- ${lack}`),
  });
  bare.close();
  const endpoint = new Endpoint(url, abilities);
  const counts = new Map<Shape, { same: number; all: number; silent: number }>();
  let wrong = 0;
  const tell = ({ name, shape, wrong: why, toldVariables }: Verdict) => {
    const count = counts.get(shape) ?? { same: 0, all: 0, silent: 0 };
    counts.set(shape, count);
    count.all += 1;
    if (!toldVariables) count.silent += 1;
    if (why.length === 0) count.same += 1;
    else {
      wrong += 1;
      console.log(`\n✗ ${name}, ${shape}`);
      console.log(wrong <= SHOWN ? why.join('\n') : '  (not shown)');
    }
    const done = [...counts.values()].reduce((sum, { all }) => sum + all, 0);
    if (process.stderr.isTTY) process.stderr.write(`\r${done} sessions\u001b[K\r`);
    else if (done % 500 === 0) console.log(`${done} sessions, ${wrong} of them not on the same path`);
  };
  await run(workOf(asked), {
    endpoint,
    functions,
    shapes: asked.shape === undefined ? SHAPES : [asked.shape],
    run: run36,
    atOnce: asked.atOnce,
    patience: asked.patience * 1_000,
    tell,
  });
  endpoint.close();
  if (counts.size === 0) {
    throw new ParleyError('conformance/nothing', 'There is nothing to run.', {
      fix: 'Leave --only out, or name another.',
    });
  }
  let [all, same] = [0, 0];
  for (const [shape, count] of counts) {
    all += count.all;
    same += count.same;
    const silent = count.silent > 0 ? `; of ${count.silent} the execution told no variables` : '';
    console.log(`${shape}: ${count.same} of ${count.all}${silent}`);
  }
  console.log(`${same} of ${all} on the same path`);
  return same === all;
}

function workOf({ generated, seed, star, only }: ReturnType<typeof given>) {
  if (generated !== undefined) {
    console.log(`Generated workflows, seed ${seed}.`);
    return generatedWork(generated, seed, only);
  }
  if (star === undefined) return recordedWork(only);
  const { all, problems } = readStar(star);
  for (const problem of problems) throw problem;
  return starWork(all, only);
}

function given() {
  const usage = (cause: unknown) =>
    new ParleyError('conformance/usage', said(cause), {
      fix: 'npm run conformance -- [--endpoint URL] [--tasks-port N] [--shape per-contact|per-turn] [--only NAME] [--generated COUNT [--seed N] | --star [--star-folder FOLDER]] [--at-once N] [--patience SECONDS]',
      cause,
    });
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
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
