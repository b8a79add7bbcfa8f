import { characters, money, type Tools } from '@parley/engine';
import { openDesk, type Place } from '@parley-workflows/backend/desk';
import { directoryOf, type IdentityRefusal, identityTools } from '@parley-workflows/backend/identity';
import { toolMakers } from '@parley-workflows/backend/tools';
import { z } from 'zod';
import { CLAIM_VERDICTS, openClaim, quoteClaim } from './backend/claims.ts';
import { contacts, sidesOf } from './backend/contacts.ts';
import { reportDelay, reportDelivery, sendProof } from './backend/deliveries.ts';
import { bookDock, offerTimes } from './backend/docks.ts';
import { FREIGHT, TROUBLES } from './backend/freight.ts';
import { REASONS } from './backend/policy.ts';
import { promiseOf } from './backend/promises.ts';
import type { Refusal } from './backend/refusal.ts';
import { STATUSES, WAYS } from './backend/shipment.ts';
import { answerTrace, FOUND, openTrace } from './backend/traces.ts';
import { listShipments, openShipment } from './backend/track.ts';

export { forget } from './backend/forget.ts';

const personId = z.string().regex(/^P\d{4}$/);
const shipmentId = characters().regex(/^S\d{7}$/);
const code = characters();
const date = z.iso.date();
/** A time of day, read aloud as one. */
const time = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
  .meta({ format: 'time' });
const forContact = z.strictObject({ personId, shipmentId });
const booked = z.object({ day: date, time, dock: z.int() });

/**
 * The tools of the warehouse, on a back end of its own: a database in `folder`, or in memory; see README.md.
 * `today`, ISO 8601, is the back end's day; the day of each call if left out.
 */
