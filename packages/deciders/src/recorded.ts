import type { Composed, Composition, Decider, Decision, Question } from '@parley/engine';
import type { RecordedInput, Recording } from '@parley/replay';
import { ParleyError } from '@parley/workflow';

type Outcome =
  | { readonly type: 'decided'; readonly decision: Decision }
  | { readonly type: 'failed'; readonly code: string; readonly message: string };

/** A question of the recording and what came of it. */
interface Entry {
  readonly step: string;
  readonly choices: string;
  readonly fill: string;
  readonly outcome: Outcome;
}

/** Words that were asked for, and what came of it. */
interface WordsEntry {
  readonly step: string;
  readonly instructions: string;
  readonly facts: string;
  readonly outcome: { readonly composed: Composed } | { readonly code: string; readonly message: string };
}

/**
 * A decider that answers what was answered in a recording. A question is known again by its step, its choices and the
 * variables it may fill, words that are wanted by their step, instructions and facts; where the same was asked more than
 * once, the answers come in their order. What is in the recording and not asked is passed over. Each session that asks
 * gets the answers from the start.
 *
 * Where the recorded decider failed, this one throws a ParleyError with the recorded code. It throws
 * `decider/not-recorded` where the recording has no answer: the path has gone another way.
 */
export function recordedDecider(recording: Recording): Decider {
  const decisions = inTurn(entriesOf(recording));
  const compositions = inTurn(wordsOf(recording));
  return {
    name: 'recorded',
    async decide(question) {
      const { outcome } = decisions(question, (entry) => isOf(entry, question));
      if (outcome.type === 'failed') throw new ParleyError(outcome.code, outcome.message);
      return outcome.decision;
    },
    async compose(composition) {
      const { outcome } = compositions(composition, (entry) => isOfWords(entry, composition));
      if (!('composed' in outcome)) throw new ParleyError(outcome.code, outcome.message);
      // As a whole, however it came: where one sentence was not said then, none is now.
      return outcome.composed;
    },
  };
}

/** Finds a session's entries one after the other. */
function inTurn<E>(entries: readonly E[]) {
  const next = new Map<string, number>();
  return ({ session, step }: { session: string; step: string }, is: (entry: E) => boolean): E => {
    const from = next.get(session) ?? 0;
    const index = entries.findIndex((entry, at) => at >= from && is(entry));
    const entry = entries[index];
    if (!entry) {
      throw new ParleyError('decider/not-recorded', `The recording has no answer for this question at step ${step}.`, {
        fix: 'The conversation goes another way than the recording: let another decider answer, or record it anew.',
      });
    }
    next.set(session, index + 1);
    return entry;
  };
}

/** The words that were asked for and came, or failed, in order. Sentences that came one by one are put together. */
function wordsOf({ events }: Recording): readonly WordsEntry[] {
  const answers = new Map<string, { parts: string[]; end?: Extract<RecordedInput, { type: `model.${string}` }> }>();
  for (const event of events) {
    if (event.type !== 'model.composed' && event.type !== 'model.failed') continue;
    const answer = answers.get(event.decision) ?? { parts: [] };
    answers.set(event.decision, answer);
    if (event.type === 'model.composed') answer.parts.push(event.text);
    if (event.type === 'model.failed' || event.more === undefined) answer.end = event;
  }
  return events.flatMap((event): WordsEntry[] => {
    if (event.type !== 'words.asked') return [];
    const { parts, end } = answers.get(event.decision) ?? { parts: [] };
    const { step, instructions, facts } = event;
    const asked = { step, instructions, facts: inOrder(Object.entries(facts).map((fact) => JSON.stringify(fact))) };
    if (end?.type === 'model.failed') return [{ ...asked, outcome: { code: end.code, message: end.message } }];
    if (parts.length === 0) return [];
    const by = end?.by === undefined ? {} : { by: end.by };
    return [{ ...asked, outcome: { composed: { text: parts.filter((part) => part !== '').join(' '), ...by } } }];
  });
}

function isOfWords({ step, instructions, facts }: WordsEntry, asked: Composition): boolean {
  const told = inOrder(Object.entries(asked.facts).map((fact) => JSON.stringify(fact)));
  return step === asked.step && instructions === asked.instructions && facts === told;
}

/** The questions that got an answer or failed, in the order they were put. One that the caller spoke over has neither. */
function entriesOf({ events }: Recording): readonly Entry[] {
  const outcomes = new Map<string, Outcome>();
  for (const event of events) {
    if (event.type === 'model.failed') {
      const { decision, code, message } = event;
      outcomes.set(decision, { type: 'failed', code, message });
    }
    if (event.type === 'model.decided') {
      const { choice, values, confidence, say, why, by } = event;
      const more = { ...(say === undefined ? {} : { say }), ...(why === undefined ? {} : { why }) };
      const decision = { choice, values, confidence, ...more, ...(by === undefined ? {} : { by }) };
      outcomes.set(event.decision, { type: 'decided', decision });
    }
  }
  return events.flatMap((event): Entry[] => {
    if (event.type !== 'model.asked') return [];
    const outcome = outcomes.get(event.decision);
    const { step, choices, fill } = event;
    return outcome === undefined ? [] : [{ step, choices: inOrder(choices), fill: inOrder(fill), outcome }];
  });
}

function isOf({ step, choices, fill }: Entry, question: Question): boolean {
  return (
    step === question.step &&
    choices === inOrder(question.choices.map(({ name }) => name)) &&
    fill === inOrder(question.fill.map(({ name }) => name))
  );
}

const inOrder = (names: readonly string[]) => names.toSorted().join(' ');
