import type { Decision, Question } from '@parley/engine';
import { AnswerError, type Read, readAnswer, type Schema } from './answer.ts';
import { type Asking, blocked, type Shared, type Task, withModel } from './attempt.ts';
import type { Call, Reply } from './call.ts';
import { ModelFailure } from './failure.ts';
import type { Prompt } from './prompt.ts';

/** One decision's question, as it is put to a model. */
export interface Put extends Task {
  readonly question: Pick<Question, 'choices' | 'fill' | 'models'>;
  readonly prompt: Prompt;
  readonly schema: Schema;
}

/**
 * Has one model decide. An answer that is none is shown to it once, with what is wrong.
 *
 * @throws ModelFailure; the reason of the signal, where it aborts.
 */
export function askModel(shared: Shared, put: Put, asking: Asking & { readonly call: Call }): Promise<Decision> {
  const { question, prompt, schema } = put;
  const { model, call, signal } = asking;
  const { guardrail } = question.models;
  let mended = false;
  return withModel(shared, put, asking, 'decision', async (sent, attempt, inTime) => {
    const asked = { model, prompt, schema, ...sent, ...(guardrail ? { guardrail } : {}) };
    const useless = (reply: Reply) => {
      if (reply.answer.type === 'blocked') return blocked(reply.answer.by).code;
      return look(question, reply).problem === undefined ? undefined : ('decider/outside' as const);
    };
    const first = await attempt((signal) => call(asked, signal), useless);
    const { read, problem } = look(question, first);
    if (problem === undefined && read) return read.decision;
    if (problem !== undefined && !mended && inTime()) {
      mended = true;
      try {
        const second = look(question, await attempt((signal) => first.mend(problem, signal), useless));
        if (second.read) return second.read.decision;
      } catch (error) {
        // Rather an answer without what could not be used than none.
        if (!read || signal.aborted || (error instanceof ModelFailure && error.then === 'stop')) throw error;
      }
    }
    if (read) return read.decision;
    throw new ModelFailure('decider/outside', 'What the model answered is no decision.', { then: 'next' });
  });
}

interface Looked {
  readonly read?: Read;
  /** What is wrong with it, in words for the model. */
  readonly problem?: string;
}

/** Throws where it was held back. */
function look(question: Put['question'], { answer }: Reply): Looked {
  switch (answer.type) {
    case 'blocked':
      throw blocked(answer.by);
    case 'none':
      return { problem: answer.problem };
    case 'given':
      try {
        const read = readAnswer(question, answer.json);
        return { read, ...(read.doubt === undefined ? {} : { problem: read.doubt }) };
      } catch (error) {
        if (!(error instanceof AnswerError)) throw error;
        return { problem: error.problem };
      }
  }
}
