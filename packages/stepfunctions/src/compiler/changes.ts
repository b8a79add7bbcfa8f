import type { Assignment, Program, Step } from '@parley/workflow';

/**
 * The variables that can change on the way from a step on, through the steps that are only passed, to those where a session
 * can then be. Rather too many than too few: what changes and is not told is missing from the execution's variables.
 */
export function changesFrom(
  program: Program,
  steps: readonly string[],
  onward: readonly string[],
): ReadonlySet<string> {
  const found = new Set<string>();
  const all = (set: readonly Assignment[]) => {
    for (const { variable } of set) found.add(variable);
  };
  for (const { set } of program.interrupts) all(set);
  // Where it can be next it can also pass: a form with nothing missing. A form that is to be filled again forgets what it has.
  for (const name of [...steps, ...onward]) {
    const step = program.steps.get(name);
    if (step) changed(step, found, all);
  }
  return found;
}

function changed(step: Step, found: Set<string>, all: (set: readonly Assignment[]) => void): void {
  if ('then' in step) for (const { set } of step.then) all(set);
  if ('choices' in step) for (const { set } of step.choices) all(set);
  if ('fill' in step) for (const variable of step.fill) found.add(variable);
  switch (step.kind) {
    case 'form':
      for (const variable of step.variables) found.add(variable);
      break;
    case 'confirm':
      all(step.yes.set);
      all(step.no.set);
      break;
    case 'call':
      if (step.call.save !== undefined) found.add(step.call.save);
      break;
    case 'parallel':
      for (const { save } of step.calls) if (save !== undefined) found.add(save);
      break;
    case 'wait':
      if (step.save !== undefined) found.add(step.save);
      break;
    case 'end':
      all(step.set);
      all(step.leave?.set ?? []);
      break;
    case 'say':
    case 'ask':
    case 'decide':
    case 'branch':
    case 'use':
    case 'transfer':
      break;
  }
}
