import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ToolError } from '@parley/engine';
import { Database } from '@parley-workflows/backend/database';
import { tablesOf } from '@parley-workflows/backend/desk';
import { DEMO_VOUCHER } from '@parley-workflows/backend/identity';
import fc from 'fast-check';
import { z } from 'zod';
import { SHOP } from './backend/shop.ts';
import { callsOf, type Input } from '../backend/testing/calls.ts';
import tools from './tools.ts';

const TODAY = '2026-11-24';
const NOW = Date.parse('2026-11-24T10:00:00Z');

/** The tools on a shop of their own, as one session calls them: each call has a key of its own unless one is given. */
function open(place: Parameters<typeof tools>[0] = { today: TODAY }) {
  const offered = tools(place);
  return { offered, ...callsOf(offered, NOW) };
}
type Shop = ReturnType<typeof open>;

let shop: Shop;
beforeEach(() => {
  shop = open();
});

const order = (customerId: string, orderId: string, more: Input = {}) => ({ customerId, orderId, ...more });

describe('who is calling', () => {
  it('is a customer of the shop', async () => {
    expect(await shop.call('identity.find', { email: 'maya.chen@example.com' })).toEqual({ personId: 'C1001' });
    expect(await shop.call('identity.find', { name: 'luis ortega', zip: '78704' })).toEqual({ personId: 'C1002' });
  });

  it('is told apart from a namesake in one house by e-mail', async () => {
    const clues = { name: 'Peter Novak', zip: '02139' };
    expect(await shop.refusal('identity.find', clues)).toBe('ambiguous');
    const email = 'pete.novak.jr@example.com';
    expect(await shop.call('identity.find', { ...clues, email })).toEqual({ personId: 'C1007' });
  });

  it('is believed where a colleague vouched, too', async () => {
    expect(await shop.refusal('orders.cancel', order('C1001', 'W1000001'))).toBe('not_verified');
    await shop.call('identity.vouched', { personId: 'C1001', voucher: DEMO_VOUCHER });
    expect(await shop.call('orders.cancel', order('C1001', 'W1000001'))).toMatchObject({ amount: 152.95 });
  });
});

