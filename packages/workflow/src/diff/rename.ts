import type { BrokenStep, Draft, Program, Step, Variable } from '../program.ts';
import { type Names, naming, writeCondition } from './names.ts';
import { routesOf } from './routes.ts';
import { choiceFacts, stepFacts } from './step-facts.ts';
import { variableFacts } from './variable-facts.ts';
import { type View, viewOf } from './view.ts';

type Workflow = Program | Draft;
type AnyStep = Step | BrokenStep;

/** How much of two steps must be alike for one to be the other under a new name: of 1. */
const ALIKE = 0.6;

/** What the older workflow's steps and variables are called in the newer one. */
export interface Renames {
  /** From the older name to the newer: every step and variable that both have. */
  readonly steps: ReadonlyMap<string, string>;
  readonly variables: ReadonlyMap<string, string>;
  /** The steps that use a part in both, by their names in the older and in the newer one. */
  readonly users: { readonly before: ReadonlySet<string>; readonly after: ReadonlySet<string> };
}

/**
 * Finds which step and variable of the older workflow is which of the newer. What has the same name is the same;
 * of the rest, what is the same but for its name, or nearly so for a step, was renamed.
 */
export function findRenames(before: Workflow, after: Workflow): Renames {
  const steps = new Map<string, string>();
  const variables = new Map<string, string>();
  const names = naming(
    (name) => steps.get(name) ?? name,
    (name) => variables.get(name) ?? name,
  );
  const views = { before: viewOf(before, names), after: viewOf(after, SAME) };
  // A part's steps and variables can only be told once it is known which step uses it.
  const users = { before: new Set<string>(), after: new Set<string>() };
  const open: (readonly [string, string])[] = [['', '']];
  for (let level = open.pop(); level !== undefined; level = open.pop()) {
    const [from, to] = level;
    matchVariables(variables, variablesIn(before, from), variablesIn(after, to), views, [from, to]);
    const pairs = matchSteps(stepsIn(before, from), stepsIn(after, to), views, steps, [from, to]);
    for (const [old, fresh] of pairs) if (old.kind === 'use' && fresh.kind === 'use') open.push([old.name, fresh.name]);
    users.before.add(from);
    users.after.add(to);
  }
  return { steps, variables, users };
}

const SAME: Names = naming(
  (name) => name,
  (name) => name,
);

function stepsIn(program: Workflow, user: string): readonly AnyStep[] {
  return [...program.steps.values()].filter(({ name }) => userOf(program, 'step', name) === user);
}

const prefixOf = (user: string) => (user === '' ? '' : `${user.replaceAll('/', '__')}__`);

/** The step whose part a step or variable belongs to; empty for those of the workflow itself. */
export function userOf(program: Workflow, of: 'step' | 'variable', name: string): string {
  if (of === 'step') return name.slice(0, Math.max(0, name.lastIndexOf('/')));
  let user = '';
  for (const step of program.steps.values()) {
    if (step.kind === 'use' && step.name.length > user.length && name.startsWith(prefixOf(step.name))) user = step.name;
  }
  return user;
}

/** What a step or variable is called in the file it stands in. */
export function ownName(program: Workflow, of: 'step' | 'variable', name: string): string {
  const user = userOf(program, of, name);
  if (user === '') return name;
  return name.slice(of === 'step' ? user.length + 1 : prefixOf(user).length);
}

const variablesIn = (program: Workflow, user: string) =>
  [...program.variables.values()].filter(({ name }) => userOf(program, 'variable', name) === user);

interface Views {
  readonly before: View;
  readonly after: View;
}

function matchVariables(
  found: Map<string, string>,
  before: readonly Variable[],
  after: readonly Variable[],
  views: Views,
  [from, to]: readonly [string, string],
): void {
  const fresh = new Map(after.map((variable) => [variable.name, variable]));
  const rest: Variable[] = [];
  for (const variable of before) {
    const name = prefixOf(to) + variable.name.slice(prefixOf(from).length);
    if (fresh.delete(name)) found.set(variable.name, name);
    else rest.push(variable);
  }
  const content = (view: View, variable: Variable) =>
    JSON.stringify(variableFacts(view, variable).map(({ id, value, same }) => [id, same ?? value])).replaceAll(
      // Its own name, in its check and its texts.
      `$${view.names.variable(variable.name)}`,
      '$',
    );
  for (const variable of rest) {
    const mine = content(views.before, variable);
    const same = [...fresh.values()].find((one) => content(views.after, one) === mine);
    if (!same) continue;
    fresh.delete(same.name);
    found.set(variable.name, same.name);
  }
}

