import { dateOf } from '@parley-workflows/backend/calendar';
import type { Desk } from '@parley-workflows/backend/desk';
import { mustBeVerified } from '@parley-workflows/backend/identity';
import { z } from 'zod';
import { customerOf } from './customers.ts';
import { type Order, orderOf } from './order.ts';
import { judgeRefund, POLICY, type RefundVerdict } from './policy.ts';
import { refuse } from './refusal.ts';

/** Where money goes: back to where it came from, or on a gift card the customer already has. */
export const REFUND_TO = ['original', 'gift_card'] as const;
export type RefundTo = (typeof REFUND_TO)[number];

const RefundRow = z.object({
  reason: z.string(),
  amount: z.int(),
  method: z.string(),
  state: z.enum(['pending', 'sent']),
  made_on: z.int(),
  expected_on: z.int(),
});

/** How money would go back: refuses `no_gift_card` where there is none. */
export function methodOf(desk: Desk, order: Order, to: RefundTo): { kind: Order['paid_by']; label: string } {
  if (to === 'original') return { kind: order.paid_by, label: order.paid_label };
  const card = customerOf(desk.db, order.customer).gift_card;
  return card === null ? refuse('no_gift_card') : { kind: 'gift_card', label: card };
}

/** Puts a refund of cents on the way it was paid; returns what the caller is told, in dollars. */
export function giveBack(desk: Desk, order: Order, reason: 'cancelled' | 'late' | 'lost', cents: number) {
  const { db, today } = desk;
  const { kind, label } = methodOf(desk, order, 'original');
  const expected = today + POLICY.refundDays[kind];
  db.run(
    "INSERT INTO refunds (order_id, reason, amount, method, state, made_on, expected_on) VALUES (?, ?, ?, ?, 'pending', ?, ?)",
    order.id,
    reason,
    cents,
    label,
    today,
    expected,
  );
  return { amount: cents / 100, method: label, expectedBy: dateOf(expected) };
}

/** Where the money of an order is: what lies open before what is done, the newest first. */
export function refundStatus(desk: Desk, customerId: string, orderId: string) {
  const order = orderOf(desk.db, customerId, orderId);
  const refunds = desk.db.all(RefundRow, 'SELECT * FROM refunds WHERE order_id = ? ORDER BY state, id DESC', order.id);
  const [refund] = refunds;
  const open = desk.db.one(
    z.object({ amount: z.int(), method: z.string(), send_by: z.int() }),
    "SELECT * FROM returns WHERE order_id = ? AND kind = 'return' AND state = 'open' ORDER BY id DESC",
    order.id,
  );
  if (open !== undefined && refund?.state !== 'pending')
    return {
      status: 'awaiting_parcel' as const,
      amount: open.amount / 100,
      method: open.method,
      sendBy: dateOf(open.send_by),
    };
  if (refund === undefined) return { status: 'none' as const };
  return {
    status: refund.state,
    amount: refund.amount / 100,
    method: refund.method,
    madeOn: dateOf(refund.made_on),
    expectedBy: dateOf(refund.expected_on),
  };
}

/** What may be refunded of an order without goods coming back, and why. */
export function quoteRefund(desk: Desk, customerId: string, orderId: string) {
  const order = orderOf(desk.db, customerId, orderId);
  const { verdict, amount } = judge(desk, order);
  return { eligible: isDue(verdict), reason: verdict, amount: amount / 100, method: order.paid_label };
}

/** Refunds what `quoteRefund` says, the amount being the shop's and never the caller's. */
export function createRefund(desk: Desk, customerId: string, orderId: string) {
  const order = orderOf(desk.db, customerId, orderId);
  mustBeVerified(desk, customerId);
  const { verdict, amount } = judge(desk, order);
  if (verdict === 'needs_person') refuse('needs_person');
  if (!isDue(verdict)) refuse('not_eligible');
  if (verdict === 'lost') {
    desk.db.run("UPDATE orders SET status = 'lost' WHERE id = ?", order.id);
    desk.db.run("UPDATE shipments SET state = 'lost' WHERE order_id = ?", order.id);
  }
  return { orderId, reason: verdict, ...giveBack(desk, order, verdict, amount) };
}

const isDue = (verdict: RefundVerdict): verdict is 'late' | 'lost' => verdict === 'late' || verdict === 'lost';

function judge(desk: Desk, order: Order) {
  const had = desk.db.all(
    z.object({ reason: z.string(), amount: z.int() }),
    'SELECT reason, amount FROM refunds WHERE order_id = ?',
    order.id,
  );
  return judgeRefund(order, had, desk.today);
}