describe('an order', () => {
  it('tells all that a caller may hear', async () => {
    expect(await shop.call('orders.get', order('C1001', 'W1000002'))).toEqual({
      orderId: 'W1000002',
      status: 'delivered',
      placedOn: '2026-11-06',
      promisedOn: '2026-11-12',
      late: false,
      daysLate: 0,
      gift: false,
      summary: 'hiking boots and canvas backpack',
      items: [
        { item: 1, name: 'hiking boots', size: '9', price: 159, finalSale: false, state: 'kept' },
        { item: 2, name: 'canvas backpack', price: 89.5, finalSale: false, state: 'kept' },
      ],
      total: 248.5,
      payment: { kind: 'card', label: 'your Visa card ending in 4 2 4 2' },
      canCancel: false,
      canChangeAddress: false,
      canReturn: true,
      returnBy: '2026-12-12',
      carrier: 'UPS',
      tracking: '1Z999AA11000002',
      shippedOn: '2026-11-08',
      deliveredOn: '2026-11-12',
      leftAt: 'the front door',
    });
  });

  it.each([
    ['C1001', 'W1000001', { status: 'processing', canCancel: true, canChangeAddress: true, total: 152.95 }],
    ['C1002', 'W1000003', { status: 'packed', canCancel: false, canChangeAddress: false, canReturn: false }],
    ['C1002', 'W1000004', { status: 'shipped', late: false, promisedOn: '2026-11-26', canCancel: false }],
    ['C1003', 'W1000005', { status: 'shipped', late: true, daysLate: 4 }],
    ['C1003', 'W1000006', { status: 'lost', daysLate: 13, canReturn: false }],
    ['C1004', 'W1000008', { status: 'delivered', canReturn: false, returnBy: '2026-11-09' }],
    ['C1006', 'W1000012', { status: 'cancelled', late: false, canCancel: false, canReturn: false }],
    ['C1006', 'W1000013', { status: 'delivered', gift: true, canReturn: true }],
    ['C1008', 'W1000016', { status: 'delivered', late: true, daysLate: 3 }],
  ])('of %s, %s, stands as it was seeded', async (customerId, orderId, expected) => {
    expect(await shop.call('orders.get', order(customerId, orderId))).toMatchObject(expected);
  });

  it('is listed, the newest first', async () => {
    expect(await shop.call('orders.list', { customerId: 'C1001' })).toEqual({
      count: 2,
      orders: [
        {
          orderId: 'W1000001',
          status: 'processing',
          placedOn: '2026-11-23',
          summary: 'rain jacket and wool socks',
          total: 152.95,
        },
        {
          orderId: 'W1000002',
          status: 'delivered',
          placedOn: '2026-11-06',
          summary: 'hiking boots and canvas backpack',
          total: 248.5,
        },
      ],
    });
  });

  it.each([
    ['the boots please', 1],
    ['my backpack', 2],
    ['the canvas one', 2],
    ['BACKPACKS', 2],
  ])('has the item that "%s" means', async (words, item) => {
    expect(await shop.call('orders.find_item', order('C1001', 'W1000002', { words }))).toMatchObject({ item });
  });

  it('is cancelled and refunded whole', async () => {
    await shop.prove('C1001');
    expect(await shop.call('orders.cancel', order('C1001', 'W1000001'))).toEqual({
      orderId: 'W1000001',
      amount: 152.95,
      method: 'your Visa card ending in 4 2 4 2',
      expectedBy: '2026-12-01',
    });
    expect(await shop.call('orders.get', order('C1001', 'W1000001'))).toMatchObject({ status: 'cancelled' });
    expect(await shop.call('refunds.status', order('C1001', 'W1000001'))).toEqual({
      status: 'pending',
      amount: 152.95,
      method: 'your Visa card ending in 4 2 4 2',
      madeOn: '2026-11-24',
      expectedBy: '2026-12-01',
    });
  });

  it('goes to another address while nobody has packed it', async () => {
    await shop.prove('C1001');
    const moved = order('C1001', 'W1000001', { street: '9 Oak Street', zip: '98101' });
    expect(await shop.call('orders.change_address', moved)).toEqual({ orderId: 'W1000001', promisedOn: '2026-11-29' });
  });

  it.each([
    ['9 Oak Street', '98101', { deliverable: true, reason: 'ok', state: 'Washington' }],
    ['P.O. Box 12', '98101', { deliverable: false, reason: 'po_box', state: 'Washington' }],
    ['Oak Street', '98101', { deliverable: false, reason: 'no_house_number', state: 'Washington' }],
    ['9 Calle Luna', '00901', { deliverable: false, reason: 'not_served' }],
    ['9 Oak Street', '00000', { deliverable: false, reason: 'unknown_zip' }],
  ])('can go to %s, %s: %j', async (street, zip, expected) => {
    expect(await shop.call('addresses.check', { street, zip })).toEqual(expected);
  });
});

