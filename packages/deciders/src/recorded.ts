import type { Decider, Decision, Question } from '@parley/engine';
import type { Recording } from '@parley/replay';
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

/**
 * A decider that answers what was answered in a recording. A question is known again by its step, its choices and the
 * variables it may fill; where it was asked more than once, the answers come in their order. Questions of the
 * recording that are not asked are passed over. Each session that asks gets the answers from the start.
 *
 * Where the recorded decider failed, this one throws a ParleyError with the recorded code. It throws
 * `decider/not-recorded` where the recording has no answer: the path has gone another way.
 */
export function recordedDecider(recording: Recording): Decider {
  const entries = entriesOf(recording);
  const next = new Map<string, number>();
  return {
    name: 'recorded',
    async decide(question) {
      const from = next.get(question.session) ?? 0;
      const index = entries.findIndex((entry, at) => at >= from && isOf(entry, question));
      const entry = entries[index];
      if (!entry) {
        throw new ParleyError(
          'decider/not-recorded',
          `The recording has no answer for this question at step ${question.step}.`,
          {
            fix: 'The conversation goes another way than the recording: let another decider answer, or record it anew.',
          },
        );
      }
      next.set(question.session, index + 1);
      if (entry.outcome.type === 'failed') throw new ParleyError(entry.outcome.code, entry.outcome.message);
      return entry.outcome.decision;
    },
  };
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
