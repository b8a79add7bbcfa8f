import { dateOf, dayOf } from '@parley-workflows/backend/calendar';
import type { Desk } from '@parley-workflows/backend/desk';
import { contactOf, provedShipmentFor, shipmentFor, tellPartner } from './contacts.ts';
import { timeOf } from './docks.ts';
import { capture } from './epcis.ts';
import type { Reason } from './policy.ts';
import { refuse } from './refusal.ts';

/**
 * Writes down a delivery that the carrier reports, and captures it. Where not all pallets were handed over it is no
 * delivery but a case for a person. Refuses `not_yours`, `not_on_its_way`, `count_differs`.
 */
export function reportDelivery(desk: Desk, personId: string, shipmentId: string, pallets: number) {
  const { db, today, now } = desk;
  const shipment = provedShipmentFor(desk, personId, shipmentId, ['carrier']);
  // What comes to our own docks is booked in by the people there.
  if (shipment.way !== 'outbound') refuse('not_yours');
  if (shipment.status !== 'in_transit' && shipment.status !== 'held') refuse('not_on_its_way');
  if (pallets !== shipment.pallets.length) refuse('count_differs');
  db.run(
    "UPDATE shipments SET status = 'delivered', delivered_on = ?, seen_on = ? WHERE id = ?",
    today,
    today,
    shipmentId,
  );
  capture(db, now, {
    shipment,
    bizStep: 'receiving',
    disposition: 'in_progress',
    persistentDisposition: { set: ['completeness_verified'] },
    of: 'pallets',
    readPoint: shipment.partner_gln,
    bizLocation: shipment.partner_gln,
    handedOver: { from: shipment.carrier_gln, to: shipment.partner_gln },
  });
  return { deliveredOn: dateOf(today) };
}

/**
 * Writes down that a shipment will be late, and sends word to those it is for. Goods that stand still are captured as held. Refuses `not_yours`,
 * `not_on_its_way`.
 */
export function reportDelay(desk: Desk, personId: string, shipmentId: string, day: string, reason: Reason) {
  const { db, today, now } = desk;
  const shipment = provedShipmentFor(desk, personId, shipmentId, ['carrier']);
  if (shipment.status !== 'in_transit' && shipment.status !== 'held') refuse('not_on_its_way');
  const expected = dayOf(day);
  db.run(
    'UPDATE shipments SET expected_on = ?, reason = ?, seen_on = ? WHERE id = ?',
    expected,
    reason,
    today,
    shipmentId,
  );
  if (reason !== 'traffic')
    capture(db, now, { shipment, bizStep: 'holding', disposition: 'in_transit', of: 'pallets' });
  const late = expected > shipment.due_on;
  if (late) tellPartner(desk, shipment, 'delay');
  const { booking } = shipment;
  const misses = booking !== undefined && booking.day < expected;
  return {
    late,
    missesDock: misses,
    ...(misses ? { booked: { day: dateOf(booking.day), time: timeOf(booking.hour), dock: booking.dock } } : {}),
  };
}

/** Sends the proof of delivery to the contact's own address on file. Refuses `not_yours`, `not_delivered`. */
export function sendProof(desk: Desk, personId: string, shipmentId: string) {
  const { db, now } = desk;
  const shipment = shipmentFor(desk, personId, shipmentId, ['carrier', 'partner']);
  if (shipment.delivered_on === null) refuse('not_delivered');
  const { id, email } = contactOf(db, personId);
  db.run('INSERT INTO messages (contact, about, shipment, sent_at) VALUES (?, ?, ?, ?)', id, 'proof', shipmentId, now);
  return { hint: hintOf(email), deliveredOn: dateOf(shipment.delivered_on) };
}

/** Enough of an address for its owner to know which one it is. */
export const hintOf = (email: string): string =>
  `the e-mail address that begins with ${email.slice(0, 1).toUpperCase()}`;
