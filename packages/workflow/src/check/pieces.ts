import type { Place } from '../error.ts';
import {
  type Assignment,
  asks,
  type Choice,
  type Condition,
  type Data,
  type Draft,
  type Step,
  type Text,
} from '../program.ts';

/** Something a draft does with its variables, wherever it stands. */
export type Piece =
  | { readonly what: 'said'; readonly text: Text; readonly step: string | undefined }
  | { readonly what: 'brief'; readonly text: Text; readonly step: string }
  /** Told to the model that words a reply. */
  | { readonly what: 'fact'; readonly text: Text; readonly step: string }
  /** `of`: the variable whose own check it is. */
  | { readonly what: 'condition'; readonly condition: Condition; readonly of: string | undefined }
  | { readonly what: 'set'; readonly assignment: Assignment }
  | { readonly what: 'argument'; readonly data: Data; readonly name: string; readonly tool: string }
  /** Told to the model that decides. */
  | { readonly what: 'given'; readonly variable: string; readonly at: Place }
  /** Takes a value from the caller, a tool or a signal. */
  | { readonly what: 'taken'; readonly variable: string };

/** All pieces of a draft, in the order of the file as far as it matters. */
export function piecesOf(draft: Draft): readonly Piece[] {
  const pieces: Piece[] = [];
  const said = (text: Text | undefined, step: string | undefined) => {
    if (text) pieces.push({ what: 'said', text, step });
  };
  const condition = (condition: Condition | undefined, of?: string) => {
    if (condition) pieces.push({ what: 'condition', condition, of });
  };
  const set = (assignments: readonly Assignment[]) => {
    for (const assignment of assignments) pieces.push({ what: 'set', assignment });
  };
  const taken = (variable: string | undefined) => {
    if (variable !== undefined) pieces.push({ what: 'taken', variable });
  };
  const choice = (one: Choice, step: string | undefined) => {
    condition(one.if);
    said(one.say, step);
    set(one.set);
  };

  for (const variable of draft.variables.values()) {
    said(variable.ask, undefined);
    said(variable.invalid, undefined);
    condition(variable.check, variable.name);
  }
  said(draft.busy, undefined);
  condition(draft.limits.record);
  for (const one of draft.interrupts) choice(one, undefined);
  for (const step of draft.steps.values()) if (step.kind !== 'broken') ofStep(step);
  return pieces;

  function ofStep(step: Step): void {
    const { name } = step;
    if ('then' in step) {
      for (const route of step.then) {
        condition(route.if);
        set(route.set);
      }
    }
    if ('choices' in step) for (const one of step.choices) choice(one, name);
    if ('fill' in step) for (const variable of step.fill) taken(variable);
    if ('meanwhile' in step) said(step.meanwhile, name);
    if (asks(step)) {
      said(step.unclear, name);
      said(step.silent, name);
    }
    switch (step.kind) {
      case 'say':
        for (const text of step.compose?.facts.values() ?? []) pieces.push({ what: 'fact', text, step: name });
        said(step.text, name);
        break;
      case 'ask':
        said(step.text, name);
        break;
      case 'confirm':
        said(step.text, name);
        set(step.yes.set);
        set(step.no.set);
        break;
      case 'form':
        said(step.intro, name);
        for (const variable of step.variables) taken(variable);
        break;
      case 'decide':
        for (const variable of step.given) pieces.push({ what: 'given', variable, at: step.at });
        break;
      case 'call':
      case 'parallel':
        for (const call of step.kind === 'call' ? [step.call] : step.calls) {
          for (const [argument, data] of call.with) {
            pieces.push({ what: 'argument', data, name: argument, tool: call.tool });
          }
          taken(call.save);
        }
        break;
      case 'wait':
        taken(step.save);
        break;
      case 'transfer':
        said(step.say, name);
        if (typeof step.brief !== 'boolean') pieces.push({ what: 'brief', text: step.brief, step: name });
        break;
      case 'end':
        said(step.say, name);
        set(step.set);
        if (step.leave) set(step.leave.set);
        break;
      default:
        break;
    }
  }
}
