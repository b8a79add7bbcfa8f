import type { Database } from '@parley-workflows/backend/database';
import type { Desk } from '@parley-workflows/backend/desk';
import { mustBeVerified, PersonRow } from '@parley-workflows/backend/identity';
import { z } from 'zod';
import { refuse } from './refusal.ts';
import { type Shipment, shipmentOf } from './shipment.ts';

const Contact = PersonRow.extend({ company: z.string(), email: z.string() });
export type Contact = z.output<typeof Contact>;

/** Everybody who may speak for a company. */
export const contacts = (db: Database): readonly Contact[] => db.all(Contact, 'SELECT * FROM contacts ORDER BY id');

export const contactOf = (db: Database, id: string): Contact =>
  db.one(Contact, 'SELECT * FROM contacts WHERE id = ?', id) ?? refuse('not_found');

/** Whose word counts: the carrier's, or that of the customer or supplier. */
export type Side = 'carrier' | 'partner';

/**
 * The shipment, where this session has proved to be with this contact, who may speak for one of these sides. Refuses
 * `not_verified` and `not_yours`. Every write for a contact begins with it.
 */
export function provedShipmentFor(desk: Desk, personId: string, shipmentId: string, sides: readonly Side[]): Shipment {
  mustBeVerified(desk, personId);
  return shipmentFor(desk, personId, shipmentId, sides);
}

/**
 * The shipment, where this contact may speak for one of these sides of it. Refuses `not_yours` where it isn't theirs,
 * and just the same where there is no such shipment: a number that was guessed tells nothing.
 */
export function shipmentFor({ db }: Desk, personId: string, shipmentId: string, sides: readonly Side[]): Shipment {
  const { company } = contactOf(db, personId);
  const known = db.one(z.unknown(), 'SELECT 1 FROM shipments WHERE id = ?', shipmentId);
  const shipment = known === undefined ? undefined : shipmentOf(db, shipmentId);
  if (shipment === undefined || !sides.some((side) => shipment[side] === company)) refuse('not_yours');
  return shipment;
}

/** Which sides of a shipment a contact may speak for. */
export function sidesOf({ db }: Desk, personId: string, shipmentId: string): { carrier: boolean; partner: boolean } {
  const { company } = contactOf(db, personId);
  const { carrier, partner } = shipmentOf(db, shipmentId);
  return { carrier: carrier === company, partner: partner === company };
}

/** Sends word about a shipment to everybody who may speak for the customer or supplier. */
export function tellPartner({ db, now }: Desk, shipment: Shipment, about: 'trace' | 'delay'): void {
  for (const { id, company } of contacts(db))
    if (company === shipment.partner)
      db.run(
        'INSERT INTO messages (contact, about, shipment, sent_at) VALUES (?, ?, ?, ?)',
        id,
        about,
        shipment.id,
        now,
      );
}
