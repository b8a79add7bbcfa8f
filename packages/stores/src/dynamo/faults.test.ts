import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Commit, Store } from '@parley/engine';
import { type Fate, type FaultyProxy, startFaultyProxy } from '../testing/faulty-proxy.ts';
import { type LocalDynamo, newClient, startLocalDynamo } from '../testing/local-dynamo.ts';
import { openDynamoStore } from './dynamo.ts';

let dynamo: LocalDynamo;
let proxy: FaultyProxy;
let table: string;
let store: Store;
let client: DynamoDBClient;
beforeAll(async () => {
  dynamo = await startLocalDynamo();
  proxy = await startFaultyProxy(dynamo.endpoint);
  client = newClient(proxy.endpoint);
});
beforeEach(async () => {
  proxy.rule(() => 'pass');
  table = await dynamo.table();
  store = await openDynamoStore({ table, client });
});
afterAll(async () => {
  client.destroy();
  await proxy.close();
  await dynamo.close();
});

const commit = (expects: number, more: Partial<Commit> = {}): Commit => ({
  session: 'a',
  expects,
  workflow: 'support',
  version: 'v1',
  status: 'active',
  working: false,
  at: 1,
  events: [{ seq: expects + 1, at: 1, type: 'caller.said', data: { text: `number ${expects + 1}` } }],
  snapshot: `${expects + 1}`,
  reply: { id: `r${expects + 1}`, reply: `${expects + 1}` },
  timers: { set: [], cancelled: [] },
  ...more,
});
const seqs = async (of = store) => (await of.events('a')).map(({ seq }) => seq);
const error = (status: number, name: string, message = name): Fate => ({
  status,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message },
});
const first = (operation: string, fate: Fate) =>
  proxy.rule((asked, n) => (asked === operation && n === 0 ? fate : 'pass'));
const always = (operation: string, fate: Fate) => proxy.rule((asked) => (asked === operation ? fate : 'pass'));

describe('an answer that is lost', () => {
  it('of a first commit, and of a further one: each is kept once, and is known to be', async () => {
    for (const expects of [0, 1, 2]) {
      first('PutItem', 'lose');
      await store.commit(commit(expects));
      // The SDK sent it again, and was refused.
      expect(proxy.count('PutItem')).toBe(2);
    }
    expect(await seqs()).toStrictEqual([1, 2, 3]);
    expect(await store.load('a')).toMatchObject({ revision: 3, snapshot: '3' });
  });

  it('of every attempt: it is kept, and is known to be', async () => {
    always('PutItem', 'lose');
    await store.commit(commit(0));
    proxy.rule(() => 'pass');
    expect(await seqs()).toStrictEqual([1]);
    await store.commit(commit(1));
  });

  it('of every attempt, and nothing can be read either: nobody can tell, and who asks again is told', async () => {
    proxy.rule((operation) => (operation === 'PutItem' ? 'lose' : error(500, 'InternalServerError')));
    await expect(store.commit(commit(0))).rejects.toMatchObject({ name: 'StoreError', code: 'store/unavailable' });
    proxy.rule(() => 'pass');
    expect(await store.load('a')).toMatchObject({ revision: 1 });
    await expect(store.commit(commit(0))).rejects.toMatchObject({ code: 'store/conflict' });
    await store.commit(commit(1));
    expect(await seqs()).toStrictEqual([1, 2]);
  });

  it('of a commit that was made by another with the same words: it is a conflict all the same', async () => {
    const other = await dynamo.open({ table });
    await store.commit(commit(0));
    await other.commit(commit(1));
    first('PutItem', 'lose');
    await expect(store.commit(commit(1))).rejects.toMatchObject({ code: 'store/conflict' });
  });

  it('of a removal: it counts', async () => {
    await store.commit(commit(0));
    await store.commit(commit(1));
    first('PutItem', 'lose');
    expect(await store.remove('a')).toBe(1);
    await store.commit(commit(0, { removeAt: 5 }));
    first('DeleteItem', 'lose');
    expect(await store.sweep(5)).toStrictEqual(['a']);
    expect(await store.load('a')).toBeUndefined();
  });

  it('of a workflow: it is kept whole', async () => {
    const source = JSON.stringify('x'.repeat(700_000));
    first('PutItem', 'lose');
    await store.keepWorkflow({ workflow: 'support', version: 'v1', source });
    expect((await store.workflow('v1'))?.source).toBe(source);
  });
});

