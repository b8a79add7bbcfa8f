import type { Draft, Program } from '../program.ts';
import { type Graph, type GraphEdge, type GraphNode, graphOf } from './graph.ts';
import { type Box, type LaidEdge, layOut, type Point, type Size } from './layout.ts';
import { widthOf, wrapped } from './measure.ts';

/** Sizes in px. */
const NAME = 13;
const TEXT = 11;
const LABEL = 10.5;
const LINE = 1.3;
const BOX = { most: 200, least: 90, padX: 14, padY: 9, lines: 4 };
const LABELS = { width: 120, lines: 3 };
const TITLE = { size: 18, height: 40 };

/** The colours: a family for what steps do, the kinds in it, and how the legend calls it. */
const FAMILIES = [
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

/**
 * A workflow as an SVG drawing that stands alone: no script, no font, no file besides. Colours follow the reader's light
 * or dark scheme; pointing at a step or a way shows its whole text.
 */
export function svg(program: Program | Draft): string {
  const graph = graphOf(program);
  const { drawn: ways, written } = folded(graph);
  const boxes = new Map(graph.nodes.map((node) => [node.id, contentOf(node, written.get(node.id) ?? [])]));
  const sizes = new Map<string, Size>([[START, { width: 16, height: 16 }]]);
  for (const [id, { size }] of boxes) sizes.set(id, size);
  const starts = boxes.has(graph.start) ? [{ from: START, to: graph.start, kind: 'way' as const, label: '' }] : [];
  const edges: readonly GraphEdge[] = [...starts, ...ways];
  const labels = edges.map(({ label }) => labelOf(label));
  const laid = layOut(
    sizes,
    edges.map(({ from, to }, index) => ({ from, to, label: labels[index]?.size })),
    graph.groups,
    new Map(graph.nodes.flatMap(({ id, group }) => (group === undefined ? [] : [[id, group] as const]))),
  );
  const note = noteOf(graph);
  const legend = legendOf(graph);
  const left = note === undefined ? 0 : note.size.width + 10;
  const width = Math.ceil(
    Math.max(laid.size.width + left, legend.width + 40, widthOf(graph.title, TITLE.size, true) + 40),
  );
  const top = TITLE.height + legend.height;
  const height = Math.ceil(Math.max(laid.size.height, (note?.size.height ?? 0) + 40) + top);
  const drawn = [
    ...graph.groups.map(({ id, part }) => groupOf(part, laid.groups.get(id))),
    ...laid.edges.map((edge, index) => lineOf(edge, edges[index])),
    ...graph.nodes.map((node) => nodeOf(node, boxes.get(node.id), laid.nodes.get(node.id))),
    startOf(laid.nodes.get(START)),
    ...laid.edges.map((edge, index) => wordsOf(edge, labels[index])),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" class="parley">`,
    `<title>${escaped(graph.title)}</title>`,
    `<style>${STYLE}</style>`,
    MARKERS,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    `<text class="title" x="20" y="28">${escaped(graph.title)}</text>`,
    ...(note === undefined ? [] : [`<g transform="translate(20 ${top + 20})">${note.drawing}</g>`]),
    `<g transform="translate(${left} ${top})">`,
    ...drawn,
    '</g>',
    `<g transform="translate(20 ${TITLE.height})">${legend.drawing}</g>`,
    '</svg>',
    '',
  ].join('\n');
}

/** No step is called so: names have no spaces. */
const START = ' start';

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
      width: Math.max(BOX.least, widest + 2 * BOX.padX),
      height:
        2 * BOX.padY +
        (names.length * NAME + lines.length * TEXT + ways.length * LABEL) * LINE +
        (lines.length > 0 ? 3 : 0) +
        (ways.length > 0 ? 6 : 0),
    },
  };
}

function nodeOf(node: GraphNode, content: Content | undefined, box: Box | undefined): string {
  if (!content || !box) return '';
  const { width, height } = box;
  const round = node.kind === 'end' || node.kind === 'transfer' ? height / 2 : node.kind === 'branch' ? 2 : 7;
  return [
    `<g class="step ${familyOf(node.kind)}" transform="translate(${at(box.x - width / 2)} ${at(box.y - height / 2)})">`,
    `<title>${escaped(`${node.id} (${node.kind})${node.text === '' ? '' : `\n${node.text}`}`)}</title>`,
    `<rect width="${at(width)}" height="${at(height)}" rx="${at(Math.min(round, 22))}"/>`,
    contentLines(content, width),
    '</g>',
  ].join('');
}

