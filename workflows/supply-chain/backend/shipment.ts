import type { Database } from '@parley-workflows/backend/database';
import { z } from 'zod';
import { REASONS } from './policy.ts';
import { refuse } from './refusal.ts';

export const STATUSES = ['waiting', 'in_transit', 'held', 'delivered', 'lost'] as const;
export const WAYS = ['outbound', 'inbound'] as const;

const Row = z.object({
  id: z.string(),
  way: z.enum(WAYS),
  status: z.enum(STATUSES),
  /** The customer of what goes out, the supplier of what comes in. */
  partner: z.string(),
  partner_name: z.string(),
  partner_gln: z.string(),
  carrier: z.string(),
  carrier_name: z.string(),
  carrier_gln: z.string(),
  pro: z.string(),
  zip: z.string(),
  product: z.string(),
  gtin: z.string(),
  carton_value: z.int(),
  lot: z.string(),
  cartons: z.int(),
  shipped_on: z.int().nullable(),
  due_on: z.int(),
  expected_on: z.int().nullable(),
  reason: z.enum(REASONS).nullable(),
  seen_on: z.int().nullable(),
  seen_at: z.string().nullable(),
  delivered_on: z.int().nullable(),
});

const Booking = z.object({ day: z.int(), hour: z.int(), dock: z.int() });

/** A shipment with all that belongs to it: amounts in cents, days since 1970-01-01. */
export interface Shipment extends z.output<typeof Row> {
  /** The SSCC of each pallet. */
  readonly pallets: readonly string[];
  readonly booking: z.output<typeof Booking> | undefined;
  readonly claim: number | undefined;
}

/** A shipment by its number; refuses `not_found`. */
export function shipmentOf(db: Database, id: string): Shipment {
  const row = db.one(
    Row,
    `SELECT shipments.id, way, status, partner, partners.name AS partner_name, partners.gln AS partner_gln,
       carrier, carriers.name AS carrier_name, carriers.gln AS carrier_gln, pro, zip,
       products.name AS product, gtin, carton_value, lot, cartons,
       shipped_on, due_on, expected_on, reason, seen_on, seen_at, delivered_on
     FROM shipments
       JOIN companies AS partners ON partners.id = partner
       JOIN companies AS carriers ON carriers.id = carrier
       JOIN products ON products.id = product
     WHERE shipments.id = ?`,
    id,
  );
  if (row === undefined) refuse('not_found');
  const pallets = db.all(
    z.object({ sscc: z.string() }),
    'SELECT sscc FROM pallets WHERE shipment = ? ORDER BY sscc',
    id,
  );
  const booking = db.one(Booking, 'SELECT day, hour, dock FROM bookings WHERE shipment = ?', id);
  const claim = db.one(z.object({ id: z.int() }), 'SELECT id FROM claims WHERE shipment = ?', id)?.id;
  return { ...row, pallets: pallets.map(({ sscc }) => sscc), booking, claim };
}