export default function tools(place: Place): Tools {
  const { reads, writes } = toolMakers<Refusal | IdentityRefusal>(openDesk(FREIGHT, place), TROUBLES);

  return {
    ...identityTools({ reads, writes }, ({ db }) => directoryOf(contacts(db))),

    // Two numbers of a shipment together open where it is: it is no person that they prove, and nothing can be changed.
    // A write, so that a wrong one counts once however often the call is tried.
    'shipments.open': writes('shipments.open', {
      about: 'Finds a shipment by its number and the ZIP code it goes to, or the PRO number of the carrier.',
      input: z.strictObject({ shipmentId, zipOrPro: z.string().regex(/^(\d{5}|\d{9})$/) }),
      output: z.object({
        shipmentId,
        way: z.enum(WAYS),
        status: z.enum(STATUSES),
        goods: z.string(),
        cartons: z.int(),
        pallets: z.int(),
        carrier: z.string(),
        dueOn: date,
        late: z.boolean(),
        quiet: z.boolean(),
        expectedOn: date.optional(),
        because: z.string().optional(),
        seenOn: date.optional(),
        seenAt: z.string().optional(),
        deliveredOn: date.optional(),
        booked: booked.optional(),
        canBook: z.boolean(),
        canClaim: z.boolean(),
        claimBy: date.optional(),
        claimId: code.optional(),
      }),
      errors: ['not_found', 'too_many_attempts'],
      cleared: ['pii'],
      run: (desk, input) => openShipment(desk, input.shipmentId, input.zipOrPro),
    }),

    'shipments.list': reads({
      about: "A contact's shipments that are under way, or were delivered lately: at most five, the next due first.",
      input: z.strictObject({ personId, product: z.string().min(1).max(60).optional() }),
      output: z.object({
        count: z.int(),
        shipments: z.array(z.object({ shipmentId, pro: z.string(), summary: z.string() })),
      }),
      requires: { identity: 'looked_up' },
      errors: ['not_found'],
      run: (desk, input) => listShipments(desk, input.personId, input.product),
    }),

    'contacts.sides': reads({
      about: 'Whether a contact may speak for the carrier of a shipment, or for the company it goes to or comes from.',
      input: forContact,
      output: z.object({ carrier: z.boolean(), partner: z.boolean() }),
      requires: { identity: 'looked_up' },
      errors: ['not_found'],
      run: (desk, input) => sidesOf(desk, input.personId, input.shipmentId),
    }),

    'traces.open': writes('traces.open', {
      about: 'Asks the carrier to call back and say where a shipment is.',
      input: z.strictObject({ shipmentId }),
      output: z.object({ traceId: code, carrier: z.string(), hours: z.int() }),
      requires: { confirmation: true },
      errors: ['not_found', 'not_on_its_way'],
      run: (desk, input) => openTrace(desk, input.shipmentId),
    }),

    // What the carrier says comes by a signal, not from the caller, so it asks for no yes of theirs.
    'traces.answer': writes('traces.answer', {
      about: "Writes down what the carrier said when it called back, and sends word to the customer's contacts.",
      input: z.strictObject({
        shipmentId,
        found: z.enum(FOUND),
        place: z.string().min(1).max(60).optional(),
        day: date.optional(),
      }),
      output: z.object({
        found: z.enum(FOUND),
        place: z.string().optional(),
        expectedOn: date.optional(),
        deliveredOn: date.optional(),
      }),
      errors: ['not_found'],
      run: (desk, { shipmentId, ...answer }) => answerTrace(desk, shipmentId, answer),
    }),

    'docks.offer': reads({
      about: 'Which times are free at our docks on a day, or on the next day that has any.',
      input: z.strictObject({ day: date.optional(), time: time.optional() }),
      output: z.object({
        exact: z.boolean(),
        sameDay: z.boolean(),
        count: z.int(),
        day: date.optional(),
        times: z.array(time),
        spoken: z.string(),
        lastDay: date,
      }),
      run: (desk, input) => offerTimes(desk, input.day, input.time),
    }),

    'docks.book': writes('docks.book', {
      about: 'Books a dock for an inbound shipment; the appointment it had is given up.',
      input: forContact.extend({ day: date, time }),
      output: booked,
      requires: { confirmation: true, identity: 'code' },
      errors: ['not_found', 'not_verified', 'not_yours', 'too_late', 'slot_taken'],
      run: (desk, input) => bookDock(desk, input.personId, input.shipmentId, input.day, input.time),
    }),

    'delays.report': writes('delays.report', {
      about: 'Writes down that a shipment comes later, and why; says whether it misses its dock.',
      input: forContact.extend({ day: date, reason: z.enum(REASONS) }),
      output: z.object({ late: z.boolean(), missesDock: z.boolean(), booked: booked.optional() }),
      requires: { confirmation: true, identity: 'code' },
      errors: ['not_found', 'not_verified', 'not_yours', 'not_on_its_way'],
      run: (desk, input) => reportDelay(desk, input.personId, input.shipmentId, input.day, input.reason),
    }),

    'deliveries.report': writes('deliveries.report', {
      about: 'Writes down that the carrier has delivered a shipment, with all its pallets.',
      input: forContact.extend({ pallets: z.int().min(0) }),
      output: z.object({ deliveredOn: date }),
      requires: { confirmation: true, identity: 'code' },
      errors: ['not_found', 'not_verified', 'not_yours', 'not_on_its_way', 'count_differs'],
      run: (desk, input) => reportDelivery(desk, input.personId, input.shipmentId, input.pallets),
    }),

    // It goes to the address on file and nowhere else, so a record that was found is enough.
    'proofs.send': writes('proofs.send', {
      about: 'Sends the proof of delivery to the e-mail address on file.',
      input: forContact,
      output: z.object({ hint: z.string(), deliveredOn: date }),
      requires: { confirmation: true, identity: 'looked_up' },
      errors: ['not_found', 'not_yours', 'not_delivered'],
      run: (desk, input) => sendProof(desk, input.personId, input.shipmentId),
    }),

    'promises.get': reads({
      about: 'When the supplier has promised what a shipment waits for.',
      input: forContact,
      output: z.object({
        supplier: z.string(),
        po: code,
        goods: z.string(),
        firstDay: date,
        day: date.optional(),
        slipped: z.boolean(),
        arrivesBy: date,
      }),
      requires: { identity: 'looked_up' },
      errors: ['not_found', 'not_yours', 'no_promise'],
      run: (desk, input) => promiseOf(desk, input.personId, input.shipmentId),
    }),

    'claims.quote': reads({
      about: 'What a claim for damaged cartons would come to, and whether it can be opened without a person.',
      input: forContact.extend({ cartons: z.int().min(1) }),
      output: z.object({ eligible: z.boolean(), reason: z.enum(CLAIM_VERDICTS), amount: money(), goods: z.string() }),
      requires: { identity: 'looked_up' },
      errors: ['not_found', 'not_yours'],
      run: (desk, input) => quoteClaim(desk, input.personId, input.shipmentId, input.cartons),
    }),

    'claims.open': writes('claims.open', {
      about: 'Opens a claim for damaged cartons; above $2,500 a person decides.',
      input: forContact.extend({ cartons: z.int().min(1), damage: z.string().min(1).max(500) }),
      output: z.object({ claimId: code, amount: money(), keepUntil: date }),
      requires: { confirmation: true, identity: 'code' },
      errors: ['not_found', 'not_verified', 'not_yours', 'not_eligible', 'already_open'],
      run: (desk, input) => openClaim(desk, input.personId, input.shipmentId, input.cartons, input.damage),
    }),
  };
}
