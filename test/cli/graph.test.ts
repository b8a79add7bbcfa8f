import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createMachine } from 'xstate';
import { folderWith, PATIENCE, parley, remove, TEA } from './command.ts';

jest.setTimeout(PATIENCE);

let folder = '';
beforeAll(() => {
  folder = folderWith({ 'workflows/tea/workflow.yaml': TEA });
});
afterAll(() => remove(folder));

const STEPS = ['welcome', 'need', 'no_coffee', 'details', 'sure', 'done', 'person'];

describe('graph', () => {
  it('draws Mermaid', async () => {
    const { code, out } = await parley(['graph', 'tea'], folder);
    expect(code).toBe(0);
    // Front matter with the title, then the drawing.
    expect(out).toMatch(/^---\ntitle: "A tea house"\n---\nflowchart (TD|LR)\n/);
    for (const step of STEPS) expect(out).toContain(step);
  });

  it('draws SVG, well formed, to a file', async () => {
    const { code, out } = await parley(['graph', 'tea', '-f', 'svg', '-o', 'tea.svg'], folder);
    expect(code).toBe(0);
    expect(out).toBe('');
    const svg = readFileSync(path.join(folder, 'tea.svg'), 'utf8');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(unbalanced(svg)).toEqual([]);
    for (const step of STEPS) expect(svg).toContain(step);
  });

  it('writes a configuration that XState takes', async () => {
    const { code, out } = await parley(['graph', 'tea', '--format', 'xstate'], folder);
    expect(code).toBe(0);
    const machine = createMachine(JSON.parse(out));
    expect(machine.id).toBe('tea');
    expect(Object.keys(machine.states)).toEqual(expect.arrayContaining(STEPS));
  });

  it('draws nothing of a workflow with errors, and says which', async () => {
    const wrong = folderWith({ 'workflow.yaml': TEA.replace('to: details', 'to: nowhere') });
    const { code, out, err } = await parley(['graph', '.'], wrong);
    remove(wrong);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/workflow\.yaml:\d+:\d+ {2}error {2}step\/unknown/);
  });

  it('says so where the file can not be written', async () => {
    const { code, err } = await parley(['graph', 'tea', '-o', 'no/such/folder/tea.mmd'], folder);
    expect(code).toBe(2);
    expect(err).toMatch(/no\/such\/folder\/tea\.mmd can't be written: there is no such/);
  });
});

/** The tags that are opened and not closed, or closed and not opened. */
function unbalanced(xml: string): readonly string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, end, name = '', empty] of xml.matchAll(/<(\/?)([a-zA-Z][\w:-]*)[^<>]*?(\/?)>/g)) {
    if (empty) continue;
    if (!end) open.push(name);
    else if (open.at(-1) === name) open.pop();
    else wrong.push(name);
  }
  // Every other < or & would have to be written as an entity.
  const text = xml.replaceAll(/<[^<>]*>/g, '');
  if (/</.test(text) || /&(?!#?\w+;)/.test(xml)) wrong.push('text');
  return [...open, ...wrong];
}
