import { type Day, dateOf } from '@parley-workflows/backend/calendar';
import type { Desk } from '@parley-workflows/backend/desk';
import { z } from 'zod';
import { claimNumber } from './claims.ts';
import { contactOf } from './contacts.ts';
import { timeOf } from './docks.ts';
import { POLICY, type Reason } from './policy.ts';
import { refuse } from './refusal.ts';
import { type Shipment, shipmentOf } from './shipment.ts';

/**
 * The shipment with this number, for whoever also knows its ZIP code or PRO number: that opens where it is, and no
 * more. Refuses `not_found` without telling which of the two is wrong, and `too_many_attempts` when a session has been
 * wrong too often within the hour; a wrong one is counted.
 */
export function openShipment(desk: Desk, id: string, zipOrPro: string) {
  const { db, now, session } = desk;
  const since = now - 3_600_000;
  const misses = db.all(
    z.unknown(),
    'SELECT 1 FROM misses WHERE (shipment = ? OR session = ?) AND at > ?',
    id,
    session,
    since,
  ).length;
  if (misses >= POLICY.guessesAnHour) refuse('too_many_attempts');
  const known = db.one(z.unknown(), 'SELECT 1 FROM shipments WHERE id = ? AND ? IN (zip, pro)', id, zipOrPro);
  if (known === undefined) {
    db.run('INSERT INTO misses (session, shipment, at) VALUES (?, ?, ?)', session, id, now);
    refuse('not_found');
  }
  return describe(shipmentOf(db, id), desk.today);
}

/** What may be told of a shipment: no names of people, no addresses, no amounts. */
export function describe(shipment: Shipment, today: Day) {
  const { way, status, due_on, reason, seen_on, seen_at, delivered_on, booking, claim } = shipment;
  const moving = status === 'in_transit' || status === 'held';
  const expected = shipment.expected_on ?? due_on;
  const late = moving && Math.max(expected, today) > due_on;
  return {
    shipmentId: shipment.id,
    way,
    status,
    goods: `${shipment.cartons} cartons of ${shipment.product}`,
    cartons: shipment.cartons,
    pallets: shipment.pallets.length,
    carrier: shipment.carrier_name,
    dueOn: dateOf(due_on),
    late,
    // A day that has passed is no news.
    ...(moving && expected >= today ? { expectedOn: dateOf(expected) } : {}),
    ...(reason === null ? {} : { because: BECAUSE[reason] }),
    ...(seen_on === null || seen_at === null ? {} : { seenOn: dateOf(seen_on), seenAt: seen_at }),
    quiet: status === 'in_transit' && seen_on !== null && today - seen_on >= POLICY.quietDays,
    ...(delivered_on === null ? {} : { deliveredOn: dateOf(delivered_on) }),
    ...(booking === undefined
      ? {}
      : { booked: { day: dateOf(booking.day), time: timeOf(booking.hour), dock: booking.dock } }),
    canBook: way === 'inbound' && status === 'in_transit' && (booking === undefined || booking.day > today),
    canClaim:
      way === 'outbound' && delivered_on !== null && claim === undefined && today <= delivered_on + POLICY.claimDays,
    ...(delivered_on === null ? {} : { claimBy: dateOf(delivered_on + POLICY.claimDays) }),
    ...(claim === undefined ? {} : { claimId: claimNumber(claim) }),
  };
}

const BECAUSE: { readonly [reason in Reason]: string } = {
  weather: 'of bad weather',
  breakdown: 'of a breakdown',
  traffic: 'of traffic',
  customs: 'of customs',
  receiver_closed: 'nobody was there to take them',
  delivery_refused: 'the delivery was refused',
  missing_papers: 'papers are missing',
};

/** How many shipments a caller can listen to. */
const LISTED = 5;
/** Days after which a delivered one is not spoken of any more. */
const LATELY = 10;

/**
 * A contact's shipments: what is under way, and what was delivered lately; only those with a product that is called so
 * where one is given. Refuses `not_found`.
 */
export function listShipments({ db, today }: Desk, personId: string, product?: string) {
  const { company } = contactOf(db, personId);
  const rows = db.all(
    z.object({ id: z.string() }),
    `SELECT shipments.id FROM shipments JOIN products ON products.id = product
     WHERE ? IN (partner, carrier) AND (delivered_on IS NULL OR delivered_on >= ?) AND shipments.id < 'S9'
       AND instr(products.name, lower(?)) > 0
     ORDER BY delivered_on IS NOT NULL, due_on, shipments.id LIMIT ?`,
    company,
    today - LATELY,
    product ?? '',
    LISTED,
  );
  const shipments = rows.map(({ id }) => {
    const { pro, product: goods, cartons, status, partner, partner_name, way } = shipmentOf(db, id);
    const whose = partner === company ? '' : ` ${way === 'outbound' ? 'to' : 'from'} ${partner_name}`;
    return { shipmentId: id, pro, summary: `${cartons} cartons of ${goods}${whose}, ${SAID[status]}` };
  });
  return { count: shipments.length, shipments };
}

const SAID: { readonly [status in Shipment['status']]: string } = {
  waiting: 'not shipped yet',
  in_transit: 'on its way',
  held: 'held by the carrier',
  delivered: 'delivered',
  lost: 'lost',
};
