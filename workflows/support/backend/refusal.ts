import { ToolError } from '@parley/engine';

/** Why the shop says no, each in a sentence for the operator. None carries a value of the caller. */
const REFUSALS = {
  ambiguous: 'More than one customer fits.',
  already_cancelled: 'The order is cancelled already.',
  already_claimed: 'The warranty of this item has been claimed already.',
  expired: 'No code is waiting for this session, or its time is up.',
  needs_person: 'The amount is more than may be refunded without a person.',
  no_gift_card: 'The customer has no gift card on file.',
  no_such_item: 'The order has no such item.',
  no_such_size: 'The item is not made in that size.',
  not_covered: 'The item has no warranty that still runs.',
  not_eligible: "The shop's rules do not allow it; the quote says why.",
  not_found: 'Nothing is on file for this.',
  not_verified: 'This session has not proved with a code that it is this customer.',
  out_of_stock: 'There is none left.',
  too_late: 'The parcel is packed or gone.',
  too_many_attempts: 'Too many wrong codes were given.',
  too_many_codes: 'Too many codes were sent to this customer within the hour.',
  undeliverable: 'The shop cannot deliver to this address.',
  which_item: 'More than one item fits.',
  wrong_code: 'The code is not the one that was sent.',
} as const;

export type Refusal = keyof typeof REFUSALS;

/** Throws the ToolError of a refusal. */
export function refuse(code: Refusal): never {
  throw new ToolError(code, REFUSALS[code]);
}
