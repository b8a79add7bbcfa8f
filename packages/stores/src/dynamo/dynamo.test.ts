import { DeleteItemCommand, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Commit, Store } from '@parley/engine';
import { storeConformance } from '../conformance.ts';
import { type LocalDynamo, startLocalDynamo } from '../testing/local-dynamo.ts';
import { ModelDynamo } from '../testing/model-dynamo.ts';
import { openDynamoStore } from './dynamo.ts';

let dynamo: LocalDynamo;
beforeAll(async () => {
  dynamo = await startLocalDynamo();
});
afterAll(() => dynamo.close());

storeConformance('the DynamoDB store', {
  open: () => dynamo.open(),
  reopen: (store) => dynamo.open({ table: dynamo.tableOf(store) }),
});

const models = new WeakMap<Store, ModelDynamo>();
const openModel = async (model = new ModelDynamo()) => {
  const store = await openDynamoStore({ table: 'parley', client: model.client() });
  models.set(store, model);
  return store;
};
storeConformance('the DynamoDB store on a model of DynamoDB', {
  open: () => openModel(),
  reopen: (store) => openModel(models.get(store)),
});

const first = (session: string, more: Partial<Commit> = {}): Commit => ({
  session,
  expects: 0,
  workflow: 'support',
  version: 'v1',
  status: 'active',
  working: false,
  at: 1000,
  events: [{ seq: 1, at: 1000, type: 'caller.said', data: { text: 'Hello.' } }],
  snapshot: '{}',
  timers: { set: [], cancelled: [] },
  ...more,
});
const second = (session: string, more: Partial<Commit> = {}): Commit =>
  first(session, { expects: 1, events: [{ seq: 2, at: 1001, type: 'caller.left', data: {} }], ...more });

describe('a session whose time is up', () => {
  const head = (table: string, session: string) => ({
    TableName: table,
    Key: { pk: { S: `s ${session}` }, sk: { S: 'head' } },
  });

  it('says so to DynamoDB in seconds, never too early, and no more when it goes on', async () => {
    const store = await dynamo.open();
    const ttl = async () =>
      (await dynamo.client.send(new GetItemCommand(head(dynamo.tableOf(store), 'a')))).Item?.['ttl'];
    await store.commit(first('a', { removeAt: 1_785_000_000_001 }));
    expect(await ttl()).toStrictEqual({ N: '1785000001' });
    await store.commit(second('a'));
    expect(await ttl()).toBeUndefined();
  });

  it('is gone as a whole when DynamoDB removes its head by itself; a thorough sweep clears the rest away, later', async () => {
    const model = new ModelDynamo();
    const store = await openModel(model);
    for (const session of ['gone', 'stays']) {
      await store.commit(first(session, { reply: { id: 'r', reply: '1' } }));
      await store.commit(second(session));
    }
    await model.client().send(new DeleteItemCommand({ ...head('parley', 'gone'), ...has(model, 'gone') }));

    expect(await store.load('gone')).toBeUndefined();
    expect(await store.events('gone')).toStrictEqual([]);
    expect(await store.reply('gone', 'r')).toBeUndefined();
    await expect(store.commit(second('gone', { expects: 2, events: [] }))).rejects.toMatchObject({
      code: 'store/conflict',
    });
    expect((await store.sessions()).map(({ session }) => session)).toStrictEqual(['stays']);

    // The events and the reply of the first commit. They may be of a session that is just beginning.
    expect(model.of('s gone')).toHaveLength(2);
    await store.sweep(0, true);
    expect(model.of('s gone')).toHaveLength(2);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 900_001);
    await store.sweep(0, true);
    clock.mockRestore();
    expect(model.of('s gone')).toStrictEqual([]);
    expect((await store.events('stays')).map(({ seq }) => seq)).toStrictEqual([1, 2]);
    expect(await store.reply('stays', 'r')).toBe('1');
  });
});

/** The condition that an item has the commit it has now. */
function has(model: ModelDynamo, session: string) {
  const commit = model.of(`s ${session}`).find(({ sk }) => sk?.['S'] === 'head')?.['commit']?.['S'];
  return {
    ConditionExpression: '#commit = :commit',
    ExpressionAttributeNames: { '#commit': 'commit' },
    ExpressionAttributeValues: { ':commit': { S: String(commit) } },
  };
}

it('a commit takes two requests, the first one; a turn in a process that does not know the session, five with its reads', async () => {
  const model = new ModelDynamo();
  const asked: string[] = [];
  const store = await openDynamoStore({
    table: 'parley',
    client: model.client((operation) => void asked.push(operation)),
  });
  const requests = async (work: Promise<unknown>) => {
    asked.length = 0;
    await work;
    return asked.join();
  };
  expect(await requests(store.commit(first('a')))).toBe('PutItem');
  expect(await requests(store.commit(second('a')))).toBe('BatchWriteItem,PutItem');
  const another = await openDynamoStore({
    table: 'parley',
    client: model.client((operation) => void asked.push(operation)),
  });
  const turn = async () => {
    await another.load('a');
    await another.reply('a', 'e3');
    await another.commit(first('a', { expects: 2, events: [] }));
  };
  expect(await requests(turn())).toBe('GetItem,GetItem,Query,BatchWriteItem,PutItem');
});

it('events that do not follow on from those that are kept are refused, after a conflict is', async () => {
  const store = await openModel();
  await store.commit(first('a'));
  await store.commit(first('a', { expects: 1, events: [] }));
  const before = await store.load('a');
  for (const seqs of [[1], [3], [2, 4], [3, 2]]) {
    const events = seqs.map((seq) => ({ seq, at: 1, type: 'caller.said', data: {} }));
    await expect(store.commit(first('a', { expects: 2, events }))).rejects.toMatchObject({ code: 'store/failed' });
    await expect(store.commit(first('a', { expects: 1, events }))).rejects.toMatchObject({ code: 'store/conflict' });
    if (seqs[0] !== 1) {
      await expect(store.commit(first('b', { events }))).rejects.toMatchObject({ code: 'store/failed' });
    }
  }
  expect(await store.load('a')).toStrictEqual(before);
  expect((await store.events('a')).map(({ seq }) => seq)).toStrictEqual([1]);
});
