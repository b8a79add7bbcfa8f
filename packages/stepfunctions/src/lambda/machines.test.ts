import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { memoryStore } from '@parley/stores';
import { machinesIn } from './machines.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'parley-layer-'));
  await put('hello', 'Hello.');
  await put('broken', 'Hello.', 'nowhere');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function put(name: string, text: string, then = 'bye'): Promise<void> {
  await mkdir(path.join(folder, name), { recursive: true });
  const file = `workflow: ${name}\ntitle: Hello\notherwise: bye\nsteps:\n  hi: { say: ${text}, then: ${then} }\n  bye: { end: Bye. }\n`;
  await writeFile(path.join(folder, name, 'workflow.yaml'), file);
}

it('a session begins on the file of the layer, and goes on in another process by what the store keeps', async () => {
  const store = memoryStore();
  const begun = await machinesIn(folder, {}, store, 'none').start('hello');
  expect(begun.program.name).toBe('hello');
  // Another process, whose layer is a newer one.
  await put('hello', 'Good morning.');
  const other = machinesIn(folder, {}, store, 'none');
  const { version } = begun.program;
  expect((await other.of({ workflow: 'hello', version })).program.version).toBe(version);
  expect((await other.start('hello')).program.version).not.toBe(version);
  await put('hello', 'Hello.');
});

it('what is wrong with one workflow is no matter to another', async () => {
  const machines = machinesIn(folder, {}, memoryStore(), 'none');
  expect((await machines.start('hello')).program.name).toBe('hello');
  await expect(machines.start('broken')).rejects.toMatchObject({ name: 'WorkflowError' });
});

it.each(['goodbye', '../hello', 'hello/../hello', ''])('there is no workflow %j', async (name) => {
  const machines = machinesIn(folder, {}, memoryStore(), 'none');
  await expect(machines.start(name)).rejects.toMatchObject({ code: 'engine/unknown-workflow' });
});
