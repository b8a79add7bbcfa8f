import { readRecording } from '@parley/replay';
import { readModels } from './decider.ts';
import { table, usd, whole } from './figures.ts';
import { readText } from './files.ts';
import { shown } from './project.ts';
import { recordingsIn, Unread } from './recordings.ts';
import type { KeptStore } from './several-stores.ts';
import { openStore, type StoreChoice } from './store.ts';
import { type Dimension, type Row, type Span, Tally, type Told } from './tally.ts';
import { print, printBeside, printJson, progress } from './terminal.ts';

export interface CostOptions extends Span, StoreChoice {
  readonly workflow?: string;
  readonly by: readonly Dimension[];
  /** A file with rows for the table of models, for their prices. */
  readonly models?: string;
  readonly json?: boolean;
}

/** How many events of a session are read at once. */
const PAGE = 500;
/** A session is said to have begun when its first turn was kept: by so many milliseconds its first events may be earlier. */
const LAG = 3_600_000;

/** Adds up what decisions took and cost: those of a store, or of recordings where some are named. 2 where one can't be read. */
export async function cost(paths: readonly string[], options: CostOptions): Promise<number> {
  const tally = new Tally(options.by, options, await readModels(options.models));
  const unread = paths.length > 0 ? await addRecordings(tally, paths, options) : await addStore(tally, options);
  if (options.json) {
    printJson({ by: options.by, rows: tally.rows(), total: tally.total(), unpriced: tally.unpriced });
  } else tell(tally, options.by);
  return unread > 0 ? 2 : 0;
}

async function addStore(tally: Tally, { workflow, since, until, ...choice }: CostOptions): Promise<number> {
  const store = await openStore(choice);
  try {
    const all = await store.sessions(workflow === undefined ? {} : { workflow });
    const bar = progress('Adding up', all.length);
    for (const { session, workflow, startedAt, updatedAt } of all) {
      bar.step();
      if (updatedAt < (since ?? updatedAt) || startedAt - LAG >= (until ?? Number.POSITIVE_INFINITY)) continue;
      await tally.add({ session, workflow }, eventsOf(store, session));
    }
    bar.done();
    return 0;
  } finally {
    await store.close();
  }
}

async function* eventsOf(store: KeptStore, session: string): AsyncGenerator<Told> {
  for (let after = 0; ; ) {
    const page = await store.events(session, { after, limit: PAGE });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.seq;
  }
}

/** Gives how many could not be read. */
async function addRecordings(tally: Tally, paths: readonly string[], { workflow }: CostOptions): Promise<number> {
  const unread = new Unread();
  for (const file of await recordingsIn(paths)) {
    try {
      const recording = readRecording(await readText(file), shown(file));
      const name = recording.workflow;
      if (name === undefined || (workflow !== undefined && name !== workflow)) continue;
      const events = recording.events.map(({ at, type, ...data }): Told => ({ at, type, data }));
      // Two recordings may be of sessions of one name.
      await tally.add({ session: file, workflow: name }, events);
    } catch (error) {
      unread.add(shown(file), error);
    }
  }
  for (const described of unread.described()) printBeside(described);
  return unread.count;
}

const HEAD = [
  'decisions',
  'failed',
  'attempts',
  'in',
  'out',
  'cache read',
  'write',
  'p50 ms',
  'p95 ms',
  'cost',
  'a session',
];

function tell(tally: Tally, by: readonly Dimension[]): void {
  const rows = tally.rows();
  if (rows.length === 0) {
    print('No decisions there.');
    return;
  }
  const total = tally.total();
  const cells = [
    [...by, ...HEAD],
    ...rows.map((row) => [...by.map((dimension) => row.by[dimension] ?? ''), ...figuresOf(row)]),
    ...(rows.length > 1 ? [[...by.map((_, at) => (at === 0 ? 'all' : '')), ...figuresOf(total)]] : []),
  ];
  for (const line of table(cells, by.length)) print(line);
  const { cost, untold } = total;
  if (cost.unknown > 0) {
    print(
      `? ${whole(cost.unknown)} attempts are not in the cost, as no price is known of ${tally.unpriced.join(', ')}: docs/models.md says how to add one.`,
    );
  }
  if (untold > 0) {
    print(`${whole(untold)} failed attempts did not tell their tokens: what they cost, if anything, is in no sum.`);
  }
}

function figuresOf({ decisions, failed, attempts, tokens, latency, cost, sessions }: Row): readonly string[] {
  const mark = cost.unknown > 0 ? ' ?' : '';
  // Who decides without a model has nothing to pay.
  const paid = attempts > 0;
  return [
    whole(decisions),
    whole(failed),
    whole(attempts),
    whole(tokens.input),
    whole(tokens.output),
    whole(tokens.cacheRead),
    whole(tokens.cacheWrite),
    latency ? whole(latency.p50) : '–',
    latency ? whole(latency.p95) : '–',
    paid ? usd(cost.usd) + mark : '–',
    paid ? usd(cost.usd / sessions) + mark : '–',
  ];
}
