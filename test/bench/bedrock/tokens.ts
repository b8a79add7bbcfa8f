import { priceOf } from '@parley/deciders';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { answerSchema } from '../../../packages/deciders/src/bedrock/answer.ts';
import { promptOf } from '../../../packages/deciders/src/bedrock/prompt.ts';
import { randomFrom } from '../../simulation/random.ts';
import type { Result } from '../report.ts';
import { questionsOf, WORKFLOWS } from './questions.ts';

/** Tokens of one decision: those that are the same for all callers at the step, the caller's, and the answer's. */
interface Decision {
  readonly after: number;
  readonly prefix: string;
  readonly schema: number;
  readonly stable: number;
  readonly turn: number;
  readonly output: number;
}

/** What `json` says before the schema, and what a tool is besides its schema. */
const AROUND = { json: 14, tool: 12 } as const;

/** Models with a price and cache points. Writing is what a prefix costs that was not there, reading what it costs later. */
const MODELS = [
  { id: 'us.anthropic.claude-sonnet-4-6', min: 1_024 },
  { id: 'us.anthropic.claude-haiku-4-5-20251001-v1:0', min: 4_096 },
  { id: 'us.amazon.nova-2-lite-v1:0', min: 1_024 },
  { id: 'us.openai.gpt-6-luna', min: Number.POSITIVE_INFINITY },
  { id: 'openai.gpt-oss-20b-1:0', min: Number.POSITIVE_INFINITY },
] as const;

/** How long a prefix stays in the cache after its last use (Bedrock's default), and the day that is played. Milliseconds. */
const KEPT = 300_000;
const DAY = 86_400_000;
const CALLS_AN_HOUR = [10, 100, 1_000] as const;
const SEED = 5;

/** Tokens a decision, from all that the workflows' recordings asked, as o200k counts; then what they cost in a day of calls. */
export async function bench(): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const workflow of WORKFLOWS) {
    const sessions = await decisionsOf(workflow);
    results.push(sizes(workflow, sessions.flat()), costs(workflow, sessions));
  }
  return results;
}

async function decisionsOf(workflow: string): Promise<readonly (readonly Decision[])[]> {
  const { sessions } = await questionsOf(workflow);
  return Promise.all(
    sessions.map((asked) =>
      Promise.all(
        asked.map(async ({ question, after, answer }): Promise<Decision> => {
          const { stable, turn } = await promptOf(question);
          const schema = JSON.stringify(answerSchema(question));
          return {
            after,
            // Tools come before the instructions: another schema is another prefix.
            prefix: schema + stable,
            schema: countTokens(schema),
            stable: countTokens(stable),
            turn: countTokens(turn),
            output: countTokens(answer),
          };
        }),
      ),
    ),
  );
}

function sizes(workflow: string, all: readonly Decision[]): Result {
  const strategies: readonly (readonly [string, (one: Decision) => number])[] = [
    ['a forced or strict tool, or a native schema', (one) => one.schema + AROUND.tool + one.stable + one.turn],
    ['JSON asked for in the prompt', (one) => one.schema + AROUND.json + one.stable + one.turn],
    ['of it: the schema', (one) => one.schema],
    ['of it: rules, guidance, choices, variables', (one) => one.stable],
    ["of it: the caller's turn", (one) => one.turn],
    ['the answer', (one) => one.output],
  ];
  const [first] = strategies;
  const yardstick = first ? median(all.map(first[1])) : 1;
  return {
    title: `Tokens a decision in ${workflow}: ${all.length} decisions, medians`,
    yardstick: 'a forced tool',
    rows: strategies.map(([name, of]) => {
      const figures = all.map(of);
      const value = median(figures);
      return { name, value, unit: 'tokens', ratio: value / yardstick, more: `p95 ${percentile(figures, 0.95)}` };
    }),
  };
}

function costs(workflow: string, sessions: readonly (readonly Decision[])[]): Result {
  const rows = MODELS.flatMap(({ id, min }) =>
    CALLS_AN_HOUR.filter((calls) => calls === 100 || min <= 1_024).map((calls) => {
      const price = priceOf(id);
      if (!price) throw new Error(`No price is known of ${id}.`);
      const { input, output, read, written, decisions } = day(sessions, calls, min);
      const each = 1_000 / decisions / 1_000_000;
      const without = ((input + read + written) * price.input + output * price.output) * each;
      const cost =
        (input * price.input +
          output * price.output +
          read * (price.cacheRead ?? price.input) +
          written * (price.cacheWrite ?? price.input)) *
        each;
      const share = Math.round((100 * read) / (input + read + written));
      const more = `$${without.toFixed(2)} without; ${share} % of input read from the cache`;
      return {
        name: `${id.replace(/-2025.*/, '')}, ${calls} calls an hour`,
        value: cost,
        unit: '$',
        ratio: cost / without,
        more,
      };
    }),
  );
  return { title: `1,000 decisions in ${workflow}, with cache points`, yardstick: 'the same without them', rows };
}

/** A day of calls that come at random, each like one of the recordings: what is read from the cache, written to it, or neither. */
function day(sessions: readonly (readonly Decision[])[], calls: number, min: number) {
  const random = randomFrom(SEED);
  const asked: (readonly [number, Decision])[] = [];
  for (let at = 0; at < DAY; at += (-Math.log(1 - random.next()) * 3_600_000) / calls) {
    const session = sessions[Math.floor(random.next() * sessions.length)] ?? [];
    for (const one of session) asked.push([at + one.after, one]);
  }
  asked.sort(([a], [b]) => a - b);
  const used = new Map<string, number>();
  const sum = { input: 0, output: 0, read: 0, written: 0, decisions: asked.length };
  for (const [at, { prefix, schema, stable, turn, output }] of asked) {
    const tokens = schema + AROUND.tool + stable;
    sum.output += output;
    sum.input += turn;
    if (tokens < min) sum.input += tokens;
    else if (at - (used.get(prefix) ?? Number.NEGATIVE_INFINITY) <= KEPT) sum.read += tokens;
    else sum.written += tokens;
    used.set(prefix, at);
  }
  return sum;
}

const median = (figures: readonly number[]) => percentile(figures, 0.5);

function percentile(figures: readonly number[], share: number): number {
  return figures.toSorted((a, b) => a - b)[Math.floor((figures.length - 1) * share)] ?? 0;
}
