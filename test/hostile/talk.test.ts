import { afterEach, expect, it, jest } from '@jest/globals';
import { folderWith, PATIENCE, parley, remove, TEA } from '../cli/command.ts';

jest.setTimeout(PATIENCE);

let folder = '';
afterEach(() => remove(folder));

it('a conversation in a pipe takes a megabyte, and what a terminal would obey, and goes on', async () => {
  folder = folderWith({ 'workflows/tea/workflow.yaml': TEA });
  const input = ['x'.repeat(1_000_000), '\u001b]0;owned\u0007\u001b[2J\u202e', 'שלום', '{{ 6 * 7 }}'].join('\n');
  const { code, out, err } = await parley(['talk', 'tea'], folder, `${input}\n`);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect([...out].filter((sign) => sign !== '\n' && /[\p{Cc}\u202a-\u202e]/u.test(sign))).toEqual([]);
  expect(out).toContain('Welcome.');
  expect(out).toContain('you › �]0;owned�');
  expect(out).not.toContain('42');
  // It asks again, then leads to the door: it does not fall.
  expect(out).toMatch(/ended|transferred|⏸/);
});
