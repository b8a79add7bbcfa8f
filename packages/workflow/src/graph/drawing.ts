import type { Draft, Program } from '../program.ts';
import { type Graph, type GraphEdge, type GraphNode, graphOf } from './graph.ts';
import { type Box, layOut, type Point, type Size } from './layout.ts';
import { widthOf, wrapped } from './measure.ts';

/** How a drawing is set, in px: sizes of letters, the height of a line, and the space within a box. */
export const SET = { name: 13, text: 11, label: 10.5, line: 1.3, padX: 14, padY: 9 } as const;
const { name: NAME, text: TEXT, label: LABEL, line: LINE } = SET;
const BOX = { most: 200, least: 90, lines: 4 };
const LABELS = { width: 120, lines: 3 };

/** The colours: a family for what steps do, the kinds in it, and how the legend calls it. */
export const FAMILIES = [
  { family: 'tell', kinds: ['say'], label: 'says' },
  { family: 'ask', kinds: ['ask', 'form', 'confirm'], label: 'asks the caller' },
  { family: 'think', kinds: ['decide', 'branch'], label: 'decides' },
  { family: 'do', kinds: ['call', 'parallel'], label: 'calls tools' },
  { family: 'wait', kinds: ['wait'], label: 'waits' },
  { family: 'use', kinds: ['use'], label: 'shared part' },
  { family: 'person', kinds: ['transfer'], label: 'to a person' },
  { family: 'end', kinds: ['end'], label: 'ends' },
  { family: 'broken', kinds: ['broken'], label: "can't be read" },
] as const satisfies readonly { family: string; kinds: readonly GraphNode['kind'][]; label: string }[];

export type Family = (typeof FAMILIES)[number]['family'];

/** A workflow laid out, with its texts in lines: whoever draws it needs to measure nothing. Plain JSON. */
export interface Drawing {
  readonly graph: Graph;
  readonly size: Size;
  readonly steps: readonly DrawnStep[];
  readonly groups: readonly { readonly id: string; readonly part: string; readonly box: Box }[];
  /** The ways that are drawn as lines; the others are written in the box of the step they come from. */
  readonly ways: readonly DrawnWay[];
  /** Where the way to the first step comes from; `id` is what that way names. */
  readonly start: { readonly id: string; readonly box: Box } | undefined;
}

export interface DrawnStep {
  readonly node: GraphNode;
  readonly family: Family;
  readonly box: Box;
  readonly name: readonly string[];
  readonly text: readonly string[];
  readonly written: readonly { readonly edge: GraphEdge; readonly line: string }[];
}

export interface DrawnWay {
  readonly edge: GraphEdge;
  readonly points: readonly Point[];
  /** The words on it, around the middle of their place. */
  readonly label: { readonly lines: readonly string[]; readonly size: Size; readonly at: Point } | undefined;
}

/**
 * Lays a workflow out, from left to right. `taken`: only the steps between which these moves went, and the ways they went by, from above:
 * it is nearly a line, which is read as a list is.
 */
export function drawingOf(program: Program | Draft, taken?: readonly Taken[]): Drawing {
  const graph = taken ? narrowed(graphOf(program), taken) : graphOf(program);
  const { drawn, written } = folded(graph);
  const contents = new Map(graph.nodes.map((node) => [node.id, contentOf(node, written.get(node.id) ?? [])]));
  const sizes = new Map<string, Size>([[START, { width: 16, height: 16 }]]);
  for (const [id, { size }] of contents) sizes.set(id, size);
  const starts = contents.has(graph.start) ? [{ from: START, to: graph.start, kind: 'way' as const, label: '' }] : [];
  const edges: readonly GraphEdge[] = [...starts, ...drawn];
  const labels = edges.map(({ label }) => labelOf(label));
  const laid = layOut(
    sizes,
    edges.map(({ from, to }, index) => ({ from, to, label: labels[index]?.size })),
    graph.groups,
    new Map(graph.nodes.flatMap(({ id, group }) => (group === undefined ? [] : [[id, group] as const]))),
    taken !== undefined,
  );
  const begin = laid.nodes.get(START);
  return {
    graph,
    size: laid.size,
    steps: graph.nodes.flatMap((node) => {
      const [content, box] = [contents.get(node.id), laid.nodes.get(node.id)];
      if (!content || !box) return [];
      const { name, text, ways } = content;
      return [{ node, family: familyOf(node.kind), box, name, text, written: ways }];
    }),
    groups: graph.groups.flatMap(({ id, part }) => {
      const box = laid.groups.get(id);
      return box ? [{ id, part, box }] : [];
    }),
    ways: edges.map((edge, index) => {
      const [label, at] = [labels[index], laid.edges[index]?.label];
      return { edge, points: laid.edges[index]?.points ?? [], label: label && at && { ...label, at } };
    }),
    start: begin && { id: START, box: begin },
  };
}

/** A move from one step to another. */
export interface Taken {
  readonly from: string;
  readonly to: string;
}

