import type { Effect, SessionEvent, StepResult } from '@parley/machine';
import { isInput, type RecordedEvent, type RecordedInput, type RecordedOutput } from './recorded.ts';

/**
 * What is kept of one step of a machine: the event it took, with the steps entered because of it, then what it asked
 * of the world, in order. `listen` is not kept: it follows from the step. Journals and recordings hold just this.
 */
export function recordable(event: SessionEvent, { moves, effects, snapshot }: StepResult): RecordedEvent[] {
  const step = moves[0]?.from ?? snapshot.step;
  // Where a caller who left was, only the effects still say.
  const known = step === '(left)' ? {} : { step };
  const input: RecordedInput =
    moves.length === 0 ? { ...event, ...known } : { ...event, ...known, path: moves.map(({ to }) => to) };
  const recorded: RecordedEvent[] = [input];
  for (const effect of effects) {
    const output = outputOf(effect, event.at);
    if (output) recorded.push(output);
  }
  return recorded;
}

/** The event that the machine took, where this is one it takes. */
export function sessionEventOf(recorded: RecordedEvent): SessionEvent | undefined {
  return isInput(recorded) ? recorded : undefined;
}

/** What is kept of an effect; undefined for `listen`. */
export function outputOf(effect: Effect, at: number): RecordedOutput | undefined {
  const { step } = effect;
  switch (effect.type) {
    case 'say':
      return {
        at,
        type: 'agent.said',
        step,
        text: effect.text,
        ...(effect.instead === undefined ? {} : { instead: effect.instead }),
      };
    case 'listen':
      return undefined;
    case 'decide': {
      const { decision, question, choices, fill } = effect;
      return { at, type: 'model.asked', step, decision, question, choices, fill };
    }
    case 'compose': {
      const { decision, instructions, facts, longest } = effect;
      return { at, type: 'words.asked', step, decision, instructions, facts, longest };
    }
    case 'call': {
      const { call, tool, input } = effect;
      return { at, type: 'tool.called', step, call, tool, input };
    }
    case 'schedule':
      return { at, type: 'timer.set', step, timer: effect.timer, due: effect.due };
    case 'cancel':
      return { at, type: 'timer.cancelled', step, timer: effect.timer };
    case 'transfer': {
      const { queue, brief } = effect;
      return { at, type: 'session.transferred', step, queue, ...(brief === undefined ? {} : { brief }) };
    }
    case 'end':
      return { at, type: 'session.ended', step, outcome: effect.outcome };
  }
}
