import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DatabaseSync } from '@photostructure/sqlite';
import { folderWith, lines, ORDER, PATIENCE, parley, put, remove, start, TEA } from '../cli/command.ts';
import { type SmallDisk, smallDisk } from './small-disk.ts';

jest.setTimeout(PATIENCE);

let folder = '';
let disk: SmallDisk | undefined;
beforeEach(() => {
  folder = folderWith({ 'workflows/tea/workflow.yaml': TEA });
});
afterEach(() => {
  disk?.remove();
  disk = undefined;
  remove(folder);
});

/** A conversation whose store can't be written to from the second line on, and what the next process makes of it. */
async function disturbed(store: string, begin: () => void, end: () => void) {
  const [first = '', second = '', ...rest] = ORDER;
  const talk = ['talk', 'tea', '--store', store, '--session', 's1'];
  const running = start(talk, folder);
  running.type(first);
  await running.until('How many cups?');
  begin();
  running.type(second);
  running.process.stdin?.end(lines(rest));
  const stopped = await running.ended;
  end();
  return { stopped, again: await parley(talk, folder, lines([second, ...rest])) };
}

describe('a conversation in a pipe', () => {
  it('ends where the store is locked, and is gone on with once it is not', async () => {
    const store = path.join(folder, 'sessions.sqlite');
    let other: InstanceType<typeof DatabaseSync> | undefined;
    const { stopped, again } = await disturbed(
      store,
      () => {
        other = new DatabaseSync(store);
        other.exec('BEGIN IMMEDIATE');
      },
      () => other?.exec('ROLLBACK'),
    );
    other?.close();
    expect(stopped.code).toBe(2);
    expect(stopped.err).toContain(
      `store/locked\n    Another process is writing to ${store}.\n    Let only one process`,
    );
    // No line was read that answers a question that was not asked.
    expect(stopped.out).not.toContain(ORDER[2]);
    expect(again).toMatchObject({ code: 0, err: '' });
    expect(again.out).toMatch(/2 cups of tea, is that right\?\n(.*\n)*.*■ ended: ordered$/m);
  });

  it('ends where the disk is full, and is gone on with once there is room', async () => {
    disk = smallDisk(path.join(folder, 'disk'), 1024 * 1024);
    if (!disk) return console.warn('No file system can be mounted here: a full one is not tried.');
    const store = path.join(disk.folder, 'sessions.sqlite');
    const { stopped, again } = await disturbed(store, disk.fill, disk.free);
    expect(stopped.code).toBe(2);
    expect(stopped.err).toContain(`store/full\n    There is no room left for ${store}.\n    Make room on the disk`);
    expect(again).toMatchObject({ code: 0, err: '' });
    expect(again.out).toMatch(/2 cups of tea, is that right\?\n(.*\n)*.*■ ended: ordered$/m);
  });

  it('does not begin on a full disk', async () => {
    disk = smallDisk(path.join(folder, 'disk'), 1024 * 1024);
    if (!disk) return console.warn('No file system can be mounted here: a full one is not tried.');
    const store = path.join(disk.folder, 'sessions.sqlite');
    await parley(['sessions', '--store', store], folder);
    disk.fill();
    const { code, err } = await parley(['talk', 'tea', '--store', store], folder, lines(ORDER));
    expect(code).toBe(2);
    expect(err).toMatch(/There is no room left for .*\n {4}Make room on the disk/);
    expect(err).not.toContain('    at ');
  });

  it('does not begin where there can be no folder for its store', async () => {
    put(folder, 'notes.txt', 'Buy tea.');
    const { code, err } = await parley(['talk', 'tea', '--store', 'notes.txt/sessions.sqlite'], folder, lines(ORDER));
    expect(code).toBe(2);
    expect(err).toContain("cli/no-folder\n    The folder notes.txt can't be made");
    expect(err).not.toContain('    at ');
  });
});
