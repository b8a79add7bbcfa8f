import { stringify } from 'yaml';
import type { Task } from './format.ts';

/** A flow chart read as what it means: who speaks, what is looked up, what is only a condition. */
export interface Chart {
  /** The label of a step or choice, by the chart's own name: names of the chart may be none that a workflow can have. */
  readonly names: ReadonlyMap<string, string>;
  /** What is said to the caller, in the order of the file. */
  readonly labels: readonly string[];
  /** Nodes that stand for the back end being asked. */
  readonly calls: readonly string[];
  /** Labels that are not drawn in the chart, though agents use them: they may come at any time. */
  readonly anywhere: readonly string[];
  /** What the chart's arrows alone allow after a node. */
  readonly drawn: (node: string) => readonly string[];
  /** What may follow a node when questions that have been answered already are skipped. */
  readonly next: (node: string) => readonly string[];
}

/** The step a session is in before the agent has said anything. */
export const OPENING = 'opening';

/** What the format's names tell, where the arrows don't: the back end being asked, what came of it, a farewell. */
const isCall = (node: string) => /^query(_|$)/i.test(node) && !isResult(node);
const isResult = (node: string) => /(^|_)(success|succeeded|failure|failed|(un)?available|(not_)?found)$/i.test(node);
export const isFarewell = (node: string) => /(^|_)(good)?bye(_|$)/i.test(node);

/**
 * Reads a chart. A node that no arrow leads to, besides the first, is a condition: "info missing", "query succeeded".
 * The chart does not say of which node: so what an outcome leads to may come after a node that leads nowhere, and what
 * any other condition leads to, at every question.
 */
export function readChart(task: Task): Chart {
  const { graph, replies } = task;
  const entered = new Set([...graph.values()].flat());
  const first = replies.has('hello') ? 'hello' : [...graph.keys()][0];
  const drawnNodes = new Set([...graph.keys(), ...entered]);
  const conditions = [...graph.keys()].filter((node) => !entered.has(node) && node !== first && !isCall(node));
  const calls = [...drawnNodes].filter(isCall);
  // A name for an outcome that no arrow touches is no words for a caller.
  const silent = (node: string) => isCall(node) || conditions.includes(node) || /^query_|^(un)?available$/i.test(node);
  const loose = (node: string) => !drawnNodes.has(node) && !silent(node);
  const labels = unique([...replies.keys(), ...drawnNodes]).filter((node) => !silent(node));
  const leads = (some: readonly string[]) => some.flatMap((node) => graph.get(node) ?? []);
  const outcomes = leads(conditions);
  const anytime = leads(conditions.filter((node) => !isResult(node)));
  const arrows = (node: string): readonly string[] => {
    const to = (graph.get(node) ?? []).flatMap((one) => (conditions.includes(one) ? (graph.get(one) ?? []) : [one]));
    return unique(to.length > 0 ? to : outcomes);
  };
  const drawn = (node: string): readonly string[] =>
    node === OPENING ? (first === undefined ? [] : [first]) : arrows(node);
  const asks = (node: string) => /\?\s*$/.test(replies.get(node) ?? '') || /_ask_|^ask_|^hello$/.test(node);
  const from = (node: string, starts: readonly string[]): readonly string[] => {
    const reached: string[] = [];
    const open = [...starts];
    for (let one = open.shift(); one !== undefined; one = open.shift()) {
      if (reached.includes(one) || one === node) continue;
      reached.push(one);
      if (asks(one)) open.push(...arrows(one));
    }
    return reached;
  };
  const next = (node: string): readonly string[] => {
    const onward = loose(node) && node !== OPENING ? [] : from(node, [...drawn(node), ...(asks(node) ? anytime : [])]);
    // After what may come at any time, and where the chart leads nowhere, the conversation may be anywhere on its way.
    return onward.length > 0 ? onward : from(node, [...drawn(OPENING), ...outcomes]);
  };
  const all = [...labels, ...calls];
  return {
    names: nameAll(all),
    labels,
    calls,
    anywhere: labels.filter(loose),
    drawn,
    next,
  };
}

/** The words callers used before an agent went on with a label: examples for its choice. */
export type Examples = ReadonlyMap<string, readonly string[]>;

/**
 * A task as a Parley workflow: a question for each label, whose choices are the labels that may come next; a call and a
 * decision for each time the back end is asked. `$contact.attributes.at` lets a session begin at any of them.
 */