describe('a return', () => {
  it('is quoted for one item, less the label', async () => {
    expect(await shop.call('returns.quote', order('C1001', 'W1000002', { item: 1 }))).toEqual({
      eligible: true,
      reason: 'ok',
      items: [{ item: 1, name: 'hiking boots', price: 159 }],
      summary: 'hiking boots',
      fee: 6.95,
      amount: 152.05,
      method: 'your Visa card ending in 4 2 4 2',
      deadline: '2026-12-12',
    });
  });

  it.each([
    ['the whole order', 'C1001', 'W1000002', {}, { amount: 241.55, fee: 6.95 }],
    ['damaged: no fee', 'C1001', 'W1000002', { item: 2, why: 'damaged' }, { amount: 89.5, fee: 0 }],
    ['a gift card', 'C1001', 'W1000002', { refundTo: 'gift_card' }, { method: 'your gift card ending in 7 7 3 1' }],
    ['not there yet', 'C1002', 'W1000004', {}, { eligible: false, reason: 'not_delivered', amount: 0, items: [] }],
    ['lost', 'C1003', 'W1000006', {}, { eligible: false, reason: 'lost' }],
    ['too old', 'C1004', 'W1000008', {}, { eligible: false, reason: 'window_passed', deadline: '2026-11-09' }],
    ['final sale', 'C1005', 'W1000010', { item: 1 }, { eligible: false, reason: 'final_sale' }],
    ['final sale, damaged', 'C1005', 'W1000010', { item: 1, why: 'damaged' }, { eligible: true, amount: 20 }],
    ['all but final sale', 'C1005', 'W1000010', {}, { eligible: true, summary: 'rain jacket', amount: 122.05 }],
    ['the half that is left', 'C1005', 'W1000011', {}, { eligible: true, summary: 'wool socks', amount: 11.05 }],
    ['gone back already', 'C1005', 'W1000011', { item: 1 }, { eligible: false, reason: 'already_changed' }],
    ['cancelled', 'C1006', 'W1000012', {}, { eligible: false, reason: 'cancelled' }],
  ])('is quoted: %s', async (_about, customerId, orderId, more, expected) => {
    expect(await shop.call('returns.quote', order(customerId, orderId, more))).toMatchObject(expected);
  });

  it('is opened, and its money waits for the parcel', async () => {
    await shop.prove('C1001');
    expect(await shop.call('returns.create', order('C1001', 'W1000002', { item: 2 }))).toEqual({
      returnId: 'R100001',
      summary: 'canvas backpack',
      amount: 82.55,
      method: 'your Visa card ending in 4 2 4 2',
      sendBy: '2026-12-08',
    });
    expect(await shop.call('refunds.status', order('C1001', 'W1000002'))).toEqual({
      status: 'awaiting_parcel',
      amount: 82.55,
      method: 'your Visa card ending in 4 2 4 2',
      sendBy: '2026-12-08',
    });
    expect(await shop.call('returns.quote', order('C1001', 'W1000002'))).toMatchObject({ summary: 'hiking boots' });
  });
});

describe('an exchange', () => {
  it.each([
    ['a size we have', { size: 'size ten' }, { eligible: true, reason: 'ok', from: '9', to: '10' }],
    ['a size we are out of', { size: '11' }, { eligible: false, reason: 'out_of_stock', to: '11' }],
    ['a size nobody makes', { size: '12' }, { eligible: false, reason: 'no_such_size' }],
  ])('is quoted: %s', async (_about, more, expected) => {
    expect(await shop.call('exchanges.quote', order('C1001', 'W1000002', { item: 1, ...more }))).toMatchObject({
      ...expected,
      inStock: ['8', '9', '10'],
      sizes: '8, 9 and 10',
    });
  });

  it('is not for a thing without sizes, nor for one that is final sale', async () => {
    const backpack = order('C1001', 'W1000002', { item: 2, size: 'large' });
    expect(await shop.call('exchanges.quote', backpack)).toMatchObject({ reason: 'no_such_size', inStock: [] });
    const scarf = order('C1005', 'W1000010', { item: 1, size: 'large' });
    expect(await shop.call('exchanges.quote', scarf)).toMatchObject({ eligible: false, reason: 'final_sale' });
  });

  it('takes the last one there is, and each item changes once', async () => {
    await shop.prove('C1001');
    const maya = order('C1001', 'W1000002', { item: 1, size: 'nine' });
    expect(await shop.call('exchanges.create', maya)).toEqual({
      exchangeId: 'X100001',
      name: 'hiking boots',
      to: '9',
      sendBy: '2026-12-08',
    });
    expect(await shop.refusal('exchanges.create', maya)).toBe('not_eligible');
    expect(await shop.refusal('returns.create', order('C1001', 'W1000002', { item: 1 }))).toBe('not_eligible');
    expect(await shop.call('exchanges.quote', order('C1001', 'W1000002', { item: 1, size: '10' }))).toMatchObject({
      reason: 'already_changed',
      sizes: '8 and 10',
    });
  });
});

