import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { offlineDecider } from '@parley/deciders';
import { createEngine } from '@parley/engine';
import { encryptingCodec, keysIn, openSqliteStore } from '@parley/stores';
import { loadWorkflow } from '@parley/workflow';
import { ADDRESS, folderWith, lines, ORDER, PATIENCE, parley, put, remove, TEA } from './command.ts';
import { parleyHere } from './in-process.ts';

jest.setTimeout(PATIENCE);

/** A back end that has a file for each customer. */
const TOOLS = `
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
export default () => ({});
export function forget({ folder }, customer) {
  const file = path.join(folder, customer);
  const names = customer === '+15550000001' ? ['kim@example.com'] : [];
  const count = existsSync(file) ? 1 : names.length;
  return { found: { customers: count, orders: 0 }, names, remove: () => rmSync(file, { force: true }) };
}
`;

const storeIn = (where: string, file = '.parley/sessions.sqlite') =>
  openSqliteStore(path.join(where, file), {
    codec: encryptingCodec(keysIn({ file: path.join(where, path.dirname(file), 'key') })),
  });

/** Has a conversation in the store of a folder, as `parley talk` does. */
async function talk(
  where: string,
  workflow: string,
  session: string,
  said: readonly string[],
  kept?: string,
): Promise<void> {
  const file = path.join('workflows', workflow, 'workflow.yaml');
  const store = storeIn(where, kept);
  const workflows = [await loadWorkflow(path.join(where, file), file)];
  const engine = createEngine({ workflows, store, decider: offlineDecider(), tools: {} });
  const contact = { id: session, channel: 'chat' } as const;
  await engine.turn({ session, id: 'e0', event: { type: 'session.started', workflow, contact } });
  for (const [index, text] of said.entries())
    await engine.turn({ session, id: `e${index + 1}`, event: { type: 'caller.said', text } });
  await engine.close();
  await store.close();
}

let delivered = '';
let folder = '';
beforeAll(async () => {
  delivered = folderWith({ 'workflows/tea/workflow.yaml': TEA, 'workflows/tea/tools.mjs': TOOLS });
  await parley(['talk', 'tea', '--session', 'ended'], delivered, lines(ORDER));
  const other = ORDER.map((line) => line.replace(ADDRESS, 'kim@example.com'));
  await talk(delivered, 'tea', 'other', other);
  for (const session of ['ended', 'other']) {
    put(delivered, `workflows/tea/recordings/${session}.jsonl`, '');
    await parleyHere(['record', session, '-o', `workflows/tea/recordings/${session}.jsonl`], delivered);
  }
  put(delivered, `.parley/data/tea/${ADDRESS}`, 'two cups');
  put(delivered, '.parley/data/tea/kim@example.com', 'two cups');
});
afterAll(() => remove(delivered));
beforeEach(() => {
  folder = folderWith();
  cpSync(delivered, folder, { recursive: true, filter: (file) => path.basename(file) !== 'node_modules' });
});
afterEach(() => remove(folder));

const sessions = async () => {
  const { out } = await parleyHere(['sessions', '--json'], folder);
  const all: { session: string }[] = JSON.parse(out);
  return all.map(({ session }) => session).sort();
};
const recordings = () => readdirSync(path.join(folder, 'workflows/tea/recordings')).sort();
const customers = () => readdirSync(path.join(folder, '.parley/data/tea')).sort();

