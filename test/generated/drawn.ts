import type { WorkflowSource } from '@parley/workflow';
import { parse } from 'yaml';
import { isMap, type Tree, type TreeMap } from './generate.ts';

/** What a file draws at a step, read from its text without Parley: where it may lead. */
export interface Drawn {
  readonly ways: ReadonlySet<string>;
  /** Where each choice leads, `yes` and `no` among them; interrupts that lead back are left out. */
  readonly choices: ReadonlyMap<string, string>;
  /** Where it goes when no answer is understood, or there is no way on. */
  readonly doors: ReadonlySet<string>;
  /** Where it goes when the guardrail steps in, and only then. */
  readonly guarded: string | undefined;
}

/** The ways of a workflow by step; the steps of a part are named as the machine names them, `step/part_step`. */
export function drawnWays({ text, parts }: WorkflowSource): ReadonlyMap<string, Drawn> {
  const found = new Map<string, Drawn>();
  const top = read(text);
  const last = textOf(top['otherwise']);
  const models = mapOf(top['models']);
  const guardrail = textOf(mapOf(models['guardrail'])['to']);
  const interrupts = Object.entries(mapOf(top['interrupts'])).flatMap(([name, one]): [string, string][] => {
    const to = isMap(one) ? textOf(one['to']) : undefined;
    return to === undefined ? [] : [[name, to]];
  });
  const heard = interrupts.filter(([name]) => 'hears' in mapOf(mapOf(top['interrupts'])[name]));
  file(top, '', last === undefined ? [] : [last], new Map());
  return found;

  function file(
    content: TreeMap,
    prefix: string,
    doors: readonly string[],
    outcomes: ReadonlyMap<string, string>,
  ): void {
    const here = (to: Tree | undefined) => (typeof to === 'string' ? [prefix + to] : []);
    const own = [...here(content['otherwise']), ...doors];
    for (const [name, step] of Object.entries(mapOf(content['steps']))) {
      if (!isMap(step)) continue;
      const choices = new Map<string, string>();
      const ways = new Set<string>();
      const busy = isMap(step['say']) || ['decide', 'call', 'parallel', 'wait'].some((kind) => kind in step);
      if (busy) for (const [, to] of heard) ways.add(to);
      const question = ['ask', 'form', 'confirm'].some((kind) => kind in step);
      if (question) for (const [interrupt, to] of interrupts) choices.set(interrupt, to);
      for (const [choice, one] of Object.entries(mapOf(step['choices']))) {
        if (isMap(one)) for (const to of here(one['to'])) choices.set(choice, to);
      }
      for (const answer of ['yes', 'no']) {
        const way = step[answer];
        for (const to of here(isMap(way) ? way['to'] : way)) choices.set(answer, to);
      }
      for (const key of ['then', 'branch']) {
        const then = step[key];
        for (const to of here(then)) ways.add(to);
        for (const one of Array.isArray(then) ? then : [])
          if (isMap(one)) for (const to of here(one['to'])) ways.add(to);
      }
      for (const to of here(step['timeout'])) ways.add(to);
      const failed = step['failed'];
      if (failed !== undefined) for (const to of here(isMap(failed) ? failed['to'] : failed)) ways.add(to);
      if (isMap(failed))
        for (const one of Object.values(mapOf(failed['codes']))) for (const to of here(one)) ways.add(to);
      const part = textOf(step['use']);
      if (part !== undefined) use(prefix + name, part, step, here, own, ways);
      const end = step['end'];
      if (end !== undefined) {
        const left = outcomes.get((isMap(end) ? textOf(end['outcome']) : undefined) ?? 'done');
        if (left !== undefined) ways.add(left);
      }
      found.set(prefix + name, {
        ways,
        choices,
        doors: new Set([...here(step['otherwise']), ...own]),
        guarded:
          question || ['decide', 'call', 'parallel'].some((kind) => kind in step) || isMap(step['say'])
            ? guardrail
            : undefined,
      });
    }
  }

  function use(
    name: string,
    part: string,
    step: TreeMap,
    here: (to: Tree | undefined) => readonly string[],
    doors: readonly string[],
    ways: Set<string>,
  ): void {
    const source = Object.hasOwn(parts, part) ? parts[part] : undefined;
    if (!source) return;
    const content = read(source.text);
    const start = textOf(content['start']) ?? Object.keys(mapOf(content['steps']))[0];
    if (start !== undefined) ways.add(`${name}/${start}`);
    const outcomes = Object.entries(mapOf(step['outcomes'])).flatMap(([outcome, to]) =>
      here(to).map((target): [string, string] => [outcome, target]),
    );
    file(content, `${name}/`, doors, new Map(outcomes));
  }
}

function read(text: string): TreeMap {
  const tree: Tree = parse(text, { logLevel: 'error' });
  return isMap(tree) ? tree : {};
}

const mapOf = (tree: Tree | undefined): TreeMap => (isMap(tree) ? tree : {});
const textOf = (tree: Tree | undefined) => (typeof tree === 'string' ? tree : undefined);