describe('a refund without a return', () => {
  it.each([
    [
      'C1003',
      'W1000005',
      { eligible: true, reason: 'late', amount: 7.95, method: 'your Mastercard ending in 5 1 0 0' },
    ],
    ['C1003', 'W1000006', { eligible: true, reason: 'lost', amount: 113.45 }],
    ['C1003', 'W1000007', { eligible: false, reason: 'needs_person', amount: 349 }],
    ['C1002', 'W1000004', { eligible: false, reason: 'not_late', amount: 0 }],
    ['C1001', 'W1000001', { eligible: false, reason: 'not_shipped', amount: 0 }],
    ['C1006', 'W1000012', { eligible: false, reason: 'cancelled', amount: 0 }],
    ['C1007', 'W1000014', { eligible: false, reason: 'already_refunded', amount: 0 }],
    ['C1008', 'W1000016', { eligible: false, reason: 'free_shipping', amount: 0 }],
  ])('of %s, %s, is quoted: %j', async (customerId, orderId, expected) => {
    expect(await shop.call('refunds.quote', order(customerId, orderId))).toMatchObject(expected);
  });

  it('is made once', async () => {
    await shop.prove('C1003');
    expect(await shop.call('refunds.create', order('C1003', 'W1000006'))).toEqual({
      orderId: 'W1000006',
      reason: 'lost',
      amount: 113.45,
      method: 'your Mastercard ending in 5 1 0 0',
      expectedBy: '2026-12-01',
    });
    expect(await shop.refusal('refunds.create', order('C1003', 'W1000006'))).toBe('not_eligible');
    expect(await shop.call('refunds.quote', order('C1003', 'W1000006'))).toMatchObject({ reason: 'already_refunded' });
  });

  it.each([
    ['C1001', 'W1000001', { status: 'none' }],
    ['C1005', 'W1000011', { status: 'sent', amount: 152.05, madeOn: '2026-11-22' }],
    ['C1006', 'W1000012', { status: 'pending', amount: 89.5, expectedBy: '2026-11-28' }],
  ])('of %s, %s, stands: %j', async (customerId, orderId, expected) => {
    expect(await shop.call('refunds.status', order(customerId, orderId))).toMatchObject(expected);
  });
});

describe('a warranty', () => {
  it.each([
    ['C1004', 'W1000008', {}, { covered: true, reason: 'ok', until: '2027-10-10', remedy: 'replacement' }],
    ['C1004', 'W1000009', {}, { covered: false, reason: 'expired', until: '2026-09-15' }],
    ['C1007', 'W1000015', { item: 1 }, { covered: false, reason: 'already_claimed' }],
    ['C1008', 'W1000017', { item: 1 }, { covered: true, remedy: 'repair' }],
    ['C1001', 'W1000002', {}, { covered: false, reason: 'none' }],
    ['C1002', 'W1000003', {}, { covered: false, reason: 'not_delivered' }],
  ])('of %s, %s %j is checked: %j', async (customerId, orderId, more, expected) => {
    expect(await shop.call('warranty.check', order(customerId, orderId, more))).toMatchObject(expected);
  });

  it('is claimed: a new one, which is not claimed again and does not go back', async () => {
    await shop.prove('C1004');
    const claim = order('C1004', 'W1000008', { item: 1, fault: 'The left side is silent.' });
    expect(await shop.call('warranty.claim', claim)).toEqual({
      claimId: 'C100002',
      name: 'headphones',
      remedy: 'replacement',
      sendBy: '2026-12-08',
    });
    expect(await shop.refusal('warranty.claim', claim)).toBe('already_claimed');
    expect(await shop.call('orders.get', order('C1004', 'W1000008'))).toMatchObject({ items: [{ state: 'replaced' }] });
  });

  it('ends with a return', async () => {
    await shop.prove('C1008');
    await shop.call('returns.create', order('C1008', 'W1000017', { item: 2 }));
    expect(await shop.call('warranty.check', order('C1008', 'W1000017', { item: 2 }))).toMatchObject({
      covered: false,
      reason: 'sent_back',
    });
  });
});