describe('forget', () => {
  it('removes all there is of a customer, and says what it was', async () => {
    const { code, out } = await parley(['forget', ADDRESS, '--yes'], folder);
    expect(out).toMatch(/^session {4}ended {2}\d{4}-.* {2}ended {2}tea \(by a sensitive value\)$/m);
    expect(out).toMatch(/^recording {2}workflows\/tea\/recordings\/ended\.jsonl$/m);
    expect(out).toMatch(/^back end {3}tea: 1 customers, 0 orders$/m);
    expect(out).toMatch(/^Removed: 1 session, 1 recording, of tea 1 customers, 0 orders\.$/m);
    expect(code).toBe(0);
    expect(await sessions()).toEqual(['other']);
    expect(recordings()).toEqual(['other.jsonl']);
    expect(customers()).toEqual(['kim@example.com']);
    const again = await parleyHere(['forget', ADDRESS], folder);
    expect(again).toMatchObject({ code: 0, out: 'There is nothing of them here.\n' });
  });

  it('looks where the contact center keeps its sessions and back ends, too', async () => {
    put(folder, `.parley/center/data/tea/${ADDRESS}`, 'two cups');
    await talk(folder, 'tea', 'called', ORDER, '.parley/center/tea.sqlite');
    expect(await sessions()).toEqual(['called', 'ended', 'other']);
    const { out } = await parleyHere(['forget', ADDRESS, '--yes'], folder);
    expect(out).toMatch(
      /^Removed: 2 sessions, 1 recording, of tea 1 customers, 0 orders, of tea 1 customers, 0 orders\.$/m,
    );
    expect(await sessions()).toEqual(['other']);
    expect(readdirSync(path.join(folder, '.parley/center/data/tea'))).toEqual([]);
  });

  it('only says so in a dry run', async () => {
    const { code, out } = await parleyHere(['forget', ADDRESS, '--dry-run', '--json'], folder);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      removed: false,
      sessions: [{ session: 'ended', workflow: 'tea', status: 'ended', by: 'a sensitive value' }],
      recordings: ['workflows/tea/recordings/ended.jsonl'],
      backEnds: [{ workflow: 'tea', found: { customers: 1, orders: 0 } }],
      unread: [],
    });
    expect(await sessions()).toEqual(['ended', 'other']);
    expect(recordings()).toEqual(['ended.jsonl', 'other.jsonl']);
    expect(customers()).toEqual(['kim@example.com', ADDRESS]);
  });

  it('removes nothing that nobody agreed to', async () => {
    const { code, err } = await parley(['forget', ADDRESS], folder, 'y\n');
    expect(code).toBe(2);
    expect(err).toMatch(/nobody has agreed to.*--yes/s);
    expect(await sessions()).toEqual(['ended', 'other']);
  });

  it('takes a session by its name, and shows nothing of what is in it', async () => {
    const { code, out, err } = await parleyHere(['forget', 'ended', '--yes'], folder);
    expect(code).toBe(0);
    expect(out + err).not.toContain(ADDRESS);
    expect(await sessions()).toEqual(['other']);
    expect(recordings()).toEqual(['other.jsonl']);
  });

  it('looks for what else the back end knows a customer by, and does not show it', async () => {
    const { code, out } = await parleyHere(['forget', '+15550000001', '--yes'], folder);
    expect(code).toBe(0);
    expect(out).not.toContain('kim@example.com');
    expect(await sessions()).toEqual(['ended']);
  });

  it('takes the recordings of a session that is gone already', async () => {
    await parleyHere(['forget', 'ended', '--yes'], folder);
    put(folder, 'workflows/tea/recordings/copy.jsonl', '{"parley":1,"session":"ended"}\n');
    const { out } = await parleyHere(['forget', 'ended', '--yes'], folder);
    expect(out).toMatch(/^Removed: 0 sessions, 1 recording\.$/m);
    expect(recordings()).toEqual(['other.jsonl']);
  });

  it('goes by the version that a session is on, whatever the file says now', async () => {
    put(
      folder,
      'workflows/tea/workflow.yaml',
      TEA.replace('sensitive: pii, ', '').replace('workflow: tea', 'workflow: tea2'),
    );
    const { out } = await parleyHere(['forget', ADDRESS, '--yes'], folder);
    expect(out).toContain('(by a sensitive value)');
    expect(await sessions()).toEqual(['other']);
  });

  it('finds again what is left, where a back end can not remove it', async () => {
    put(
      folder,
      'workflows/tea/tools.mjs',
      TOOLS.replace('rmSync(file, { force: true })', "{ throw new Error('Busy.'); }"),
    );
    await expect(parleyHere(['forget', '+15550000001', '--yes'], folder)).resolves.toMatchObject({ code: 2 });
    expect(await sessions()).toEqual(['ended']);
    const { out } = await parleyHere(['forget', '+15550000001', '--dry-run'], folder);
    expect(out).toBe('back end   tea: 1 customers, 0 orders\nNothing was removed.\n');
  });

  it('refuses what is too short to mean somebody, and a back end that can not say what it holds', async () => {
    expect(await parleyHere(['forget', 'a', '--yes'], folder)).toMatchObject({ code: 2 });
    put(folder, 'workflows/tea/tools.mjs', 'export default () => ({});\nexport const forget = () => 7;');
    const { code, err } = await parleyHere(['forget', ADDRESS, '--yes'], folder);
    expect(code).toBe(2);
    expect(err).toMatch(/tools\.mjs can't say what it holds/);
    expect(await sessions()).toEqual(['ended', 'other']);
  });
});

