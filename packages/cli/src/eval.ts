import { mostItMayCost, priceOf, type Strategy } from '@parley/deciders';
import { notRun, readRecording } from '@parley/replay';
import { ParleyError } from '@parley/workflow';
import { type DeciderChoice, makeDecider, readModels } from './decider.ts';
import { ask, type Candidate, type Ended, isFinal, keyOf } from './eval/ask.ts';
import { counted, figuresOf } from './eval/compare.ts';
import { type Place, placesOf } from './eval/place.ts';
import { described } from './eval/report.ts';
import { Results } from './eval/results.ts';
import { usd, whole } from './figures.ts';
import { readText } from './files.ts';
import { shown } from './project.ts';
import { machines, recordingsIn, Unread, workflowOf } from './recordings.ts';
import { print, printBeside, printJson, progress } from './terminal.ts';

export interface EvalOptions extends Omit<DeciderChoice, 'decider' | 'model'> {
  /** Ids of models, or `offline`. */
  readonly model: readonly string[];
  readonly strategy?: Strategy;
  readonly maxCost?: number;
  readonly output: string;
  readonly fresh?: boolean;
  readonly concurrency: number;
  readonly json?: boolean;
}

/**
 * Puts recorded decisions to models again and prints how they did, side by side. What has been answered is kept as it
 * comes, and a second run goes on from there. The exit code: 1 where a model gave no answer at all, 2 where it was
 * stopped before the end or a recording can't be read.
 */
export async function evaluate(paths: readonly string[], options: EvalOptions): Promise<number> {
  const candidates = await Promise.all([...new Set(options.model)].map((model) => candidateOf(model, options)));
  const found = await find(paths);
  const results = new Results(options.output, options.fresh ?? false);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  // A second time, it ends the process as always.
  process.once('SIGINT', interrupt);
  const { places } = found;
  const open = places.flatMap((place) =>
    candidates.filter((candidate) => !isFinal(results.get(keyOf(place, candidate)))),
  );
  const bar = progress('Asking', open.length, 'steadily');
  try {
    const ended = await ask({
      places,
      candidates,
      results,
      ...(options.maxCost === undefined ? {} : { cap: options.maxCost }),
      concurrency: options.concurrency,
      signal: stop.signal,
      done: (spent) => bar.step(spent > 0 ? ` (${usd(spent)} so far)` : ''),
    });
    bar.done();
    const models = candidates.map((candidate) => figuresOf(places, candidate, results));
    if (options.json) {
      const { unread, failed, diverged } = found;
      const yardstick = Object.fromEntries(counted(places.map(({ by }) => by)));
      printJson({ decisions: places.length, yardstick, unread, failed, diverged, ended: ended.by, models });
    } else {
      tell(found);
      for (const line of described(models)) print(line);
    }
    for (const line of endingOf(ended, options)) printBeside(line);
    if (ended.by !== 'end' || found.unread > 0) return 2;
    return models.some(({ asked, failed }) => asked === Object.values(failed).reduce((sum, count) => sum + count, 0))
      ? 1
      : 0;
  } finally {
    process.removeListener('SIGINT', interrupt);
    results.close();
  }
}

async function candidateOf(model: string, options: EvalOptions): Promise<Candidate> {
  if (model === 'offline') {
    return { model, decider: await makeDecider({}), strategy: 'auto', most: async () => 0 };
  }
  const { strategy, maxCost, region, endpoint, models } = options;
  const rows = await readModels(models);
  if (maxCost !== undefined && priceOf(model, rows) === undefined) {
    throw new ParleyError('cli/no-price', `No price is known of ${model}, so --max-cost can't be kept to.`, {
      fix: 'Add its price to workflows/models.json (docs/models.md), or leave --max-cost out.',
    });
  }
  const decider = await makeDecider({
    decider: 'bedrock',
    model: [model],
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(models === undefined ? {} : { models }),
    ...(strategy === undefined ? {} : { strategy }),
  });
  const most = async (question: Parameters<Candidate['most']>[0]) => (await mostItMayCost(question, model, rows)) ?? 0;
  return { model, decider, strategy: strategy ?? 'auto', most };
}

interface Found {
  readonly places: readonly Place[];
  readonly recordings: number;
  /** Recordings that can't be read, or have no workflow here. */
  readonly unread: number;
  /** Decisions that failed when they were recorded. */
  readonly failed: number;
  /** Recordings that don't go through their workflow as it is now. */
  readonly diverged: number;
}

async function find(paths: readonly string[]): Promise<Found> {
  const files = await recordingsIn(paths);
  const machineOf = machines();
  const places = new Map<string, Place>();
  const unread = new Unread();
  let [failed, diverged] = [0, 0];
  for (const file of files) {
    try {
      const text = await readText(file);
      const recording = readRecording(text, shown(file));
      if (recording.workflow === undefined) throw notRun();
      const machine = await machineOf(await workflowOf(file, recording.workflow));
      const found = placesOf(machine, recording, shown(file), text);
      for (const place of found.places) places.set(place.id, place);
      failed += found.failed;
      if (found.diverged) diverged += 1;
    } catch (error) {
      unread.add(shown(file), error);
    }
  }
  for (const described of unread.described()) printBeside(described);
  if (places.size > 0)
    return {
      places: [...places.values()],
      recordings: files.length - unread.count,
      unread: unread.count,
      failed,
      diverged,
    };
  throw new ParleyError('cli/no-decisions', 'No decision was taken in what was read of these recordings.', {
    fix: 'Name recordings of sessions in which a caller was asked something.',
  });
}

function tell({ places, recordings, failed, diverged }: Found): void {
  const by = counted(places.map(({ by }) => by));
  print(
    `${whole(places.length)} decisions of ${whole(recordings)} recordings, taken then by: ${by.map(([name, count]) => `${name} (${whole(count)})`).join(', ')}.`,
  );
  print(
    'What was taken then is the yardstick, and no better than whoever took it: look at what differs before you call it wrong.',
  );
  if (failed > 0) print(`${whole(failed)} more had failed then, and are left out.`);
  if (diverged > 0)
    print(
      `${whole(diverged)} recordings go differently through their workflow as it is now: only what was before that is asked.`,
    );
  print('');
}

function endingOf({ by, next, dropped, spent }: Ended, { output, maxCost }: EvalOptions): readonly string[] {
  const lines = [...dropped].map(([model, code]) => `${model} was given up on: it only failed, with ${code}.`);
  if (by === 'cap') {
    lines.push(
      `Stopped before more than ${usd(maxCost ?? 0)} could be spent: ${usd(spent)} has been, and the next decision could cost up to ${usd(next ?? 0)}. The same command with a higher --max-cost goes on from here.`,
    );
  }
  if (by === 'signal') lines.push(`Stopped. The same command goes on from here; what was answered is in ${output}.`);
  return lines;
}
