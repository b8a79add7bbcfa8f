import { stringify } from 'yaml';
import { type Chart, isFarewell, nameOf, OPENING, unique, words } from './chart.ts';
import type { Task } from './format.ts';

/** What went before a label was picked, by the step it was picked at and its choice: examples. */
export type Examples = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/** What the names of variables begin with that hold a caller's answer. */
export const SAID = 'said_';

/** The variable that holds what the caller answered to a question of the chart. What they say first answers a greeting. */
export const answerOf = (chart: Chart, node: string): string | undefined => {
  const onward = chart.onward(node);
  if (onward.length === 0) return undefined;
  const [greeting] = chart.drawn(OPENING);
  return `${SAID}${node === OPENING || node === greeting ? OPENING : chart.names.get(node)}`;
};

/** The step that decides what to say of what a call found. */
export const afterCall = (name: string) => `after_${name}`;

/**
 * A task as a Parley workflow: a question for each label, whose choices are the labels that may come next; a call and a
 * decision for each time the back end is asked. Where the chart alone says what comes after an answer, the question is a
 * form, and leads to the first question that has no answer yet. `$contact.attributes.at` lets a session begin at any
 * step, and the other attributes say what had been answered by then.
 */
export function workflowOf(task: Task, chart: Chart, examples: Examples = new Map()): string {
  const { names, labels, calls } = chart;
  const name = (node: string) => names.get(node) ?? node;
  const text = (node: string) => {
    const reply = (task.replies.get(node) ?? '').replace(/\{(\w+)(:\w+)?\}/g, (_, slot: string) => words(slot)).trim();
    return cut(reply || words(node) || name(node), 1000);
  };
  const known = (nodes: readonly string[]) => nodes.filter((node) => names.has(node));
  const meaning = (node: string) => {
    const called = words(name(node));
    return calls.includes(node)
      ? `all is known to look it up (${called})`
      : `${called}: ${cut(text(node).replace(/\s+/g, ' '), 600)}`;
  };
  const choice = (step: string, node: string) => {
    const before = examples.get(step)?.get(name(node)) ?? [];
    return {
      when: unheard(meaning(node)),
      ...(before.length > 0 ? { examples: before.map(unheard) } : {}),
      to: name(node),
    };
  };
  const choices = (step: string, nodes: readonly string[]) => {
    const open = known(nodes).map((node) => [name(node), choice(step, node)]);
    // A chart may draw nothing at all: then the conversation can only be over.
    return Object.fromEntries(open.length > 0 ? open : [['finished', { when: 'has nothing more to say', to: 'over' }]]);
  };
  // What a reply says is said as it stands: braces of its own are no expression.
  const said = (node: string) => text(node).replaceAll('{{', '\\{{');
  const asked = (node: string) => (node === OPENING ? '(the line is open)' : said(node));
  const ofStep = (node: string) => (node === OPENING ? OPENING : name(node));
  const question = (node: string) => {
    const common = {
      // An interrupt says the same at every question; a choice of the question's own can have examples of its own.
      choices: choices(
        ofStep(node),
        unique([...chart.next(node), ...chart.anywhere]).filter((one) => one !== node),
      ),
      fill: ['wanted'],
      reprompts: 10,
    };
    const answer = answerOf(chart, node);
    if (answer === undefined) return { ask: asked(node), ...common };
    const ways = chart.onward(node).map((then, index, { length }) => {
      const skipped = index < length - 1 ? { if: `$not($exists($${answerOf(chart, then)}))` } : {};
      return { ...skipped, to: name(then) };
    });
    return { form: [answer], again: true, ...common, then: ways.length === 1 ? ways[0]?.to : ways };
  };
  const answers = unique(
    [OPENING, ...labels].flatMap((node) => {
      const answer = answerOf(chart, node);
      return answer === undefined ? [] : [answer];
    }),
  );
  const askOf = new Map([OPENING, ...labels].map((node) => [answerOf(chart, node), asked(node)]));
  const steps: [string, unknown][] = [
    [
      'start',
      {
        branch: [
          {
            to: 'begin',
            ...(answers.length === 0
              ? {}
              : { set: Object.fromEntries(answers.map((one) => [one, `=$contact.attributes.${one}`])) }),
          },
        ],
      },
    ],
    [
      'begin',
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
          then: afterCall(name(node)),
          failed: 'person',
        },
      ],
      [
        afterCall(name(node)),
        {
          decide: 'What to tell the caller, from what was found',
          given: ['result'],
          // Not the back end again: the checker refuses a round in which nobody waits for the caller.
          choices: choices(
            afterCall(name(node)),
            unique([...chart.next(node), ...chart.anywhere]).filter((one) => !calls.includes(one)),
          ),
          otherwise: 'person',
        },
      ],
    ]),
    ['person', { transfer: { queue: 'people' } }],
    ['over', { end: 'Goodbye.' }],
  ];
  const file = {
    workflow: nameOf(task.name) || 'task',
    title: unheard(words(task.name)),
    otherwise: 'person',
    busy: 'One moment, please.',
    limits: { turns: 500, reprompts: 10 },
    variables: {
      result: { from: 'star.query' },
      wanted: { type: 'string', about: 'what to look up' },
      ...Object.fromEntries(answers.map((one) => [one, { type: 'string', ask: askOf.get(one) }])),
    },
    interrupts: {
      person: { when: 'asks for a human being', to: 'person' },
      over: { when: 'hangs up', to: 'over' },
    },
    steps: Object.fromEntries(steps),
  };
  return stringify(file, { lineWidth: 0 });
}

/** A text that no caller hears has no expressions, and the checker refuses what looks like one. */
const unheard = (text: string) => text.replace(/\{(?=\{)/g, '{ ');

/** The beginning of a text, no character of it broken. */
export const cut = (text: string, length: number) => text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
