import { ToolError } from '@parley/engine';

/** Why the back end says no, each in a sentence for the operator. None carries a value of the caller. */
const REFUSALS = {
  already_open: 'There is a claim or a trace for this shipment already.',
  count_differs: 'The number of pallets or cartons is not that of the shipment.',
  needs_person: 'The amount is more than may be claimed without a person.',
  no_promise: 'Nothing of this shipment is on order with a supplier.',
  not_delivered: 'The shipment has not been delivered.',
  not_eligible: 'The rules do not allow it; the quote says why.',
  not_found: 'Nothing is on file for this.',
  not_on_its_way: 'The shipment is not on its way.',
  not_yours: "The shipment is not one of this contact's company, or it is for the other side to do.",
  slot_taken: 'No dock is free then.',
  too_late: 'The appointment is today or past: the people at the dock decide.',
  too_many_attempts: 'Too many wrong numbers were given for this shipment within the hour.',
} as const;

export type Refusal = keyof typeof REFUSALS;

/** Throws the ToolError of a refusal. */
export function refuse(code: Refusal): never {
  throw new ToolError(code, REFUSALS[code]);
}
