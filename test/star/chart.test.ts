import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { OPENING, readChart } from './chart.ts';
import { readStar, type Task } from './format.ts';
import { problemsOf } from './report.ts';

const tiny = path.join(path.dirname(fileURLToPath(import.meta.url)), 'tiny');

const taskOf = (
  graph: { readonly [from: string]: string | readonly string[] },
  replies: { readonly [label: string]: string } = {},
): Task => ({
  name: 'task',
  replies: new Map(Object.entries(replies)),
  graph: new Map(Object.entries(graph).map(([from, to]) => [from, typeof to === 'string' ? [to] : to])),
});
const errorsOf = (task: Task) => problemsOf(task).filter(({ severity }) => severity === 'error');

describe('a flow chart', () => {
  const [library] = readStar(tiny).all;
  if (!library) throw new Error('The tiny folder has one task.');
  const chart = readChart(library.task);

  it('is read as what it means: words for the caller, calls, and conditions that are neither', () => {
    expect(chart.labels).toEqual(['hello', 'ask_card', 'ask_title', 'inform_due', 'inform_unknown', 'out_of_scope']);
    expect(chart.calls).toEqual(['query']);
    expect(chart.anywhere).toEqual(['out_of_scope']);
  });

  it('allows what its arrows lead to, and what lies behind questions that may be answered already', () => {
    expect(chart.drawn(OPENING)).toEqual(['hello']);
    expect(chart.next(OPENING)).toEqual(['hello', 'ask_card', 'ask_title', 'query']);
    expect(chart.next('ask_card')).toEqual(['ask_title', 'query']);
    expect(chart.next('query')).toEqual(['inform_due', 'inform_unknown']);
    expect(chart.next('inform_unknown')).toEqual(['ask_title', 'query']);
  });

  it('says where an answer leads as far as it decides that alone', () => {
    // What is said first answers the greeting; a question that was answered is skipped, up to the look-up.
    expect(chart.onward(OPENING)).toEqual(['ask_card', 'ask_title', 'query']);
    expect(chart.onward('ask_title')).toEqual(['query']);
    expect(chart.onward('inform_unknown')).toEqual(['ask_title', 'query']);
    // It draws nothing after these, and what was found decides what comes after the look-up.
    expect(chart.onward('inform_due')).toEqual([]);
    expect(chart.onward('out_of_scope')).toEqual([]);
    expect(chart.onward('query')).toEqual([]);
  });

  it('becomes a workflow that nothing is wrong with', () => {
    expect(errorsOf(library.task)).toEqual([]);
  });
});

