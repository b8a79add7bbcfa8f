import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keepRecording } from './recording-file.ts';

let around: string;
let folder: string;
beforeEach(async () => {
  around = await mkdtemp(path.join(tmpdir(), 'parley-recordings-'));
  folder = path.join(around, 'support', 'recordings');
});
afterEach(() => rm(around, { recursive: true }));

describe('a recording that is kept', () => {
  it.each(['late-refund', 'late-refund.jsonl', ' late-refund '])('as %j stands in the folder', async (name) => {
    const file = await keepRecording(folder, name, 'a recording\n');
    expect(file).toBe(path.join(folder, 'late-refund.jsonl'));
    expect(await readFile(file, 'utf8')).toBe('a recording\n');
  });

  it('never takes the place of another', async () => {
    const file = await keepRecording(folder, 'one', 'first');
    await expect(keepRecording(folder, 'one', 'second')).rejects.toMatchObject({ code: 'center/recording-exists' });
    expect(await readFile(file, 'utf8')).toBe('first');
  });

  it('is not written through a link', async () => {
    await keepRecording(folder, 'one', 'first');
    await symlink(path.join(around, 'elsewhere'), path.join(folder, 'two.jsonl'));
    await expect(keepRecording(folder, 'two', 'second')).rejects.toMatchObject({ code: 'center/recording-exists' });
    expect(await readdir(around)).toEqual(['support']);
  });

  it.each([
    '',
    '.',
    '..',
    '../two',
    '..\\two',
    '/etc/two',
    'a/b',
    'C:two',
    '.hidden',
    'two\0',
    'two\nthree',
    'a'.repeat(81),
    '-rf',
    'two.jsonl.ts',
  ])('cannot be called %j', async (name) => {
    await expect(keepRecording(folder, name, 'text')).rejects.toMatchObject({ code: 'center/recording-name' });
    expect(await readdir(around)).toEqual([]);
  });
});