describe('a note', () => {
  it('is never refused', async () => {
    expect(await shop.call('cases.note', { topic: 'complaint', text: 'Called twice.' })).toEqual({ caseId: 'N100001' });
    const known = { topic: 'order', text: 'No such order.', customerId: 'C9', orderId: 'W1' };
    expect(await shop.call('cases.note', known)).toEqual({ caseId: 'N100002' });
  });
});

/** For every error a tool names, a call that ends in it, and the customer whose code was checked before. */
const REFUSED: { readonly [tool: string]: { readonly [code: string]: readonly [proved: string, input: Input] } } = {
  'orders.get': { not_found: ['', order('C1001', 'W1000099')] },
  'orders.find_item': {
    not_found: ['', order('C1001', 'W1000099', { words: 'boots' })],
    no_such_item: ['', order('C1001', 'W1000002', { words: 'the umbrella' })],
    which_item: ['', order('C1001', 'W1000002', { words: 'boots and backpack' })],
  },
  'orders.cancel': {
    not_found: ['C1001', order('C1001', 'W1000099')],
    not_verified: ['', order('C1001', 'W1000001')],
    already_cancelled: ['C1006', order('C1006', 'W1000012')],
    too_late: ['C1002', order('C1002', 'W1000003')],
  },
  'orders.change_address': {
    not_found: ['C1001', order('C1001', 'W1000099', { street: '9 Oak Street', zip: '98101' })],
    not_verified: ['', order('C1001', 'W1000001', { street: '9 Oak Street', zip: '98101' })],
    already_cancelled: ['C1006', order('C1006', 'W1000012', { street: '9 Oak Street', zip: '98101' })],
    too_late: ['C1002', order('C1002', 'W1000004', { street: '9 Oak Street', zip: '98101' })],
    undeliverable: ['C1001', order('C1001', 'W1000001', { street: 'PO Box 9', zip: '98101' })],
  },
  'returns.quote': {
    not_found: ['', order('C1001', 'W1000099')],
    no_such_item: ['', order('C1001', 'W1000002', { item: 3 })],
    no_gift_card: ['', order('C1004', 'W1000008', { refundTo: 'gift_card' })],
  },
  'returns.create': {
    not_found: ['C1001', order('C1001', 'W1000099')],
    not_verified: ['', order('C1001', 'W1000002')],
    no_such_item: ['C1001', order('C1001', 'W1000002', { item: 3 })],
    not_eligible: ['C1004', order('C1004', 'W1000008')],
    no_gift_card: ['C1006', order('C1006', 'W1000013', { refundTo: 'gift_card' })],
  },
  'exchanges.quote': {
    not_found: ['', order('C1001', 'W1000099', { item: 1, size: 'M' })],
    no_such_item: ['', order('C1001', 'W1000002', { item: 3, size: 'M' })],
  },
  'exchanges.create': {
    not_found: ['C1001', order('C1001', 'W1000099', { item: 1, size: 'M' })],
    not_verified: ['', order('C1001', 'W1000002', { item: 1, size: '10' })],
    no_such_item: ['C1001', order('C1001', 'W1000002', { item: 3, size: 'M' })],
    not_eligible: ['C1002', order('C1002', 'W1000004', { item: 1, size: 'M' })],
    no_such_size: ['C1001', order('C1001', 'W1000002', { item: 1, size: '12' })],
    out_of_stock: ['C1005', order('C1005', 'W1000010', { item: 2, size: 'a large' })],
  },
  'refunds.status': { not_found: ['', order('C1001', 'W1000099')] },
  'refunds.quote': { not_found: ['', order('C1001', 'W1000099')] },
  'refunds.create': {
    not_found: ['C1001', order('C1001', 'W1000099')],
    not_verified: ['', order('C1003', 'W1000005')],
    not_eligible: ['C1002', order('C1002', 'W1000004')],
    needs_person: ['C1003', order('C1003', 'W1000007')],
  },
  'warranty.check': {
    not_found: ['', order('C1001', 'W1000099')],
    no_such_item: ['', order('C1004', 'W1000008', { item: 2 })],
    which_item: ['', order('C1007', 'W1000015')],
  },
  'warranty.claim': {
    not_found: ['C1001', order('C1001', 'W1000099', { item: 1, fault: 'broken' })],
    not_verified: ['', order('C1004', 'W1000008', { item: 1, fault: 'broken' })],
    no_such_item: ['C1004', order('C1004', 'W1000008', { item: 2, fault: 'broken' })],
    not_covered: ['C1004', order('C1004', 'W1000009', { item: 1, fault: 'broken' })],
    already_claimed: ['C1007', order('C1007', 'W1000015', { item: 1, fault: 'broken' })],
  },
};

