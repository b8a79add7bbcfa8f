import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { type Clock, type Composition, type Decider, DeciderError, type Question, systemClock } from '@parley/engine';
import { Account } from './account.ts';
import { answerSchema } from './answer.ts';
import { askModel } from './ask.ts';
import type { Asking, Shared } from './attempt.ts';
import { Breaker, type BreakerOptions } from './breaker.ts';
import type { Call } from './call.ts';
import { chatCall, chatWords } from './chat.ts';
import { composeBy, type WordsCall } from './compose.ts';
import { composePrompt } from './compose-prompt.ts';
import { converseCall, converseWords } from './converse.ts';
import type { Code, ModelFailure } from './failure.ts';
import { findModel, type ModelRow, type OwnRow } from './models.ts';
import { promptOf } from './prompt.ts';
import { relay } from './relay.ts';
import { responsesCall, responsesWords } from './responses.ts';
import { Taken } from './taken.ts';

export interface BedrockOptions {
  readonly client: BedrockRuntimeClient;
  /** The models to ask in order, in place of those that the workflow names. */
  readonly models?: readonly string[];
  /** Rows for the table of models, laid over ours. */
  readonly rows?: readonly OwnRow[];
  readonly clock?: Clock;
  /**
   * The share of the time until the turn is due after which the next model is asked as well, if there is one. Left out:
   * 0.4.
   */
  readonly hedge?: number;
  /** When a model is not asked any more. Left out: after 5 failures in a row, for 10 seconds. */
  readonly breaker?: BreakerOptions;
}

/** What is kept of the time, in milliseconds, to tell the engine what came of it before it stops listening. */
const MARGIN = 50;

/**
 * A decider that asks a model on Bedrock, and where it fails or is late, the next. Make one for the whole process: what
 * one session learns of a model (that it is down, what it does not take) holds for all.
 *
 * @example
 * const decider = bedrockDecider({ client: await bedrockClient({ maxAttempts: 1 }) });
 */
export function bedrockDecider({
  client,
  models,
  rows = [],
  clock = systemClock,
  hedge = 0.4,
  breaker = { failures: 5, pause: 10_000 },
}: BedrockOptions): Decider {
  const shared: Shared = {
    clock,
    breaker: new Breaker(clock, breaker),
    taken: new Taken(),
    region: client.config.region,
  };
  const calls: { readonly [api in ModelRow['api']]: Call } = {
    converse: converseCall(client),
    responses: responsesCall(client),
    chat: chatCall(client),
  };
  const words: { readonly [api in ModelRow['api']]: WordsCall } = {
    converse: converseWords(client),
    responses: responsesWords(client),
    chat: chatWords(client),
  };

  return {
    name: 'bedrock',
    async decide(question) {
      const account = new Account(clock, rows);
      const put = { question, models: question.models, account, deadline: question.deadline - MARGIN };
      const prompt = await promptOf(question);
      const schema = answerSchema(question);
      return first(question, account, (asking) =>
        askModel(shared, { ...put, prompt, schema }, { ...asking, call: calls[asking.row.api] }),
      );
    },
    async compose(composition) {
      const account = new Account(clock, rows);
      const put = { composition, models: composition.models, account, deadline: composition.deadline - MARGIN };
      const prompt = await composePrompt(composition);
      return first(composition, account, (asking, claim) =>
        composeBy(shared, { ...put, prompt, claim }, { ...asking, call: words[asking.row.api] }),
      );
    },
  };

  /** What the first model that answers gives, with the account. Throws DeciderError. */
  async function first<T>(
    wanted: Pick<Question | Composition, 'models' | 'due' | 'deadline' | 'signal'>,
    account: Account,
    ask: (asking: Asking, claim: () => void) => Promise<T>,
  ): Promise<T & { readonly by: ReturnType<Account['by']> }> {
    const { decide, fallback } = wanted.models;
    const named = models ?? [...(decide === undefined ? [] : [decide]), ...fallback];
    if (named.length === 0) {
      throw new DeciderError('decider/no-model', 'The workflow names no model.', account.by(), {
        fix: 'Name one: `models: { decide: … }`, or --model.',
      });
    }
    const deadline = wanted.deadline - MARGIN;
    const outcome = await relay(
      named.map((model, at) => (signal: AbortSignal, claim: () => void) => {
        const row = findModel(model, rows);
        return ask({ model, row, last: at === named.length - 1, signal }, claim);
      }),
      {
        clock,
        signal: wanted.signal,
        deadline,
        late(left) {
          const now = clock.now();
          const due = wanted.due > now ? Math.min(wanted.due, deadline) : deadline;
          return Math.max(1, Math.min(hedge * (due - now), (deadline - now) / (left + 1)));
        },
      },
    );
    if (outcome.type === 'lost') throw lost(outcome.failures, account);
    return { ...outcome.value, by: account.by(named[outcome.runner]) };
  }
}

/** Why nobody answered: the last failure that says something of a model, and all of them in the account. */
function lost(failures: readonly ModelFailure[], account: Account): DeciderError {
  const telling = failures.filter(({ code }) => code !== 'decider/open' && code !== 'decider/called-off');
  const failure = telling.at(-1) ?? failures.at(-1);
  const code: Code = failure?.code ?? 'decider/unavailable';
  const before = failures.length > 1 ? ` ${failures.length} models were asked.` : '';
  return new DeciderError(code, `${failure?.message ?? 'No model answered.'}${before}`, account.by(), {
    fix: FIXES[code],
  });
}

const FIXES: { readonly [code in Code]: string } = {
  'decider/throttled': 'Name a fallback, or have the quota raised for requests and tokens a minute.',
  'decider/timeout': 'Name a fallback, or allow more time: `limits: { decide: … }`.',
  'decider/unavailable': 'Name a fallback: `models: { fallback: […] }`.',
  'decider/quota': 'Have the quota raised, or name a fallback.',
  'decider/refused':
    "Look whether the model's id is right, and what its row of the table says that it takes (--models).",
  'decider/access':
    'Look whether the account has access to the model in this region, and whether the credentials are valid.',
  'decider/outside': 'Name a fallback that keeps to a schema, and look at what the step asks.',
  'decider/guardrail': 'Name where the guardrail leads: `models: { guardrail: { to: … } }`.',
  'decider/residency': 'Name a model of the geography.',
  'decider/open': 'Name a fallback: `models: { fallback: […] }`.',
  'decider/called-off': 'There is nothing to do.',
};
