import type { Effect, Machine, Snapshot } from '@parley/machine';
import { ParleyError } from '@parley/workflow';
import type { Line, Question } from './decider.ts';

/** What of a question only whoever asks it knows. A `signal` that is a getter stays one: it is read when it is looked at. */
export type Asking = Pick<Question, 'session' | 'transcript' | 'due' | 'deadline' | 'signal'>;

/** How many lines of what was said a decider may look back on. */
export const TRANSCRIPT = 20;

/**
 * The question that a machine asks with an effect. `snapshot` is where the effect left the session. The same machine,
 * snapshot and effect make the same question, whoever asks it: the engine, Step Functions, or a replay.
 *
 * @throws ParleyError `engine/damaged` where nothing is asked at the effect's step.
 */
export function questionOf(
  { program, questions, words }: Machine,
  snapshot: Snapshot,
  effect: Pick<Extract<Effect, { type: 'decide' }>, 'step' | 'choices' | 'fill' | 'heard'>,
  asking: Asking,
): Question {
  const plan = questions.get(effect.step);
  if (!plan) throw new ParleyError('engine/damaged', `The step ${effect.step} asks nothing.`);
  const { step, offers } = plan;
  const { vars, at } = snapshot.memory;
  const own = step.kind === 'decide' ? undefined : step.guidance;
  const given = step.kind === 'decide' ? new Set(step.given) : undefined;
  return {
    session: asking.session,
    workflow: program.name,
    step: effect.step,
    kind: step.kind,
    instructions: [program.guidance, own].filter((text) => text !== undefined).join('\n'),
    asked: words(snapshot).asked,
    ...(effect.heard === undefined ? {} : { heard: effect.heard }),
    choices: offers
      .filter(({ name }) => effect.choices.includes(name))
      .map(({ name, when, examples, choice }) => {
        const unheard = choice !== undefined && choice.hears.length > 0 ? ({ unheard: true } as const) : {};
        return { name, when, examples, ...unheard };
      }),
    fill: effect.fill.flatMap((name) => {
      const variable = program.variables.get(name)?.definition;
      const wanted = step.kind === 'form' && step.variables.includes(name) && !Object.hasOwn(vars, name);
      return variable ? [{ name, variable, wanted }] : [];
    }),
    memory: Object.fromEntries(
      Object.entries(vars).filter(
        ([name]) => program.variables.get(name)?.sensitive === undefined && (given === undefined || given.has(name)),
      ),
    ),
    transcript: () => asking.transcript(),
    moment: { now: at, timezone: program.timezone },
    models: program.models,
    due: asking.due,
    deadline: asking.deadline,
    get signal() {
      return asking.signal;
    },
  };
}

/** The last lines of a conversation, oldest first, out of its events: those of a journal, or of a recording. */
export function transcriptOf(events: readonly { readonly type: string; readonly text?: unknown }[]): readonly Line[] {
  const lines = events.flatMap(({ type, text }): Line[] => {
    if (typeof text !== 'string') return [];
    if (type === 'caller.said') return [{ who: 'caller', text }];
    return type === 'agent.said' || type === 'filler.said' ? [{ who: 'agent', text }] : [];
  });
  return lines.slice(-TRANSCRIPT);
}
