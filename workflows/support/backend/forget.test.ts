import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import tools from '../tools.ts';
import { forget } from './forget.ts';

const NOW = Date.parse('2026-11-24T10:00:00Z');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'parley-shop-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Calls a tool of the shop in the folder: so the shop is there, and the caller has left something. */
async function call(name: string, input: Parameters<ReturnType<typeof tools>[string]['call']>[0], key = name) {
  const { signal } = new AbortController();
  return tools({ folder })[name]?.call(input, { session: 's1', idempotencyKey: key, attempt: 1, signal, now: NOW });
}

const holds = (text: string) =>
  ['', '-wal', '-shm'].some((end) => {
    const file = path.join(folder, `shop.sqlite${end}`);
    return existsSync(file) && readFileSync(file).includes(text);
  });

it('removes a customer with all that is theirs, from the file too, and nobody else', async () => {
  await call('identity.send_code', { personId: 'C1005' });
  await call('identity.verify', { personId: 'C1005', code: '111111' }).catch(() => undefined);
  expect(holds('grace.okafor@example.com')).toBe(true);
  const { found, names, remove } = forget({ folder }, ' Grace.Okafor@example.com');
  expect(names).toEqual(['C1005', 'grace.okafor@example.com', '+14045550175']);
  // Of the seed, by hand: W1000010 and W1000011 of two lines each, both delivered, one line refunded.
  const seeded = { customers: 1, orders: 2, items: 4, shipments: 2, refunds: 1 };
  expect(found).toMatchObject({ ...seeded, codes: 1, 'wrong codes': 1, 'answers to calls': 2 });
  expect(holds('grace.okafor@example.com')).toBe(true);
  remove();
  for (const text of ['grace.okafor@example.com', '+14045550175', 'Grace Okafor']) expect(holds(text)).toBe(false);
  expect(forget({ folder }, 'grace.okafor@example.com').found).toEqual({});
  await expect(call('identity.find', { email: 'grace.okafor@example.com' })).rejects.toMatchObject({
    code: 'not_found',
  });
  expect(await call('identity.find', { email: 'maya.chen@example.com' })).toEqual({ personId: 'C1001' });
});

it.each([
  ['C1001', 1],
  ['c1001', 1],
  ['(503) 555-0142', 1],
  ['+1 503 555 0142', 1],
  // Father and son share it.
  ['617-555-0128', 2],
  ['0142', 0],
  ['W1000001', 0],
])('%s means %i', async (customer, count) => {
  await call('identity.find', { email: 'maya.chen@example.com' });
  const { customers = 0 }: { customers?: number } = forget({ folder }, customer).found;
  expect(customers).toBe(count);
});

it('makes no shop where there is none', () => {
  expect(forget({ folder }, 'C1001').found).toEqual({});
  expect(forget({}, 'C1001').found).toEqual({});
  expect(existsSync(path.join(folder, 'shop.sqlite'))).toBe(false);
});
