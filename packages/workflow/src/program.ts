import type { Place } from './error.ts';
import type { Expression, Scope } from './expression/expression.ts';
import type { Sign } from './hearing/sign.ts';
import type { Residency } from './residency.ts';
import type { StepKind, TypedVariable } from './schema.ts';
import type { Template } from './template.ts';
import type { Sensitivity } from './tool-signature.ts';
import type { Json, Type } from './type.ts';

/**
 * A workflow ready to run: parts put in their places, names resolved, expressions and texts compiled,
 * defaults filled in, and every piece knowing where in the file it stands. The machine, the checker,
 * the graph and the compilers all start from this.
 */
export interface Program {
  readonly name: string;
  readonly title: string;
  /** The hash of the canonical form: 64 hexadecimal digits. */
  readonly version: string;
  readonly file: string;
  readonly timezone: string;
  readonly guidance: string | undefined;
  readonly models: Models;
  readonly limits: Limits;
  readonly start: string;
  /** The door of last resort. */
  readonly otherwise: string | undefined;
  readonly busy: Text | undefined;
  readonly variables: ReadonlyMap<string, Variable>;
  readonly interrupts: readonly Choice[];
  /** In the order of the file; the steps of a part as `step/part_step`. */
  readonly steps: ReadonlyMap<string, Step>;
  /** The files it was made of: compiling them again gives the same program. */
  readonly source: WorkflowSource;
}

/** A workflow's file and those of the parts it uses, as text. */
export interface WorkflowSource {
  readonly file: string;
  readonly text: string;
  /** By the name they are used by. */
  readonly parts: { readonly [name: string]: { readonly file: string; readonly text: string } };
}

export interface Models {
  readonly decide: string | undefined;
  readonly fallback: readonly string[];
  /** The geography that data stays in: see `residencyProblem`. */
  readonly residency: Residency | undefined;
  readonly guardrail?: Guardrail;
}

/** A Bedrock guardrail, which looks at decisions, and at what tools are given and return. */
export interface Guardrail {
  readonly id: string;
  readonly version: string;
  /** The step to go to when it steps in; undefined: the door of the step it steps in at. */
  readonly to: string | undefined;
  readonly at: Place;
}

/** Times in milliseconds. */
export interface Limits {
  readonly turns: number;
  readonly reprompts: number;
  readonly silence: number;
  readonly turn: number;
  readonly decide: number;
  readonly confidence: number;
  /** How long a session stays after its last event; undefined: until it is forgotten. */
  readonly keep: number | undefined;
  /** Whether a session may be recorded, and stay when it has ended; undefined: always. */
  readonly record: Condition | undefined;
}

export interface Variable {
  readonly name: string;
  readonly at: Place;
  /** Whether it is a part's input. */
  readonly input: boolean;
  readonly type: Type;
  /** How values are read and checked; undefined for one typed by a tool's output. */
  readonly definition: TypedVariable | undefined;
  readonly tool: string | undefined;
  readonly about: string | undefined;
  readonly sensitive: Sensitivity | undefined;
  readonly readback: boolean;
  readonly ask: Text | undefined;
  readonly invalid: Text | undefined;
  readonly check: Condition | undefined;
  readonly initial: Json | undefined;
}

/** A text with holes, and where it stands. */
export interface Text {
  readonly template: Template;
  readonly at: Place;
}

export interface Condition {
  readonly expression: Expression;
  readonly at: Place;
}

/** Data of the file in which any part may be an expression. */
export type Data =
  | { readonly kind: 'literal'; readonly value: Json; readonly at: Place }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly at: Place }
  | { readonly kind: 'list'; readonly items: readonly Data[]; readonly at: Place }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, Data>; readonly at: Place };

/** `value` undefined: the variable is cleared. */
export interface Assignment {
  readonly variable: string;
  readonly value: Data;
  readonly at: Place;
  /** What a part is given: the same values under another name, so that a yes to them still counts. */
  readonly binds?: true;
}

