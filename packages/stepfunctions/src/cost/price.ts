import { readFile } from 'node:fs/promises';
import type { SessionEvent } from '@parley/machine';
import { ParleyError } from '@parley/workflow';
import { z } from 'zod';
import type { Shape } from '../compiler/compile.ts';
import type { Walk } from './walk.ts';

const price = z.strictObject({
  /** US dollars for one. */
  usd: z.number().nonnegative(),
  what: z.string(),
  source: z.string(),
  date: z.iso.date(),
});
const priced = [
  'transition',
  'expressRequest',
  'expressGbSecond',
  'lambdaRequest',
  'lambdaGbSecond',
  'writeUnit',
  'readUnit',
  'kmsRequest',
] as const;
const assumption = z.strictObject({ value: z.number().nonnegative(), what: z.string() });
const assumptions = [
  'decideMs',
  'toolMs',
  'functionMs',
  'stateMs',
  'memoryMb',
  'executionMb',
  'writesACommit',
  'readsATurn',
  'readsAWait',
  'readsAWork',
  'lookMs',
  'kmsACall',
] as const;

const priceTable = z.strictObject({
  about: z.string(),
  regions: z.record(z.string(), z.record(z.enum(priced), price)),
  assumed: z.record(z.enum(assumptions), assumption),
});

/** What AWS asks for by region, with where that was read and when; and what can't be told by a recording. */
export type PriceTable = z.output<typeof priceTable>;
type Assumed = PriceTable['assumed'];

/** How much of each a call takes, or several on average. */
export type Usage = { readonly [one in (typeof priced)[number]]: number };
/** What that costs in US dollars, and the sum. */
export type Cost = Usage & { readonly sum: number };

/** Reads a table of prices: the one that comes with this package where no text is given. Throws ParleyError `cost/prices`. */
export async function readPrices(text?: string, file = 'prices.json'): Promise<PriceTable> {
  const given = text ?? (await readFile(new URL('../../prices.json', import.meta.url), 'utf8'));
  let json: unknown;
  try {
    json = JSON.parse(given);
  } catch (cause) {
    throw wrong(file, 'it is no JSON', cause);
  }
  const read = priceTable.safeParse(json);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw wrong(file, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong'}`, read.error);
}

const wrong = (file: string, why: string, cause: unknown): ParleyError =>
  new ParleyError('cost/prices', `${file} is no table of prices: ${why}.`, {
    fix: 'Take prices.json of @parley/stepfunctions for a pattern: each price has usd, what, source and date.',
    cause,
  });

/** What a session takes by the way it went. `events`: of the contact and of timers too. */
export function usageOf(walk: Walk, shape: Shape, events: readonly SessionEvent[], assumed: Assumed): Usage {
  const ms = (one: keyof Assumed) => assumed[one].value;
  const turns = events.filter(({ type }) => !isAnswer(type) && type !== 'timer.fired').length;
  const timers = shape === 'per-turn' ? events.filter(({ type }) => type === 'timer.fired').length : 0;
  const answers = walk.executions.flatMap((execution) => execution.answers);
  const work = sum(answers.map((answer) => took(answer, assumed)));
  // Calls of a parallel step are waited for together: only the last one is, which the session moves by.
  const waited = (all: Answers) => all.map((answer) => (answer.moved ? took(answer, assumed) : 0));
  const fronted = turns * ms('functionMs') + sum(waited(answers)) + walk.works * ms('functionMs');
  const worked = (walk.waits + walk.works) * ms('functionMs') + work;
  const looks = sum(waited(answers).map((waiting) => Math.ceil(waiting / ms('lookMs'))));
  const express = shape === 'per-turn' ? walk.executions : [];
  const billed = express.map(({ states, answers }) => {
    const lasts = states.length * ms('stateMs') + answers.length * ms('functionMs') + sum(waited(answers));
    return (Math.ceil(lasts / 100) * 100 * Math.ceil(ms('executionMb') / 64) * 64) / 1_000 / 1_024;
  });
  return {
    transition: shape === 'per-contact' ? sum(walk.executions.map(({ states }) => states.length)) : 0,
    expressRequest: express.length,
    expressGbSecond: sum(billed),
    lambdaRequest: turns + walk.waits + walk.works,
    lambdaGbSecond: ((fronted + worked) / 1_000) * (ms('memoryMb') / 1_024),
    writeUnit: (turns + timers + walk.waits + answers.length) * ms('writesACommit'),
    readUnit: turns * ms('readsATurn') + walk.waits * ms('readsAWait') + walk.works * ms('readsAWork') + looks,
    kmsRequest: ms('kmsACall'),
  };
}

/** What it costs in a region. Throws ParleyError `cost/region` where the table has no prices of it. */
export function costOfUsage(usage: Usage, { regions }: PriceTable, region: string): Cost {
  const prices = Object.hasOwn(regions, region) ? regions[region] : undefined;
  if (!prices) {
    throw new ParleyError('cost/region', `The table has no prices of ${region}.`, {
      fix: `It has ${Object.keys(regions).join(', ')}. Give a table with more by --prices.`,
    });
  }
  const costs = mapped((one) => usage[one] * prices[one].usd);
  return { ...costs, sum: sum(priced.map((one) => costs[one])) };
}

/** What several take on average. */
export const meanOf = (all: readonly Usage[]): Usage =>
  mapped((one) => sum(all.map((usage) => usage[one])) / Math.max(1, all.length));

function mapped(how: (one: (typeof priced)[number]) => number): Usage {
  return {
    transition: how('transition'),
    expressRequest: how('expressRequest'),
    expressGbSecond: how('expressGbSecond'),
    lambdaRequest: how('lambdaRequest'),
    lambdaGbSecond: how('lambdaGbSecond'),
    writeUnit: how('writeUnit'),
    readUnit: how('readUnit'),
    kmsRequest: how('kmsRequest'),
  };
}

const isAnswer = (type: string) => type.startsWith('model.') || type.startsWith('tool.');

type Answers = Walk['executions'][number]['answers'];

function took({ type, attempts }: Answers[number], assumed: Assumed): number {
  return type.startsWith('model.') ? assumed.decideMs.value : assumed.toolMs.value * attempts;
}

const sum = (all: readonly number[]): number => all.reduce((total, one) => total + one, 0);
