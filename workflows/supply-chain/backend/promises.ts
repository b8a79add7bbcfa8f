import { dateOf } from '@parley-workflows/backend/calendar';
import type { Desk } from '@parley-workflows/backend/desk';
import { z } from 'zod';
import { shipmentFor } from './contacts.ts';
import { refuse } from './refusal.ts';

const PromiseRow = z.object({ supplier: z.string(), po: z.string(), first_day: z.int(), day: z.int().nullable() });

/** When the supplier of what a shipment waits for says it comes. Refuses `not_yours`, `no_promise`. */
export function promiseOf(desk: Desk, personId: string, shipmentId: string) {
  const { db } = desk;
  const shipment = shipmentFor(desk, personId, shipmentId, ['partner']);
  const promise = db.one(
    PromiseRow,
    `SELECT companies.name AS supplier, po, first_day, day FROM promises
       JOIN companies ON companies.id = supplier WHERE shipment = ?`,
    shipmentId,
  );
  if (promise === undefined || shipment.status !== 'waiting') refuse('no_promise');
  const { supplier, po, first_day, day } = promise;
  return {
    supplier,
    po,
    goods: shipment.product,
    firstDay: dateOf(first_day),
    ...(day === null ? {} : { day: dateOf(day) }),
    slipped: day === null || day > first_day,
    arrivesBy: dateOf(shipment.due_on),
  };
}
