import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { isMap } from './definition.ts';
import { parseExpression } from './expression/expression.ts';
import { FUNCTIONS } from './expression/functions.ts';
import { describeProblem } from './problem.ts';
import { limitsSchema, modelsSchema, partHead, stepSchemas, variableTypes, workflowHead } from './schema.ts';
import type { Json } from './type.ts';
import { checkWorkflow } from './workflow.ts';

const reference = readFileSync(new URL('../../../docs/language.md', import.meta.url), 'utf8');
const blocks = [...reference.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text]) => text ?? '');

/** What the examples that are not whole files take for granted. */
const around: { readonly [key: string]: Json } = parse(`
workflow: example
otherwise: handoff
variables:
  email: { type: email, sensitive: pii, ask: What's your e-mail address? }
  orderId: { type: string, pattern: 'W\\d{7}', spoken: characters, ask: What's the order number? }
  goal: { type: choice, values: [track, return, cancel] }
  order: { from: orders.get }
  customer: { from: identity.find }
interrupts:
  human: { when: asks for a person, to: handoff }
steps:
  need: { ask: What is it?, choices: { track: { when: wants to know where an order is, to: identify }, stop: { when: wants to stop, to: goodbye } } }
  identify: { form: [email, orderId], then: lookup }
  lookup: { call: orders.get, with: { orderId: =$orderId }, save: order, then: tell_status, failed: handoff }
  tell_status: { say: Here it is., then: goodbye }
  goodbye: { end: Goodbye. }
  handoff: { transfer: { queue: tier2 } }
`);

const part = blocks.find((text) => text.startsWith('part:')) ?? '';

/** An example as a whole file: what it leaves out comes from around it; a part is used by a workflow. */
function whole(text: string): string {
  if (text.startsWith('workflow:')) return text;
  const content: { readonly [key: string]: Json } = text.startsWith('part:')
    ? {
        steps: {
          who: { use: 'look_up', with: { email: '=$email' }, outcomes: { known: 'need', unknown: 'handoff' } },
        },
      }
    : parse(text);
  const merged = Object.fromEntries(
    [...new Set([...Object.keys(content), ...Object.keys(around)])].map((key): [string, Json | undefined] => {
      const [mine, base] = [content[key], around[key]];
      return [key, isMap(mine) && isMap(base) ? { ...mine, ...without(base, mine) } : (mine ?? base)];
    }),
  );
  return stringify(merged);
}

/** The example's own entries come first: its first step is the start. */
const without = (base: { readonly [key: string]: Json }, mine: { readonly [key: string]: Json }) =>
  Object.fromEntries(Object.entries(base).filter(([key]) => !Object.hasOwn(mine, key)));

describe('the reference of the language', () => {
  it('has examples', () => {
    expect(blocks.length).toBeGreaterThan(18);
  });

  it.each(blocks.map((text) => [text.split('\n').slice(0, 3).join(' ').slice(0, 60), text]))(
    '%s … is right',
    (_, text) => {
      const { problems } = checkWorkflow({
        file: 'example.yaml',
        text: whole(text),
        parts: { look_up: { file: 'look_up.yaml', text: part } },
      });
      expect(
        problems
          .filter(({ severity, code }) => severity === 'error' && code !== 'step/unreachable')
          .map(describeProblem),
      ).toEqual([]);
    },
  );

  it.each([
    ['the file', [...Object.keys(workflowHead.shape), 'variables', 'interrupts', 'steps']],
    ['a part', [...Object.keys(partHead.shape), 'inputs']],
    ['limits', Object.keys(limitsSchema.shape)],
    ['models', Object.keys(modelsSchema.shape)],
    ...Object.entries(stepSchemas).map(([kind, schema]): [string, string[]] => [
      `a step: ${kind}`,
      Object.keys(schema.shape),
    ]),
    ...Object.entries(variableTypes).map(([type, schema]): [string, string[]] => [
      `a variable: ${type}`,
      [type, ...Object.keys(schema.shape)],
    ]),
  ])('tells every key of %s', (_, keys) => {
    const told = new Set(
      [...reference.matchAll(/`([a-zA-Z]+)\b[^`]*`|^### (\w+)$/gm)].flatMap(([, code, heading]) => [code, heading]),
    );
    expect(keys.filter((key) => !told.has(key))).toEqual([]);
  });

  it('tells the defaults that are so', () => {
    const { program } = checkWorkflow({ file: 'x', text: 'workflow: x\nsteps: { a: { end: Bye. } }', parts: {} });
    const row = (name: string) => new RegExp(`^\\| \`${name}\` \\|.*\\| (\\S+) \\|$`, 'm').exec(reference)?.[1];
    expect({
      turns: Number(row('turns')),
      reprompts: Number(row('reprompts')),
      silence: Number(row('silence')?.replace('s', '')) * 1000,
      turn: Number(row('turn')?.replace('s', '')) * 1000,
      decide: Number(row('decide')?.replace('s', '')) * 1000,
      confidence: Number(row('confidence')),
    }).toEqual(program?.limits);
  });

  it('tells what expressions give', () => {
    const scope = { o: { n: null, list: [{ k: 1 }, { k: 2 }] } };
    const section = reference.split('| expression | gives |')[1]?.split('\n\n')[0] ?? '';
    const rows = [...section.matchAll(/^\| `(.*?)` \| (nothing|`(.*)`) \|$/gm)];
    expect(rows).toHaveLength(11);
    for (const [, source, , value] of rows) {
      const parsed = parseExpression(source ?? '');
      const given = parsed.ok ? parsed.expression.evaluate(scope) : 'not admitted';
      expect([source, given]).toEqual([source, value === undefined ? undefined : JSON.parse(value)]);
    }
  });

  it('tells every function there is, and no other', () => {
    const section = reference.split('## Expressions')[1]?.split('Not in it:')[0] ?? '';
    const told = [...section.matchAll(/`\$([a-zA-Z]+)(?:\([^`]*)?`/g)].map(([, name]) => name);
    expect(new Set(told.filter((name) => name !== undefined && FUNCTIONS.has(name)))).toEqual(
      new Set(FUNCTIONS.keys()),
    );
    expect(told.filter((name) => name !== undefined && !FUNCTIONS.has(name))).toEqual([]);
  });
});
