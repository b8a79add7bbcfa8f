import type { Draft, Program } from '../program.ts';
import { type Graph, type GraphNode, graphOf, shortened } from './graph.ts';

/** How much of a text is shown on a step, and on a way: in characters. */
const ON_STEP = 60;
const ON_WAY = 50;

/** The brackets that make a node's shape: https://mermaid.js.org/syntax/flowchart.html#node-shapes */
const SHAPES: { readonly [kind in GraphNode['kind']]: readonly [string, string] } = {
  say: ['(', ')'],
  ask: ['([', '])'],
  form: ['[/', '/]'],
  decide: ['{', '}'],
  call: ['[[', ']]'],
  branch: ['{', '}'],
  confirm: ['([', '])'],
  wait: ['>', ']'],
  parallel: ['[[', ']]'],
  use: ['[', ']'],
  transfer: ['[\\', '/]'],
  end: ['(((', ')))'],
  broken: ['[', ']'],
};

/**
 * A workflow as a Mermaid flowchart: shapes by kind of step, ways with their choice or condition, doors dotted, parts as
 * subgraphs. What may happen at every question is one node of its own. Steps are named `s_NAME`.
 */
export function mermaid(program: Program | Draft): string {
  const graph = graphOf(program);
  const ids = new Map(graph.nodes.map(({ id }, index) => [id, nodeId(id, index)]));
  const node = (one: GraphNode): string => {
    const [open, close] = SHAPES[one.kind];
    const text = one.text === '' ? '' : `<br/>${escaped(shortened(one.text, ON_STEP))}`;
    return `${ids.get(one.id)}${open}"<b>${escaped(one.name)}</b>${text}"${close}:::is_${one.kind}`;
  };
  const lines = ['---', `title: ${JSON.stringify(graph.title)}`, '---', 'flowchart TD'];
  const start = ids.get(graph.start);
  if (start !== undefined) lines.push(`  start_((" ")) --> ${start}`);
  lines.push(...indented(nodesOf(graph, undefined, node)));
  for (const { from, to, kind, label } of graph.edges) {
    const arrow = kind === 'door' ? '-.->' : '-->';
    const words = label === '' ? '' : `|"${escaped(shortened(label, ON_WAY))}"|`;
    lines.push(`  ${ids.get(from)} ${arrow}${words} ${ids.get(to)}`);
  }
  lines.push(...everywhere(graph, ids));
  lines.push(...CLASSES.map((line) => `  ${line}`));
  return `${lines.join('\n')}\n`;
}

/** The nodes of a group, and the groups within it, as lines. */
function nodesOf(graph: Graph, group: string | undefined, node: (one: GraphNode) => string): readonly string[] {
  const own = graph.nodes.filter((one) => one.group === group).map(node);
  const inner = graph.groups
    .filter(({ parent }) => parent === group)
    .flatMap((one) => [
      `subgraph g_${graph.groups.indexOf(one)}["${escaped(one.part)}"]`,
      ...indented(nodesOf(graph, one.id, node)),
      'end',
    ]);
  return [...own, ...inner];
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);

/** Interrupts and the door of last resort, drawn once in place of an edge from every question. */
function everywhere(graph: Graph, ids: ReadonlyMap<string, string>): readonly string[] {
  if (graph.everywhere.length === 0) return [];
  const lines = ['subgraph everywhere_["at every question"]'];
  for (const [index, { name, text, to }] of graph.everywhere.entries()) {
    const back = to === undefined ? ' (then back to the question)' : '';
    lines.push(
      `  e_${index}["<b>${escaped(name)}</b><br/>${escaped(shortened(text, ON_STEP))}${back}"]:::is_everywhere`,
    );
  }
  lines.push('end');
  for (const [index, { kind, to }] of graph.everywhere.entries()) {
    const id = to === undefined ? undefined : ids.get(to);
    if (id !== undefined) lines.push(`e_${index} ${kind === 'door' ? '-.->' : '-->'} ${id}`);
  }
  return indented(lines);
}

/** An id that is no word of Mermaid (`end` is one) and the same for no two steps. */
function nodeId(name: string, index: number): string {
  return name.includes('/') ? `p_${index}_${name.replaceAll('/', '_')}` : `s_${name}`;
}

/** A text within quotes: all that Mermaid or HTML could read something into, as its entity codes. */
function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{N} .,?!'()=$_/:@…–—’“”]/gu, (character) => {
    const code = character.codePointAt(0);
    return code === undefined || code < 32 ? ' ' : `#${code};`;
  });
}

/** Kinds are words of Mermaid's own (`end`, `call`): hence the prefix. */
const CLASSES = [
  'classDef is_say,is_ask,is_form,is_confirm fill:#e0effe,stroke:#3b76b0,color:#10263a',
  'classDef is_decide,is_branch fill:#ece5fb,stroke:#7a5bc0,color:#231540',
  'classDef is_call,is_parallel fill:#fdeed3,stroke:#b8832b,color:#3a2805',
  'classDef is_wait,is_use fill:#eceff1,stroke:#6f7f88,color:#1d2529',
  'classDef is_transfer fill:#fde2e4,stroke:#b8505c,color:#3d1116',
  'classDef is_end fill:#dff3e4,stroke:#3f8f5a,color:#0f2f1a',
  'classDef is_everywhere fill:none,stroke:#888,stroke-dasharray:3 3',
  'classDef is_broken fill:#fff,stroke:#d00,stroke-width:2px,color:#900',
];
