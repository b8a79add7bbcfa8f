import { createHash } from 'node:crypto';
import {
  type AskStep,
  asks,
  type Choice,
  type ConfirmStep,
  type DecideStep,
  type FormStep,
  interruptsAt,
  type Program,
  type Scope,
  type Step,
  type TypedVariable,
} from '@parley/workflow';

/** A step that a decider answers. */
export type QuestionStep = AskStep | FormStep | ConfirmStep | DecideStep;

export const isQuestion = (step: Step): step is QuestionStep => step.kind === 'decide' || asks(step);

/** A choice of a question, be it the step's own, an interrupt or one that every question of its kind has. */
export interface Offer {
  readonly name: string;
  readonly when: string;
  readonly examples: readonly string[];
  /** The choice or interrupt of the file; undefined for a built-in one. */
  readonly choice: Choice | undefined;
}

/** What can be asked at a step, worked out once for a program. */
export interface QuestionPlan {
  readonly step: QuestionStep;
  /** All choices in order, whatever their conditions: the step's own, the built-in ones, the interrupts. */
  readonly offers: readonly Offer[];
  /** The variables an answer may fill. */
  readonly fill: readonly string[];
  /** Changes when what a decider is asked changes. Eight hexadecimal digits. */
  readonly hash: string;
}

const builtIn = (name: string, when: string, examples: readonly string[] = []): Offer => ({
  name,
  when,
  examples,
  choice: undefined,
});

const UNCLEAR = builtIn('unclear', 'the answer fits none of these, or could mean several');

/** Works out the question of a step. */
export function planQuestion(program: Program, step: QuestionStep): QuestionPlan {
  const own = step.choices.map(ofFile);
  const interrupts = step.kind === 'decide' ? [] : interruptsAt(program, step).map(ofFile);
  const offers = [...own, ...builtIns(step), ...interrupts, ...(step.kind === 'decide' ? [] : [UNCLEAR])];
  const fill = [...new Set(step.kind === 'form' ? [...step.variables, ...step.fill] : step.fill)];
  const wanted = fill.map((name) => [name, meaningOf(program.variables.get(name)?.definition)]);
  const instructions = [program.guidance ?? null, 'guidance' in step ? (step.guidance ?? null) : null];
  const said = step.kind === 'decide' ? step.instructions : null;
  const asked = JSON.stringify([
    step.kind,
    instructions,
    said,
    offers.map(({ name, when, examples }) => [name, when, examples]),
    wanted,
  ]);
  return { step, offers, fill, hash: createHash('sha256').update(asked).digest('hex').slice(0, 8) };
}

/** What of a variable a decider's answer depends on: not how the caller is asked for it. */
function meaningOf(definition: TypedVariable | undefined) {
  if (!definition) return null;
  const { ask: _, invalid: __, readback: ___, initial: ____, ...meaning } = definition;
  return meaning;
}

/** The choices that may be picked now: those whose condition holds. */
export function offered(plan: QuestionPlan, scope: Scope): readonly Offer[] {
  return plan.offers.filter(({ choice }) => choice?.if === undefined || choice.if.expression.evaluate(scope) === true);
}

function ofFile(choice: Choice): Offer {
  return { name: choice.name, when: choice.when, examples: choice.examples, choice };
}

function builtIns(step: QuestionStep): readonly Offer[] {
  switch (step.kind) {
    case 'ask':
    case 'decide':
      return [];
    case 'form':
      return [builtIn('answered', 'gives what was asked for, or part of it')];
    case 'confirm':
      return [
        builtIn('yes', 'agrees', ['yes', "that's right", 'go ahead']),
        builtIn('no', 'does not agree', ['no', "that's wrong", "don't"]),
        ...(step.fill.length > 0 ? [builtIn('changed', 'corrects something in what was read back')] : []),
      ];
  }
}