describe('a refusal', () => {
  const named = Object.entries(tools({ today: TODAY })).flatMap(([name, { signature }]) =>
    signature.errors.map((code) => [name, code] as const),
  );

  // What the identity check refuses is a story of several calls, and the same for every back end.
  it.each(named.filter(([name]) => !name.startsWith('identity.')))('of %s comes: %s', async (name, code) => {
    const [proved = '', input = {}] = REFUSED[name]?.[code] ?? [];
    if (proved !== '') await shop.prove(proved);
    expect(await shop.refusal(name, input)).toBe(code);
  });
});

/** A call of each tool that is given a customer and an order, about Luis's order as if it were Maya's. */
const ABOUT_AN_ORDER = [
  ['orders.get', {}],
  ['orders.find_item', { words: 'kettle' }],
  ['orders.cancel', {}],
  ['orders.change_address', { street: '9 Oak Street', zip: '98101' }],
  ['returns.quote', {}],
  ['returns.create', {}],
  ['exchanges.quote', { item: 1, size: 'M' }],
  ['exchanges.create', { item: 1, size: 'M' }],
  ['refunds.status', {}],
  ['refunds.quote', {}],
  ['refunds.create', {}],
  ['warranty.check', {}],
  ['warranty.claim', { item: 1, fault: 'broken' }],
] as const;

const WRITES_ABOUT_AN_ORDER = ABOUT_AN_ORDER.filter(([name]) => tools({})[name]?.signature.effect === 'writes');

describe("somebody else's order", () => {
  it('is written by six tools', () => {
    expect(WRITES_ABOUT_AN_ORDER).toHaveLength(6);
  });

  it.each(ABOUT_AN_ORDER)('is not there for %s', async (name, more) => {
    await shop.prove('C1001');
    expect(await shop.refusal(name, order('C1001', 'W1000003', more))).toBe('not_found');
  });

  it('is not there in any tool that is given an order', () => {
    const covered: string[] = ABOUT_AN_ORDER.map(([name]) => name);
    const given = Object.entries(shop.offered).filter(([, { signature }]) => {
      const required = z.array(z.string()).catch([]).parse(signature.input['required']);
      return required.includes('customerId') && required.includes('orderId');
    });
    expect(given.map(([name]) => name).sort()).toEqual(covered.sort());
  });

  it.each(WRITES_ABOUT_AN_ORDER)('is not changed by a session that proved another customer: %s', async (name, more) => {
    await shop.prove('C1001');
    expect(await shop.refusal(name, order('C1002', 'W1000003', more))).toBe('not_verified');
  });
});

