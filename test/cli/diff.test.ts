import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { folderWith, PATIENCE, parley, put, remove, TEA } from './command.ts';

jest.setTimeout(PATIENCE);

let folder = '';
beforeAll(() => {
  folder = folderWith({
    'workflows/tea/workflow.yaml': TEA,
    'edited/workflow.yaml': TEA.replace('Tea or coffee?', 'What will it be?').replace(
      'tea: { when: wants tea, examples: [a pot of tea], to: details }',
      'tea: { when: wants tea, examples: [a pot of tea], to: sure }',
    ),
  });
});
afterAll(() => remove(folder));

describe('diff', () => {
  it('says what changed in sentences, and that something did by its exit code', async () => {
    const { code, out, err } = await parley(['diff', 'tea', 'edited'], folder);
    expect(code).toBe(1);
    expect(err).toBe('');
    expect(out).toMatch(/`need`.*“What will it be\?”.*“Tea or coffee\?”/);
    expect(out).toMatch(/`need`.*`tea`.*`sure`.*`details`/);
    // No text lines, and no version control's marks.
    expect(out).not.toMatch(/^[+-]/m);
    // The edit left a step that no way leads to.
    expect(out).toMatch(/edited\/workflow\.yaml has \d+ errors?: see parley check/);
  });

  it('says so where nothing changed, though the file is written otherwise', async () => {
    put(folder, 'same.yaml', `# Only a comment more.\n${TEA}`);
    const { code, out } = await parley(['diff', 'tea', 'same.yaml'], folder);
    expect(out).toBe('Nothing changed.\n');
    expect(code).toBe(0);
  });

  it('prints JSON for a program', async () => {
    const { code, out } = await parley(['diff', 'tea', 'edited', '--json'], folder);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          subject: { kind: 'step', name: 'need' },
          aspect: 'text',
          before: 'Tea or coffee?',
          after: 'What will it be?',
        }),
      ]),
    );
    expect(JSON.parse((await parley(['diff', 'tea', 'tea', '--json'], folder)).out)).toEqual([]);
  });

  it('can not be done with a file that is not there', async () => {
    const { code, err } = await parley(['diff', 'tea', 'nosuch.yaml'], folder);
    expect(code).toBe(2);
    expect(err).toContain('There is no workflow nosuch.yaml');
  });
});