function contentLines({ name, text, ways }: Content, width: number): string {
  let y = BOX.padY - 2;
  const lines = name.map((line) => {
    y += NAME * LINE;
    return `<text class="name" x="${at(width / 2)}" y="${at(y - 2)}">${escaped(line)}</text>`;
  });
  if (text.length > 0) y += 3;
  for (const line of text) {
    y += TEXT * LINE;
    lines.push(`<text x="${at(width / 2)}" y="${at(y - 2)}">${escaped(line)}</text>`);
  }
  y += 6;
  for (const { edge, line } of ways) {
    y += LABEL * LINE;
    lines.push(
      `<text class="${edge.kind}" x="${at(width / 2)}" y="${at(y - 2)}"><title>${escaped(titleOf(edge))}</title>${escaped(line)}</text>`,
    );
  }
  return lines.join('');
}

function startOf(box: Box | undefined): string {
  return box ? `<circle class="start" cx="${at(box.x)}" cy="${at(box.y)}" r="7"/>` : '';
}

function groupOf(part: string, box: Box | undefined): string {
  if (!box) return '';
  const [x, y] = [at(box.x - box.width / 2), at(box.y - box.height / 2)];
  return (
    `<g class="group"><rect x="${x}" y="${y}" width="${at(box.width)}" height="${at(box.height)}" rx="10"/>` +
    `<text x="${at(box.x - box.width / 2 + 10)}" y="${at(box.y - box.height / 2 + 16)}">${escaped(part)}</text></g>`
  );
}

function lineOf({ points }: LaidEdge, edge: GraphEdge | undefined): string {
  if (points.length === 0 || !edge) return '';
  return `<g class="${edge.kind}"><title>${escaped(titleOf(edge))}</title><path d="${curve(points)}" marker-end="url(#parley-${edge.kind})"/></g>`;
}

function titleOf({ from, to, label }: GraphEdge): string {
  return from === START ? 'start' : `${from} → ${to}${label === '' ? '' : `: ${label}`}`;
}

/** A line through points, its corners rounded: between the middles of its pieces each corner is a curve. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let path = `M${at(first.x)} ${at(first.y)}`;
  for (const [index, point] of rest.entries()) {
    const next = rest[index + 1];
    if (!next) path += `L${at(point.x)} ${at(point.y)}`;
    else path += `Q${at(point.x)} ${at(point.y)} ${at((point.x + next.x) / 2)} ${at((point.y + next.y) / 2)}`;
  }
  return path;
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

function wordsOf({ label }: LaidEdge, content: Label | undefined): string {
  if (!label || !content) return '';
  const { width, height } = content.size;
  const top = label.y - height / 2;
  const lines = content.lines.map(
    (line, index) => `<text x="${at(label.x)}" y="${at(top + (index + 1) * LABEL * LINE - 1)}">${escaped(line)}</text>`,
  );
  return `<g class="label"><rect x="${at(label.x - width / 2)}" y="${at(top)}" width="${at(width)}" height="${at(height)}" rx="3"/>${lines.join('')}</g>`;
}

/** What may happen at every question, in a box at the side. */
function noteOf(graph: Graph): { size: Size; drawing: string } | undefined {
  if (graph.everywhere.length === 0) return undefined;
  const inner = 190;
  const lines: { text: string; bold: boolean; gap: number }[] = [{ text: 'At every question', bold: true, gap: 0 }];
  for (const { name, text, to } of graph.everywhere) {
    lines.push({ text: `${name} → ${to ?? 'back to the question'}`, bold: true, gap: 7 });
    for (const line of wrapped(text, inner, TEXT, 3)) lines.push({ text: line, bold: false, gap: 0 });
  }
  let y = 8;
  const drawn = lines.flatMap(({ text, bold, gap }) => {
    y += gap;
    const pieces = bold ? wrapped(text, inner / 1.08, TEXT, 2) : [text];
    return pieces.map((piece) => {
      y += TEXT * LINE;
      return `<text${bold ? ' class="name"' : ''} x="12" y="${at(y)}">${escaped(piece)}</text>`;
    });
  });
  const size = { width: inner + 24, height: y + 12 };
  return {
    size,
    drawing: `<g class="note"><rect width="${size.width}" height="${at(size.height)}" rx="8"/>${drawn.join('')}</g>`,
  };
}