describe('the store of the command', () => {
  const file = (name: string) => readFileSync(path.join(folder, '.parley', name));

  it('is encrypted, with a key beside it', () => {
    expect(file('sessions.sqlite').includes(ADDRESS)).toBe(false);
    expect(file('sessions.sqlite').includes('ended')).toBe(true);
    expect(file('key').toString()).toMatch(/^[\w+/]{43}=$/m);
  });

  it('is told of as such where the key is another or gone, and goes on when it is back', async () => {
    const key = file('key').toString();
    for (const wrong of [`${Buffer.alloc(32, 1).toString('base64')}\n`, '# none\n']) {
      put(folder, '.parley/key', wrong);
      const { code, err } = await parleyHere(['sessions'], folder);
      expect(code).toBe(2);
      expect(err).toMatch(/store\/key\n.*key that is not here/);
      expect((await parleyHere(['talk', 'tea'], folder)).code).toBe(2);
      expect(file('key').toString()).toBe(wrong);
    }
    put(folder, '.parley/key', key);
    expect(await sessions()).toEqual(['ended', 'other']);
  });

  it('takes the key of the environment, and makes none', async () => {
    const fresh = folderWith({ 'workflows/tea/workflow.yaml': TEA });
    process.env['PARLEY_KEY'] = Buffer.alloc(32, 5).toString('base64');
    try {
      await parley(['talk', 'tea', '--session', 'given'], fresh, lines(ORDER));
      expect(existsSync(path.join(fresh, '.parley/key'))).toBe(false);
      expect((await parleyHere(['sessions', 'given'], fresh)).out).toContain('two cups');
      process.env['PARLEY_KEY'] = Buffer.alloc(32, 6).toString('base64');
      expect((await parleyHere(['sessions', 'given'], fresh)).err).toContain('store/key');
    } finally {
      delete process.env['PARLEY_KEY'];
      remove(fresh);
    }
  });

  it('goes on with what was kept before there was a key', async () => {
    const plain = openSqliteStore(path.join(folder, '.parley/plain.sqlite'));
    const encrypted = storeIn(folder);
    const one = await encrypted.load('ended');
    const source = await encrypted.workflow(one?.version ?? '');
    if (!one || !source) throw new Error('It is not there.');
    await plain.keepWorkflow(source);
    await plain.commit({
      ...one,
      expects: 0,
      at: one.updatedAt,
      events: await encrypted.events('ended'),
      timers: { set: [], cancelled: [] },
    });
    for (const store of [plain, encrypted]) await store.close();
    expect(file('plain.sqlite').includes(ADDRESS)).toBe(true);
    const { out } = await parleyHere(['sessions', 'ended', '--store', '.parley/plain.sqlite'], folder);
    expect(out).toContain('a pot of tea please');
    expect((await parleyHere(['forget', ADDRESS, '--yes', '--store', '.parley/plain.sqlite'], folder)).code).toBe(0);
    expect(file('plain.sqlite').includes(ADDRESS)).toBe(false);
  });

  it('takes a new key, and reads what was kept with those before', async () => {
    const [before] = (await parleyHere(['key'], folder)).out.split(' ');
    const { out } = await parleyHere(['key', '--new'], folder);
    expect(out).toMatch(new RegExp(`^[0-9a-f]{6} {2}writes and reads {2}\\.parley/key\\n${before} {2}reads {2}`));
    await talk(folder, 'tea', 'third', ['let me talk to a human']);
    const key = file('key').toString();
    expect((await parleyHere(['sessions', 'ended'], folder)).out).toContain('a pot of tea please');
    put(
      folder,
      '.parley/key',
      key
        .split('\n')
        .filter((line) => !line.startsWith('#'))
        .slice(0, 1)
        .join('\n'),
    );
    expect((await parleyHere(['sessions', 'third'], folder)).out).toContain('let me talk to a human');
    expect((await parleyHere(['sessions', 'ended'], folder)).err).toContain('store/key');
  });
});

describe('limits', () => {
  it('of a workflow: what is due is removed by a sweep', async () => {
    put(
      folder,
      'workflows/brief/workflow.yaml',
      TEA.replace('workflow: tea', 'workflow: brief\nlimits: { keep: 1ms }'),
    );
    await talk(folder, 'brief', 'soon', ORDER);
    expect(await sessions()).toEqual(['ended', 'other', 'soon']);
    expect(await parleyHere(['sweep', '--json'], folder)).toMatchObject({ code: 0 });
    expect(await sessions()).toEqual(['ended', 'other']);
    expect((await parleyHere(['sweep'], folder)).out).toBe('Removed 0 sessions whose time was up.\n');
  });

  it('of a workflow: what may not be recorded is not', async () => {
    put(
      folder,
      'workflows/asks/workflow.yaml',
      TEA.replace('workflow: tea', 'workflow: asks\nlimits: { record: $cups = 2 }'),
    );
    await talk(folder, 'asks', 'two', ORDER);
    await talk(folder, 'asks', 'none', ['let me talk to a human']);
    expect((await parleyHere(['record', 'two'], folder)).code).toBe(0);
    const { code, out, err } = await parleyHere(['record', 'none', '-o', 'none.jsonl'], folder);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/The session none may not be recorded.*limits\.record/s);
    expect(existsSync(path.join(folder, 'none.jsonl'))).toBe(false);
  });
});
