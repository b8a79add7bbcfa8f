import type { Draft, Program } from '../program.ts';
import { type Drawing, type DrawnStep, type DrawnWay, drawingOf, FAMILIES, SET, START } from './drawing.ts';
import type { Graph, GraphEdge } from './graph.ts';
import type { Point, Size } from './layout.ts';
import { widthOf, wrapped } from './measure.ts';

const { name: NAME, text: TEXT, label: LABEL, line: LINE } = SET;
const TITLE = { size: 18, height: 40 };

/**
 * A workflow as an SVG drawing that stands alone: no script, no font, no file besides. Colours follow the reader's light
 * or dark scheme; pointing at a step or a way shows its whole text.
 */
export function svg(program: Program | Draft): string {
  const drawing = drawingOf(program);
  const { graph, size } = drawing;
  const note = noteOf(graph);
  const legend = legendOf(graph);
  const left = note === undefined ? 0 : note.size.width + 10;
  const width = Math.ceil(Math.max(size.width + left, legend.width + 40, widthOf(graph.title, TITLE.size, true) + 40));
  const top = TITLE.height + legend.height;
  const height = Math.ceil(Math.max(size.height, (note?.size.height ?? 0) + 40) + top);
  const drawn = [
    ...drawing.groups.map(groupOf),
    ...drawing.ways.map(lineOf),
    ...drawing.steps.map(stepOf),
    startOf(drawing.start),
    ...drawing.ways.map(wordsOf),
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

function stepOf(step: DrawnStep): string {
  const { node, family, box } = step;
  const { width, height } = box;
  const round = node.kind === 'end' || node.kind === 'transfer' ? height / 2 : node.kind === 'branch' ? 2 : 7;
  return [
    `<g class="step ${family}" transform="translate(${at(box.x - width / 2)} ${at(box.y - height / 2)})">`,
    `<title>${escaped(`${node.id} (${node.kind})${node.text === '' ? '' : `\n${node.text}`}`)}</title>`,
    `<rect width="${at(width)}" height="${at(height)}" rx="${at(Math.min(round, 22))}"/>`,
    linesOf(step),
    '</g>',
  ].join('');
}

function linesOf({ name, text, written, box: { width } }: DrawnStep): string {
  let y = SET.padY - 2;
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
  for (const { edge, line } of written) {
    y += LABEL * LINE;
    lines.push(
      `<text class="${edge.kind}" x="${at(width / 2)}" y="${at(y - 2)}"><title>${escaped(titleOf(edge))}</title>${escaped(line)}</text>`,
    );
  }
  return lines.join('');
}

function startOf(start: Drawing['start']): string {
  const box = start?.box;
  return box ? `<circle class="start" cx="${at(box.x)}" cy="${at(box.y)}" r="7"/>` : '';
}

function groupOf({ part, box }: Drawing['groups'][number]): string {
  const [x, y] = [at(box.x - box.width / 2), at(box.y - box.height / 2)];
  return (
    `<g class="group"><rect x="${x}" y="${y}" width="${at(box.width)}" height="${at(box.height)}" rx="10"/>` +
    `<text x="${at(box.x - box.width / 2 + 10)}" y="${at(box.y - box.height / 2 + 16)}">${escaped(part)}</text></g>`
  );
}

function lineOf({ edge, points }: DrawnWay): string {
  if (points.length === 0) return '';
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

function wordsOf({ label }: DrawnWay): string {
  if (!label) return '';
  const {
    at: middle,
    size: { width, height },
  } = label;
  const top = middle.y - height / 2;
  const lines = label.lines.map(
    (line, index) =>
      `<text x="${at(middle.x)}" y="${at(top + (index + 1) * LABEL * LINE - 1)}">${escaped(line)}</text>`,
  );
  return `<g class="label"><rect x="${at(middle.x - width / 2)}" y="${at(top)}" width="${at(width)}" height="${at(height)}" rx="3"/>${lines.join('')}</g>`;
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
