import type { Composed, Composition } from '@parley/engine';
import { type Asking, blocked, type Shared, type Task, withModel } from './attempt.ts';
import type { GuardrailNamed, Tokens } from './call.ts';
import { ModelFailure } from './failure.ts';
import type { ModelRow } from './models.ts';
import type { Prompt } from './prompt.ts';

/** Words that are asked of a model. */
export interface WordsAsked {
  readonly model: string;
  readonly row: ModelRow;
  readonly prompt: Prompt;
  readonly maxTokens: number;
  readonly guardrail?: GuardrailNamed;
}

export interface Words {
  readonly text: string;
  readonly tokens: Tokens;
  /** cut: there is more that did not fit. */
  readonly end: 'whole' | 'cut' | 'guardrail' | 'filter';
}

/** Has a model write, over one of the APIs. `onText` is told of all that is written so far, where it comes in pieces. */
export type WordsCall = (asked: WordsAsked, signal: AbortSignal, onText: (soFar: string) => void) => Promise<Words>;

/**
 * Has one model write. Once a sentence is out, no other model can go on with it: it claims the floor then.
 *
 * @throws ModelFailure; the reason of the signal, where it aborts.
 */
export function composeBy(
  shared: Shared,
  put: Task & { readonly composition: Composition; readonly prompt: Prompt; readonly claim: () => void },
  asking: Asking & { readonly call: WordsCall },
): Promise<Pick<Composed, 'text'>> {
  const { composition, prompt, claim } = put;
  const { guardrail } = composition.models;
  let out = false;
  return withModel(shared, put, asking, 'words', async ({ row }, attempt) => {
    const { model, call, signal } = asking;
    const asked = {
      model,
      row,
      prompt,
      maxTokens: tokensOf(composition.longest, row),
      ...(guardrail ? { guardrail } : {}),
    };
    const onText = (soFar: string) => {
      if (!composition.onText || signal.aborted || (!out && !SENTENCE.test(soFar))) return;
      if (!out) claim();
      out = true;
      composition.onText(soFar);
    };
    try {
      const words = await attempt((signal) => call(asked, signal, onText), uselessness);
      const failure = failureIn(words);
      if (failure) throw failure;
      return { text: words.text.trim() };
    } catch (error) {
      // What was said can't be taken back, and would not be found in the same words again.
      if (out && error instanceof ModelFailure) throw new ModelFailure(error.code, error.message, { then: 'stop' });
      throw error;
    }
  });
}

/** A sentence, and the beginning of the next. */
const SENTENCE = /[.!?…]["'”’)]*\s+\S/u;

/** Room for so many characters in any script, and for what a model thinks before. */
const tokensOf = (longest: number, { maxTokens = 0 }: ModelRow): number => longest + maxTokens;

const uselessness = (words: Words) => failureIn(words)?.code;

function failureIn({ text, end }: Words): ModelFailure | undefined {
  switch (end) {
    case 'guardrail':
    case 'filter':
      return blocked(end);
    case 'cut':
      return new ModelFailure('decider/outside', 'What the model wrote was longer than it may be.', { then: 'next' });
    case 'whole':
      if (text.trim() !== '') return undefined;
      return new ModelFailure('decider/outside', 'The model wrote nothing.', { then: 'next' });
  }
}