describe('a flow chart of another shape', () => {
  it('may check and book: two calls, outcomes and answers hanging in the air', () => {
    const replies = {
      hello: 'Hello?',
      gym_offer: 'There is a place on {day:s}. Shall I book it?',
      no: 'No',
      yes: 'Yes',
    };
    const task = taskOf(
      {
        hello: 'gym_ask_day',
        gym_ask_day: 'query_check',
        available: 'gym_offer',
        unavailable: 'gym_full',
        yes: 'query_book',
        no: 'gym_ask_day',
        query_book: 'gym_booked',
      },
      { ...replies, query_check: 'Query Check', query_book: 'Query Book', available: 'Available' },
    );
    const chart = readChart(task);
    expect(chart.calls).toEqual(['query_book', 'query_check']);
    expect(chart.labels).toEqual(['hello', 'gym_offer', 'gym_ask_day', 'gym_full', 'gym_booked']);
    // Whatever hangs in the air may follow a node that leads nowhere; yes and no may follow every question.
    expect(chart.next('query_check')).toEqual(['gym_offer', 'gym_full', 'query_book', 'gym_ask_day']);
    expect(chart.next('hello')).toContain('query_book');
    expect(chart.next('query_book')).toEqual(['gym_booked']);
    expect(chart.onward('gym_offer')).toEqual([]);
    expect(errorsOf(task)).toEqual([]);
  });

  it('may draw its conditions between nodes: they are passed through', () => {
    const replies = { hello: 'Hello?', quiz_ask: '{question:s}', correct: 'Correct', incorrect: 'Incorrect' };
    const chart = readChart(
      taskOf(
        {
          hello: 'quiz_ask',
          quiz_ask: ['correct', 'incorrect'],
          correct: 'quiz_right',
          incorrect: ['quiz_wrong', 'correct'],
          quiz_right: 'quiz_ask',
        },
        replies,
      ),
    );
    expect(chart.labels).toEqual(['hello', 'quiz_ask', 'quiz_right', 'quiz_wrong']);
    expect(chart.drawn('quiz_ask')).toEqual(['quiz_right', 'quiz_wrong']);
    expect(chart.onward('quiz_ask')).toEqual([]);
    // The caller's answer decides there: the chart alone can't say.
    expect(chart.onward('hello')).toEqual(['quiz_ask']);
  });

  it('may end in a reply that says it failed: that is words, and no condition', () => {
    const chart = readChart(
      taskOf(
        { hello: 'query', failed: 'job_failed', job_failed: 'bye' },
        { job_failed: 'That went wrong.', failed: 'Failed' },
      ),
    );
    expect(chart.labels).toContain('job_failed');
    expect(chart.drawn('query')).toEqual(['job_failed']);
  });

  it.each([
    ['nothing', taskOf({})],
    ['replies only', taskOf({}, { hello: 'Hello', ask_name: 'Your name?' })],
    ['no replies', taskOf({ a: 'b', b: 'c' })],
    ['no call', taskOf({ hello: 'ask_it', ask_it: 'bye' }, { hello: 'Hello?', bye: 'Bye.' })],
    ['nothing but calls', taskOf({ query: 'query_more', query_more: 'query' })],
    ['a cycle', taskOf({ ask_a: 'ask_b', ask_b: 'ask_c', ask_c: 'ask_a' })],
    ['a node that leads to itself', taskOf({ hello: 'ask_a', ask_a: 'ask_a' })],
    ['conditions in a circle', taskOf({ hello: ['yes', 'no'], yes: 'no', no: 'yes' }, { yes: 'Yes', no: 'No' })],
    ['several starts', taskOf({ a: 'c', b: 'c', c: 'bye' })],
    ['islands', taskOf({ hello: 'bye', ask_x: 'ask_y', ask_y: 'ask_x' }, { hello: 'Hello?' })],
    ['names that are Parley’s own', taskOf({ hello: ['start', 'unclear', 'answered', 'person', 'said_opening'] })],
    ['names of every object', taskOf({ constructor: 'toString', toString: 'hasOwnProperty' })],
    ['names that are no names', taskOf({ 'Wo ist, bitte?': ['…', '…!', '', '12', 'a-b', 'a b', 'a.b'] })],
    ['names of any length', taskOf({ ['x'.repeat(3000)]: [`${'x'.repeat(2999)}y`, `ask_${'z'.repeat(2000)}`] })],
    [
      'replies of any length',
      taskOf({ hello: 'ask' }, { hello: `${'{{ $x }} '.repeat(400)}?`, ask: '😀'.repeat(2000) }),
    ],
    [
      'holes and braces',
      taskOf({ a: 'b' }, { a: '{name:s} {} {{ }} {{{ x }}} {a.b} }} {{{{{ {price:.2f}', b: '{only:s}' }),
    ],
  ])('may be %s, and becomes a workflow without errors', (_, task) => {
    expect(errorsOf(task)).toEqual([]);
  });

  it('has a name of its own for each of its nodes, whatever they are called', () => {
    const nodes = ['start', 'yes', 'a b', 'a-b', 'a_b', 'A_b', '…', '', `${'x'.repeat(60)}1`, `${'x'.repeat(60)}2`];
    const { names } = readChart(taskOf({}, Object.fromEntries(nodes.map((node) => [node, 'said']))));
    expect([...names.keys()].sort()).toEqual([...nodes].sort());
    expect(new Set(names.values()).size).toBe(nodes.length);
    for (const name of names.values()) expect(name).toMatch(/^[A-Za-z][A-Za-z0-9_]*$/);
  });
});
