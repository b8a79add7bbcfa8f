import type { Tokens } from './call.ts';
import { bareModel, type OwnRow } from './models.ts';

/** USD per million tokens. What a model has no figure for is left out: it costs nobody knows what, which is not nothing. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  /** Of a cache that lasts five minutes. */
  readonly cacheWrite?: number;
}

interface Listed extends Price {
  readonly model: string;
  /**
   * Which ids it is about: those of the `global` profile; `geographic`: any other profile but GovCloud's, and the
   * model's own id; or one prefix, '' for the model's own id.
   */
  readonly at: string;
  readonly source: Source;
}

/** Where a figure was read, and the day on which whoever says so compared it with AWS's own. */
type Source = `${string}, 2026-${string}`;

/** AWS's own table, compared with its price page and model cards: github.com/aws/agent-toolkit-for-aws, bedrock_pricing.py. */
const TOOLKIT: Source = 'aws/agent-toolkit-for-aws, 2026-10-05';
/** The cards of the models in the Bedrock user guide, as others copied them. */
const CARD: Source = 'docs.aws.amazon.com/bedrock model cards, 2026-09-25';
/** The catalogue of Bedrock models in npm's @earendil-works/pi-ai 1.5.2, the same in at least one other list. */
const CATALOGUE: Source = '@earendil-works/pi-ai 1.5.2, 2026-11-10';

/**
 * On-demand prices of the Standard tier, without discounts; above 272,000 tokens a prompt, OpenAI's models cost more.
 * The figures for caches that AWS's table does not have are of the catalogue. Of a model that is not here, or that no
 * two lists agree on, no cost is told.
 */
const PRICES: readonly Listed[] = [
  ...claude('haiku-4-5', { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25 }, TOOLKIT),
  ...claude('sonnet-4-6', { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 }, TOOLKIT),
  ...claude('sonnet-5', { input: 2, output: 10, cacheRead: 0.2, cacheWrite: 2.5 }, TOOLKIT),
  ...claude('sonnet-5-5', { input: 2, output: 10, cacheRead: 0.1, cacheWrite: 2.5 }, CATALOGUE),
  ...claude('opus-4-7', { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 }, CATALOGUE),
  ...claude('opus-4-8', { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 }, TOOLKIT),
  ...claude('opus-5', { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 }, CATALOGUE),
  ...claude('opus-5-5', { input: 4, output: 20, cacheRead: 0.2, cacheWrite: 5 }, CATALOGUE),
  ...claude('fable-5', { input: 10, output: 50, cacheRead: 1, cacheWrite: 12.5 }, CATALOGUE),
  ...claude('fable-5-1', { input: 10, output: 50, cacheRead: 0.25, cacheWrite: 12.5 }, CATALOGUE),
  ...gpt('6-sol', { input: 2, output: 10, cacheRead: 0.2, cacheWrite: 2.5 }, CARD),
  ...gpt('6-luna', { input: 0.1, output: 0.5, cacheRead: 0.01, cacheWrite: 0.125 }, CARD),
  ...gpt('6-astra', { input: 10, output: 50, cacheRead: 1, cacheWrite: 12.5 }, CARD),
  // Said to be a promotion that lasts until 2026-11-21 at least.
  ...gpt('5.6-sol', { input: 4, output: 20, cacheRead: 0.4, cacheWrite: 5 }, TOOLKIT),
  ...gpt('5.6-terra', { input: 2, output: 12, cacheRead: 0.2, cacheWrite: 2.5 }, TOOLKIT),
  ...gpt('5.6-luna', { input: 0.2, output: 1.2, cacheRead: 0.02, cacheWrite: 0.25 }, TOOLKIT),
  { model: 'openai.gpt-5.5', at: '', input: 5.5, output: 33, cacheRead: 0.55, source: TOOLKIT },
  { model: 'openai.gpt-5.4', at: '', input: 2.75, output: 16.5, cacheRead: 0.275, source: TOOLKIT },
  { model: 'openai.gpt-oss-120b-1', at: '', input: 0.15, output: 0.6, source: CATALOGUE },
  { model: 'openai.gpt-oss-20b-1', at: '', input: 0.07, output: 0.3, source: CATALOGUE },
  {
    model: 'amazon.nova-2-lite',
    at: 'us',
    input: 0.33,
    output: 2.75,
    cacheRead: 0.0825,
    cacheWrite: 0.33,
    source: CATALOGUE,
  },
  {
    model: 'amazon.nova-2-lite',
    at: 'global',
    input: 0.3,
    output: 2.5,
    cacheRead: 0.075,
    cacheWrite: 0.3,
    source: CATALOGUE,
  },
  {
    model: 'amazon.nova-micro',
    at: 'us',
    input: 0.035,
    output: 0.14,
    cacheRead: 0.00875,
    cacheWrite: 0.035,
    source: TOOLKIT,
  },
  {
    model: 'amazon.nova-lite',
    at: 'us',
    input: 0.06,
    output: 0.24,
    cacheRead: 0.015,
    cacheWrite: 0.06,
    source: TOOLKIT,
  },
  { model: 'amazon.nova-pro', at: 'us', input: 0.8, output: 3.2, cacheRead: 0.2, cacheWrite: 0.8, source: TOOLKIT },
  { model: 'meta.llama4-maverick-17b-instruct', at: 'us', input: 0.24, output: 0.97, source: CATALOGUE },
];