describe('a commit that fails', () => {
  it.each([
    ['ProvisionedThroughputExceededException', 400, 'store/throttled'],
    ['ThrottlingException', 400, 'store/throttled'],
    ['AccessDeniedException', 400, 'store/access'],
    ['UnrecognizedClientException', 400, 'store/access'],
    ['InternalServerError', 500, 'store/unavailable'],
    ['ServiceUnavailable', 503, 'store/unavailable'],
    ['SomethingNewException', 400, 'store/failed'],
  ])('by %s (%i) is told of as %s, with what to do, and leaves all as it was', async (name, status, code) => {
    await store.commit(commit(0));
    for (const operation of ['PutItem', 'BatchWriteItem']) {
      always(operation, error(status, name));
      const refused = store.commit(commit(1));
      await expect(refused).rejects.toMatchObject({ name: 'StoreError', code });
      await expect(refused).rejects.toHaveProperty('fix', expect.stringMatching(/\w/));
      proxy.rule(() => 'pass');
      expect(await store.load('a')).toMatchObject({ revision: 1, snapshot: '1' });
      expect(await seqs()).toStrictEqual([1]);
    }
    await store.commit(commit(1));
    expect(await seqs()).toStrictEqual([1, 2]);
  });

  it('for a moment is tried again', async () => {
    first('PutItem', error(400, 'ThrottlingException'));
    await store.commit(commit(0));
    first('BatchWriteItem', error(500, 'InternalServerError'));
    await store.commit(commit(1));
    expect(await seqs()).toStrictEqual([1, 2]);
  });

  it('as it is too large names what is', async () => {
    const set = Array.from({ length: 2_000 }, (_, index) => ({ timer: `${index}`.padStart(250, 'x'), due: 1 }));
    await expect(store.commit(commit(0, { timers: { set, cancelled: [] } }))).rejects.toMatchObject({
      code: 'store/full',
    });
    expect(await store.load('a')).toBeUndefined();
  });
});

it('what DynamoDB leaves undone of a batch is asked for again', async () => {
  await store.commit(commit(0));
  proxy.rule((operation, n, { RequestItems }) =>
    operation === 'BatchWriteItem' && n < 2 ? { status: 200, body: { UnprocessedItems: RequestItems } } : 'pass',
  );
  await store.commit(commit(1));
  expect(proxy.count('BatchWriteItem')).toBe(3);
  expect(await seqs(await dynamo.open({ table }))).toStrictEqual([1, 2]);
  proxy.rule((operation, n, { RequestItems }) =>
    operation === 'BatchGetItem' && n === 0
      ? { status: 200, body: { Responses: {}, UnprocessedKeys: RequestItems } }
      : 'pass',
  );
  expect(await store.sessions()).toHaveLength(1);
});

describe('a store that can not be reached', () => {
  const load = async (options: Parameters<typeof openDynamoStore>[0]) => {
    const store = await openDynamoStore(options);
    try {
      return await store.load('a');
    } finally {
      await store.close();
    }
  };

  it('as there is no such table', async () => {
    await expect(load({ table: 'none', endpoint: dynamo.endpoint })).rejects.toMatchObject({
      code: 'store/missing',
      message: 'There is no such thing as the table none here.',
    });
  });

  it('as nobody listens there', async () => {
    const gone = await startFaultyProxy(dynamo.endpoint);
    await gone.close();
    await expect(load({ table, endpoint: gone.endpoint })).rejects.toMatchObject({ code: 'store/unavailable' });
  });

  it('as there are no credentials', async () => {
    const credentials = () =>
      Promise.reject(Object.assign(new Error('Could not load credentials.'), { name: 'CredentialsProviderError' }));
    const without = new DynamoDBClient({ endpoint: dynamo.endpoint, region: 'us-east-1', credentials });
    await expect(load({ table, client: without })).rejects.toMatchObject({ code: 'store/access' });
    without.destroy();
  });
});
