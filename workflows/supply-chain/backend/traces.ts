import { dateOf, dayOf } from '@parley-workflows/backend/calendar';
import type { Desk } from '@parley-workflows/backend/desk';
import { z } from 'zod';
import { tellPartner } from './contacts.ts';
import { capture } from './epcis.ts';
import { POLICY } from './policy.ts';
import { refuse } from './refusal.ts';
import { shipmentOf } from './shipment.ts';

export const FOUND = ['moving', 'delivered', 'damaged', 'lost'] as const;

/** What a carrier says when it calls back. */
export interface Answer {
  readonly found: (typeof FOUND)[number];
  /** The town it is in. */
  readonly place?: string | undefined;
  /** The day it will arrive, or was delivered: ISO 8601. */
  readonly day?: string | undefined;
}

const traceNumber = (id: number): string => `T${100_000 + id}`;

const Trace = z.object({ id: z.int(), found: z.string().nullable() });

/** Asks the carrier to call back about a shipment. Refuses `not_found`, `not_on_its_way`; one that is open is given again. */
export function openTrace({ db, now, session }: Desk, shipmentId: string) {
  const shipment = shipmentOf(db, shipmentId);
  if (shipment.status !== 'in_transit' && shipment.status !== 'held') refuse('not_on_its_way');
  const open = db.one(Trace, 'SELECT id, found FROM traces WHERE shipment = ? AND found IS NULL', shipmentId);
  const id =
    open?.id ?? db.run('INSERT INTO traces (shipment, session, opened_at) VALUES (?, ?, ?)', shipmentId, session, now);
  return { traceId: traceNumber(id), carrier: shipment.carrier_name, hours: POLICY.callBackHours };
}

/**
 * Writes down what the carrier said, captures what was seen of the goods, and sends word to the contacts of the
 * company they are for. Refuses `not_found` where no trace of the shipment is open.
 */
export function answerTrace(desk: Desk, shipmentId: string, { found, place, day }: Answer) {
  const { db, now, today } = desk;
  const shipment = shipmentOf(db, shipmentId);
  const open = db.one(Trace, 'SELECT id, found FROM traces WHERE shipment = ? AND found IS NULL', shipmentId);
  if (open === undefined) refuse('not_found');
  db.run('UPDATE traces SET found = ? WHERE id = ?', found, open.id);
  const said = day === undefined ? undefined : dayOf(day);
  // Lost goods were seen by nobody: the state changes, and no event says more than is known.
  switch (found) {
    case 'moving':
      db.run(
        'UPDATE shipments SET expected_on = coalesce(?, expected_on), seen_on = ?, seen_at = coalesce(?, seen_at) WHERE id = ?',
        said ?? null,
        today,
        place ?? null,
        shipmentId,
      );
      capture(db, now, { shipment, bizStep: 'transporting', disposition: 'in_transit', of: 'pallets' });
      break;
    case 'delivered':
      db.run(
        "UPDATE shipments SET status = 'delivered', delivered_on = ? WHERE id = ?",
        Math.min(said ?? today, today),
        shipmentId,
      );
      capture(db, now, {
        shipment,
        bizStep: 'receiving',
        disposition: 'in_progress',
        of: 'pallets',
        readPoint: shipment.partner_gln,
        bizLocation: shipment.partner_gln,
        handedOver: { from: shipment.carrier_gln, to: shipment.partner_gln },
      });
      break;
    case 'damaged':
      db.run("UPDATE shipments SET status = 'held', seen_on = ? WHERE id = ?", today, shipmentId);
      capture(db, now, {
        shipment,
        bizStep: 'inspecting',
        disposition: 'damaged',
        persistentDisposition: { set: ['damaged'] },
        of: 'pallets',
      });
      break;
    case 'lost':
      db.run("UPDATE shipments SET status = 'lost' WHERE id = ?", shipmentId);
      break;
  }
  tellPartner(desk, shipment, 'trace');
  const { expected_on, delivered_on } = shipmentOf(db, shipmentId);
  return {
    found,
    ...(place === undefined ? {} : { place }),
    ...(found === 'moving' && expected_on !== null ? { expectedOn: dateOf(expected_on) } : {}),
    ...(delivered_on === null ? {} : { deliveredOn: dateOf(delivered_on) }),
  };
}
