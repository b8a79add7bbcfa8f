import type { Question } from '@parley/engine';
import { answerSchema } from './answer.ts';
import { requestOf } from './converse.ts';
import { findModel, type OwnRow } from './models.ts';
import { costOf, priceOf } from './price.ts';
import { promptOf } from './prompt.ts';

/** Tokens of instructions that a provider adds of its own, as for tools: more than any is known to. */
const ADDED = 1_000;
/** A decision is one call; one more where that failed, where the model did not take it, and where its answer was none. */
const CALLS = 4;

/**
 * What a decision may cost at most, in USD, for whoever has to keep to a cap; undefined where the model has no price.
 * No tokenizer makes more tokens than a text has bytes, so it is several times what a decision does cost.
 */
export async function mostItMayCost(
  question: Question,
  model: string,
  rows?: readonly OwnRow[],
): Promise<number | undefined> {
  const price = priceOf(model, rows);
  if (!price) return undefined;
  const row = findModel(model, rows);
  const [strategy = 'json'] = row.strategies;
  const asked = { model, row, strategy, prompt: await promptOf(question), schema: answerSchema(question) };
  const request = requestOf(asked);
  const input = Buffer.byteLength(JSON.stringify(request)) + ADDED;
  const output = request.inferenceConfig?.maxTokens ?? 0;
  const dearest = { ...price, input: Math.max(price.input, price.cacheWrite ?? 0) };
  const call = costOf({ input, output, cacheRead: 0, cacheWrite: 0 }, dearest);
  return call === undefined ? undefined : call * CALLS;
}
