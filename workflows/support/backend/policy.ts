import type { Day } from '@parley-workflows/backend/calendar';
import { type Item, type Order, totalOf } from './order.ts';

/** Acme's rules in figures: amounts in cents. */
export const POLICY = {
  /** Days after delivery in which an item can go back. */
  returnDays: 30,
  /** Days to put the parcel in the post, once a return is open. */
  sendByDays: 14,
  /** For the label, unless the item came damaged or was the wrong one. */
  returnFee: 695,
  /** Days after the promised one from which shipping is given back. */
  lateDays: 2,
  /** Days after the promised one from which a parcel counts as lost. */
  lostDays: 10,
  /** The most that is refunded without goods coming back, unless a person decides it. */
  refundLimit: 250_00,
  /** Days until a refund is on the account. */
  refundDays: { card: 7, paypal: 3, gift_card: 0 },
} as const;

export const WHYS = ['unwanted', 'damaged', 'wrong_item'] as const;
export type Why = (typeof WHYS)[number];

export const RETURN_VERDICTS = [
  'ok',
  'not_delivered',
  'lost',
  'cancelled',
  'window_passed',
  'final_sale',
  'already_changed',
] as const;
export type ReturnVerdict = (typeof RETURN_VERDICTS)[number];

/** The last day on which an order's items can go back, once it is delivered. */
export function returnDeadline(order: Order): Day | undefined {
  const delivered = order.status === 'delivered' ? order.shipment?.delivered_on : undefined;
  return typeof delivered === 'number' ? delivered + POLICY.returnDays : undefined;
}

/** Whether an item can be returned or exchanged on a day. Each item changes once. */
export function judgeReturn(order: Order, item: Item, why: Why, today: Day): ReturnVerdict {
  if (order.status === 'cancelled' || order.status === 'lost') return order.status;
  const deadline = returnDeadline(order);
  if (deadline === undefined) return 'not_delivered';
  if (item.state !== 'kept') return 'already_changed';
  if (item.final_sale === 1 && why === 'unwanted') return 'final_sale';
  return today > deadline ? 'window_passed' : 'ok';
}

/** What the caller pays for sending items of a worth back: never more than they are worth. */
export const returnFee = (worth: number, why: Why): number =>
  why === 'unwanted' ? Math.min(POLICY.returnFee, worth) : 0;

/** How many days a parcel is late: to its delivery, or to today while it is on its way. */
export function daysLate(order: Order, today: Day): number {
  if (order.status === 'cancelled') return 0;
  return Math.max(0, (order.shipment?.delivered_on ?? today) - order.promised_on);
}

export const REFUND_VERDICTS = [
  'lost',
  'late',
  'not_late',
  'not_shipped',
  'free_shipping',
  'already_refunded',
  'cancelled',
  'needs_person',
] as const;
export type RefundVerdict = (typeof REFUND_VERDICTS)[number];

/**
 * What may be refunded without goods coming back, in cents: all of a lost parcel, the shipping of a late one.
 * `refunds`: those this order has had.
 */
export function judgeRefund(
  order: Order,
  refunds: readonly { readonly reason: string; readonly amount: number }[],
  today: Day,
): { verdict: RefundVerdict; amount: number } {
  const none = (verdict: RefundVerdict) => ({ verdict, amount: 0 });
  if (order.status === 'cancelled') return none('cancelled');
  if (order.shipment === undefined) return none('not_shipped');
  const late = daysLate(order, today);
  const lost = order.shipment.state === 'lost' || (order.shipment.state === 'in_transit' && late >= POLICY.lostDays);
  if (!lost && late < POLICY.lateDays) return none('not_late');
  if (!lost && order.shipping === 0) return none('free_shipping');
  const had = refunds.filter(({ reason }) => lost || reason === 'late').reduce((sum, refund) => sum + refund.amount, 0);
  const amount = (lost ? totalOf(order) : order.shipping) - had;
  if (amount <= 0) return none('already_refunded');
  if (amount > POLICY.refundLimit) return { verdict: 'needs_person', amount };
  return { verdict: lost ? 'lost' : 'late', amount };
}
