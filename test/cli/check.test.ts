import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { folderOfSupport, folderWith, PATIENCE, parley, remove, TEA } from './command.ts';

jest.setTimeout(PATIENCE);

let folders: string[] = [];
afterEach(() => {
  for (const folder of folders) remove(folder);
  folders = [];
});

function here(folder: string): string {
  folders.push(folder);
  return folder;
}

/** A choice leads to a step that is not there. */
const WRONG = TEA.replace('to: details', 'to: detials');
const LINE = WRONG.split('\n').findIndex((line) => line.includes('detials')) + 1;
const COLUMN = (WRONG.split('\n')[LINE - 1] ?? '').indexOf('detials') + 1;

describe('check', () => {
  it('finds nothing wrong with the workflows of this repository', async () => {
    const { code, out } = await parley(['check'], here(folderOfSupport()));
    expect(out).toMatch(/^workflows\/support\/workflow\.yaml: \d+ steps, nothing wrong \(version [0-9a-f]{12}\)$/m);
    expect(code).toBe(0);
  });

  it('says where the mistake is, what it is and what to do, and fails', async () => {
    const folder = here(folderWith({ 'workflows/tea/workflow.yaml': WRONG, 'workflows/good/workflow.yaml': TEA }));
    const { code, out, err } = await parley(['check'], folder);
    expect(code).toBe(1);
    expect(err).toBe('');
    expect(out).toContain(`workflows/tea/workflow.yaml:${LINE}:${COLUMN}  error  step/unknown`);
    expect(out).toMatch(/Did you mean details\?/);
    expect(out).toMatch(/^workflows\/tea\/workflow\.yaml: \d+ errors?/m);
    expect(out).toMatch(/^workflows\/good\/workflow\.yaml: 7 steps, nothing wrong/m);
    expect(out).not.toContain('\u001b');
  });

  it('checks only what is named: a folder, a file or a name', async () => {
    const folder = here(folderWith({ 'workflows/tea/workflow.yaml': WRONG, 'elsewhere/mine.yaml': TEA }));
    const { code, out } = await parley(['check', 'elsewhere/mine.yaml'], folder);
    expect(out).toMatch(/^elsewhere\/mine\.yaml: 7 steps/);
    expect(out).not.toContain('workflows/tea');
    expect(code).toBe(0);
    expect((await parley(['check', 'tea'], folder)).code).toBe(1);
    expect((await parley(['check', 'workflows/tea'], folder)).code).toBe(1);
  });

  it('prints JSON for a program', async () => {
    const folder = here(folderWith({ 'workflows/tea/workflow.yaml': WRONG, 'workflows/good/workflow.yaml': TEA }));
    const { code, out } = await parley(['check', '--json'], folder);
    expect(code).toBe(1);
    const read: unknown = JSON.parse(out);
    expect(read).toMatchObject([
      { file: 'workflows/good/workflow.yaml', steps: 7, problems: [] },
      { file: 'workflows/tea/workflow.yaml' },
    ]);
    expect(read).toHaveProperty(
      ['1', 'problems'],
      expect.arrayContaining([expect.objectContaining({ code: 'step/unknown', line: LINE, column: COLUMN })]),
    );
  });

  it('can not be done where a workflow is not there, and names those that are', async () => {
    const folder = here(folderWith({ 'workflows/tea/workflow.yaml': TEA }));
    const { code, err } = await parley(['check', 'coffee'], folder);
    expect(code).toBe(2);
    expect(err).toMatch(/There is tea; or give the path of a file/);
  });

  it('says so where there are no workflows at all', async () => {
    const { code, err } = await parley(['check'], here(folderWith()));
    expect(code).toBe(2);
    expect(err).toMatch(/no workflows/i);
  });

  it('finds the parts and tools of a workflow that lies elsewhere', async () => {
    const folder = here(
      folderWith({
        'shop/parts/greet.yaml': PART,
        'shop/line/workflow.yaml': PARTED,
        'shop/line/tools.ts': TOOLS,
      }),
    );
    const { code, out } = await parley(['check', 'shop/line'], folder);
    expect(out).toMatch(/^shop\/line\/workflow\.yaml: \d+ steps, nothing wrong/);
    expect(code).toBe(0);
  });

  it('says what is wrong in a part by the name of the part', async () => {
    const folder = here(
      folderWith({
        'shop/parts/greet.yaml': PART.replace('then: over', 'then: ovre'),
        'shop/line/workflow.yaml': PARTED,
        'shop/line/tools.ts': TOOLS,
      }),
    );
    const { code, out } = await parley(['check', 'shop/line'], folder);
    expect(out).toMatch(/^shop\/parts\/greet\.yaml:\d+:\d+ {2}error/m);
    expect(code).toBe(1);
  });

  it.each([
    ['does not load', 'export default () => { const', /tools\.ts can't be loaded/],
    ['gives no tools', 'export const tools = {};', /tools\.ts does not give tools/],
  ])('says so of a tools.ts that %s', async (_, text, message) => {
    const folder = here(folderWith({ 'workflows/tea/workflow.yaml': TEA, 'workflows/tea/tools.ts': text }));
    const { code, err } = await parley(['check', 'tea'], folder);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});

const PART = `part: greet
title: Says hello
start: hello
steps:
  hello:
    say: Hello from the part.
    then: over
  over:
    end: { outcome: greeted }
`;

const PARTED = `workflow: line
title: Opening hours
otherwise: person
variables:
  hours: { from: hours.get }
steps:
  greet:
    use: greet
    outcomes: { greeted: ask_shop }
  ask_shop:
    call: hours.get
    save: hours
    then: tell
    failed: { to: person }
  tell:
    end: { say: 'We open at {{ $hours.opens }}.', outcome: told }
  person:
    transfer: { queue: people, say: Somebody will be with you. }
`;

const TOOLS = `import { defineTool } from '@parley/engine';
import { z } from 'zod';

export default function tools() {
  return {
    'hours.get': defineTool({
      about: 'When the shop opens',
      effect: 'reads',
      input: z.strictObject({}),
      output: z.object({ opens: z.string() }),
      run: async (): Promise<{ opens: string }> => ({ opens: 'nine' }),
    }),
  };
}
`;
