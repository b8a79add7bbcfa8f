import type { BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { type Decider, type ManualClock, manualClock, type Question } from '@parley/engine';
import type { Json } from '@parley/workflow';
import { type Answer, says, uses } from '../../local-bedrock/answer.ts';
import { type LocalBedrock, type LocalBedrockOptions, startLocalBedrock } from '../../local-bedrock/server.ts';
import type { Answerer, Asked } from '../../local-bedrock/service.ts';
import { clientOf, closeClients } from '../../local-bedrock/testing/client.ts';
import { choice, NOON, question } from '../../offline/testing/question.ts';
import { type BedrockOptions, bedrockDecider } from '../bedrock.ts';
import type { Strategy } from '../models.ts';

export const HAIKU = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
export const NOVA = 'us.amazon.nova-2-lite-v1:0';
export const LLAMA = 'us.meta.llama4-maverick-17b-instruct-v1:0';
export const GPT = 'openai.gpt-5.5';

const key = process.env['AWS_BEARER_TOKEN_BEDROCK'];

/** A question with two choices and one variable, to `models` in this order. */
export function asking(models: readonly string[], more: Partial<Question> = {}): Question {
  const [decide, ...fallback] = models;
  const put = question({
    kind: 'ask',
    heard: 'where is order W1000001',
    choices: [choice('track', 'wants to know where an order is'), choice('return', 'wants to send something back')],
    known: { orderId: { type: 'string' } },
  });
  return { ...put, models: { decide, fallback, residency: undefined }, ...more };
}

/** What a model answers to it that does as it is told. */
export const DECISION = { choice: 'track', values: { orderId: 'W1000001' }, confidence: 0.9, why: 'It asks where.' };

/** An answer in the form that a strategy asks for. */
export const answered = (strategy: Strategy, json: Json = DECISION): Answer =>
  strategy === 'native' || strategy === 'json' ? says(JSON.stringify(json)) : uses('decide', json);

/** An answer in the form that the request asks for. */
export function obedient(asked: Asked): Answer {
  const openai = asked.operation === 'ChatCompletions' || asked.operation === 'Responses';
  const tools = openai ? asked.body.tools : asked.body.toolConfig?.tools;
  return answered(tools ? 'forced' : 'json');
}

export interface Scripted {
  readonly server: LocalBedrock;
  readonly decider: Decider;
  readonly clock: ManualClock;
  /** Resolves when the model was asked for the nth time, from 1. */
  readonly heard: (n: number) => Promise<Asked>;
  /** Resolves when the decider pauses for the nth time, from 1, before it asks again. */
  readonly paused: (n: number) => Promise<void>;
}

/** No pause is longer; whatever else waits for the clock does so for longer. */
const LONGEST_PAUSE = 800;

/** The nth of a number of things, from 1, once it has happened. */
function series<T>() {
  const all: T[] = [];
  const waiting: (() => void)[] = [];
  return {
    add(one: T): void {
      all.push(one);
      for (const wake of waiting.splice(0)) wake();
    },
    async nth(n: number): Promise<T> {
      for (;;) {
        const one = all[n - 1];
        if (one !== undefined) return one;
        await new Promise<void>((resolve) => void waiting.push(resolve));
      }
    },
  };
}

const servers: LocalBedrock[] = [];

/** A server that answers as told, and a decider that asks it with the SDK's own client, which tries once. The clock stands at NOON. */
export async function scripted(
  answer: Answerer,
  options: Omit<BedrockOptions, 'client'> & {
    readonly server?: Omit<LocalBedrockOptions, 'answer'>;
    readonly client?: Partial<BedrockRuntimeClientConfig>;
  } = {},
): Promise<Scripted> {
  const { server: more, client, ...rest } = options;
  const seen = series<Asked>();
  const pauses = series<number>();
  const server = await startLocalBedrock({
    ...more,
    answer(asked, n) {
      seen.add(asked);
      return answer(asked, n);
    },
  });
  servers.push(server);
  const clock = manualClock(NOON);
  const listening: ManualClock = {
    ...clock,
    after(milliseconds, then) {
      if (milliseconds <= LONGEST_PAUSE) pauses.add(milliseconds);
      return clock.after(milliseconds, then);
    },
  };
  return {
    server,
    clock,
    decider: bedrockDecider({ client: clientOf(server, 'h2c', client), clock: listening, ...rest }),
    heard: seen.nth,
    paused: async (n) => void (await pauses.nth(n)),
  };
}

/** Stops what `scripted` started, and puts back the key that a test may have set or taken away. */
export async function closeScripted(): Promise<void> {
  if (key === undefined) delete process.env['AWS_BEARER_TOKEN_BEDROCK'];
  else process.env['AWS_BEARER_TOKEN_BEDROCK'] = key;
  closeClients();
  await Promise.all(servers.splice(0).map((server) => server.close()));
}

/** An answer that a test gives when it wants to. */
export function later(): { readonly answer: Promise<Answer>; readonly give: (answer: Answer) => void } {
  let give: (answer: Answer) => void = () => {};
  const answer = new Promise<Answer>((resolve) => {
    give = resolve;
  });
  return { answer, give };
}
