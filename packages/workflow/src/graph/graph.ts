import { duration } from '../diff/duration.ts';
import type { BrokenStep, Draft, Program, Route, Step, Text } from '../program.ts';

/** A workflow as a drawing needs it: steps and the ways between them, with the words on them. */
export interface Graph {
  readonly title: string;
  readonly start: string;
  /** In the order of the file. */
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** The parts, each around the steps it brings. */
  readonly groups: readonly GraphGroup[];
  /** What may happen at every question, drawn once: interrupts, the guardrail's door, and the door of last resort. */
  readonly everywhere: readonly Everywhere[];
}

export interface GraphNode {
  readonly id: string;
  readonly kind: Step['kind'] | 'broken';
  /** The name in its own file. */
  readonly name: string;
  /** What it says, asks, calls or waits for. */
  readonly text: string;
  /** The `id` of the group it stands in. */
  readonly group: string | undefined;
}

/** A way from one step to another; a door is taken when something fails. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'way' | 'door';
  readonly label: string;
}

export interface GraphGroup {
  /** The name of the step that uses the part. */
  readonly id: string;
  readonly part: string;
  readonly parent: string | undefined;
}

export interface Everywhere {
  readonly name: string;
  readonly text: string;
  readonly kind: 'interrupt' | 'door';
  /** Undefined: back to the question that was open. */
  readonly to: string | undefined;
}

/** What a workflow looks like: every step once, every way between two steps as one edge of its kind. */
export function graphOf(program: Program | Draft): Graph {
  const steps = [...program.steps.values()];
  const door = program.otherwise;
  const guarded = program.models.guardrail?.to;
  const edges = steps.flatMap((step) =>
    waysFrom(step)
      // The door of last resort is drawn once, not from every step.
      .filter(({ kind, to }) => program.steps.has(to) && !(kind === 'door' && to === door))
      .map(({ to, kind, label }): GraphEdge => ({ from: step.name, to, kind, label: ownVariables(label, step.name) })),
  );
  return {
    title: program.title,
    start: program.start,
    nodes: steps.map((step) => {
      const group = step.name.slice(0, Math.max(0, step.name.lastIndexOf('/')));
      return {
        id: step.name,
        kind: step.kind,
        name: group === '' ? step.name : step.name.slice(group.length + 1),
        text: ownVariables(oneLine(textOf(step)), step.name),
        group: group === '' ? undefined : group,
      };
    }),
    edges: joined(edges),
    groups: steps.flatMap((step) => {
      if (step.kind !== 'use' || !steps.some(({ name }) => name.startsWith(`${step.name}/`))) return [];
      const parent = step.name.slice(0, Math.max(0, step.name.lastIndexOf('/')));
      return [{ id: step.name, part: step.part, parent: parent === '' ? undefined : parent }];
    }),
    everywhere: [
      ...program.interrupts.map(
        ({ name, when, to }): Everywhere => ({ name, text: oneLine(when), kind: 'interrupt', to }),
      ),
      ...(guarded === undefined
        ? []
        : [{ name: 'guardrail', text: 'when the guardrail steps in', kind: 'door' as const, to: guarded }]),
      ...(door === undefined
        ? []
        : [{ name: 'otherwise', text: 'where a step has no door of its own', kind: 'door' as const, to: door }]),
    ],
  };
}

/** Where a step leads, with the words on the way. */
function waysFrom(step: Step | BrokenStep): readonly { to: string; kind: 'way' | 'door'; label: string }[] {
  const way = (to: string | undefined, label: string) =>
    to === undefined ? [] : [{ to, kind: 'way' as const, label: oneLine(label) }];
  const door = (to: string | undefined, label: string) =>
    to === undefined ? [] : [{ to, kind: 'door' as const, label: oneLine(label) }];
  const choices =
    'choices' in step
      ? step.choices.flatMap(({ name, if: condition, to }) =>
          way(to, condition ? `${name}, if ${condition.expression.source}` : name),
        )
      : [];
  const otherwise = 'otherwise' in step ? door(step.otherwise, 'otherwise') : [];
  switch (step.kind) {
    case 'say':
    case 'branch':
      return routes(step.then).flatMap(([to, label]) => way(to, label));
    case 'ask':
    case 'decide':
      return [...choices, ...otherwise];
    case 'form':
      return [...routes(step.then).flatMap(([to, label]) => way(to, label)), ...choices, ...otherwise];
    case 'confirm':
      return [...way(step.yes.to, 'yes'), ...way(step.no.to, 'no'), ...choices, ...otherwise];
    case 'call':
    case 'parallel':
      return [
        ...routes(step.then).flatMap(([to, label]) => way(to, label)),
        ...[...step.failed.codes].flatMap(([code, to]) => door(to, code)),
        ...door(step.failed.to, 'failed'),
      ];
    case 'wait':
      return [...routes(step.then).flatMap(([to, label]) => way(to, label)), ...door(step.timeout, 'timeout')];
    case 'use':
      return step.then[0].to === step.name ? [] : way(step.then[0].to, '');
    case 'end':
      return step.leave ? way(step.leave.to, step.outcome) : [];
    case 'transfer':
      return [];
    case 'broken':
      return step.targets.flatMap((to) => way(to, ''));
  }
}

function routes(then: readonly Route[]): readonly (readonly [string, string])[] {
  return then.map(({ if: condition, to }, index) => {
    if (condition) return [to, condition.expression.source];
    return [to, index > 0 ? 'else' : ''];
  });
}

/** One edge for all the ways of a kind between the same two steps. */
function joined(edges: readonly GraphEdge[]): readonly GraphEdge[] {
  const found = new Map<string, GraphEdge>();
  for (const edge of edges) {
    const key = JSON.stringify([edge.from, edge.to, edge.kind]);
    const same = found.get(key);
    const labels = [same?.label, edge.label].filter((label) => label !== undefined && label !== '');
    found.set(key, { ...edge, label: labels.join(' / ') });
  }
  return [...found.values()];
}

function textOf(step: Step | BrokenStep): string {
  const source = (text: Text | undefined) => text?.template.source ?? '';
  switch (step.kind) {
    case 'say':
      return step.compose?.instructions ?? source(step.text);
    case 'ask':
    case 'confirm':
      return source(step.text);
    case 'form':
      return step.variables.map((name) => `$${name}`).join(', ');
    case 'decide':
      return step.instructions;
    case 'call':
      return step.call.tool;
    case 'parallel':
      return step.calls.map(({ tool }) => tool).join(', ');
    case 'wait':
      return step.signal === undefined ? duration(step.for) : `${duration(step.for)} or ${step.signal}`;
    case 'use':
      return step.part;
    case 'transfer':
      return step.queue;
    case 'end':
      return step.leave ? step.outcome : step.say ? source(step.say) : step.outcome;
    case 'branch':
      return '';
    case 'broken':
      return "can't be read";
  }
}

/** In a part, variables go by the names of its own file. */
function ownVariables(text: string, step: string): string {
  const user = step.slice(0, Math.max(0, step.lastIndexOf('/')));
  return user === '' ? text : text.replaceAll(`$${user.replaceAll('/', '__')}__`, '$');
}

const oneLine = (text: string) => text.trim().replace(/\s+/g, ' ');

/** A text of at most so many characters, cut at a word. */
export function shortened(text: string, most: number): string {
  const characters = [...text];
  if (characters.length <= most) return text;
  const cut = characters.slice(0, most - 1).join('');
  const space = cut.lastIndexOf(' ');
  return `${(space > most / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
