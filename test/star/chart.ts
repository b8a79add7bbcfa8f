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
  /**
   * Where an answer to a question leads when the chart alone decides: questions, each to be skipped when it has been
   * answered already, and what comes after them. Empty where that is not for the chart to say.
   */
  readonly onward: (node: string) => readonly string[];
}

/** The step a session is in before the agent has said anything. */
export const OPENING = 'opening';

/** What the format's names tell, where the arrows don't: the back end being asked, what came of it, a farewell. */
const isCall = (node: string) => /^query(_|$)/i.test(node) && !isResult(node);
const isResult = (node: string) => /(^|_)(success|succeeded|failure|failed|(un)?available|(not_)?found)$/i.test(node);
const isGreeting = (node: string) => /^hello$/i.test(node);
export const isFarewell = (node: string) => /(^|_)(good)?bye(_|$)/i.test(node);

/**
 * Reads a chart. A node that no arrow leads to, besides the first, is a condition: "info missing", "query succeeded".
 * The chart does not say of which node: so what an outcome leads to may come after a node that leads nowhere, and what
 * any other condition leads to, at every question.
 */
export function readChart({ graph, replies }: Task): Chart {
  const to = (node: string) => graph.get(node) ?? [];
  const entered = new Set([...graph.values()].flat());
  const nodes = unique([...graph.keys(), ...entered]);
  const first = nodes.find(isGreeting) ?? (replies.has('hello') ? 'hello' : [...graph.keys()][0]);
  const calls = nodes.filter(isCall);
  const conditions = [...graph.keys()].filter(
    (node) =>
      node !== first &&
      !isCall(node) &&
      !isFarewell(node) &&
      (!entered.has(node) || isCaption(node, replies.get(node))),
  );
  // A name for an outcome that no arrow touches is no words for a caller.
  const silent = (node: string) => isCall(node) || conditions.includes(node) || /^query_|^(un)?available$/i.test(node);
  const loose = (node: string) => !nodes.includes(node) && !silent(node);
  const labels = unique([...replies.keys(), ...nodes]).filter((node) => !silent(node));
  const leads = (some: readonly string[]) => some.flatMap((node) => beyond(to(node)));
  /** Nodes, with what lies behind them in the place of conditions. */
  const beyond = (some: readonly string[], passed: readonly string[] = []): readonly string[] =>
    some.flatMap((node) => {
      if (!conditions.includes(node)) return [node];
      return passed.includes(node) ? [] : beyond(to(node), [...passed, node]);
    });
  const hanging = conditions.filter((node) => !entered.has(node));
  const outcomes = leads(hanging);
  const anytime = leads(hanging.filter((node) => !isResult(node)));
  const arrows = (node: string): readonly string[] => {
    const own = unique(beyond(to(node)));
    return own.length > 0 ? own : unique(outcomes);
  };
  const drawn = (node: string): readonly string[] =>
    node === OPENING ? (first === undefined ? [] : [first]) : arrows(node);
  const asks = (node: string) => /\?\s*$/.test(replies.get(node) ?? '') || /_ask_|^ask_/.test(node) || isGreeting(node);
  const from = (node: string, starts: readonly string[]): readonly string[] => {
    const reached = new Set<string>();
    const open = [...starts];
    for (let one = open.shift(); one !== undefined; one = open.shift()) {
      if (reached.has(one) || one === node) continue;
      reached.add(one);
      if (asks(one)) open.push(...arrows(one));
    }
    return [...reached];
  };
  const next = (node: string): readonly string[] => {
    const onward = loose(node) && node !== OPENING ? [] : from(node, [...drawn(node), ...(asks(node) ? anytime : [])]);
    // After what may come at any time, and where the chart leads nowhere, the conversation may be anywhere on its way.
    return onward.length > 0 ? onward : from(node, [...drawn(OPENING), ...outcomes]);
  };
  const onward = (node: string): readonly string[] => {
    // What a caller says before anything was asked answers a greeting, and nothing else.
    const asked = node !== OPENING ? node : first !== undefined && isGreeting(first) ? first : undefined;
    if (asked === undefined || isCall(asked) || isFarewell(asked)) return [];
    const way: string[] = [];
    for (let at = asked; at === asked || (asks(at) && !isCall(at) && !isFarewell(at)); ) {
      const [then, ...others] = unique(to(at));
      if (then === undefined || others.length > 0 || silent(then) !== isCall(then)) break;
      if (then === asked || way.includes(then)) break;
      way.push(then);
      at = then;
    }
    return way;
  };
  return {
    names: nameAll([...labels, ...calls]),
    labels,
    calls,
    anywhere: labels.filter(loose),
    drawn,
    next,
    onward,
  };
}

/** A reply that is only its label again ("yes": "Yes") is what is written at an arrow, and no words for a caller. */
const isCaption = (node: string, reply: string | undefined) =>
  /^query_/i.test(node) || (reply !== undefined && words(node).toLowerCase() === reply.trim().toLowerCase());

/** Names that converted workflows have for themselves, or every workflow has. */
const TAKEN = ['start', 'begin', OPENING, 'person', 'over', 'finished', 'yes', 'no', 'unclear', 'answered', 'changed'];

/** Names a workflow can have, each once, for names it may not be able to have. */
function nameAll(nodes: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(TAKEN);
  return new Map(
    nodes.map((node) => {
      const plain = nameOf(node) || 'node';
      let name = plain;
      for (let n = 2; taken.has(name); n++) name = `${plain}_${n}`;
      taken.add(name);
      return [node, name];
    }),
  );
}

/** A name as a workflow can have it; empty when nothing of it can be kept. */
export const nameOf = (node: string) =>
  node
    .replace(/[^A-Za-z0-9_]/g, '_')
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, 50);

export const words = (name: string) => name.replace(/_/g, ' ').trim();
export const unique = (all: readonly string[]) => [...new Set(all)];
