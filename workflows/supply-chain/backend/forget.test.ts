import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Json } from '@parley/workflow';
import tools from '../tools.ts';
import { forget } from './forget.ts';

const NOW = Date.parse('2026-11-24T17:00:00Z');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'parley-freight-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Calls a tool of the warehouse in the folder. */
async function call(name: string, input: { readonly [key: string]: Json }) {
  const { signal } = new AbortController();
  return tools({ folder })[name]?.call(input, { session: 's1', idempotencyKey: name, attempt: 1, signal, now: NOW });
}
/** Which of some texts stand in the bytes of the folder's files. */
const inFiles = (...texts: readonly string[]) => {
  const bytes = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'latin1'));
  return texts.filter((text) => bytes.some((file) => file.includes(text)));
};

it('removes a contact, also from what stays of their company: the claim, the shipment and what happened to it', async () => {
  const personId = 'P1001';
  await call('identity.send_code', { personId });
  await call('identity.verify', { personId, code: '424242' });
  const damage = 'Rosa says a fork went through';
  const claim = { personId, shipmentId: 'S2000002', cartons: 2, damage };
  const opened = await call('claims.open', claim);
  const theirs = ['Rosa Delgado', 'rosa.delgado@example.com', damage];
  expect(inFiles(...theirs)).toEqual(theirs);
  const { found, names, remove } = forget({ folder }, 'rosa.delgado@example.com');
  expect(names).toEqual(expect.arrayContaining([personId, 'rosa.delgado@example.com']));
  expect(found).toEqual({ 'claims that name them': 1, messages: 1, codes: 1, 'answers to calls': 3, contacts: 1 });
  remove();
  expect(inFiles(...theirs)).toEqual([]);
  expect(forget({ folder }, personId).found).toEqual({});
  await expect(call('identity.find', { email: 'rosa.delgado@example.com' })).rejects.toMatchObject({
    code: 'not_found',
  });
  expect(await call('shipments.open', { shipmentId: 'S2000002', zipOrPro: '55401' })).toMatchObject({
    claimId: Object(opened).claimId,
    canClaim: false,
  });
  expect(inFiles('"disposition":"damaged"')).toHaveLength(1);
});

it('leaves whoever else speaks for the company', async () => {
  await call('identity.find', { email: 'marcus.webb@example.com' });
  forget({ folder }, 'chris.morgan@example.com').remove();
  expect(await call('identity.find', { email: 'c.morgan@example.com' })).toBeDefined();
  expect(await call('identity.find', { email: 'marcus.webb@example.com' })).toBeDefined();
});