/** A way on: taken when `if` holds (always, where there is none). */
export interface Route {
  readonly if: Condition | undefined;
  readonly to: string;
  readonly set: readonly Assignment[];
  readonly at: Place;
}

export interface Choice {
  readonly name: string;
  readonly at: Place;
  readonly when: string;
  readonly examples: readonly string[];
  readonly press: string | undefined;
  readonly if: Condition | undefined;
  readonly say: Text | undefined;
  readonly set: readonly Assignment[];
  /** Undefined for an interrupt that goes back to the open question. */
  readonly to: string | undefined;
  /** What is listened for in everything the caller says, before a decider is asked. Only interrupts have signs. */
  readonly hears: readonly Sign[];
}

export interface ToolCall {
  readonly tool: string;
  readonly at: Place;
  readonly with: ReadonlyMap<string, Data>;
  readonly save: string | undefined;
}

/** The doors of a call. */
export interface Failed {
  readonly retry: number;
  readonly codes: ReadonlyMap<string, string>;
  /** Undefined: the program's door of last resort. */
  readonly to: string | undefined;
  readonly at: Place;
}

interface StepBase {
  readonly name: string;
  readonly at: Place;
}

/** What all steps that ask the caller have. */
interface Asking extends StepBase {
  readonly choices: readonly Choice[];
  /** Variables that may be filled besides. */
  readonly fill: readonly string[];
  readonly unclear: Text | undefined;
  readonly silent: Text | undefined;
  readonly reprompts: number;
  readonly guidance: string | undefined;
  readonly otherwise: string | undefined;
}

/** Words that the model finds, from facts. */
export interface Compose {
  readonly instructions: string;
  /** By name. What each says is put to the model as a caller would hear it. */
  readonly facts: ReadonlyMap<string, Text>;
  /** The most characters. */
  readonly longest: number;
  readonly at: Place;
}

export interface SayStep extends StepBase {
  readonly kind: 'say';
  /** What is said; where it is composed, what is said if that comes to nothing. */
  readonly text: Text;
  readonly compose?: Compose;
  readonly then: readonly Route[];
}
export interface AskStep extends Asking {
  readonly kind: 'ask';
  readonly text: Text;
}
export interface FormStep extends Asking {
  readonly kind: 'form';
  readonly variables: readonly string[];
  readonly intro: Text | undefined;
  readonly again: boolean;
  readonly then: readonly Route[];
}
export interface DecideStep extends StepBase {
  readonly kind: 'decide';
  readonly instructions: string;
  readonly given: readonly string[];
  readonly choices: readonly Choice[];
  readonly fill: readonly string[];
  readonly otherwise: string | undefined;
}
export interface CallStep extends StepBase {
  readonly kind: 'call';
  readonly call: ToolCall;
  readonly then: readonly Route[];
  readonly failed: Failed;
  readonly meanwhile: Text | undefined;
}
export interface BranchStep extends StepBase {
  readonly kind: 'branch';
  readonly then: readonly Route[];
}
export interface ConfirmStep extends Asking {
  readonly kind: 'confirm';
  readonly text: Text;
  readonly yes: Route;
  readonly no: Route;
}
export interface WaitStep extends StepBase {
  readonly kind: 'wait';
  /** Milliseconds. */
  readonly for: number;
  readonly signal: string | undefined;
  readonly save: string | undefined;
  readonly meanwhile: Text | undefined;
  readonly then: readonly Route[];
  readonly timeout: string | undefined;
}
export interface ParallelStep extends StepBase {
  readonly kind: 'parallel';
  readonly calls: readonly ToolCall[];
  readonly then: readonly Route[];
  readonly failed: Failed;
  readonly meanwhile: Text | undefined;
}
export interface UseStep extends StepBase {
  readonly kind: 'use';
  readonly part: string;
  /** Sets the part's inputs, clears its other variables, and leads to its first step. */
  readonly then: readonly [Route];
}
export interface TransferStep extends StepBase {
  readonly kind: 'transfer';
  readonly queue: string;
  readonly say: Text | undefined;
  /** True for all that is known and not sensitive; a text of the operator's own. */
  readonly brief: boolean | Text;
}
export interface EndStep extends StepBase {
  readonly kind: 'end';
  readonly say: Text | undefined;
  readonly outcome: string;
  readonly set: readonly Assignment[];
  /** The end of a part: the way back to whoever uses it. */
  readonly leave: Route | undefined;
}

