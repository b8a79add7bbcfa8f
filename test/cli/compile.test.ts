import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { folderWith, lines, ORDER, PATIENCE, parley, put, remove, TEA } from './command.ts';

jest.setTimeout(PATIENCE);

let folder = '';
beforeAll(() => {
  folder = folderWith({ 'workflows/tea/workflow.yaml': TEA });
});
afterAll(() => remove(folder));

describe('compile', () => {
  it('writes a state machine with a state for each step that a session can be at', async () => {
    const { code, out } = await parley(['compile', 'tea'], folder);
    expect(code).toBe(0);
    const { QueryLanguage, States } = JSON.parse(out);
    expect(QueryLanguage).toBe('JSONata');
    expect(States.need).toMatchObject({ Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' });
    expect(States.person).toMatchObject({ Type: 'Succeed' });
  });

  it('writes one for each turn, to a file', async () => {
    const { code, out } = await parley(['compile', 'tea', '--shape', 'per-turn', '--out', 'tea.json'], folder);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    const { States } = JSON.parse(readFileSync(path.join(folder, 'tea.json'), 'utf8'));
    expect(States.need).toMatchObject({ Type: 'Succeed' });
  });

  it('says what a call costs in both shapes, by how recorded calls went', async () => {
    const talked = await parley(['talk', 'tea', '--session', 's1'], folder, lines(ORDER));
    expect(talked.code).toBe(0);
    mkdirSync(path.join(folder, 'workflows/tea/recordings'));
    const recorded = await parley(['record', 's1', '-o', 'workflows/tea/recordings/order.jsonl'], folder);
    expect(recorded.err).toBe('');
    const { code, out } = await parley(['compile', 'tea', '--cost'], folder);
    expect(code).toBe(0);
    // Start, Choice, question; then four turns of a decision, its Choice and the next step.
    expect(out).toMatch(/^Step Functions: transitions +15\.0 +\$0\.00038 +–$/m);
    // A request for each of four turns that have something to decide.
    expect(out).toMatch(/^Step Functions: requests +– +4\.00 +\$0\.000004$/m);
    expect(out).toMatch(/^Taken for granted:\n +1200 {2}a decision/m);
    expect(out).toMatch(/^ {2}transition: 0\.000025, 2026-\d\d-\d\d, https:/m);
    expect(out).toContain('Not in it: models');

    const { out: json } = await parley(['compile', 'tea', '--cost', '--json'], folder);
    const { recordings, shapes }: { recordings: number; shapes: { usage: { transition: number } }[] } =
      JSON.parse(json);
    expect(recordings).toBe(1);
    expect(shapes.map(({ usage }) => usage.transition)).toEqual([15, 0]);
  });

  it('prices no calls of another version, and no region without prices', async () => {
    expect(await parley(['compile', 'tea', '--cost', '--region', 'mars-1'], folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining('cost/region'),
    });
    put(folder, 'workflows/tea/workflow.yaml', TEA.replace('Welcome.', 'Good day.'));
    expect(await parley(['compile', 'tea', '--cost'], folder)).toMatchObject({
      code: 2,
      err: expect.stringContaining('None of 1 recordings is of this version of tea.'),
    });
  });
});
