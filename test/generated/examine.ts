import { createMachine } from '@parley/machine';
import {
  checkWorkflow,
  describeChanges,
  describeProblem,
  diffWorkflows,
  draftWorkflow,
  mermaid,
  type Problem,
  type Program,
  svg,
  type ToolSignatures,
  type WorkflowSource,
} from '@parley/workflow';
import { parse, stringify } from 'yaml';
import type { Random } from '../../packages/workflow/src/expression/testing/generate.ts';
import { drive, type Journey } from './drive.ts';
import { isMap, type Tree } from './generate.ts';
import type { Shape } from './shape.ts';

/** A workflow's files, to be examined. */
export interface Specimen {
  readonly source: WorkflowSource;
  readonly tools: ToolSignatures;
  readonly outputs: ReadonlyMap<string, Shape>;
}

export interface Examined {
  readonly problems: readonly Problem[];
  readonly program: Program | undefined;
  readonly journeys: readonly Journey[];
  /** What must not be, each in a sentence. */
  readonly wrong: readonly string[];
}

/** Checks a workflow, and drives it where it passes. `before`: another one to compare it with. Never throws, if all is well. */
export function examine({ source, tools, outputs }: Specimen, before: WorkflowSource, random: Random): Examined {
  const wrong: string[] = [];
  const attempt = <T>(what: string, work: () => T): T | undefined => {
    try {
      return work();
    } catch (error) {
      wrong.push(`${what} threw: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      return undefined;
    }
  };
  const checked = attempt('checkWorkflow', () => checkWorkflow(source, tools));
  // What each need not go through takes longer than the check and the sessions.
  const rarely = random.chance(0.2);
  if (rarely) attempt('checkWorkflow without tools', () => checkWorkflow(source));
  for (const problem of checked?.problems ?? []) wrong.push(...misplaced(problem, source));
  const draft = rarely ? attempt('draftWorkflow', () => draftWorkflow(source, tools)) : undefined;
  const other = rarely ? attempt('draftWorkflow', () => draftWorkflow(before, tools)) : undefined;
  if (draft && other) {
    for (const [one, two] of [
      [draft, other],
      [other, draft],
    ] as const) {
      attempt('diffWorkflows', () => {
        if (describeChanges(diffWorkflows(one, two)).trim() === '') wrong.push('A comparison says nothing.');
      });
    }
    attempt('diffWorkflows', () => {
      const changes = diffWorkflows(draft, draft);
      if (changes.length > 0) wrong.push(`Compared with itself it has changed: ${describeChanges(changes)}`);
    });
    attempt('mermaid', () => mermaid(draft));
    attempt('svg', () => svg(draft));
  }
  const journeys: Journey[] = [];
  const program = checked?.program;
  if (program) {
    attempt('configuration', () => JSON.stringify(createMachine(program, tools).configuration));
    if (random.chance(0.3)) attempt('the version', () => wrong.push(...unstable(program, tools, random)));
    const mayBeLong = checked.problems.some(({ code }) => code === 'text/long');
    for (let time = 0; time < 2; time++) {
      const journey = attempt('the machine', () => drive(program, tools, random, { outputs, mayBeLong }));
      if (journey) journeys.push(journey);
      wrong.push(...(journey?.wrong ?? []));
    }
  }
  return { problems: checked?.problems ?? [], program, journeys, wrong };
}

/** What is wrong with how a problem is told. */
function misplaced(problem: Problem, { file, text, parts }: WorkflowSource): readonly string[] {
  const { code, message, fix, line, column } = problem;
  const told = describeProblem(problem);
  const files = [{ file, text }, ...Object.values(parts)];
  const place = files.find((one) => one.file === problem.file)?.text.split('\n')[line - 1];
  if (place === undefined || column < 1 || column > place.length + 1)
    return [`A problem stands outside of the file: ${told}`];
  if (code === '' || message === '' || fix === '') return [`A problem says too little: ${told}`];
  return [];
}

/** The version must not depend on comments, layout, quoting or the order of keys where that means nothing. */
function unstable(program: Program, tools: ToolSignatures, random: Random): readonly string[] {
  const { source } = program;
  const texts = {
    'as JSON': JSON.stringify(parse(source.text)),
    'in other quotes': stringify(parse(source.text), { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 40 }),
    'with comments': source.text.replaceAll(/^(\w)/gm, '# A comment.\n\n$1'),
    'with its keys in another order': stringify(shuffled(parse(source.text), random, false)),
  };
  // One of them each time, as each is a workflow to be read anew.
  const [how, text] = Object.entries(texts)[random.below(4)] ?? ['as it is', source.text];
  const again = checkWorkflow({ ...source, text }, tools);
  if (!again.program) return [`${how} it is not valid: ${again.problems.map(describeProblem).join('\n')}`];
  return again.program.version === program.version ? [] : [`${how} it has another version.`];
}

/** Maps whose order means something (see canonical.ts). */
const ORDERED = ['steps', 'choices', 'variables', 'inputs', 'interrupts', 'values'];

function shuffled(tree: Tree, random: Random, ordered: boolean): Tree {
  if (Array.isArray(tree)) return tree.map((item) => shuffled(item, random, false));
  if (!isMap(tree)) return tree;
  const entries = Object.entries(tree).map(([key, item]): [string, Tree] => [
    key,
    shuffled(item, random, ORDERED.includes(key)),
  ]);
  return Object.fromEntries(
    ordered
      ? entries
      : entries
          .map((entry) => [random.next(), entry] as const)
          .sort(([a], [b]) => a - b)
          .map(([, entry]) => entry),
  );
}
