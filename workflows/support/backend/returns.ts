import { dateOf } from '@parley-workflows/backend/calendar';
import type { Desk } from '@parley-workflows/backend/desk';
import { mustBeVerified } from '@parley-workflows/backend/identity';
import { z } from 'zod';
import { type Item, inWords, itemOf, type Order, orderOf, sumOf } from './order.ts';
import { judgeReturn, POLICY, type ReturnVerdict, returnDeadline, returnFee, type Why } from './policy.ts';
import { methodOf, type RefundTo } from './refunds.ts';
import { refuse } from './refusal.ts';

export interface Wish {
  readonly customerId: string;
  readonly orderId: string;
  /** The item's line; left out for all that can still go back. */
  readonly item?: number | undefined;
  readonly why: Why;
  readonly refundTo: RefundTo;
}

/** Whether items can go back, until when, and what comes back for them in dollars. */
export function quoteReturn(desk: Desk, wish: Wish) {
  const order = orderOf(desk.db, wish.customerId, wish.orderId);
  const { verdict, items } = returnable(desk, order, wish);
  const fee = returnFee(sumOf(items), wish.why);
  const deadline = returnDeadline(order);
  return {
    eligible: verdict === 'ok',
    reason: verdict,
    items: items.map(({ line, name, price }) => ({ item: line, name, price: price / 100 })),
    summary: inWords(items.map(({ name }) => name)),
    fee: fee / 100,
    amount: (sumOf(items) - fee) / 100,
    method: methodOf(desk, order, wish.refundTo).label,
    ...(deadline === undefined ? {} : { deadline: dateOf(deadline) }),
  };
}

/** Opens a return as `quoteReturn` says; the money goes back when the parcel is in. */
export function createReturn(desk: Desk, wish: Wish) {
  const { db, today } = desk;
  const order = orderOf(db, wish.customerId, wish.orderId);
  mustBeVerified(desk, wish.customerId);
  const method = methodOf(desk, order, wish.refundTo).label;
  const { verdict, items } = returnable(desk, order, wish);
  if (verdict !== 'ok') refuse('not_eligible');
  const amount = sumOf(items) - returnFee(sumOf(items), wish.why);
  const id = openReturn(desk, order, 'return', items, wish.why, amount, method);
  return {
    returnId: `R${100_000 + id}`,
    summary: inWords(items.map(({ name }) => name)),
    amount: amount / 100,
    method,
    sendBy: dateOf(today + POLICY.sendByDays),
  };
}

/** Whether an item can be exchanged for another size of it, and which sizes there are. */
export function quoteExchange(desk: Desk, wish: Omit<Wish, 'refundTo' | 'item'> & { item: number; size: string }) {
  const order = orderOf(desk.db, wish.customerId, wish.orderId);
  const item = itemOf(order, wish.item);
  const returnable = judgeReturn(order, item, wish.why, desk.today);
  const sizes = sizesOf(desk, item);
  const wanted = sizes.find(({ size }) => size === sizeOf(wish.size));
  const inStock = sizes.filter(({ stock }) => stock > 0).map(({ size }) => size);
  const reason = returnable !== 'ok' ? returnable : verdictOf(wanted);
  return {
    eligible: reason === 'ok',
    reason,
    name: item.name,
    ...(item.size === null ? {} : { from: item.size }),
    ...(wanted === undefined ? {} : { to: wanted.size }),
    inStock,
    sizes: inWords(inStock),
  };
}

/** Opens an exchange for another size and keeps one back for it. */
export function createExchange(desk: Desk, wish: Omit<Wish, 'refundTo' | 'item'> & { item: number; size: string }) {
  const { db, today } = desk;
  const order = orderOf(db, wish.customerId, wish.orderId);
  mustBeVerified(desk, wish.customerId);
  const item = itemOf(order, wish.item);
  if (judgeReturn(order, item, wish.why, today) !== 'ok') refuse('not_eligible');
  const wanted = sizesOf(desk, item).find(({ size }) => size === sizeOf(wish.size));
  if (wanted === undefined) refuse('no_such_size');
  if (wanted.stock < 1) refuse('out_of_stock');
  db.run('UPDATE products SET stock = stock - 1 WHERE sku = ?', wanted.sku);
  const id = openReturn(desk, order, 'exchange', [item], wish.why, 0, wanted.sku);
  return {
    exchangeId: `X${100_000 + id}`,
    name: item.name,
    to: wanted.size,
    sendBy: dateOf(today + POLICY.sendByDays),
  };
}

function openReturn(
  { db, today }: Desk,
  order: Order,
  kind: 'return' | 'exchange',
  items: readonly Item[],
  why: Why,
  amount: number,
  method: string,
): number {
  for (const { line } of items)
    db.run(
      'UPDATE items SET state = ? WHERE order_id = ? AND line = ?',
      kind === 'return' ? 'return_open' : 'exchanged',
      order.id,
      line,
    );
  return db.run(
    "INSERT INTO returns (order_id, kind, lines, why, amount, method, state, opened_on, send_by) VALUES (?, ?, ?, ?, ?, ?, 'open', ?, ?)",
    order.id,
    kind,
    items.map(({ line }) => line).join(','),
    why,
    amount,
    method,
    today,
    today + POLICY.sendByDays,
  );
}

/** The items a wish is about that can go back; where none can, why the first one can't. */
function returnable(
  { today }: Desk,
  order: Order,
  { item, why }: Wish,
): { verdict: ReturnVerdict; items: readonly Item[] } {
  const asked = item === undefined ? order.items : [itemOf(order, item)];
  const judged = asked.map((one) => ({ one, verdict: judgeReturn(order, one, why, today) }));
  const items = judged.filter(({ verdict }) => verdict === 'ok').map(({ one }) => one);
  if (items.length > 0) return { verdict: 'ok', items };
  // An item that has gone back already says less than why the others can't.
  const telling = judged.find(({ verdict }) => verdict !== 'already_changed') ?? judged[0];
  return { verdict: telling?.verdict ?? 'already_changed', items: [] };
}

function verdictOf(wanted: { stock: number } | undefined): 'ok' | 'no_such_size' | 'out_of_stock' {
  if (wanted === undefined) return 'no_such_size';
  return wanted.stock > 0 ? 'ok' : 'out_of_stock';
}

const sizesOf = ({ db }: Desk, { name }: Item) =>
  db.all(
    z.object({ sku: z.string(), size: z.string(), stock: z.int() }),
    'SELECT sku, size, stock FROM products WHERE name = ? AND size IS NOT NULL ORDER BY rowid',
    name,
  );

const SPOKEN_SIZES: { readonly [said: string]: string } = {
  SMALL: 'S',
  MEDIUM: 'M',
  LARGE: 'L',
  'EXTRA LARGE': 'XL',
  EIGHT: '8',
  NINE: '9',
  TEN: '10',
  ELEVEN: '11',
};

/** A size as it stands on the label: "size nine" is 9, "a large" is L. */
export function sizeOf(said: string): string {
  const size = said
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, ' ')
    .replace(/\b(A|AN|THE|SIZE|ONE)\b/g, ' ')
    .trim()
    .replace(/ +/g, ' ');
  return Object.hasOwn(SPOKEN_SIZES, size) ? (SPOKEN_SIZES[size] ?? size) : size;
}
