import { describe, expect, it } from '@jest/globals';
import type { Item, Order } from './order.ts';
import { daysLate, judgeRefund, judgeReturn, returnDeadline, returnFee, type Why } from './policy.ts';

const item: Item = { line: 1, sku: 'LAMP', name: 'desk lamp', size: null, price: 45_00, final_sale: 0, state: 'kept' };
const shipment = { carrier: 'UPS', tracking: '1Z', shipped_on: 95, left_at: null };
const delivered: Order = {
  id: 'W1000000',
  customer: 'C1000',
  status: 'delivered',
  placed_on: 90,
  promised_on: 100,
  shipping: 5_00,
  paid_by: 'card',
  paid_label: 'a card',
  gift: 0,
  items: [item],
  shipment: { ...shipment, state: 'delivered', delivered_on: 100 },
};
const onItsWay: Order = {
  ...delivered,
  status: 'shipped',
  shipment: { ...shipment, state: 'in_transit', delivered_on: null },
};

describe('an item', () => {
  it('can go back up to and on the thirtieth day after delivery', () => {
    expect(returnDeadline(delivered)).toBe(130);
    expect(judgeReturn(delivered, item, 'unwanted', 130)).toBe('ok');
    expect(judgeReturn(delivered, item, 'unwanted', 131)).toBe('window_passed');
  });

  it.each<[Why, string]>([
    ['unwanted', 'final_sale'],
    ['damaged', 'ok'],
    ['wrong_item', 'ok'],
  ])('of a final sale, %s: %s', (why, verdict) => {
    expect(judgeReturn(delivered, { ...item, final_sale: 1 }, why, 101)).toBe(verdict);
  });

  it('that came damaged does not go back when the days are over', () => {
    expect(judgeReturn(delivered, item, 'damaged', 131)).toBe('window_passed');
  });

  it.each(['return_open', 'returned', 'exchanged', 'replaced'] as const)('changes once: %s', (state) => {
    expect(judgeReturn(delivered, { ...item, state }, 'damaged', 101)).toBe('already_changed');
  });

  it.each(['processing', 'packed', 'shipped'] as const)('of an order that is %s is not delivered', (status) => {
    expect(judgeReturn({ ...delivered, status }, item, 'unwanted', 101)).toBe('not_delivered');
  });
});

describe('the label', () => {
  it('costs 6.95, never more than the goods, and nothing where the fault is ours', () => {
    expect(returnFee(45_00, 'unwanted')).toBe(6_95);
    expect(returnFee(5_00, 'unwanted')).toBe(5_00);
    expect(returnFee(45_00, 'damaged')).toBe(0);
    expect(returnFee(45_00, 'wrong_item')).toBe(0);
  });
});

describe('a parcel', () => {
  it('is late from the day after the promised one, and no later once it is there', () => {
    expect(daysLate(onItsWay, 100)).toBe(0);
    expect(daysLate(onItsWay, 101)).toBe(1);
    expect(daysLate(delivered, 500)).toBe(0);
    expect(daysLate({ ...onItsWay, status: 'cancelled' }, 500)).toBe(0);
  });

  it.each([
    [101, 'not_late', 0],
    [102, 'late', 5_00],
    [109, 'late', 5_00],
    [110, 'lost', 50_00],
  ])('on its way on day %i, promised on day 100, is refunded as %s: %i cents', (today, verdict, amount) => {
    expect(judgeRefund(onItsWay, [], today)).toEqual({ verdict, amount });
  });

  it('that is lost after its shipping was refunded for being late brings the rest', () => {
    const late = [{ reason: 'late', amount: 5_00 }];
    expect(judgeRefund(onItsWay, late, 105)).toEqual({ verdict: 'already_refunded', amount: 0 });
    expect(judgeRefund(onItsWay, late, 110)).toEqual({ verdict: 'lost', amount: 45_00 });
  });

  it('that came late is refunded its shipping, whatever went back since', () => {
    const came: Order = { ...delivered, shipment: { ...shipment, state: 'delivered', delivered_on: 104 } };
    expect(judgeRefund(came, [{ reason: 'return', amount: 45_00 }], 120)).toEqual({ verdict: 'late', amount: 5_00 });
  });

  it('is refunded up to 250 dollars without a person', () => {
    const worth = (price: number): Order => ({ ...onItsWay, shipping: 0, items: [{ ...item, price }] });
    expect(judgeRefund(worth(250_00), [], 110)).toEqual({ verdict: 'lost', amount: 250_00 });
    expect(judgeRefund(worth(250_01), [], 110)).toEqual({ verdict: 'needs_person', amount: 250_01 });
  });
});
