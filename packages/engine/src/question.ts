import type { Effect, Machine, Snapshot } from '@parley/machine';
import { type DecideStep, type Json, ParleyError, type Program } from '@parley/workflow';
import type { Question } from './decider.ts';
import { hiding } from './transcript.ts';

/** What of a question only whoever asks it knows. A `signal` that is a getter stays one: it is read when it is looked at. */
export type Asking = Pick<Question, 'session' | 'transcript' | 'due' | 'deadline' | 'signal'>;

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
  // What is not sensitive may hold what is: the e-mail address that the caller gave, in the order that a tool returned.
  const hide = hiding(program, vars);
  const memory = step.kind === 'decide' ? given(program, step, vars) : known(program, effect.step, vars);
  return {
    session: asking.session,
    workflow: program.name,
    step: effect.step,
    kind: step.kind,
    instructions: [program.guidance, own].filter((text) => text !== undefined).join('\n'),
    asked: hide.text(words(snapshot).asked),
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
    memory: Object.fromEntries(Object.entries(memory).map(([name, value]) => [name, hide.data(value)])),
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

/**
 * The variables that whoever operates a host may see, each with its value or null: none that is sensitive, and where
 * others hold sensitive values, their names in place of these.
 */
export function openVariables(program: Program, { memory }: Snapshot): { readonly [variable: string]: Json } {
  const { vars } = memory;
  const hide = hiding(program, vars);
  const open = [...program.variables.keys()].filter((name) => isOpen(program, name));
  return Object.fromEntries(
    open.map((name) => [name, hide.data(Object.hasOwn(vars, name) ? (vars[name] ?? null) : null)]),
  );
}

/** What a decision without a caller is made on: the variables that the step gives it. */
function given(program: Program, step: DecideStep, vars: Vars): Vars {
  return only(vars, (name) => step.given.includes(name) && isOpen(program, name));
}

/**
 * What is known of this caller, and may be told: not what was so from the start, what a part keeps to itself, or who the
 * channel says it is.
 */
function known(program: Program, step: string, vars: Vars): Vars {
  return only(vars, (name, value) => {
    const variable = program.variables.get(name);
    if (!variable || !isOpen(program, name)) return false;
    const own = /^(.*)__/.exec(name)?.[1];
    return (own === undefined || step.startsWith(`${own.replaceAll('__', '/')}/`)) && !isSame(value, variable.initial);
  });
}

/** Who the caller is by the contact is as sensitive as if they had said it. */
const isOpen = (program: Program, name: string) =>
  name !== 'contact' && program.variables.get(name)?.sensitive === undefined;

const isSame = (one: Json, other: Json | undefined) => JSON.stringify(one) === JSON.stringify(other);

interface Vars {
  readonly [variable: string]: Json;
}

const only = (vars: Vars, holds: (name: string, value: Json) => boolean): Vars =>
  Object.fromEntries(Object.entries(vars).filter(([name, value]) => holds(name, value)));
