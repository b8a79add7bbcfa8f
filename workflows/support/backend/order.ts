import type { Database } from '@parley-workflows/backend/database';
import { z } from 'zod';
import { refuse } from './refusal.ts';

export const ORDER_STATUSES = ['processing', 'packed', 'shipped', 'delivered', 'lost', 'cancelled'] as const;
export const ITEM_STATES = ['kept', 'return_open', 'returned', 'exchanged', 'replaced'] as const;

const ItemRow = z.object({
  line: z.int(),
  sku: z.string(),
  name: z.string(),
  size: z.string().nullable(),
  price: z.int(),
  final_sale: z.int(),
  state: z.enum(ITEM_STATES),
});
export type Item = z.output<typeof ItemRow>;

const ShipmentRow = z.object({
  carrier: z.string(),
  tracking: z.string(),
  state: z.enum(['in_transit', 'delivered', 'lost']),
  shipped_on: z.int(),
  delivered_on: z.int().nullable(),
  left_at: z.string().nullable(),
});

const OrderRow = z.object({
  id: z.string(),
  customer: z.string(),
  status: z.enum(ORDER_STATUSES),
  placed_on: z.int(),
  promised_on: z.int(),
  shipping: z.int(),
  paid_by: z.enum(['card', 'paypal', 'gift_card']),
  paid_label: z.string(),
  gift: z.int(),
});

/** An order with all that belongs to it: amounts in cents, days since 1970-01-01. */
export interface Order extends z.output<typeof OrderRow> {
  readonly items: readonly Item[];
  readonly shipment: z.output<typeof ShipmentRow> | undefined;
}

/** A customer's order; refuses `not_found` where there is none or it is somebody else's, without telling which. */
export function orderOf(db: Database, customerId: string, orderId: string): Order {
  const row = db.one(OrderRow, 'SELECT * FROM orders WHERE id = ? AND customer = ?', orderId, customerId);
  if (row === undefined) refuse('not_found');
  const items = db.all(
    ItemRow,
    'SELECT items.*, name, size FROM items JOIN products USING (sku) WHERE order_id = ? ORDER BY line',
    orderId,
  );
  const shipment = db.one(ShipmentRow, 'SELECT * FROM shipments WHERE order_id = ?', orderId);
  return { ...row, items, shipment };
}

/** One item of an order by its line; refuses `no_such_item`. */
export const itemOf = (order: Order, line: number): Item =>
  order.items.find((item) => item.line === line) ?? refuse('no_such_item');

/** What was paid, in cents. */
export const totalOf = (order: Order): number => sumOf(order.items) + order.shipping;

/** The price of some items together, in cents. */
export const sumOf = (items: readonly Item[]): number => items.reduce((sum, { price }) => sum + price, 0);

/** Names as they are said: "a, b and c". */
export function inWords(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
