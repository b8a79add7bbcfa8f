import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { offlineDecider } from '@parley/deciders';
import { createEngine } from '@parley/engine';
import { kmsCodec, openDynamoStore } from '@parley/stores';
import { loadWorkflow } from '@parley/workflow';
import { type LocalDynamo, startLocalDynamo } from '../../packages/stores/src/testing/local-dynamo.ts';
import { type LocalKms, startLocalKms } from '../../packages/stores/src/testing/local-kms.ts';
import { ADDRESS, folderWith, ORDER, remove, TEA } from './command.ts';
import { parleyHere } from './in-process.ts';

const KEY = 'alias/parley-test';
const before = { ...process.env };
let dynamo: LocalDynamo;
let kms: LocalKms;
let folder = '';
let store = '';

beforeAll(async () => {
  [dynamo, kms] = await Promise.all([startLocalDynamo(), startLocalKms(KEY)]);
  const table = await dynamo.table();
  store = `dynamodb:${table}`;
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    AWS_ENDPOINT_URL_KMS: kms.endpoint,
    PARLEY_KEY: KEY,
  });
  folder = folderWith({ 'workflows/tea/workflow.yaml': TEA });
  const codec = kmsCodec({ key: KEY, client: kms.client });
  const kept = await openDynamoStore({ table, client: dynamo.client, codec });
  const file = 'workflows/tea/workflow.yaml';
  const workflows = [await loadWorkflow(path.join(folder, file), file)];
  const engine = createEngine({ workflows, store: kept, decider: offlineDecider(), tools: {} });
  const contact = { id: 'c1', channel: 'chat' } as const;
  await engine.turn({ session: 'first', id: 'e0', event: { type: 'session.started', workflow: 'tea', contact } });
  for (const [index, text] of ORDER.entries())
    await engine.turn({ session: 'first', id: `e${index + 1}`, event: { type: 'caller.said', text } });
  await engine.close();
  await kept.close();
});
afterAll(async () => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
  remove(folder);
  await dynamo.close();
  await kms.close();
});

const on = (...args: readonly string[]) => parleyHere([...args, '--store', store], folder);

it('lists and shows the sessions of a table, with sensitive values hidden', async () => {
  expect((await on('sessions')).out).toMatch(/^first .*tea, \d+ events\n$/);
  const { out } = await on('sessions', 'first');
  expect(out).toContain('[pii]');
  expect(out).not.toContain(ADDRESS);
});

it('records one, which replays as it was', async () => {
  expect(await on('record', 'first', '-o', 'first.jsonl')).toMatchObject({ code: 0 });
  expect(readFileSync(path.join(folder, 'first.jsonl'), 'utf8')).not.toContain(ADDRESS);
  expect((await parleyHere(['replay', 'first.jsonl'], folder)).out).toMatch(/^1 same, 0 diverged$/m);
});

it('adds up its decisions, and sweeps it', async () => {
  const { out } = await on('cost', '--json');
  expect(JSON.parse(out)).toMatchObject({ total: { sessions: 1 } });
  expect(await on('sweep')).toMatchObject({ code: 0, out: 'Removed 0 sessions whose time was up.\n' });
});

it.each([
  ['talk', ['talk', 'tea'], 'cli/no-file'],
  ['key', ['key'], 'cli/no-file'],
])('%s is for a file only', async (_, args, said) => {
  expect(await on(...args)).toMatchObject({ code: 2, err: expect.stringContaining(said) });
});

it('wants to be told the key of KMS', async () => {
  delete process.env['PARLEY_KEY'];
  expect(await on('sessions')).toMatchObject({ code: 2, err: expect.stringContaining('--key') });
  expect(await on('sessions', '--key', KEY)).toMatchObject({ code: 0 });
  process.env['PARLEY_KEY'] = KEY;
});

it('forgets a customer', async () => {
  expect(await on('forget', ADDRESS, '--yes')).toMatchObject({ code: 0 });
  expect((await on('sessions')).out).toBe('No sessions yet.\n');
});