/** The colours that are in the drawing, in one row. */
function legendOf(graph: Graph): Size & { drawing: string } {
  const kinds = new Set<string>(graph.nodes.map(({ kind }) => kind));
  let x = 0;
  const boxes = FAMILIES.filter((one) => one.kinds.some((kind) => kinds.has(kind))).map(({ family, label }) => {
    const box = `<g class="step ${family}"><rect x="${at(x)}" y="6" width="14" height="14" rx="3"/></g><text x="${at(x + 20)}" y="17">${escaped(label)}</text>`;
    x += 20 + widthOf(label, TEXT) + 18;
    return box;
  });
  const doors = graph.edges.some(({ kind }) => kind === 'door')
    ? `<g class="door"><path d="M${at(x)} 13h26"/></g><text x="${at(x + 32)}" y="17">when it fails</text>`
    : '';
  if (doors !== '') x += 32 + widthOf('when it fails', TEXT);
  return { width: x, height: 34, drawing: `<g class="legend">${boxes.join('')}${doors}</g>` };
}

function familyOf(kind: GraphNode['kind']): string {
  return FAMILIES.find(({ kinds }) => kinds.some((one) => one === kind))?.family ?? 'tell';
}

/** A coordinate: a tenth of a px is as fine as is seen. */
const at = (value: number) => String(Math.round(value * 10) / 10);

/** Text within XML, without the control characters that it cannot hold. */
function escaped(text: string): string {
  const entities: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, '')
      .replace(/[&<>"]/g, (character) => entities[character] ?? '')
  );
}

const MARKERS = ['way', 'door']
  .map(
    (kind) =>
      `<marker id="parley-${kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path class="tip ${kind}-tip" d="M0 0.5 7.5 4 0 7.5z"/></marker>`,
  )
  .join('')
  .replace(/^(.*)$/s, '<defs>$1</defs>');

/** For each family: fill and line in the light, fill and line in the dark. */
const COLOURS = {
  tell: ['#e3f0fd', '#3b76b0', '#17314a', '#5f9fdc'],
  ask: ['#dcf4f1', '#2a8c7f', '#123b37', '#45b8a9'],
  think: ['#eee7fc', '#7a5bc0', '#2f2450', '#a48ae6'],
  do: ['#fdf0d6', '#b8832b', '#43310d', '#dba94f'],
  wait: ['#eceff1', '#6f7f88', '#2b3338', '#93a5af'],
  use: ['#e9f3dc', '#668c33', '#283a12', '#94c055'],
  person: ['#fde5e7', '#b8505c', '#481a21', '#e07f8a'],
  end: ['#e7e7ec', '#4d4d63', '#2b2b38', '#a5a5bd'],
  broken: ['#ffffff', '#dd0000', '#200000', '#ff4444'],
} as const;

const scheme = (fill: 0 | 2, line: 1 | 3) =>
  Object.entries(COLOURS)
    .map(([family, colours]) => `.parley .${family} rect{fill:${colours[fill]};stroke:${colours[line]}}`)
    .join('');

const STYLE = [
  '.parley text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:#1f2328}',
  '.parley .paper{fill:#ffffff}',
  '.parley .title{font-size:18px;font-weight:600}',
  '.parley .name{font-weight:600}',
  '.parley .step text{text-anchor:middle}',
  '.parley .step .name{font-size:13px}',
  '.parley .step rect{stroke-width:1.3}',
  '.parley .step .way,.parley .step .door{font-size:10.5px;fill:#59636e}.parley .step .door{fill:#a04a18}',
  '.parley path{fill:none;stroke:#6b7280;stroke-width:1.3}',
  '.parley .door path{stroke:#b3541e;stroke-dasharray:3 3}',
  '.parley .tip{fill:#6b7280;stroke:none}.parley .door-tip{fill:#b3541e}',
  '.parley .start{fill:#1f2328}',
  '.parley .label text{font-size:10.5px;text-anchor:middle;fill:#3d444d}',
  '.parley .label rect{fill:#ffffff;opacity:.88}',
  '.parley .group rect{fill:#80808012;stroke:#8c959f;stroke-dasharray:4 4}.parley .group text{fill:#59636e;font-weight:600}',
  '.parley .note rect{fill:#80808012;stroke:#8c959f}',
  scheme(0, 1),
  '@media (prefers-color-scheme:dark){',
  '.parley text{fill:#e6edf3}.parley .paper{fill:#0d1117}.parley path{stroke:#8b949e}',
  '.parley .door path{stroke:#e08e5e}.parley .tip{fill:#8b949e}.parley .door-tip{fill:#e08e5e}',
  '.parley .start{fill:#e6edf3}.parley .label text{fill:#c3ccd5}.parley .label rect{fill:#0d1117}',
  '.parley .group text,.parley .step .way{fill:#9ba6b2}.parley .step .door{fill:#e08e5e}',
  scheme(2, 3),
  '}',
].join('');