/** The profiles of a geography cost a tenth more than the global one, in every list. */
function twice(model: string, price: Required<Price>, source: Source): readonly Listed[] {
  const more = (figure: number) => rounded(figure * 1.1);
  const { input, output, cacheRead, cacheWrite } = price;
  return [
    { model, at: 'global', ...price, source },
    {
      model,
      at: 'geographic',
      input: more(input),
      output: more(output),
      cacheRead: more(cacheRead),
      cacheWrite: more(cacheWrite),
      source,
    },
  ];
}

function claude(name: string, price: Required<Price>, source: Source): readonly Listed[] {
  return twice(`anthropic.claude-${name}`, price, source);
}

function gpt(name: string, price: Required<Price>, source: Source): readonly Listed[] {
  return twice(`openai.gpt-${name}`, price, source);
}

/**
 * The price of a model by its id or the ARN of its profile, or undefined where none is known. One's own rows come first.
 * A date and a version at the end of an id mean nothing, but nothing else is passed over: a model's successor is another.
 */
export function priceOf(id: string, own: readonly OwnRow[] = []): Price | undefined {
  const given = id.slice(id.lastIndexOf('/') + 1);
  const bare = bareModel(given);
  const prefix = given.slice(0, Math.max(0, given.length - bare.length - 1));
  const model = bare.replace(/(-\d{8})?(-v\d+)?(:\d+)*$/, '');
  const names = new Set([id, given, bare, model]);
  const mine = own.find(({ model, price }) => price !== undefined && names.has(model));
  if (mine?.price) return mine.price;
  const geographic = prefix !== 'global' && prefix !== 'us-gov';
  const listed = PRICES.find(
    (one) => one.model === model && (one.at === prefix || (geographic && one.at === 'geographic')),
  );
  if (!listed) return undefined;
  const { model: _, at: __, source: ___, ...price } = listed;
  return price;
}

/** What tokens cost, in USD to a billionth, or undefined where it is not known of some of them. */
export function costOf({ input, output, cacheRead, cacheWrite }: Tokens, price: Price | undefined): number | undefined {
  if (!price) return undefined;
  let cost = input * price.input + output * price.output;
  for (const [tokens, figure] of [
    [cacheRead, price.cacheRead],
    [cacheWrite, price.cacheWrite],
  ] as const) {
    if (tokens === 0) continue;
    if (figure === undefined) return undefined;
    cost += tokens * figure;
  }
  return rounded(cost / 1_000_000);
}

/** Costs added up: `known` in USD, and how many are `unknown`, so that `known` is only part of it. */
export interface Sum {
  readonly known: number;
  readonly unknown: number;
}

/** Adds up costs, some of which may not be known. */
export function sumOf(costs: readonly (number | undefined)[]): Sum {
  let [known, unknown] = [0, 0];
  for (const cost of costs) {
    if (cost === undefined) unknown += 1;
    else known += cost;
  }
  return { known: rounded(known), unknown };
}

function rounded(figure: number): number {
  return Math.round(figure * 1e9) / 1e9;
}
