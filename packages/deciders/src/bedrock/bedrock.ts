import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { type Decider, DeciderError } from '@parley/engine';
import { answerSchema, readAnswer } from './answer.ts';
import { converse } from './converse.ts';
import { findModel, type OwnRow } from './models.ts';
import { costOf, priceOf } from './price.ts';
import { promptOf } from './prompt.ts';

export interface BedrockOptions {
  readonly client: BedrockRuntimeClient;
  /** The models to ask in order, in place of those that the workflow names. */
  readonly models?: readonly string[];
  /** Rows for the table of models, looked at before ours. */
  readonly rows?: readonly OwnRow[];
}

/**
 * A decider that asks a model on Bedrock.
 *
 * @example
 * const decider = bedrockDecider({ client: await bedrockClient() });
 */
export function bedrockDecider({ client, models, rows }: BedrockOptions): Decider {
  return {
    name: 'bedrock',
    async decide(question) {
      const begun = Date.now();
      const [model] = models ?? [question.models.decide, ...question.models.fallback];
      if (model === undefined)
        throw new DeciderError(
          'decider/no-model',
          'The workflow names no model.',
          {},
          { fix: 'Name one: `models: { decide: … }`, or --model.' },
        );
      const row = findModel(model, rows);
      const [strategy = 'json'] = row.strategies;
      const asked = { model, row, strategy, prompt: await promptOf(question), schema: answerSchema(question) };
      const { given, tokens } = await converse(client, asked, question.signal);
      const latency = Date.now() - begun;
      const cost = costOf(tokens, priceOf(model, rows));
      const spent = { latency, tokens: { ...tokens }, ...(cost === undefined ? {} : { cost }) };
      const attempts = [{ model, strategy, ...spent }];
      return { ...readAnswer(question, given), by: { model, strategy, ...spent, attempts } };
    },
  };
}
