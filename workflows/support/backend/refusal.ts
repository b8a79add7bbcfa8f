import { ToolError } from '@parley/engine';
import type { IdentityRefusal } from '@parley-workflows/backend/identity';

/** Why the shop says no, each in a sentence for the operator. None carries a value of the caller. */
const REFUSALS = {
  already_cancelled: 'The order is cancelled already.',
  already_claimed: 'The warranty of this item has been claimed already.',
  needs_person: 'The amount is more than may be refunded without a person.',
  no_gift_card: 'The customer has no gift card on file.',
  no_such_item: 'The order has no such item.',
  no_such_size: 'The item is not made in that size.',
  not_covered: 'The item has no warranty that still runs.',
  not_eligible: "The shop's rules do not allow it; the quote says why.",
  not_found: 'Nothing is on file for this.',
  out_of_stock: 'There is none left.',
  too_late: 'The parcel is packed or gone.',
  undeliverable: 'The shop cannot deliver to this address.',
  which_item: 'More than one item fits.',
} as const;

/** What a tool of the shop may refuse with, the identity check included. */
export type Refusal = keyof typeof REFUSALS | IdentityRefusal;

/** Throws the ToolError of a refusal. */
export function refuse(code: keyof typeof REFUSALS): never {
  throw new ToolError(code, REFUSALS[code]);
}