describe('the tools', () => {
  it('that write for the caller require a confirmation and a code', () => {
    const free = Object.entries(shop.offered)
      .filter(([, { signature: s }]) => s.effect === 'writes')
      .filter(([, { signature: s }]) => !s.requires.confirmation || s.requires.identity !== 'code')
      .map(([name]) => name);
    expect(free).toEqual(['identity.send_code', 'identity.verify', 'identity.vouched', 'cases.note']);
  });

  it('grant a code only where one was checked', () => {
    const granting = Object.entries(shop.offered).map(([name, { signature }]) => [name, signature.grants]);
    expect(Object.fromEntries(granting.filter(([, level]) => level !== 'none'))).toEqual({
      'identity.find': 'looked_up',
      'identity.verify': 'code',
      'identity.vouched': 'person',
    });
  });

  it.each([
    ['orders.get', { customerId: 'C1001' }],
    ['orders.get', { customerId: 'C1001', orderId: '1000001' }],
    ['orders.get', { customerId: 'C1001', orderId: 'W1000001', email: 'a@example.com' }],
    ['returns.quote', { customerId: 'C1001', orderId: 'W1000001', item: 0 }],
    ['returns.quote', { customerId: 'C1001', orderId: 'W1000001', why: 'bored' }],
    ['addresses.check', { street: '9 Oak Street', zip: '9810' }],
    ['cases.note', { topic: 'other', text: 'x'.repeat(2001) }],
  ])('%s does not take %j', async (name, input) => {
    expect(await shop.refusal(name, input)).toBe('invalid_input');
  });
});

describe('the same key', () => {
  it('acts once and answers the same', async () => {
    await shop.prove('C1001');
    const same = { idempotencyKey: 'cancel' };
    const first = await shop.call('orders.cancel', order('C1001', 'W1000001'), same);
    const again = await shop.call('orders.cancel', order('C1001', 'W1000001'), { ...same, attempt: 2 });
    expect(again).toEqual(first);
    expect(await shop.refusal('orders.cancel', order('C1001', 'W1000001'))).toBe('already_cancelled');
  });

  it('answers a refusal again, though it would not be refused now', async () => {
    const same = { idempotencyKey: 'too early' };
    expect(await shop.refusal('orders.cancel', order('C1001', 'W1000001'), same)).toBe('not_verified');
    await shop.prove('C1001');
    expect(await shop.refusal('orders.cancel', order('C1001', 'W1000001'), same)).toBe('not_verified');
  });

  it('is an accident for another request', async () => {
    const same = { idempotencyKey: 'one key' };
    await shop.call('cases.note', { topic: 'other', text: 'one' }, same);
    const other = shop.call('cases.note', { topic: 'other', text: 'two' }, same);
    await expect(other).rejects.not.toBeInstanceOf(ToolError);
  });

  it('leaves the shop as one attempt leaves it, whatever is done in whichever order', async () => {
    const write = fc.constantFrom<readonly [string, Input]>(
      ['orders.cancel', order('C1001', 'W1000001')],
      ['orders.change_address', order('C1001', 'W1000001', { street: '9 Oak Street', zip: '98101' })],
      ['returns.create', order('C1001', 'W1000002')],
      ['returns.create', order('C1001', 'W1000002', { item: 2, why: 'damaged' })],
      ['exchanges.create', order('C1001', 'W1000002', { item: 1, size: '9' })],
      ['refunds.create', order('C1003', 'W1000005')],
      ['refunds.create', order('C1003', 'W1000006')],
      ['cases.note', { topic: 'other', text: 'a note' }],
    );
    const plan = fc.array(fc.record({ write, attempts: fc.integer({ min: 1, max: 3 }) }), { maxLength: 8 });
    const run = async (steps: { write: readonly [string, Input]; attempts: number }[]) => {
      const { call, prove } = open();
      await prove('C1001');
      await prove('C1003');
      const answers: unknown[] = [];
      for (const [index, { write, attempts }] of steps.entries()) {
        const [name, input] = write;
        let answer: unknown;
        for (let attempt = 1; attempt <= attempts; attempt += 1)
          answer = await call(name, input, { idempotencyKey: `step ${index}`, attempt }).catch(
            (e: ToolError) => e.code,
          );
        answers.push(answer);
      }
      for (const [customerId, orderId] of [
        ['C1001', 'W1000001'],
        ['C1001', 'W1000002'],
        ['C1003', 'W1000005'],
        ['C1003', 'W1000006'],
      ] as const) {
        answers.push(await call('orders.get', { customerId, orderId }));
        answers.push(await call('refunds.status', { customerId, orderId }));
      }
      return answers;
    };
    await fc.assert(
      fc.asyncProperty(plan, async (steps) => {
        expect(await run(steps)).toEqual(await run(steps.map(({ write }) => ({ write, attempts: 1 }))));
      }),
      { numRuns: 40 },
    );
  });
});

