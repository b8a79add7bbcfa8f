import { characters, money, type Tools } from '@parley/engine';
import { openDesk, type Place } from '@parley-workflows/backend/desk';
import { identityTools } from '@parley-workflows/backend/identity';
import { toolMakers } from '@parley-workflows/backend/tools';
import { z } from 'zod';
import { ADDRESS_VERDICTS, judgeAddress } from './backend/address.ts';
import { TOPICS, writeNote } from './backend/cases.ts';
import { customersIn } from './backend/customers.ts';
import { ITEM_STATES, ORDER_STATUSES } from './backend/order.ts';
import { cancelOrder, changeAddress, describeOrder, findItem, listOrders } from './backend/orders.ts';
import { REFUND_VERDICTS, RETURN_VERDICTS, WHYS } from './backend/policy.ts';
import { createRefund, quoteRefund, REFUND_TO, refundStatus } from './backend/refunds.ts';
import type { Refusal } from './backend/refusal.ts';
import { createExchange, createReturn, quoteExchange, quoteReturn } from './backend/returns.ts';
import { SHOP, TROUBLES } from './backend/shop.ts';
import { checkWarranty, claimWarranty, WARRANTY_VERDICTS } from './backend/warranty.ts';

export { forget } from './backend/forget.ts';

const customerId = z.string().regex(/^C\d{4}$/);
const orderId = characters().regex(/^W\d{7}$/);
const code = characters();
const zip = z.string().regex(/^\d{5}$/);
const line = z.int().min(1);
const date = z.iso.date();
const orderOfCustomer = z.strictObject({ customerId, orderId });
const paidBy = z.enum(['card', 'paypal', 'gift_card']);

/** What money comes back, and when it is there at the latest. */
const refunded = { amount: money(), method: z.string(), expectedBy: date };

/**
 * The tools of the shop, on a back end of its own: a database in `folder`, or in memory; see backend/README.md.
 * `today`, ISO 8601, is the shop's day; the day of each call if left out.
 */
