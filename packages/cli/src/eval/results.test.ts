import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Result, Results } from './results.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'parley-results-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const result = (key: string, choice: string): Result => ({
  key,
  place: 'calls/é.jsonl:7',
  step: 'need',
  model: 'm',
  choice,
  values: 'none',
  latency: 5,
  spent: 0,
});

function written(name: string, ...results: readonly Result[]): string {
  const file = path.join(folder, name);
  const all = new Results(file, true);
  for (const one of results) all.add(one);
  all.close();
  return file;
}

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));

describe('results', () => {
  it('are there again, the last one of a key', () => {
    const file = written('again.jsonl', result('a', 'tea'), result('b', 'tea'), result('a', 'coffee'));
    const again = new Results(file, false);
    expect(again.get('a')?.choice).toBe('coffee');
    expect(again.get('b')?.choice).toBe('tea');
    expect(again.get('c')).toBeUndefined();
    again.close();
    expect(linesOf(file)).toHaveLength(4);
  });

  it('go on after a run that was killed at any point', () => {
    const whole = readFileSync(written('whole.jsonl', result('a', 'tea'), result('b', 'tea')));
    const file = path.join(folder, 'cut.jsonl');
    for (let kept = 0; kept <= whole.length; kept++) {
      writeFileSync(file, whole.subarray(0, kept));
      const lines = whole.subarray(0, kept).toString('utf8').split('\n').length - 1;
      const results = new Results(file, false);
      expect([kept, results.get('a') !== undefined, results.get('b') !== undefined]).toEqual([
        kept,
        lines > 1,
        lines > 2,
      ]);
      // Shorter than what may be left of a line.
      results.add({ key: 'c', place: '', step: '', model: '', latency: 0, spent: 0 });
      results.close();
      expect(linesOf(file)).toHaveLength(Math.max(lines, 1) + 1);
    }
  });

  it('pass over a line that is none of theirs, and begin anew where that is asked for', () => {
    const file = written('odd.jsonl', result('a', 'tea'));
    writeFileSync(file, `${readFileSync(file, 'utf8')}{"key":"b"}\nnonsense\n`);
    const results = new Results(file, false);
    expect(results.get('a')).toBeDefined();
    expect(results.get('b')).toBeUndefined();
    results.close();
    new Results(file, true).close();
    expect(readFileSync(file, 'utf8')).toBe('{"parley":1,"evaluation":true}\n');
  });

  it('are not written over a file of something else', () => {
    const file = path.join(folder, 'notes.txt');
    writeFileSync(file, 'What I wanted to remember\nand more');
    for (const fresh of [true, false]) {
      expect(() => new Results(file, fresh)).toThrow(expect.objectContaining({ code: 'cli/not-results' }));
    }
    expect(readFileSync(file, 'utf8')).toMatch(/^What I wanted/);
  });
});
