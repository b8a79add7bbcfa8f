import path from 'node:path';
import { createMachine } from '@parley/machine';
import { isInput, readRecording, replay } from '@parley/replay';
import {
  type Cost,
  compileToStepFunctions,
  costOfUsage,
  definitionText,
  meanOf,
  type PriceTable,
  readPrices,
  type Shape,
  type Usage,
  usageOf,
  walk,
} from '@parley/stepfunctions';
import { compileWorkflow, ParleyError } from '@parley/workflow';
import { table, usd } from './figures.ts';
import { readText } from './files.ts';
import { openProject, shown, signaturesOf } from './project.ts';
import { recordingsIn } from './recordings.ts';
import { print, printBeside, printJson, progress } from './terminal.ts';

export interface CostOptions {
  /** Left out: those beside the workflow. */
  readonly recordings?: readonly string[];
  readonly region: string;
  /** A file in place of the table of prices. */
  readonly prices?: string;
  readonly json?: boolean;
}

const SHAPES = ['per-contact', 'per-turn'] as const;
const FUNCTIONS = { ask: 'ask', decide: 'decide', call: 'call', finish: 'finish' };

/** Prices a call of a workflow in both shapes, from how recorded calls went. The exit code: 2 where none can be priced. */
export async function compileCost(name: string, options: CostOptions): Promise<number> {
  const prices = await readPrices(
    options.prices === undefined ? undefined : await readText(options.prices),
    options.prices,
  );
  const { source, tools, folder } = await openProject(name);
  const signatures = signaturesOf(tools) ?? {};
  const program = compileWorkflow(source, signatures);
  const machine = createMachine(program, signatures);
  const files = await recordingsIn(options.recordings ?? [path.join(folder, 'recordings')]);
  const definitions = SHAPES.map((shape) => {
    const compiled = compileToStepFunctions(program, { shape, functions: FUNCTIONS, tools: signatures });
    return [shape, definitionText(compiled)] as const;
  });
  const usages: { readonly [shape in Shape]: Usage[] } = { 'per-contact': [], 'per-turn': [] };
  const left: string[] = [];
  const bar = progress('Walking', files.length);
  for (const file of files) {
    bar.step();
    const recording = readRecording(await readText(file), shown(file));
    // Of another version, or another workflow, it says nothing of this one.
    if (recording.version !== program.version || replay(machine, recording).outcome !== 'same') {
      left.push(shown(file));
      continue;
    }
    const events = recording.events.filter(isInput);
    for (const [shape, definition] of definitions) {
      const way = await walk(definition, shape, machine, events);
      usages[shape].push(usageOf(way, shape, events, prices.assumed));
    }
  }
  bar.done();
  const count = usages['per-contact'].length;
  if (count === 0) {
    throw new ParleyError(
      'cli/no-recordings',
      `None of ${files.length} recordings is of this version of ${program.name}.`,
      {
        fix: 'Record some calls with it: `parley talk`, then `parley record`.',
      },
    );
  }
  const shapes = SHAPES.map((shape) => {
    const usage = meanOf(usages[shape]);
    return { shape, usage, cost: costOfUsage(usage, prices, options.region) };
  });
  if (options.json) {
    const { regions, assumed } = prices;
    const workflow = { workflow: program.name, version: program.version, region: options.region, recordings: count };
    printJson({ ...workflow, leftOut: left, shapes, prices: regions[options.region], assumed });
    return 0;
  }
  tell(`${program.name}, ${options.region}: a call, on average of ${count} recordings`, shapes, prices, options.region);
  if (left.length > 0) printBeside(`${left.length} recordings of other versions or workflows are left out.`);
  return 0;
}

const ROWS = [
  ['Step Functions: transitions', 'transition'],
  ['Step Functions: requests', 'expressRequest'],
  ['Step Functions: GB-seconds', 'expressGbSecond'],
  ['Lambda: requests', 'lambdaRequest'],
  ['Lambda: GB-seconds', 'lambdaGbSecond'],
  ['DynamoDB: write units', 'writeUnit'],
  ['DynamoDB: read units', 'readUnit'],
  ['KMS: requests', 'kmsRequest'],
] as const;

function tell(
  title: string,
  shapes: readonly { readonly shape: Shape; readonly usage: Usage; readonly cost: Cost }[],
  { regions, assumed }: PriceTable,
  region: string,
): void {
  print(`${title}\n`);
  const cells = [
    ['', ...shapes.flatMap(({ shape }) => [shape, ''])],
    ...ROWS.map(([label, one]) => [
      label,
      ...shapes.flatMap(({ usage, cost }) => (usage[one] === 0 ? ['–', ''] : [figure(usage[one]), usd(cost[one])])),
    ]),
    ['in all', ...shapes.flatMap(({ cost }) => ['', usd(cost.sum)])],
    ['a thousand calls', ...shapes.flatMap(({ cost }) => ['', usd(cost.sum * 1_000)])],
  ];
  for (const line of table(cells, 1)) print(line);
  print('\nTaken for granted:');
  for (const { value, what } of Object.values(assumed)) print(`  ${String(value).padStart(5)}  ${what}`);
  print('\nPrices, in US dollars, without free tiers and discounts for volume:');
  for (const [one, { usd, source, date }] of Object.entries(regions[region] ?? {})) {
    print(`  ${one}: ${usd}, ${date}, ${source}`);
  }
  print('\nNot in it: models (`parley cost`), the channel, logs, what is kept, the key ($1 a month).');
}

const figure = (count: number): string => (count < 10 ? count.toFixed(2) : count.toFixed(1));
