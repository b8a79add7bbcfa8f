import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { folderWith, PATIENCE, parley, remove, TEA } from './command.ts';

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
});