export type Step =
  | SayStep
  | AskStep
  | FormStep
  | DecideStep
  | CallStep
  | BranchStep
  | ConfirmStep
  | WaitStep
  | ParallelStep
  | UseStep
  | TransferStep
  | EndStep;

/** A step the file got wrong: only its name and where it seems to lead are known. */
export interface BrokenStep extends StepBase {
  readonly kind: 'broken';
  readonly meant: StepKind | undefined;
  readonly targets: readonly string[];
}

/** A program as far as the file allows one: what the checker works on. */
export interface Draft extends Omit<Program, 'steps'> {
  readonly steps: ReadonlyMap<string, Step | BrokenStep>;
}

/** The value of data of the file, given the variables. Undefined parts are left out. */
export function evaluateData(data: Data, scope: Scope): Json | undefined {
  switch (data.kind) {
    case 'literal':
      return data.value;
    case 'expression':
      return data.expression.evaluate(scope);
    case 'list':
      return data.items.flatMap((item) => {
        const value = evaluateData(item, scope);
        return value === undefined ? [] : [value];
      });
    case 'object':
      return evaluateFields(data.fields, scope);
  }
}

export function evaluateFields(fields: ReadonlyMap<string, Data>, scope: Scope): { readonly [name: string]: Json } {
  const entries: [string, Json][] = [];
  for (const [name, field] of fields) {
    const value = evaluateData(field, scope);
    if (value !== undefined) entries.push([name, value]);
  }
  return Object.fromEntries(entries);
}

/** Every expression in data of the file, with its place. */
export function expressionsIn(data: Data): readonly Condition[] {
  switch (data.kind) {
    case 'literal':
      return [];
    case 'expression':
      return [{ expression: data.expression, at: data.at }];
    case 'list':
      return data.items.flatMap(expressionsIn);
    case 'object':
      return [...data.fields.values()].flatMap(expressionsIn);
  }
}

/** Whether a step puts a question to the caller. */
export function asks(step: Step | BrokenStep): step is AskStep | FormStep | ConfirmStep {
  return step.kind === 'ask' || step.kind === 'form' || step.kind === 'confirm';
}

/** Whether a session can rest at a step, so that the caller may speak there. */
export function canBeSpokenAt(step: Step | BrokenStep): boolean {
  return isComposed(step) || ['ask', 'form', 'confirm', 'decide', 'call', 'parallel', 'wait'].includes(step.kind);
}

/** Whether the model finds the words of a step. */
export function isComposed(step: Step | BrokenStep): step is SayStep & { readonly compose: Compose } {
  return step.kind === 'say' && step.compose !== undefined;
}

/** The interrupts that are found in the caller's words without a decider, each with where it leads. */
export function heardInterrupts({
  interrupts,
}: Pick<Program, 'interrupts'>): readonly (Choice & { readonly to: string })[] {
  return interrupts.flatMap((one) => (one.to === undefined || one.hears.length === 0 ? [] : [{ ...one, to: one.to }]));
}

/** The interrupts that are found in the caller's words and lead nowhere: they set and say, and all goes on. */
export function notedInterrupts({ interrupts }: Pick<Program, 'interrupts'>): readonly Choice[] {
  return interrupts.filter(({ to, hears }) => to === undefined && hears.length > 0);
}

/** The interrupts that can be picked at a question: those it has no choice of its own for. */
export function interruptsAt(
  program: Pick<Program, 'interrupts'>,
  step: AskStep | FormStep | ConfirmStep,
): readonly Choice[] {
  return program.interrupts.filter((interrupt) => !step.choices.some((choice) => choice.name === interrupt.name));
}