describe('a shop in a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'shop-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('has in its books what the tools do not tell', async () => {
    const { call, prove } = open({ folder, today: TODAY });
    await prove('C1001');
    await prove('C1004');
    await call('orders.change_address', order('C1001', 'W1000001', { street: '9 Oak Street', zip: '98101' }));
    await call('warranty.claim', order('C1004', 'W1000008', { item: 1, fault: 'silent' }));
    await call('cases.note', { topic: 'complaint', text: 'Called twice.', customerId: 'C1001' });
    const books = new Database({
      file: path.join(folder, SHOP.file),
      tables: tablesOf(SHOP),
      fill: () => undefined,
    });
    const read = (sql: string) => books.one(z.record(z.string(), z.unknown()), sql);
    expect(read("SELECT street, state, zip FROM orders WHERE id = 'W1000001'")).toEqual({
      street: '9 Oak Street',
      state: 'Washington',
      zip: '98101',
    });
    expect(read("SELECT stock FROM products WHERE sku = 'HEADPHONES'")).toEqual({ stock: 2 });
    expect(read('SELECT topic, text, customer, order_id, session FROM cases')).toEqual({
      topic: 'complaint',
      text: 'Called twice.',
      customer: 'C1001',
      order_id: null,
      session: 's1',
    });
  });

  it('stands a year later as it did: delivered 12 days ago', async () => {
    await open({ folder, today: TODAY }).call('orders.list', { customerId: 'C1001' });
    const later = open({ folder, today: '2027-11-24' });
    expect(await later.call('orders.get', order('C1001', 'W1000002'))).toMatchObject({
      placedOn: '2027-11-06',
      deliveredOn: '2027-11-12',
      returnBy: '2027-12-12',
    });
    expect(await later.call('warranty.check', order('C1004', 'W1000008'))).toMatchObject({ until: '2028-10-09' });
  });
});

describe('trouble on purpose', () => {
  it('W9999991: nothing comes until the time is up', async () => {
    const time = new AbortController();
    const reason = new Error('time is up');
    const answer = shop.call('orders.get', order('C1008', 'W9999991'), { signal: time.signal });
    time.abort(reason);
    await expect(answer).rejects.toBe(reason);
  });

  it('W9999992: it breaks, which is no refusal', async () => {
    await expect(shop.call('orders.get', order('C1008', 'W9999992'))).rejects.not.toBeInstanceOf(ToolError);
  });

  it('W9999993: it is slow, and stops when nobody waits any more', async () => {
    const time = new AbortController();
    const answer = shop.call('orders.get', order('C1008', 'W9999993'), { signal: time.signal });
    time.abort(new Error('time is up'));
    await expect(answer).rejects.toThrow('time is up');
  });

  it('W9999994: a write is done, but its first answer is lost', async () => {
    await shop.prove('C1008');
    const doomed = order('C1008', 'W9999994');
    expect(await shop.call('orders.get', doomed)).toMatchObject({ status: 'processing' });
    const same = { idempotencyKey: 'cancel' };
    await expect(shop.call('orders.cancel', doomed, same)).rejects.not.toBeInstanceOf(ToolError);
    expect(await shop.call('orders.cancel', doomed, { ...same, attempt: 2 })).toMatchObject({ amount: 89.5 });
    expect(await shop.refusal('orders.cancel', doomed)).toBe('already_cancelled');
  });
});
