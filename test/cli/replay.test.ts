import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { folderOfSupport, folderWith, lines, ORDER, PATIENCE, parley, put, ROOT, remove, TEA } from './command.ts';

jest.setTimeout(PATIENCE);

let folder = '';
let recorded = '';

/** A folder with two recordings made by the command itself: one of tea, one of somebody who wants a person. */
beforeAll(async () => {
  folder = folderWith({ 'workflows/tea/workflow.yaml': TEA, 'workflows/tea/recordings/readme.txt': 'No recording.' });
  await parley(['talk', 'tea', '--session', 'order'], folder, lines(ORDER));
  await parley(['talk', 'tea', '--session', 'person'], folder, lines(['let me talk to a human']));
  for (const session of ['order', 'person']) {
    await parley(['record', session, '-o', `workflows/tea/recordings/${session}.jsonl`], folder);
  }
  recorded = readFileSync(path.join(folder, 'workflows/tea/recordings/order.jsonl'), 'utf8');
});
afterAll(() => remove(folder));

const RECORDINGS = 'workflows/tea/recordings';

/** Yes and no the wrong way round. */
const TURNED = TEA.replace('yes: done\n    no: need', 'yes: need\n    no: done');

describe('replay', () => {
  it('says `same` of recordings that go as they did', async () => {
    const { code, out, err } = await parley(['replay', RECORDINGS], folder);
    expect(out).toMatch(/^same +workflows\/tea\/recordings\/order\.jsonl \(\d+ events\)$/m);
    expect(out).toMatch(/^same +workflows\/tea\/recordings\/person\.jsonl/m);
    expect(out).toMatch(/^2 same, 0 diverged$/m);
    // No progress in a pipe, and no colours.
    expect(err).toBe('');
    expect(out).not.toMatch(/\r/);
    expect(out).not.toContain('\u001b');
    expect(code).toBe(0);
  });

  it('through an edited workflow groups those that diverge and names the line that is responsible', async () => {
    put(folder, 'edited.yaml', TURNED);
    const { code, out } = await parley(['replay', RECORDINGS, '--against', 'edited.yaml'], folder);
    expect(code).toBe(1);
    expect(out).toMatch(/^diverged +workflows\/tea\/recordings\/order\.jsonl$/m);
    expect(out).toMatch(/^same +workflows\/tea\/recordings\/person\.jsonl/m);
    expect(out).toMatch(/^1 × goes differently: /m);
    const line = TEA.split('\n').findIndex((text) => text.includes('yes:')) + 1;
    expect(out).toContain(`edited.yaml:${line}:`);
    // The words around it.
    expect(out).toMatch(/caller +yes/);
    expect(out).toMatch(/^1 same, 1 diverged$/m);
  });

  it('tells other words from another way', async () => {
    put(folder, 'reworded.yaml', TEA.replace('say: There is no coffee here.', 'say: None.').replace('Welcome.', 'Hi.'));
    const { code, out } = await parley(['replay', RECORDINGS, '--against', 'reworded.yaml'], folder);
    expect(code).toBe(1);
    expect(out).toMatch(/^2 × says something else: /m);
    expect(out).toMatch(/recorded: .*"Welcome\."/);
    expect(out).toMatch(/now: .*"Hi\."/);
  });

  it('tells what can not be known from what goes differently', async () => {
    const other = TEA.replace('      coffee: {', '      water: { when: wants water, to: details }\n      coffee: {');
    put(folder, 'asks-more.yaml', other);
    const { code, out, err } = await parley(['replay', RECORDINGS, '--against', 'asks-more.yaml'], folder);
    expect(err).toBe('');
    expect(out).toMatch(/^2 × can't be known: /m);
    expect(code).toBe(1);
  });

  it('prints JSON for a program', async () => {
    put(folder, 'edited.yaml', TURNED);
    const { code, out } = await parley(['replay', RECORDINGS, '--against', 'edited.yaml', '--json'], folder);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject([
      { session: 'order', outcome: 'diverged', kind: 'differently', place: { file: 'edited.yaml' } },
      { session: 'person', outcome: 'same' },
    ]);
  });

  it('says where a recording is broken, and still replays the others', async () => {
    const first = recorded.split('\n').slice(0, 4);
    put(folder, 'broken/cut.jsonl', `${first.join('\n')}\n{"seq":4,"at":12,"ty`);
    put(folder, 'broken/good.jsonl', recorded);
    const { code, out } = await parley(['replay', 'broken'], folder);
    expect(code).toBe(2);
    expect(out).toMatch(/^failed +broken\/cut\.jsonl$/m);
    expect(out).toMatch(/broken\/cut\.jsonl:5:1 {2}recording\/truncated/);
    expect(out).toMatch(/^same +broken\/good\.jsonl/m);
    expect(out).toMatch(/^1 same, 0 diverged, 1 unreadable$/m);
    const { out: json } = await parley(['replay', 'broken/cut.jsonl', '--json'], folder);
    expect(JSON.parse(json)).toMatchObject([
      { outcome: 'unreadable', code: 'recording/truncated', place: { file: 'broken/cut.jsonl', line: 5 } },
    ]);
  });

  it('tells the mistake of a workflow once, not for each recording', async () => {
    put(folder, 'wrong.yaml', TEA.replace('to: details', 'to: nowhere'));
    const { code, out } = await parley(['replay', RECORDINGS, '--against', 'wrong.yaml'], folder);
    expect(code).toBe(2);
    expect(out.match(/step\/unknown/g)).toHaveLength(1);
  });

  it('does not take a folder without recordings for one where all is well', async () => {
    put(folder, 'empty/readme.txt', 'Nothing.');
    const { code, err } = await parley(['replay', 'empty'], folder);
    expect(code).toBe(2);
    expect(err).toMatch(/no recordings there/);
  });

  it('lends an edited workflow, wherever it lies, the tools and parts of the one it was made from', async () => {
    const support = folderOfSupport();
    const text = readFileSync(path.join(ROOT, 'workflows/support/workflow.yaml'), 'utf8');
    put(support, 'edited/workflow.yaml', `# A comment more.\n${text}`);
    const recording = 'workflows/support/recordings/cancel-in-one-breath.jsonl';
    const { out, code } = await parley(['replay', recording, '--against', 'edited'], support);
    remove(support);
    // Without the tools, amounts are read aloud as mere numbers.
    expect(out).toMatch(/^1 same, 0 diverged$/m);
    expect(code).toBe(0);
  });
});
