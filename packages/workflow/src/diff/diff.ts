import type { BrokenStep, Draft, FormStep, Program, Step, Variable } from '../program.ts';
import type { Change, Subject } from './change.ts';
import { type ChoiceWords, compareChoices } from './choices.ts';
import { compareFacts, stop } from './fact.ts';
import { naming } from './names.ts';
import { findRenames, ownName, type Renames, userOf } from './rename.ts';
import { compareRoutes, routesOf } from './routes.ts';
import { describeStep, stepFacts } from './step-facts.ts';
import { describeVariable, variableFacts } from './variable-facts.ts';
import { type View, viewOf } from './view.ts';
import { workflowFacts } from './workflow-facts.ts';

/**
 * What changed from one workflow to another, as an operator would say it: of the workflow itself, its variables, its
 * interrupts, then step by step in the order of the newer file; what is gone stands where it stood. A step that was
 * renamed is compared with what it was, and what only leads to it under its new name has not changed. Comments, layout,
 * quoting and the order of steps and variables mean nothing. What a part's steps are changed in is told for each step
 * that uses it.
 */
export function diffWorkflows(before: Program | Draft, after: Program | Draft): readonly Change[] {
  const renames = findRenames(before, after);
  const old = viewOf(
    before,
    naming(
      (name) => renames.steps.get(name) ?? name,
      (name) => renames.variables.get(name) ?? name,
    ),
  );
  const fresh = viewOf(
    after,
    naming(
      (name) => name,
      (name) => name,
    ),
  );
  return [
    ...compareFacts({ kind: 'workflow' }, workflowFacts(old), workflowFacts(fresh)),
    ...variableChanges(old, fresh, renames),
    ...compareChoices(INTERRUPTS, [old, before.interrupts], [fresh, after.interrupts]),
    ...stepChanges(old, fresh, renames),
  ];
}

/**
 * Changes as text: a line for each, those of one step together and in the order given.
 */
export function describeChanges(changes: readonly Change[]): string {
  if (changes.length === 0) return 'Nothing has changed.';
  let text = '';
  let last: string | undefined;
  for (const { subject, sentence } of changes) {
    const group = groupOf(subject);
    if (last !== undefined) text += group === last ? '\n' : '\n\n';
    text += sentence;
    last = group;
  }
  return text;
}

/** Steps have a paragraph each; the workflow, the variables and the interrupts one each as a whole. */
function groupOf(subject: Subject): string {
  if (subject.kind === 'step') return `step ${subject.name}`;
  return subject.kind === 'choice' ? `step ${subject.step}` : subject.kind;
}

const INTERRUPTS: ChoiceWords = {
  subject: (name) => ({ kind: 'interrupt', name }),
  lead: (name) => `The interrupt \`${name}\``,
  added: (name) => `There is a new interrupt \`${name}\``,
  order: 'The interrupts are now offered in the order',
  owner: { kind: 'workflow' },
};

function choiceWords(step: string): ChoiceWords {
  return {
    subject: (name) => ({ kind: 'choice', step, name }),
    lead: (name) => `At \`${step}\`, the choice \`${name}\``,
    added: (name) => `At \`${step}\`, there is a new choice \`${name}\``,
    order: `At \`${step}\`, the choices are now offered in the order`,
    owner: { kind: 'step', name: step },
  };
}

function variableChanges(old: View, fresh: View, renames: Renames): readonly Change[] {
  return merged<Variable>('variable', [old, old.program.variables], [fresh, fresh.program.variables], renames, {
    added: (variable) => `The variable \`${variable.name}\` is new: ${describeVariable(variable)}.`,
    called: 'The variable',
    compare: (subject, was, is) => compareFacts(subject, variableFacts(old, was), variableFacts(fresh, is)),
  });
}

function stepChanges(old: View, fresh: View, renames: Renames): readonly Change[] {
  return merged<AnyStep>('step', [old, old.program.steps], [fresh, fresh.program.steps], renames, {
    added: (step) => stop(`The step \`${step.name}\` is new: it ${describeStep(fresh, step)}`),
    called: 'The step',
    compare: (_, was, is) => compareSteps({ kind: 'step', name: is.name }, [old, was], [fresh, is]),
  });
}

type AnyStep = Step | BrokenStep;

interface Merge<T> {
  readonly added: (one: T) => string;
  /** `The step` */
  readonly called: string;
  readonly compare: (subject: Subject, was: T, is: T) => readonly Change[];
}

