import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { getLanguageService } from 'yaml-language-server';
import { z } from 'zod';
import { isMap } from './definition.ts';
import { partJsonSchema, workflowJsonSchema } from './json-schema.ts';
import { STEP_KINDS } from './schema.ts';
import type { Json } from './type.ts';

/** The schema as the file has it. */
const json = (schema: unknown) => z.json().parse(JSON.parse(JSON.stringify(schema)));
const committed = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

let files = 0;

/** What a YAML language server, as editors run it, says of a text. The cursor is where `|~` stands. */
async function editor(text: string, schema = workflowJsonSchema()) {
  const service = getLanguageService({
    schemaRequestService: () => Promise.reject(new Error('The schema is given.')),
    workspaceContext: { resolveRelativePath: (relative) => relative },
  });
  service.configure({
    validate: true,
    hover: true,
    hoverSchemaSource: false,
    completion: true,
    schemas: [{ uri: 'file:///workflow.schema.json', fileMatch: ['*.yaml'], schema }],
  });
  const offset = text.indexOf('|~');
  // The server keeps what it read by the file's name, so each text has its own.
  const document = TextDocument.create(`file:///workflow-${files++}.yaml`, 'yaml', 1, text.replace('|~', ''));
  const cursor = document.positionAt(Math.max(0, offset));
  return {
    completion: async () => (await service.doComplete(document, cursor, false)).items.map(({ label }) => label),
    hover: async () => {
      const contents = (await service.doHover(document, cursor))?.contents;
      return typeof contents === 'object' && 'value' in contents ? contents.value : undefined;
    },
    diagnostics: async () =>
      (await service.doValidation(document, false)).map(
        ({ range, message }) => `${range.start.line + 1}:${range.start.character + 1} ${message}`,
      ),
  };
}

const step = (body: string) => `workflow: support\nsteps:\n  welcome:\n${body}`;

describe('the committed schemas', () => {
  it.each([
    ['workflow.schema.json', workflowJsonSchema()],
    ['part.schema.json', partJsonSchema()],
  ])('%s is what the zod schema says: run npm run schema', (name, schema) => {
    expect(committed(name)).toBe(`${JSON.stringify(schema, null, 2)}\n`);
  });

  it('say something of every key', () => {
    const bare: string[] = [];
    const walk = (value: Json | undefined, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, one] of Object.entries(value)) {
        if (key === 'properties' && isMap(one)) {
          for (const [name, property] of Object.entries(one)) {
            if (!isMap(property) || property['description'] === undefined) bare.push(`${path}/${name}`);
          }
        }
        walk(one, `${path}/${key}`);
      }
    };
    walk(json(workflowJsonSchema()), '');
    walk(json(partJsonSchema()), '');
    expect(bare).toEqual([]);
  });
});

