import { describe, expect, it } from '@jest/globals';
import type { Data, Route, Step, WorkflowSource } from './program.ts';
import { resolve } from './resolve.ts';
import type { ToolSignatures } from './tool-signature.ts';

const TOOLS: ToolSignatures = {
  'orders.get': {
    about: 'Gets an order.',
    effect: 'reads',
    input: { type: 'object' },
    output: {
      type: 'object',
      properties: { total: { type: 'number', format: 'money', currency: 'USD' } },
      required: ['total'],
    },
    requires: { confirmation: false, identity: 'none' },
    grants: 'none',
    timeout: 1_000,
    errors: ['not_found'],
    cleared: [],
  },
};

function program(text: string, parts: { readonly [name: string]: string } = {}) {
  const source: WorkflowSource = {
    file: 'a.yaml',
    text,
    parts: Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, { file: `${name}.yaml`, text }])),
  };
  const { draft, problems } = resolve(source, TOOLS);
  return { draft, problems: problems.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`) };
}

/** A step of a kind, or a failed test. */
function step<K extends Step['kind']>(
  { draft }: ReturnType<typeof program>,
  name: string,
  kind: K,
): Extract<Step, { kind: K }> {
  const found = draft.steps.get(name);
  const isKind = (one: typeof found): one is Extract<Step, { kind: K }> => one?.kind === kind;
  if (!isKind(found)) throw new Error(`${name} is ${found?.kind}`);
  return found;
}

const sources = (route: Route | undefined) => route?.set.map(({ variable, value }) => [variable, shown(value)]);
const shown = (data: Data) =>
  data.kind === 'expression' ? `=${data.expression.source}` : data.kind === 'literal' ? data.value : data.kind;

describe('what a file leaves out', () => {
  const found = program(`workflow: a
otherwise: out
steps:
  need:
    ask: What?
    choices: { a: { when: wants a, to: out } }
  look: { call: orders.get, then: out }
  end: { end: Bye. }
  out: { transfer: { queue: people } }
`);

  it('has its defaults', () => {
    expect(found.problems).toEqual([]);
    const { name, title, timezone, start, limits } = found.draft;
    expect({ name, title, timezone, start }).toEqual({ name: 'a', title: 'a', timezone: 'UTC', start: 'need' });
    expect(limits).toEqual({ turns: 40, reprompts: 2, silence: 6_000, turn: 7_000, decide: 5_000, confidence: 0 });
  });

  it('has the door of the workflow, the reprompts of its limits', () => {
    expect(step(found, 'need', 'ask')).toMatchObject({ otherwise: 'out', reprompts: 2, fill: [] });
    expect(step(found, 'look', 'call').failed).toMatchObject({ retry: 0, to: 'out' });
    expect(step(found, 'end', 'end')).toMatchObject({ outcome: 'done', leave: undefined });
    expect(step(found, 'out', 'transfer').brief).toBe(true);
  });
});

describe('data of the file', () => {
  const found = program(`workflow: a
variables: { x: { type: string }, y: { type: object, fields: { a: { type: string } } } }
steps:
  one:
    branch:
      - to: one
        set: { x: "= $uppercase('a')", y: { a: ==b } }
      - { to: one, set: { x: null } }
`);
  const { then } = step(found, 'one', 'branch');

  it('is an expression after =, and a text that begins with = after ==', () => {
    expect(found.problems).toEqual([]);
    expect(sources(then[0])).toEqual([
      ['x', "=$uppercase('a')"],
      ['y', 'object'],
    ]);
    const y = then[0]?.set[1]?.value;
    expect(y?.kind === 'object' && y.fields.get('a')).toMatchObject({ kind: 'literal', value: '=b' });
    expect(sources(then[1])).toEqual([['x', null]]);
  });

  it('knows where it stands', () => {
    expect(then[0]?.set[0]?.value.at).toEqual({ file: 'a.yaml', line: 7, column: 22 });
    expect(then[0]?.set[0]?.at).toEqual({ file: 'a.yaml', line: 7, column: 16 });
  });
});

describe('the holes of texts', () => {
  it('know their types, those of a tool’s output too', () => {
    const found = program(`workflow: a
variables: { order: { from: orders.get }, day: { type: date } }
steps:
  one: { say: 'That is {{ $order.total }} on {{ $day }}, {{ $contact.channel }}.', then: one }
`);
    const types = step(found, 'one', 'say').text.template.parts.flatMap((part) =>
      typeof part === 'string' ? [] : [part.type],
    );
    expect(types).toEqual([
      { kind: 'number', format: 'money', currency: 'USD' },
      { kind: 'string', format: 'date' },
      { kind: 'string', values: ['voice', 'chat'] },
    ]);
  });
});

describe('a part', () => {
  const part = `part: find
inputs: { email: { type: email } }
outputs: [name]
variables: { name: { type: string }, tries: { type: integer, initial: 0 } }
otherwise: lost
steps:
  look:
    ask: 'Who is {{ $email }}?'
    choices: { said: { when: says it, if: $tries < 3 and $identity = 'none', set: { tries: =$tries + 1 }, to: found } }
  found: { end: { outcome: found } }
  lost: { end: { outcome: lost } }
`;
  const found = program(
    `workflow: a
otherwise: out
variables: { name: { type: string } }
steps:
  who:
    use: find
    with: { email: jane@example.com }
    save: { name: name }
    outcomes: { found: out, lost: out }
  out: { transfer: { queue: people } }
`,
    { find: part },
  );

  it('stands under the name of the step that uses it, behind it', () => {
    expect(found.problems).toEqual([]);
    expect([...found.draft.steps.keys()]).toEqual(['who', 'who/look', 'who/found', 'who/lost', 'out']);
    expect([...found.draft.variables.keys()]).toEqual(['name', 'who__email', 'who__name', 'who__tries']);
  });

  it('may fill variables of whoever uses it, at all its questions', () => {
    const filled = program(
      `workflow: a
otherwise: out
variables: { orderId: { type: string }, name: { type: string } }
steps:
  who:
    use: find
    with: { email: jane@example.com }
    fill: [orderId]
    outcomes: { found: out, lost: out }
  out: { transfer: { queue: people } }
`,
      { find: part },
    );
    expect(filled.problems).toEqual([]);
    expect(step(filled, 'who/look', 'ask').fill).toEqual(['orderId']);
    const unknown = program(
      'workflow: a\nsteps:\n  who: { use: find, with: { email: a@b.cd }, fill: [order], outcomes: { found: who, lost: who } }\n',
      { find: part },
    );
    expect(unknown.problems).toEqual(['a.yaml:3:53 variable/unknown']);
  });

  it('begins afresh, with its inputs', () => {
    const [into] = step(found, 'who', 'use').then;
    expect(into.to).toBe('who/look');
    expect(sources(into)).toEqual([
      ['who__name', null],
      ['who__tries', 0],
      ['who__email', 'jane@example.com'],
    ]);
  });

  it('reads its own variables and those that every session has', () => {
    const { text, choices, otherwise } = step(found, 'who/look', 'ask');
    expect(text.template.source).toBe('Who is {{ $who__email }}?');
    expect(choices[0]?.if?.expression.source).toBe("$who__tries < 3 and $identity = 'none'");
    expect(otherwise).toBe('who/lost');
  });

  it('is left by its outcome, its outputs saved', () => {
    const { leave } = step(found, 'who/found', 'end');
    expect(leave?.to).toBe('out');
    expect(sources(leave)).toEqual([['name', '=$who__name']]);
  });

  it('counts for the version', () => {
    const text =
      'workflow: a\nsteps:\n  who: { use: find, with: { email: a@b.cd }, outcomes: { found: who, lost: who } }\n';
    const [one, other] = [part, part.replace('Who is', 'Who was')].map((find) => program(text, { find }).draft.version);
    expect(one).not.toBe(other);
  });

  it('that is not there, or uses itself, is told and leaves a broken step that leads on', () => {
    const missing = program(
      'workflow: a\nsteps:\n  who: { use: find, outcomes: { found: out } }\n  out: { end: Bye. }\n',
    );
    expect(missing.problems).toEqual(['a.yaml:3:15 part/unknown']);
    expect(missing.draft.steps.get('who')).toMatchObject({ kind: 'broken', meant: 'use', targets: ['out'] });
    const endless = program('workflow: a\nsteps:\n  who: { use: p, outcomes: { done: who } }\n', {
      p: 'part: p\nsteps:\n  again: { use: p, outcomes: { done: again } }\n  out: { end: Bye. }\n',
    });
    expect(endless.problems).toEqual(['p.yaml:3:17 part/endless']);
  });
});

describe('what is wrong in an expression', () => {
  it('is told where it stands, in the words of its file', () => {
    const found = program(
      `workflow: a
variables: { order: { from: orders.get } }
steps:
  who: { use: find, outcomes: { done: one } }
  one:
    branch:
      - { if: "$order.totl > 1", to: one }
      - { if: $oder.total > 1, to: one }
      - { if: $order.total >, to: one }
`,
      {
        find: "part: find\nvariables: { x: { type: string } }\nsteps:\n  a: { say: 'It is {{ $y }}.', then: b }\n  b: { end: Bye. }\n",
      },
    );
    expect(found.problems.sort()).toEqual([
      'a.yaml:7:23 expression/field',
      'a.yaml:8:15 variable/unknown',
      'a.yaml:9:28 expression/syntax',
      'find.yaml:4:23 variable/unknown',
    ]);
  });

  it('leaves a condition that is never true, and of which nothing else is known', () => {
    const found = program('workflow: a\nsteps:\n  one:\n    branch:\n      - { if: $x +, to: one }\n');
    expect(step(found, 'one', 'branch').then[0]?.if?.expression.evaluate({})).toBeUndefined();
  });
});

describe('a variable with something sensitive in it', () => {
  it('is as sensitive as the most sensitive thing in it', () => {
    const fields = '{ name: { type: string }, card: { type: list, of: { type: string, sensitive: pci } } }';
    const found = program(`workflow: a
variables:
  whole: { type: object, fields: { who: { type: object, fields: ${fields} }, mail: { type: email, sensitive: pii } } }
  plain: { type: object, fields: { name: { type: string } } }
steps:
  one: { end: Bye. }
`);
    expect(found.draft.variables.get('whole')?.sensitive).toBe('pci');
    expect(found.draft.variables.get('plain')?.sensitive).toBeUndefined();
  });
});
