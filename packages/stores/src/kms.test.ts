import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { StoreError } from '@parley/engine';
import { openDynamoStore } from './dynamo/dynamo.ts';
import { type KmsOptions, kmsCodec } from './kms.ts';
import { type LocalKms, startLocalKms } from './testing/local-kms.ts';
import { ModelDynamo } from './testing/model-dynamo.ts';

let kms: LocalKms;
beforeAll(async () => {
  kms = await startLocalKms('alias/parley', 'alias/other');
});
afterAll(() => kms.close());
beforeEach(() => {
  kms.fail(undefined);
  kms.asked.length = 0;
});

const codec = (more: Partial<KmsOptions> = {}) => kmsCodec({ key: 'alias/parley', client: kms.client, ...more });
const bytesOf = (kept: string | Uint8Array): Buffer => {
  if (typeof kept === 'string') throw new Error('It is plain.');
  return Buffer.from(kept);
};

describe('the codec on KMS', () => {
  it('gives back what it kept, in another process too, and shows nothing of it', async () => {
    const kept = bytesOf(await codec().encode('{"name":"Maya"}', 'p'));
    expect(kept.includes('Maya')).toBe(false);
    expect(await codec().decode(kept, 'p')).toBe('{"name":"Maya"}');
    expect(kms.asked).toStrictEqual(['GenerateDataKey', 'Decrypt']);
  });

  it('reaches KMS by its address, too', async () => {
    const { endpoint } = kms;
    const own = kmsCodec({ key: 'alias/parley', endpoint });
    expect(await own.decode(await own.encode('1', 'p'), 'p')).toBe('1');
  });

  it('refuses what was put where another was, was changed, or cut short', async () => {
    const one = codec();
    const kept = bytesOf(await one.encode('{"a":1}', 'p'));
    await expect(one.decode(kept, 'q')).rejects.toThrow();
    for (let at = 0; at < kept.length; at++) {
      const changed = Buffer.from(kept);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(one.decode(changed, 'p')).rejects.toThrow();
    }
    for (let length = 0; length < kept.length; length += 7) {
      await expect(one.decode(kept.subarray(0, length), 'p')).rejects.toThrow();
    }
  });

  it('reads what was kept without a key', async () => {
    expect(await codec().decode('{"a":1}', 'p')).toBe('{"a":1}');
  });

  it('takes a new data key after so many texts, and after so long', async () => {
    let time = 0;
    const one = codec({ uses: 3, age: 1000, now: () => time });
    const made = () => kms.asked.filter((operation) => operation === 'GenerateDataKey').length;
    await Promise.all(['a', 'b', 'c'].map((text) => one.encode(text, 'p')));
    expect(made()).toBe(1);
    await one.encode('d', 'p');
    expect(made()).toBe(2);
    time = 999;
    await one.encode('e', 'p');
    expect(made()).toBe(2);
    time = 1000;
    await one.encode('f', 'p');
    expect(made()).toBe(3);
  });

  it('asks for a data key that reads once, and again after so long', async () => {
    let time = 0;
    const kept = await codec().encode('a', 'p');
    const one = codec({ age: 1000, now: () => time });
    const opened = () => kms.asked.filter((operation) => operation === 'Decrypt').length;
    await Promise.all([1, 2, 3].map(() => one.decode(kept, 'p')));
    expect(opened()).toBe(1);
    time = 1000;
    kms.fail('AccessDeniedException');
    await expect(one.decode(kept, 'p')).rejects.toMatchObject({ code: 'store/access' });
    kms.fail(undefined);
    expect(await one.decode(kept, 'p')).toBe('a');
  });

  it.each<[string, StoreError['code']]>([
    ['DisabledException', 'store/key'],
    ['KMSInvalidStateException', 'store/key'],
    ['AccessDeniedException', 'store/access'],
    ['ThrottlingException', 'store/throttled'],
    ['KMSInternalException', 'store/unavailable'],
    ['NotFoundException', 'store/missing'],
  ])('tells of %s as %s, and goes on after it', async (name, code) => {
    const one = codec();
    const kept = await codec().encode('a', 'p');
    kms.fail(name);
    await expect(one.encode('a', 'p')).rejects.toMatchObject({ name: 'StoreError', code });
    await expect(one.decode(kept, 'p')).rejects.toMatchObject({ name: 'StoreError', code });
    kms.fail(undefined);
    expect(await one.decode(kept, 'p')).toBe('a');
    expect(await one.decode(await one.encode('b', 'p'), 'p')).toBe('b');
  });

  it('tells of a key that is not there, and of one that is not the one', async () => {
    await expect(codec({ key: 'alias/none' }).encode('a', 'p')).rejects.toMatchObject({ code: 'store/missing' });
    const kept = await codec().encode('a', 'p');
    await expect(codec({ key: 'alias/other' }).decode(kept, 'p')).rejects.toMatchObject({ code: 'store/key' });
  });
});

it('a store with it shows nothing of a session in the table, and asks KMS once a process', async () => {
  const dynamo = new ModelDynamo();
  const open = () => openDynamoStore({ table: 'parley', client: dynamo.client(), codec: codec() });
  const store = await open();
  for (let expects = 0; expects < 3; expects++) {
    await store.commit({
      session: 'a',
      expects,
      workflow: 'support',
      version: 'v1',
      status: 'active',
      working: false,
      at: 1,
      events: [{ seq: expects + 1, at: 1, type: 'caller.said', data: { text: 'I am Maya Chen.' } }],
      snapshot: '{"name":"Maya Chen"}',
      reply: { id: `r${expects}`, reply: '"Hello, Maya Chen."' },
      timers: { set: [], cancelled: [] },
    });
  }
  expect(kms.asked).toStrictEqual(['GenerateDataKey']);
  const items = dynamo.of('s a');
  // The head, and of the first two commits the events and the reply.
  expect(items).toHaveLength(5);
  const blobs = JSON.stringify(items).match(/(?<="B":")[^"]*/g) ?? [];
  // Key, snapshot, events and reply; events and reply of the first two.
  expect(blobs).toHaveLength(8);
  for (const text of [JSON.stringify(items), ...blobs.map((blob) => Buffer.from(blob, 'base64').toString('latin1'))]) {
    expect(text).not.toMatch(/Maya|caller|Hello/);
  }
  const another = await open();
  expect((await another.load('a'))?.snapshot).toBe('{"name":"Maya Chen"}');
  expect((await another.events('a')).map(({ seq }) => seq)).toStrictEqual([1, 2, 3]);
  expect(await another.reply('a', 'r0')).toBe('"Hello, Maya Chen."');
  expect(kms.asked).toStrictEqual(['GenerateDataKey', 'Decrypt']);

  const without = await openDynamoStore({ table: 'parley', client: dynamo.client() });
  await expect(without.load('a')).rejects.toMatchObject({ code: 'store/key' });
  const moved = structuredClone(items).map((item) => ({ ...item, pk: { S: 's b' } }));
  for (const item of moved) dynamo.put(item);
  await expect(another.load('b')).rejects.toMatchObject({ code: 'store/damaged' });
});