/** What was gone through of a graph. A move that is no way of the file, as an interrupt's, is one of its own. */
function narrowed(graph: Graph, taken: readonly Taken[]): Graph {
  const seen = new Set(taken.flatMap(({ from, to }) => [from, to]));
  const known = new Set(graph.nodes.map(({ id }) => id));
  const went = new Map(taken.map((move) => [JSON.stringify([move.from, move.to]), move]));
  const edges = graph.edges.filter(({ from, to }) => went.has(JSON.stringify([from, to])));
  for (const { from, to } of edges) went.delete(JSON.stringify([from, to]));
  const others = [...went.values()].filter(({ from, to }) => known.has(from) && known.has(to));
  const nodes = graph.nodes.filter(({ id }) => seen.has(id));
  const around = new Set(nodes.flatMap(({ group }) => (group === undefined ? [] : outwards(graph.groups, group))));
  return {
    ...graph,
    nodes,
    edges: [...edges, ...others.map(({ from, to }): GraphEdge => ({ from, to, kind: 'way', label: '' }))],
    groups: graph.groups.filter(({ id }) => around.has(id)),
    everywhere: [],
  };
}

/** A group and those around it. */
function outwards(groups: Graph['groups'], id: string): readonly string[] {
  const parent = groups.find((group) => group.id === id)?.parent;
  return parent === undefined ? [id] : [id, ...outwards(groups, parent)];
}

/** Where the way to the first step comes from. No step is called so: names have no spaces. */
export const START = ' start';

/**
 * A step that so many ways lead to would pull the drawing apart: all ways to it but the shortest from the start are
 * written, not drawn. In a large workflow that is every step that more than one way leads to.
 */
const hubOf = (steps: number) => (steps > 30 ? 2 : 4);

/** The ways that are drawn as lines, and those that are written in the box of the step they come from. */
function folded(graph: Graph): {
  drawn: readonly GraphEdge[];
  written: ReadonlyMap<string, readonly GraphEdge[]>;
} {
  const incoming = new Map<string, number>();
  for (const { to } of graph.edges) incoming.set(to, (incoming.get(to) ?? 0) + 1);
  const shortest = firstWays(graph);
  const drawn: GraphEdge[] = [];
  const written = new Map<string, GraphEdge[]>();
  for (const edge of graph.edges) {
    const hub = (incoming.get(edge.to) ?? 0) >= hubOf(graph.nodes.length);
    if (hub && shortest.get(edge.to) !== edge) written.set(edge.from, [...(written.get(edge.from) ?? []), edge]);
    else drawn.push(edge);
  }
  return { drawn, written };
}

/** The way by which each step is first come to from the start; doors only where nothing else leads there. */
function firstWays({ start, nodes, edges }: Graph): ReadonlyMap<string, GraphEdge> {
  const outgoing = new Map<string, GraphEdge[]>();
  for (const edge of edges) outgoing.set(edge.from, [...(outgoing.get(edge.from) ?? []), edge]);
  const found = new Map<string, GraphEdge>();
  const seen = new Set<string>();
  const walk = (from: string, kinds: readonly GraphEdge['kind'][]) => {
    const queue = [from];
    seen.add(from);
    for (const step of queue) {
      for (const edge of outgoing.get(step) ?? []) {
        if (seen.has(edge.to) || !kinds.includes(edge.kind)) continue;
        seen.add(edge.to);
        found.set(edge.to, edge);
        queue.push(edge.to);
      }
    }
  };
  walk(start, ['way']);
  for (const { from, to, kind } of [...edges]) {
    if (kind === 'door' && seen.has(from) && !seen.has(to)) {
      const door = outgoing.get(from)?.find((edge) => edge.to === to && edge.kind === 'door');
      if (door) found.set(to, door);
      walk(to, ['way', 'door']);
    }
  }
  for (const { id } of nodes) if (!seen.has(id)) walk(id, ['way', 'door']);
  return found;
}

interface Content {
  readonly size: Size;
  readonly name: readonly string[];
  readonly text: readonly string[];
  readonly ways: readonly { readonly edge: GraphEdge; readonly line: string }[];
}

function contentOf({ name, text }: Pick<GraphNode, 'name' | 'text'>, written: readonly GraphEdge[]): Content {
  const ways = written.map((edge) => {
    const way = `→ ${edge.to}`;
    const label =
      edge.label === '' ? undefined : wrapped(edge.label, BOX.most - widthOf(` ${way}`, LABEL), LABEL, 1)[0];
    return { edge, line: label === undefined ? way : `${label} ${way}` };
  });
  const names = wrapped(name, BOX.most / 1.08, NAME, 2);
  const lines = wrapped(text, BOX.most, TEXT, BOX.lines);
  const widest = Math.max(
    ...names.map((line) => widthOf(line, NAME, true)),
    ...lines.map((line) => widthOf(line, TEXT)),
    ...ways.map(({ line }) => widthOf(line, LABEL)),
  );
  return {
    name: names,
    text: lines,
    ways,
    size: {
      width: Math.max(BOX.least, widest + 2 * SET.padX),
      height:
        2 * SET.padY +
        (names.length * NAME + lines.length * TEXT + ways.length * LABEL) * LINE +
        (lines.length > 0 ? 3 : 0) +
        (ways.length > 0 ? 6 : 0),
    },
  };
}

interface Label {
  readonly lines: readonly string[];
  readonly size: Size;
}

function labelOf(label: string): Label | undefined {
  if (label === '') return undefined;
  const lines = wrapped(label, LABELS.width, LABEL, LABELS.lines);
  return {
    lines,
    size: {
      width: Math.max(...lines.map((line) => widthOf(line, LABEL))) + 8,
      height: lines.length * LABEL * LINE + 4,
    },
  };
}

function familyOf(kind: GraphNode['kind']): Family {
  return FAMILIES.find(({ kinds }) => kinds.some((one) => one === kind))?.family ?? 'tell';
}
