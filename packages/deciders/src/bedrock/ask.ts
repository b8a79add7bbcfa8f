import type { Clock, Decision, Question } from '@parley/engine';
import { guardrailResidencyProblem, residencyProblem } from '@parley/workflow';
import type { Account } from './account.ts';
import { AnswerError, type Read, readAnswer, type Schema } from './answer.ts';
import type { Breaker } from './breaker.ts';
import type { Call, Reply } from './call.ts';
import { type Code, type Feature, failureOf, ModelFailure, type Sent } from './failure.ts';
import type { ModelRow } from './models.ts';
import type { Prompt } from './prompt.ts';
import type { Taken } from './taken.ts';

/** Milliseconds without which another call has no use: no model answers in less. */
const LEAST = 250;

/** What all decisions of a process share. */
export interface Shared {
  readonly clock: Clock;
  readonly breaker: Breaker;
  readonly taken: Taken;
  /** The region that Bedrock is called in. */
  readonly region: () => Promise<string>;
}

/** One decision's question, as it is put to a model. */
export interface Put {
  readonly question: Pick<Question, 'choices' | 'fill' | 'models'>;
  readonly prompt: Prompt;
  readonly schema: Schema;
  readonly account: Account;
  /** Milliseconds since the epoch after which an answer is of no use. */
  readonly deadline: number;
}

/**
 * Asks one model, by the best way that it takes. What it does not take is left out the next time; a failure that may
 * pass is tried again once; an answer that is none is shown to it once, with what is wrong.
 *
 * @throws ModelFailure; the reason of `signal`, where it aborts.
 */
export async function askModel(
  { clock, breaker, taken, region }: Shared,
  { question, prompt, schema, account, deadline }: Put,
  { model, row, call }: { readonly model: string; readonly row: ModelRow; readonly call: Call },
  signal: AbortSignal,
): Promise<Decision> {
  const refused = new Set<Feature>();
  const aside = new Set<Feature>();
  let tried = false;
  const inTime = () => deadline - clock.now() >= LEAST;

  const { guardrail } = question.models;
  const problem = await residencyOf(question.models, model, region);
  if (problem !== undefined) throw unasked('decider/residency', problem);
  if (!breaker.admits(model)) {
    throw unasked('decider/open', 'The model failed several times in a row, and is not asked for a while.');
  }
  for (;;) {
    const way = taken.of(model, row, aside);
    if (!way) throw new ModelFailure('decider/refused', 'The model takes no way of being asked.', { then: 'next' });
    const { strategy } = way;
    const asked = { model, prompt, schema, ...way, ...(guardrail ? { guardrail } : {}) };
    const answered = await attempt((signal) => call(asked, signal), asked).catch((error: unknown) => {
      if (!(error instanceof ModelFailure) || !inTime()) throw error;
      if (error.then === 'again' && !tried) {
        tried = true;
        return undefined;
      }
      const untaken = error.untaken.filter((feature) => !aside.has(feature));
      if (untaken.length === 0) throw error;
      for (const feature of untaken) {
        aside.add(feature);
        if (error.code !== 'decider/outside') refused.add(feature);
      }
      return undefined;
    });
    if (!answered) continue;
    taken.without(model, refused);
    return await decided(answered, strategy);
  }

  function unasked(code: Code, message: string): ModelFailure {
    account.begin(model, taken.of(model, row, aside)?.strategy ?? 'json')({ failed: code });
    return new ModelFailure(code, message, { then: 'next' });
  }

  async function decided({ reply, read, problem }: Answered, strategy: Sent['strategy']): Promise<Decision> {
    if (problem === undefined && read) return read.decision;
    const usable = read?.decision;
    if (problem !== undefined && inTime()) {
      try {
        const second = await attempt((signal) => reply.mend(problem, signal), { strategy, row });
        if (second.read) return second.read.decision;
      } catch (error) {
        if (!usable || signal.aborted) throw error;
      }
    }
    if (usable) return usable;
    throw new ModelFailure('decider/outside', 'What the model answered is no decision.', { then: 'next' });
  }

  /** Calls once, and tells the account and the breaker what came of it. */
  async function attempt(ask: (signal: AbortSignal) => Promise<Reply>, sent: Sent): Promise<Answered> {
    const end = account.begin(model, sent.strategy);
    try {
      const reply = await unlessAborted(ask(signal), signal);
      breaker.answered(model);
      const answered = answeredBy(question, reply);
      end({ tokens: reply.tokens, ...(answered.code === undefined ? {} : { failed: answered.code }) });
      if (answered.code === 'decider/guardrail') {
        throw new ModelFailure('decider/guardrail', 'The guardrail stepped in.', { then: 'stop' });
      }
      return answered;
    } catch (error) {
      const failure = signal.aborted && signal.reason instanceof ModelFailure ? signal.reason : failureOf(error, sent);
      end({ failed: failure.code });
      if (failure.down) breaker.failed(model);
      throw failure;
    }
  }
}

/** Why data may not go to the model, or to the guardrail, from here. */
async function residencyOf(
  { residency, guardrail }: Question['models'],
  model: string,
  region: Shared['region'],
): Promise<string | undefined> {
  if (residency === undefined) return undefined;
  const here = await region();
  const problem =
    residencyProblem(residency, model, here) ?? (guardrail && guardrailResidencyProblem(residency, guardrail.id, here));
  return problem?.message;
}

interface Answered {
  readonly reply: Reply;
  readonly read?: Read;
  /** What is wrong with it, in words for the model: it is asked once more. */
  readonly problem?: string;
  readonly code?: Code;
}

function answeredBy(question: Put['question'], reply: Reply): Answered {
  const { answer } = reply;
  switch (answer.type) {
    case 'blocked':
      return { reply, code: answer.by === 'guardrail' ? 'decider/guardrail' : 'decider/outside' };
    case 'none':
      return { reply, problem: answer.problem, code: 'decider/outside' };
    case 'given':
      try {
        const read = readAnswer(question, answer.json);
        return { reply, read, ...(read.doubt === undefined ? {} : { problem: read.doubt, code: 'decider/outside' }) };
      } catch (error) {
        if (!(error instanceof AnswerError)) throw error;
        return { reply, problem: error.problem, code: 'decider/outside' };
      }
  }
}

/** The SDK does not look at the signal while it waits before another try. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