describe('in an editor', () => {
  it('completes the keys at the top of a file, without those that are there', async () => {
    const { completion } = await editor('workflow: a\n|~\nsteps:\n  a:\n    end: Goodbye.\n');
    expect(await completion()).toEqual([
      'title',
      'guidance',
      'start',
      'timezone',
      'models',
      'limits',
      'otherwise',
      'busy',
      'variables',
      'interrupts',
    ]);
  });

  it('offers every kind of step in an empty one, as a skeleton too', async () => {
    const labels = await (await editor(step('    |~\n'))).completion();
    for (const kind of STEP_KINDS) expect(labels).toEqual(expect.arrayContaining([kind, `${kind} step`]));
  });

  it('completes only what belongs to the kind of step it is', async () => {
    const { completion } = await editor(step('    say: Hello\n    |~\n'));
    expect(await completion()).toEqual(['then', 'say step']);
  });

  it('completes inside an ask and inside its choices', async () => {
    const ask = await editor(step('    ask: Hello?\n    |~\n'));
    expect(await ask.completion()).toEqual([
      'choices',
      'ask step',
      'fill',
      'unclear',
      'silent',
      'reprompts',
      'guidance',
      'otherwise',
    ]);
    const choice = await editor(step('    ask: Hello?\n    choices:\n      track:\n        |~\n'));
    expect(await choice.completion()).toEqual(['when', 'choice', 'examples', 'press', 'if', 'say', 'set', 'to']);
  });

  it('completes a variable by its type', async () => {
    const types = await editor('workflow: a\nvariables:\n  paid:\n    type: |~\nsteps:\n  a:\n    end: Bye.\n');
    expect(await types.completion()).toEqual([
      ...[
        'string',
        'number',
        'integer',
        'money',
        'boolean',
        'date',
        'time',
        'email',
        'phone',
        'choice',
        'object',
        'list',
      ],
    ]);
    const money = await editor(
      'workflow: a\nvariables:\n  paid:\n    type: money\n    |~\nsteps:\n  a:\n    end: Bye.\n',
    );
    const labels = await money.completion();
    expect(labels).toEqual(expect.arrayContaining(['currency', 'min', 'max', 'sensitive']));
    expect(labels).not.toContain('pattern');
  });

  it('shows what a key is for', async () => {
    const otherwise = await editor(
      step('    ask: Hello?\n    choices: { a: { when: b, to: welcome } }\n    other|~wise: welcome\n'),
    );
    expect(await otherwise.hover()).toBe(
      '#### ask step\n\nThe door: where to go when reprompts are used up or the model gives no answer.',
    );
    const wait = await editor(step('    wa|~it: 4h\n    then: welcome\n'));
    expect(await wait.hover()).toContain('A length of time');
  });

  it('marks wrong keys where they stand', async () => {
    const wrong = await editor(
      `${step('    ask: Hello?\n    choices: { a: { whn: b, to: welcome } }\n    otherwize: welcome\n')}titel: x\n`,
    );
    expect(await wrong.diagnostics()).toEqual([
      '5:16 Missing property "when".',
      '5:21 Property whn is not allowed.',
      '6:5 Property otherwize is not allowed.',
      '7:1 Property titel is not allowed.',
    ]);
  });

  it('has nothing to say of a right file, and of one with every kind of step', async () => {
    const text = [
      'workflow: support',
      'limits: { silence: 6s }',
      'variables:',
      "  orderId: { type: string, pattern: 'W\\d{7}', spoken: characters }",
      '  order: { from: orders.get }',
      '  lines: { type: list, of: { type: object, fields: { sku: { type: string } } } }',
      'interrupts:',
      '  human: { when: asks for a person, to: handoff }',
      'steps:',
      '  a: { say: Hello., then: b }',
      '  b: { ask: What?, choices: { x: { when: wants x, press: "1", set: { goal: null }, to: c } } }',
      '  c: { form: [orderId], then: [{ if: $orderId = "W1", to: d }, { to: e }] }',
      '  d: { decide: Which?, given: [order], choices: { y: { when: it is y, to: e } } }',
      '  e: { call: orders.get, with: { id: =$orderId, n: [1, { k: null }] }, save: order, then: f, failed: { retry: 2, codes: { not_found: c }, to: handoff } }',
      '  f: { branch: [{ to: g }] }',
      '  g: { confirm: Sure?, yes: h, no: { to: b, set: { goal: 1 } } }',
      '  h: { wait: { for: 4h, signal: shipped, save: order }, then: i, timeout: handoff }',
      '  i: { parallel: [{ call: a.b }, { call: c.d, save: order }], then: j, failed: handoff }',
      '  j: { use: identity, with: { email: =$email }, save: { customer: customer }, outcomes: { known: end } }',
      '  handoff: { transfer: { queue: tier2, brief: true } }',
      '  end: { end: { say: Goodbye., outcome: done } }',
      '',
    ].join('\n');
    expect(await (await editor(text)).diagnostics()).toEqual([]);
  });

  it('knows the file of a part', async () => {
    const { completion } = await editor(
      'part: identity\n|~\nsteps:\n  a:\n    end: { outcome: known }\n',
      partJsonSchema(),
    );
    expect(await completion()).toEqual(['title', 'guidance', 'start', 'otherwise', 'outputs', 'inputs', 'variables']);
  });

  it('has nothing to say of the workflows and parts of this repository', async () => {
    const root = new URL('../../../workflows/', import.meta.url);
    const names = readdirSync(root, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [entry.name] : [],
    );
    const files = names.flatMap((name) => {
      const files = readdirSync(new URL(`${name}/`, root)).filter(
        (file) => name === 'parts' || file === 'workflow.yaml',
      );
      return files.filter((file) => file.endsWith('.yaml')).map((file) => `${name}/${file}`);
    });
    expect(files).toContain('support/workflow.yaml');
    for (const file of files) {
      const schema = file.startsWith('parts/') ? partJsonSchema() : workflowJsonSchema();
      // Which schema it is held against is given here, and not by the file's first line.
      const text = readFileSync(new URL(file, root), 'utf8').replace(/^# yaml-language-server.*\n/, '');
      expect([file, await (await editor(text, schema)).diagnostics()]).toEqual([file, []]);
    }
  });
});
