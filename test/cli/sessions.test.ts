import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ADDRESS, folderWith, lines, ORDER, PATIENCE, parley, put, remove, TEA } from './command.ts';

jest.setTimeout(PATIENCE);

let folder = '';
beforeAll(async () => {
  folder = folderWith({
    'workflows/tea/workflow.yaml': TEA,
    'workflows/other/workflow.yaml': TEA.replace('workflow: tea', 'workflow: other'),
  });
  await parley(['talk', 'tea', '--session', 'first'], folder, lines(ORDER));
  await parley(['talk', 'other', '--session', 'second'], folder, lines(['let me talk to a human']));
});
afterAll(() => remove(folder));

describe('sessions', () => {
  it('lists them, newest first', async () => {
    const { code, out } = await parley(['sessions'], folder);
    expect(code).toBe(0);
    const [newest = '', oldest = ''] = out.split('\n');
    expect(newest).toMatch(/^second {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}ended +other, \d+ events$/);
    expect(oldest).toMatch(/^first {3}\d{4}-.*tea, \d+ events$/);
  });

  it('lists only those asked for', async () => {
    expect((await parley(['sessions', '--workflow', 'tea'], folder)).out).toMatch(/^first .*\n$/);
    expect((await parley(['sessions', '--limit', '1'], folder)).out).toMatch(/^second .*\n$/);
    const { out } = await parley(['sessions', '--json'], folder);
    expect(JSON.parse(out)).toMatchObject([
      { session: 'second', workflow: 'other', status: 'ended' },
      { session: 'first', workflow: 'tea', status: 'ended' },
    ]);
  });

  it('shows one, from its first second on, with sensitive values hidden', async () => {
    const { code, out } = await parley(['sessions', 'first'], folder);
    expect(code).toBe(0);
    expect(out).not.toContain(ADDRESS);
    expect(out).not.toMatch(/-\d+\.\d s/);
    const spoken = [...out.matchAll(/^ +\d+\.\d s {2}(caller|agent) +(.*)$/gm)].map(([, who, text]) => [who, text]);
    expect(spoken).toEqual([
      ['agent', 'Welcome.'],
      ['agent', 'Tea or coffee?'],
      ['caller', 'a pot of tea please'],
      ['agent', 'How many cups?'],
      ['caller', 'two cups'],
      ['agent', "What's your e-mail address?"],
      ['caller', '[pii]'],
      ['agent', '2 cups of tea, is that right?'],
      ['caller', 'yes'],
      ['agent', 'It is on its way.'],
    ]);
    expect(out).toContain('decided answered {"cups":2}');
    expect(out).toContain('decided answered {"email":"[pii]"}');
    expect(out).toMatch(/→ welcome → need$/m);
    expect(out).toMatch(/■ ordered$/m);
    const { out: json } = await parley(['sessions', 'first', '--json'], folder);
    expect(json).not.toContain(ADDRESS);
    expect(JSON.parse(json)).toContainEqual(expect.objectContaining({ type: 'caller.said', text: '[pii]' }));
  });

  it('hides by the version the session is on, whatever the file says now', async () => {
    put(folder, 'workflows/tea/workflow.yaml', TEA.replace('sensitive: pii, ', ''));
    const { out } = await parley(['sessions', 'first'], folder);
    put(folder, 'workflows/tea/workflow.yaml', TEA);
    expect(out).toContain('[pii]');
    expect(out).not.toContain(ADDRESS);
  });

  it('says so of one that is not there', async () => {
    const { code, err } = await parley(['sessions', 'third'], folder);
    expect(code).toBe(2);
    expect(err).toMatch(/no session third.*parley sessions/s);
  });
});

describe('record', () => {
  it('makes a redacted recording that replays as it was', async () => {
    const { code, out } = await parley(['record', 'first', '-o', 'workflows/tea/first.jsonl'], folder);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^workflows\/tea\/first\.jsonl: \d+ events of first; pseudonyms for 1 value and 1 line of the conversation$/m,
    );
    const replayed = await parley(['replay', 'workflows/tea/first.jsonl'], folder);
    expect(replayed.out).toMatch(/^1 same, 0 diverged$/m);
    expect(replayed.code).toBe(0);
  });

  it('prints it where no file is named, one JSON object a line', async () => {
    const { out, err } = await parley(['record', 'first'], folder);
    expect(err).toMatch(/^\d+ events of first; pseudonyms for 1 value and 1 line of the conversation\n$/);
    const [header, ...events] = out
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(header).toMatchObject({ parley: 1, session: 'first', workflow: 'tea', channel: 'chat', redacted: true });
    expect(events[0]).toMatchObject({ seq: 1, type: 'session.started' });
    expect(events.at(-1)).toMatchObject({ seq: events.length, type: 'session.ended' });
    expect(out).not.toContain(ADDRESS);
    const said = events.flatMap((event) => JSON.stringify(event).match(/"text":"(\w+@example\.\w+)"/)?.[1] ?? []);
    expect(said).toEqual([expect.stringMatching(/^[a-z]{3}@example\.(com|org)$/)]);
    // The same address again where it was taken from the words.
    expect(events).toContainEqual(expect.objectContaining({ type: 'model.decided', values: { email: said[0] } }));
    const file = path.join(folder, 'copy.jsonl');
    await parley(['record', 'first', '-o', 'copy.jsonl'], folder);
    // With another key each time, nobody can tell by trying whom a pseudonym stands for.
    expect(readFileSync(file, 'utf8')).not.toBe(out);
    rmSync(file);
  });

  it('says so of one that is not there', async () => {
    const { code, err, out } = await parley(['record', 'third'], folder);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/no session third/);
  });
});
