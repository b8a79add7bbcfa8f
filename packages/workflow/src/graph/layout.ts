import { Graph as DagreGraph, layout as dagreLayout } from '@dagrejs/dagre';
import type { Graph } from './graph.ts';

/** A box by its middle, in px. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface LaidEdge {
  readonly from: string;
  readonly to: string;
  readonly points: readonly Point[];
  /** The middle of its label. */
  readonly label: Point | undefined;
}

export interface Layout {
  readonly size: Size;
  readonly nodes: ReadonlyMap<string, Box>;
  readonly groups: ReadonlyMap<string, Box>;
  readonly edges: readonly LaidEdge[];
}

/** An edge to lay out, with the size of its label. */
export interface WantedEdge {
  readonly from: string;
  readonly to: string;
  readonly label: Size | undefined;
}

/** Places boxes of given sizes and the lines between them, from left to right, as steps are wider than high; or, where `down`, from above. */
export function layOut(
  nodes: ReadonlyMap<string, Size>,
  edges: readonly WantedEdge[],
  groups: Graph['groups'],
  parentOf: ReadonlyMap<string, string>,
  down = false,
): Layout {
  const graph = new DagreGraph({ compound: true, multigraph: true });
  graph.setGraph({ rankdir: down ? 'TB' : 'LR', nodesep: 16, edgesep: 10, ranksep: 26, marginx: 20, marginy: 20 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [id, { width, height }] of nodes) graph.setNode(nodeId(id), { width, height });
  for (const { id } of groups) graph.setNode(groupId(id), { width: 0, height: 0 });
  for (const { id, parent } of groups) if (parent !== undefined) graph.setParent(groupId(id), groupId(parent));
  for (const [id, parent] of parentOf) graph.setParent(nodeId(id), groupId(parent));
  for (const [index, { from, to, label }] of edges.entries()) {
    graph.setEdge(
      nodeId(from),
      nodeId(to),
      { width: label?.width ?? 0, height: label?.height ?? 0, labelpos: 'c' },
      String(index),
    );
  }
  dagreLayout(graph);
  const boxes = new Map([...nodes.keys()].map((id) => [id, boxOf(graph.node(nodeId(id)))]));
  const columns = columnsOf([...boxes.values()]);
  return {
    size: { width: numberOf(graph.graph(), 'width'), height: numberOf(graph.graph(), 'height') },
    nodes: boxes,
    groups: new Map(groups.map(({ id }) => [id, boxOf(graph.node(groupId(id)))])),
    edges: edges.map(({ from, to, label }, index) => {
      const laid: unknown = graph.edge({ v: nodeId(from), w: nodeId(to), name: String(index) });
      const points = down ? pointsOf(laid) : sideways(pointsOf(laid), boxes.get(from), boxes.get(to), columns);
      return { from, to, points, label: label === undefined ? undefined : pointOf(laid) };
    }),
  };
}

/** The half width of the widest box of each column, by the column's middle. */
function columnsOf(boxes: readonly Box[]): ReadonlyMap<number, number> {
  const columns = new Map<number, number>();
  for (const { x, width } of boxes) {
    columns.set(Math.round(x), Math.max(columns.get(Math.round(x)) ?? 0, width / 2));
  }
  return columns;
}

/** A line that leads on leaves at the side and turns only beyond its column: not behind the boxes above and below. */
function sideways(
  points: readonly Point[],
  from: Box | undefined,
  to: Box | undefined,
  columns: ReadonlyMap<number, number>,
): readonly Point[] {
  if (!from || !to || from.x >= to.x) return points;
  const half = (box: Box) => columns.get(Math.round(box.x)) ?? box.width / 2;
  return [
    { x: from.x + from.width / 2, y: from.y },
    { x: from.x + half(from), y: from.y },
    ...points.slice(1, -1),
    { x: to.x - half(to), y: to.y },
    { x: to.x - to.width / 2, y: to.y },
  ];
}

// dagre keeps both in objects, where a step named `constructor` would find what every object has.
const nodeId = (id: string) => `step ${id}`;
const groupId = (id: string) => `group ${id}`;

function numberOf(value: unknown, key: string): number {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  return typeof found === 'number' && Number.isFinite(found) ? found : 0;
}

const pointOf = (value: unknown): Point => ({ x: numberOf(value, 'x'), y: numberOf(value, 'y') });
const boxOf = (value: unknown): Box => ({
  ...pointOf(value),
  width: numberOf(value, 'width'),
  height: numberOf(value, 'height'),
});

function pointsOf(value: unknown): readonly Point[] {
  const points: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'points') : undefined;
  return Array.isArray(points) ? points.map(pointOf) : [];
}
