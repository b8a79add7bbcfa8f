import { dateOf } from '@parley-workflows/backend/calendar';
import type { Desk } from '@parley-workflows/backend/desk';
import { mustBeVerified } from '@parley-workflows/backend/identity';
import { z } from 'zod';
import { judgeAddress } from './address.ts';
import { type Item, inWords, itemOf, type Order, orderOf, totalOf } from './order.ts';
import { daysLate, judgeReturn, returnDeadline } from './policy.ts';
import { giveBack } from './refunds.ts';
import { refuse } from './refusal.ts';

/** What a caller may hear of an order: amounts in dollars, dates in ISO 8601. Nothing in it tells where it goes. */
export function describeOrder(desk: Desk, customerId: string, orderId: string) {
  const order = orderOf(desk.db, customerId, orderId);
  const { shipment } = order;
  const late = daysLate(order, desk.today);
  const deadline = returnDeadline(order);
  return {
    orderId,
    status: order.status,
    placedOn: dateOf(order.placed_on),
    promisedOn: dateOf(order.promised_on),
    late: late > 0,
    daysLate: late,
    gift: order.gift === 1,
    summary: summaryOf(order),
    items: order.items.map((item) => ({
      item: item.line,
      name: item.name,
      ...(item.size === null ? {} : { size: item.size }),
      price: item.price / 100,
      finalSale: item.final_sale === 1,
      state: item.state,
    })),
    total: totalOf(order) / 100,
    payment: { kind: order.paid_by, label: order.paid_label },
    canCancel: order.status === 'processing',
    canChangeAddress: order.status === 'processing',
    canReturn: order.items.some((item) => judgeReturn(order, item, 'unwanted', desk.today) === 'ok'),
    ...(deadline === undefined ? {} : { returnBy: dateOf(deadline) }),
    ...(shipment === undefined
      ? {}
      : { carrier: shipment.carrier, tracking: shipment.tracking, shippedOn: dateOf(shipment.shipped_on) }),
    ...(typeof shipment?.delivered_on === 'number' ? { deliveredOn: dateOf(shipment.delivered_on) } : {}),
    ...(typeof shipment?.left_at === 'string' ? { leftAt: shipment.left_at } : {}),
  };
}

/** A customer's latest orders, the newest first, at most five. Refuses `not_found` where there is no such customer. */
export function listOrders({ db }: Desk, customerId: string) {
  const ids = db.all(
    z.object({ id: z.string() }),
    'SELECT id FROM orders WHERE customer = ? ORDER BY placed_on DESC, id DESC LIMIT 5',
    customerId,
  );
  const orders = ids.map(({ id }) => {
    const order = orderOf(db, customerId, id);
    return {
      orderId: id,
      status: order.status,
      placedOn: dateOf(order.placed_on),
      summary: summaryOf(order),
      total: totalOf(order) / 100,
    };
  });
  return { count: orders.length, orders };
}

/** The one item a caller's words fit best; refuses `no_such_item` and `which_item`. */
export function findItem(desk: Desk, customerId: string, orderId: string, words: string) {
  const order = orderOf(desk.db, customerId, orderId);
  const said = stems(words);
  const scored = order.items.map((item) => ({
    item,
    score: [...stems(item.name)].filter((word) => said.has(word)).length,
  }));
  const best = Math.max(...scored.map(({ score }) => score));
  const [found, second] = scored.filter(({ score }) => score === best);
  if (found === undefined || best === 0) refuse('no_such_item');
  if (second !== undefined) refuse('which_item');
  const { line, name, size, price } = itemOf(order, found.item.line);
  return { item: line, name, ...(size === null ? {} : { size }), price: price / 100 };
}

/** Cancels an order that nobody has packed yet and gives all the money back. */
export function cancelOrder(desk: Desk, customerId: string, orderId: string) {
  const order = orderOf(desk.db, customerId, orderId);
  mustBeVerified(desk, customerId);
  mustBeOpen(order);
  desk.db.run("UPDATE orders SET status = 'cancelled' WHERE id = ?", orderId);
  return { orderId, ...giveBack(desk, order, 'cancelled', totalOf(order)) };
}

/** Sends an order that nobody has packed yet to another address. */
export function changeAddress(desk: Desk, customerId: string, orderId: string, street: string, zip: string) {
  const order = orderOf(desk.db, customerId, orderId);
  mustBeVerified(desk, customerId);
  mustBeOpen(order);
  const { verdict, state } = judgeAddress(street, zip);
  if (verdict !== 'ok' || state === undefined) refuse('undeliverable');
  desk.db.run('UPDATE orders SET street = ?, state = ?, zip = ? WHERE id = ?', street, state, zip, orderId);
  return { orderId, promisedOn: dateOf(order.promised_on) };
}

function mustBeOpen({ status }: Order): void {
  if (status === 'cancelled') refuse('already_cancelled');
  if (status !== 'processing') refuse('too_late');
}

const summaryOf = (order: Order): string => inWords(order.items.map((item: Item) => item.name));

const stems = (text: string): Set<string> =>
  new Set(
    text
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word.length > 1)
      .map((word) => word.replace(/s$/, '')),
  );