function matchSteps(
  before: readonly AnyStep[],
  after: readonly AnyStep[],
  views: Views,
  found: Map<string, string>,
  [from, to]: readonly [string, string],
): readonly (readonly [AnyStep, AnyStep])[] {
  const pairs: (readonly [AnyStep, AnyStep])[] = [];
  const fresh = new Map(after.map((step) => [step.name, step]));
  const rest = new Map<string, AnyStep>();
  const inner = (user: string, name: string) => (user === '' ? name : name.slice(user.length + 1));
  for (const step of before) {
    const name = to === '' ? inner(from, step.name) : `${to}/${inner(from, step.name)}`;
    const same = fresh.get(name);
    if (same) {
      fresh.delete(name);
      found.set(step.name, name);
      pairs.push([step, same]);
    } else rest.set(step.name, step);
  }
  // The likeness of contents never changes; where they lead is told better with each pair that is found.
  const words = new Map([...fresh.values()].map((one) => [one.name, wordsOf(views.after, one)]));
  const candidates = [...rest.values()].flatMap((old) => {
    const mine = wordsOf(views.before, old);
    return [...fresh.values()].flatMap((one) => {
      if (one.kind !== old.kind) return [];
      const alike = likeness(mine, words.get(one.name) ?? []);
      return alike >= ALIKE ? [{ old, one, alike }] : [];
    });
  });
  const around = {
    before: surroundings(before, views.before),
    after: surroundings(after, views.after),
  };
  while (true) {
    let best: { old: AnyStep; one: AnyStep; score: number } | undefined;
    for (const { old, one, alike } of candidates) {
      if (!rest.has(old.name) || !fresh.has(one.name)) continue;
      const context = likeness(
        (around.before.get(old.name) ?? []).map(({ slot, name }) => `${slot} ${found.get(name) ?? '?'}`),
        (around.after.get(one.name) ?? []).map(({ slot, name }) => `${slot} ${name}`),
      );
      const score = 2 * alike + context;
      if (!best || score > best.score) best = { old, one, score };
    }
    if (!best) return pairs;
    rest.delete(best.old.name);
    fresh.delete(best.one.name);
    found.set(best.old.name, best.one.name);
    pairs.push([best.old, best.one]);
  }
}

/** What a step says, word by word, but for its name and where it leads. */
function wordsOf(view: View, step: AnyStep): readonly string[] {
  const facts = [
    ...stepFacts(view, step),
    ...choicesOf(step).flatMap((choice) =>
      choiceFacts(view, '', choice).map((fact) => ({ ...fact, id: `${choice.name}/${fact.id}` })),
    ),
  ];
  const said = facts
    .filter(({ aspect, inherited }) => aspect !== 'target' && aspect !== 'door' && !inherited)
    .flatMap(({ id, value, same }) => (same ?? value ?? '').split(/\s+/).map((word) => `${id} ${word}`));
  const conditions =
    step.kind === 'broken'
      ? []
      : routesOf(step).map((route) => `then ${route.if ? writeCondition(route.if, view.bare) : ''}`);
  return [...said, ...conditions];
}

const choicesOf = (step: AnyStep) => ('choices' in step ? step.choices : []);

/** For each step, those it leads to and those that lead to it, and by what. */
function surroundings(
  steps: readonly AnyStep[],
  view: View,
): ReadonlyMap<string, readonly { slot: string; name: string }[]> {
  const found = new Map<string, { slot: string; name: string }[]>();
  const add = (step: string, slot: string, name: string) => {
    const list = found.get(step) ?? [];
    list.push({ slot, name });
    found.set(step, list);
  };
  for (const step of steps) {
    for (const { slot, to } of leads(step, view)) {
      add(step.name, `to ${slot}`, to);
      add(to, `from ${slot}`, step.name);
    }
  }
  return found;
}

function leads(step: AnyStep, view: View): readonly { slot: string; to: string }[] {
  if (step.kind === 'broken') return step.targets.map((to) => ({ slot: '', to }));
  const doors = 'otherwise' in step && step.otherwise !== undefined ? [{ slot: 'otherwise', to: step.otherwise }] : [];
  const failed =
    'failed' in step
      ? [...step.failed.codes, ...(step.failed.to === undefined ? [] : [['', step.failed.to] as const])].map(
          ([code, to]) => ({ slot: `failed ${code}`, to }),
        )
      : [];
  return [
    ...choicesOf(step).flatMap(({ name, to }) => (to === undefined ? [] : [{ slot: `choice ${name}`, to }])),
    ...routesOf(step).map((route) => ({
      slot: `then ${route.if ? writeCondition(route.if, view.bare) : ''}`,
      to: route.to,
    })),
    ...(step.kind === 'confirm'
      ? [
          { slot: 'yes', to: step.yes.to },
          { slot: 'no', to: step.no.to },
        ]
      : []),
    ...(step.kind === 'wait' && step.timeout !== undefined ? [{ slot: 'timeout', to: step.timeout }] : []),
    ...doors,
    ...failed,
  ];
}

/** The share that two bags of words have in common: 1 for the same, and for two that are empty. */
function likeness(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 && b.length === 0) return 1;
  const counts = new Map<string, number>();
  for (const word of a) counts.set(word, (counts.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of b) {
    const left = counts.get(word) ?? 0;
    if (left > 0) {
      common++;
      counts.set(word, left - 1);
    }
  }
  return common / (a.length + b.length - common);
}