export function workflowOf(task: Task, chart: Chart, examples: Examples = new Map()): string {
  const { names, labels, calls } = chart;
  const name = (node: string) => names.get(node) ?? node;
  const text = (node: string) => {
    const reply = (task.replies.get(node) ?? '').replace(/\{(\w+)(:\w+)?\}/g, (_, slot: string) => words(slot)).trim();
    return reply === '' ? words(node) || node : reply.slice(0, 1000);
  };
  const known = (nodes: readonly string[]) => nodes.filter((node) => names.has(node));
  const meaning = (node: string) => {
    const called = words(name(node));
    return calls.includes(node)
      ? `all is known to look it up (${called})`
      : `${called}: ${text(node).replace(/\s+/g, ' ')}`;
  };
  const choice = (node: string) => {
    const said = examples.get(node) ?? [];
    return { when: meaning(node), ...(said.length > 0 ? { examples: said } : {}), to: name(node) };
  };
  const choices = (nodes: readonly string[]) => {
    const open = known(nodes).map((node) => [name(node), choice(node)]);
    // A chart may draw nothing at all: then the conversation can only be over.
    return Object.fromEntries(open.length > 0 ? open : [['finished', { when: 'has nothing more to say', to: 'over' }]]);
  };
  // What a reply says is said as it stands: braces of its own are no expression.
  const said = (node: string) => text(node).replaceAll('{{', '\\{{');
  const question = (node: string) => ({
    ask: node === OPENING ? '(the line is open)' : said(node),
    choices: choices(chart.next(node)),
    fill: ['wanted'],
    reprompts: 10,
  });
  const steps: [string, unknown][] = [
    [
      'start',
      {
        branch: [
          ...[...labels, ...calls].map((node) => ({
            if: `$contact.attributes.at = '${name(node)}'`,
            to: name(node),
          })),
          { to: OPENING },
        ],
      },
    ],
    [OPENING, question(OPENING)],
    ...labels.map((node): [string, unknown] => [name(node), isFarewell(node) ? { end: said(node) } : question(node)]),
    ...calls.flatMap((node): [string, unknown][] => [
      [
        name(node),
        {
          call: 'star.query',
          with: { node: name(node) },
          save: 'result',
          then: `after_${name(node)}`,
          failed: 'person',
        },
      ],
      [
        `after_${name(node)}`,
        {
          decide: 'What to tell the caller, from what was found',
          given: ['result'],
          // Not the back end again: the checker refuses a round in which nobody waits for the caller.
          choices: choices(unique([...chart.next(node), ...chart.anywhere]).filter((one) => !calls.includes(one))),
          otherwise: 'person',
        },
      ],
    ]),
    ['person', { transfer: { queue: 'people' } }],
    ['over', { end: 'Goodbye.' }],
  ];
  const anywhere = chart.anywhere.map((node): [string, unknown] => [name(node), choice(node)]);
  const file = {
    workflow:
      name(task.name)
        .replace(/^[^A-Za-z]+/, '')
        .slice(0, 60) || 'task',
    title: words(task.name),
    otherwise: 'person',
    busy: 'One moment, please.',
    limits: { turns: 500, reprompts: 10 },
    variables: { result: { from: 'star.query' }, wanted: { type: 'string', about: 'what to look up' } },
    interrupts: Object.fromEntries([
      ...anywhere,
      ['person', { when: 'asks for a human being', to: 'person' }],
      ['over', { when: 'hangs up', to: 'over' }],
    ]),
    steps: Object.fromEntries(steps),
  };
  return stringify(file, { lineWidth: 0 });
}

/** Names a workflow can have, each once, for names it may not be able to have. */
function nameAll(nodes: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set([
    'start',
    OPENING,
    'person',
    'over',
    'finished',
    'yes',
    'no',
    'unclear',
    'answered',
    'changed',
  ]);
  return new Map(
    nodes.map((node) => {
      const plain =
        node
          .replace(/[^A-Za-z0-9_]/g, '_')
          .replace(/^[^A-Za-z]+/, '')
          .slice(0, 50) || 'node';
      let name = plain;
      for (let n = 2; taken.has(name); n++) name = `${plain}_${n}`;
      taken.add(name);
      return [node, name];
    }),
  );
}

const words = (name: string) => name.replace(/_/g, ' ').trim();
const unique = (all: readonly string[]) => [...new Set(all)];