export default function tools(place: Place): Tools {
  const makers = toolMakers<Refusal>(openDesk(SHOP, place), TROUBLES);
  const { reads, writes } = makers;

  return {
    ...identityTools(makers, ({ db }) => customersIn(db)),

    'orders.list': reads({
      about: "The customer's latest orders, at most five, the newest first.",
      input: z.strictObject({ customerId }),
      output: z.object({
        count: z.int(),
        orders: z.array(
          z.object({ orderId, status: z.enum(ORDER_STATUSES), placedOn: date, summary: z.string(), total: money() }),
        ),
      }),
      requires: { identity: 'looked_up' },
      run: (desk, input) => listOrders(desk, input.customerId),
    }),

    'orders.get': reads({
      about: 'One order: where it is, what is in it, what can still be done with it.',
      input: orderOfCustomer,
      output: z.object({
        orderId,
        status: z.enum(ORDER_STATUSES),
        placedOn: date,
        promisedOn: date,
        late: z.boolean(),
        daysLate: z.int(),
        gift: z.boolean(),
        summary: z.string(),
        items: z.array(
          z.object({
            item: line,
            name: z.string(),
            size: z.string().optional(),
            price: money(),
            finalSale: z.boolean(),
            state: z.enum(ITEM_STATES),
          }),
        ),
        total: money(),
        payment: z.object({ kind: paidBy, label: z.string() }),
        canCancel: z.boolean(),
        canChangeAddress: z.boolean(),
        canReturn: z.boolean(),
        returnBy: date.optional(),
        carrier: z.string().optional(),
        tracking: code.optional(),
        shippedOn: date.optional(),
        deliveredOn: date.optional(),
        leftAt: z.string().optional(),
      }),
      requires: { identity: 'looked_up' },
      errors: ['not_found'],
      run: (desk, input) => describeOrder(desk, input.customerId, input.orderId),
    }),

    'orders.find_item': reads({
      about: 'Which item of an order the caller means by their own words, such as "the jacket".',
      input: orderOfCustomer.extend({ words: z.string().min(1).max(200) }),
      output: z.object({ item: line, name: z.string(), size: z.string().optional(), price: money() }),
      requires: { identity: 'looked_up' },
      errors: ['not_found', 'no_such_item', 'which_item'],
      run: (desk, input) => findItem(desk, input.customerId, input.orderId, input.words),
    }),

    'orders.cancel': writes('orders.cancel', {
      about: 'Cancels an order that is not packed yet and refunds all of it.',
      input: orderOfCustomer,
      output: z.object({ orderId, ...refunded }),
      requires: { confirmation: true, identity: 'code' },
      errors: ['not_found', 'not_verified', 'already_cancelled', 'too_late'],
      run: (desk, input) => cancelOrder(desk, input.customerId, input.orderId),
    }),

    'addresses.check': reads({
      about: 'Whether a parcel can go to a street and ZIP code, and in which state it lies.',
      input: z.strictObject({ street: z.string().min(1).max(200), zip }),
      output: z.object({ deliverable: z.boolean(), reason: z.enum(ADDRESS_VERDICTS), state: z.string().optional() }),
      cleared: ['pii'],
      run: (_desk, input) => {
        const { verdict, state } = judgeAddress(input.street, input.zip);
        return { deliverable: verdict === 'ok', reason: verdict, ...(state === undefined ? {} : { state }) };
      },
    }),

    'orders.change_address': writes('orders.change_address', {
      about: 'Sends an order that is not packed yet to another address.',
      input: orderOfCustomer.extend({ street: z.string().min(1).max(200), zip }),
      output: z.object({ orderId, promisedOn: date }),
      requires: { confirmation: true, identity: 'code' },
      errors: ['not_found', 'not_verified', 'already_cancelled', 'too_late', 'undeliverable'],
      cleared: ['pii'],
      run: (desk, input) => changeAddress(desk, input.customerId, input.orderId, input.street, input.zip),
    }),

    'returns.quote': reads({
      about: 'Whether an item (or, without one, all that can go back) can be returned, until when and for how much.',
      input: returnWish(),
      output: z.object({
        eligible: z.boolean(),
        reason: z.enum(RETURN_VERDICTS),
        items: z.array(z.object({ item: line, name: z.string(), price: money() })),
        summary: z.string(),
        fee: money(),
        amount: money(),
        method: z.string(),
        deadline: date.optional(),
      }),
      requires: { identity: 'looked_up' },
      errors: ['not_found', 'no_such_item', 'no_gift_card'],
      run: quoteReturn,
    }),

    'returns.create': writes('returns.create', {
      about: 'Opens the return that returns.quote describes and sends the label; the money follows the parcel.',
      input: returnWish(),
      output: z.object({
        returnId: code,
        summary: z.string(),
        amount: money(),
        method: z.string(),
        sendBy: date,
      }),
      requires: { confirmation: true, identity: 'code' },
      errors: ['not_found', 'not_verified', 'no_such_item', 'not_eligible', 'no_gift_card'],
      run: createReturn,
    }),

    'exchanges.quote': reads({
      about: 'Whether an item can be exchanged for another size, and which sizes there are.',
      input: exchangeWish(),
      output: z.object({
        eligible: z.boolean(),
        reason: z.enum([...RETURN_VERDICTS, 'no_such_size', 'out_of_stock']),
        name: z.string(),
        from: z.string().optional(),
        to: z.string().optional(),
        inStock: z.array(z.string()),
        sizes: z.string(),
      }),
      requires: { identity: 'looked_up' },
      errors: ['not_found', 'no_such_item'],
      run: quoteExchange,
    }),

    'exchanges.create': writes('exchanges.create', {
      about: 'Exchanges an item for another size, keeps one back for the caller and sends the label.',
      input: exchangeWish(),
      output: z.object({ exchangeId: code, name: z.string(), to: z.string(), sendBy: date }),
      requires: { confirmation: true, identity: 'code' },
      errors: ['not_found', 'not_verified', 'no_such_item', 'not_eligible', 'no_such_size', 'out_of_stock'],
      run: createExchange,
    }),

    'refunds.status': reads({
      about: "Where an order's refund is: none, waiting for the parcel, pending or sent.",
      input: orderOfCustomer,
      output: z.object({
        status: z.enum(['none', 'awaiting_parcel', 'pending', 'sent']),
        amount: money().optional(),
        method: z.string().optional(),
        madeOn: date.optional(),
        expectedBy: date.optional(),
        sendBy: date.optional(),
      }),
      requires: { identity: 'looked_up' },
      errors: ['not_found'],
      run: (desk, input) => refundStatus(desk, input.customerId, input.orderId),
    }),

    'refunds.quote': reads({
      about: 'What may be refunded without a return: all of a lost parcel, the shipping of a late one.',
      input: orderOfCustomer,
      output: z.object({
        eligible: z.boolean(),
        reason: z.enum(REFUND_VERDICTS),
        amount: money(),
        method: z.string(),
      }),
      requires: { identity: 'looked_up' },
      errors: ['not_found'],
      run: (desk, input) => quoteRefund(desk, input.customerId, input.orderId),
    }),

    'refunds.create': writes('refunds.create', {
      about: 'Refunds what refunds.quote says, the way it was paid. Above 250 dollars a person decides.',
      input: orderOfCustomer,
      output: z.object({ orderId, reason: z.enum(['late', 'lost']), ...refunded }),
      requires: { confirmation: true, identity: 'code' },
      errors: ['not_found', 'not_verified', 'not_eligible', 'needs_person'],
      run: (desk, input) => createRefund(desk, input.customerId, input.orderId),
    }),

    'warranty.check': reads({
      about: "Whether an item's warranty runs, until when, and whether it gives a new one or a repair.",
      input: orderOfCustomer.extend({ item: line.optional() }),
      output: z.object({
        covered: z.boolean(),
        reason: z.enum(WARRANTY_VERDICTS),
        item: line,
        name: z.string(),
        until: date.optional(),
        remedy: z.enum(['replacement', 'repair']).optional(),
      }),
      requires: { identity: 'looked_up' },
      errors: ['not_found', 'no_such_item', 'which_item'],
      run: (desk, input) => checkWarranty(desk, input.customerId, input.orderId, input.item),
    }),

    'warranty.claim': writes('warranty.claim', {
      about: 'Opens a warranty claim and sends the label.',
      input: orderOfCustomer.extend({ item: line, fault: z.string().min(1).max(500) }),
      output: z.object({
        claimId: code,
        name: z.string(),
        remedy: z.enum(['replacement', 'repair']),
        sendBy: date,
      }),
      requires: { confirmation: true, identity: 'code' },
      errors: ['not_found', 'not_verified', 'no_such_item', 'not_covered', 'already_claimed'],
      run: (desk, input) => claimWarranty(desk, input.customerId, input.orderId, input.item, input.fault),
    }),

    'cases.note': writes('cases.note', {
      about: 'Writes a note for the person who takes over.',
      input: z.strictObject({
        topic: z.enum(TOPICS),
        text: z.string().min(1).max(2000),
        customerId: z.string().max(20).optional(),
        orderId: characters().max(20).optional(),
      }),
      output: z.object({ caseId: code }),
      cleared: ['pii'],
      run: writeNote,
    }),
  };
}

function returnWish() {
  return orderOfCustomer.extend({
    item: line.optional(),
    why: z.enum(WHYS).default('unwanted'),
    refundTo: z.enum(REFUND_TO).default('original'),
  });
}

function exchangeWish() {
  return orderOfCustomer.extend({ item: line, why: z.enum(WHYS).default('unwanted'), size: z.string().min(1).max(30) });
}