/** The changes of named things in the order of the newer workflow, what is gone after what it stood behind. */
function merged<T extends Variable | AnyStep>(
  kind: 'step' | 'variable',
  [old, was]: readonly [View, ReadonlyMap<string, T>],
  [fresh, is]: readonly [View, ReadonlyMap<string, T>],
  { users, steps, variables }: Renames,
  { added, called, compare }: Merge<T>,
): readonly Change[] {
  const names = kind === 'step' ? steps : variables;
  const back = new Map([...names].map(([from, to]) => [to, from]));
  const gone = new Map<string | undefined, T[]>();
  let behind: string | undefined;
  for (const one of was.values()) {
    const name = names.get(one.name);
    if (name !== undefined) behind = name;
    else if (users.before.has(userOf(old.program, kind, one.name)))
      gone.set(behind, [...(gone.get(behind) ?? []), one]);
  }
  const removals = (name: string | undefined): readonly Change[] =>
    (gone.get(name) ?? []).map((one) => ({
      kind: 'removed',
      subject: { kind, name: one.name },
      sentence: `${called} \`${one.name}\` is gone.`,
      at: one.at,
    }));
  const changes: Change[] = [...removals(undefined)];
  for (const one of is.values()) {
    const subject: Subject = { kind, name: one.name };
    const from = back.get(one.name);
    const previous = from === undefined ? undefined : was.get(from);
    if (previous === undefined) {
      // What a part brings along is not told when the step that uses it is new itself.
      if (users.after.has(userOf(fresh.program, kind, one.name))) {
        changes.push({ kind: 'added', subject, sentence: added(one), at: one.at });
      }
      continue;
    }
    if (ownName(old.program, kind, previous.name) !== ownName(fresh.program, kind, one.name)) {
      const sentence = `${called} \`${previous.name}\` is now called \`${one.name}\`.`;
      changes.push({ kind: 'renamed', subject, from: previous.name, sentence, at: one.at });
    }
    changes.push(...compare(subject, previous, one), ...removals(one.name));
  }
  return changes;
}

/** What changed of a step, its name apart. */
function compareSteps(
  subject: Subject & { kind: 'step' },
  [old, was]: readonly [View, AnyStep],
  [fresh, is]: readonly [View, AnyStep],
): readonly Change[] {
  const { name } = subject;
  if (was.kind !== is.kind) return [kindChange(subject, was, [fresh, is])];
  const changes = compareFacts(subject, stepFacts(old, was), stepFacts(fresh, is));
  if (was.kind === 'broken' || is.kind === 'broken') return changes;
  if (was.kind === 'form' && is.kind === 'form') {
    changes.push(...formOrder(subject, was.variables.map(old.names.variable), is));
  }
  if ('choices' in was && 'choices' in is) {
    changes.push(...compareChoices(choiceWords(name), [old, was.choices], [fresh, is.choices]));
  }
  changes.push(...compareRoutes(subject, name, [old, routesOf(was)], [fresh, routesOf(is)]));
  return changes;
}

function kindChange(subject: Subject & { kind: 'step' }, was: AnyStep, [fresh, is]: readonly [View, AnyStep]): Change {
  const { name } = subject;
  const change = (aspect: 'kind' | 'broken', sentence: string): Change => ({
    kind: 'changed',
    subject,
    aspect,
    before: was.kind,
    after: is.kind,
    sentence,
    at: is.at,
  });
  if (is.kind === 'broken') return change('broken', `The step \`${name}\` can't be read any more.`);
  if (was.kind === 'broken')
    return change('broken', stop(`The step \`${name}\` can be read now: it ${describeStep(fresh, is)}`));
  const sentence = `The step \`${name}\` is now of the kind ${is.kind} instead of ${was.kind}: it ${describeStep(fresh, is)}`;
  return change('kind', stop(sentence));
}

/** A form asks in the order of its variables. */
function formOrder(subject: Subject & { kind: 'step' }, was: readonly string[], is: FormStep): readonly Change[] {
  const common = [...new Set(is.variables)].filter((name) => was.includes(name));
  if (common.every((name, i) => i === 0 || was.indexOf(name) > was.indexOf(common[i - 1] ?? ''))) return [];
  const quoted = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  return [
    {
      kind: 'changed',
      subject,
      aspect: 'order',
      before: quoted(was),
      after: quoted(is.variables),
      sentence: `At \`${subject.name}\`, the form now asks in the order ${quoted(is.variables)}.`,
      at: is.at,
    },
  ];
}
