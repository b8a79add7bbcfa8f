import { dateOf } from '@parley-workflows/backend/calendar';
import type { Desk } from '@parley-workflows/backend/desk';
import { provedShipmentFor, shipmentFor } from './contacts.ts';
import { capture } from './epcis.ts';
import { POLICY } from './policy.ts';
import { refuse } from './refusal.ts';
import type { Shipment } from './shipment.ts';

export const CLAIM_VERDICTS = [
  'ok',
  'not_delivered',
  'too_late',
  'claimed',
  'too_many_cartons',
  'needs_person',
] as const;
type Verdict = (typeof CLAIM_VERDICTS)[number];

/** A claim's number as it is told. */
export const claimNumber = (id: number): string => `D${100_000 + id}`;

function judge(shipment: Shipment, cartons: number, today: number): { verdict: Verdict; amount: number } {
  const amount = shipment.carton_value * cartons;
  const verdict = (): Verdict => {
    if (shipment.delivered_on === null) return 'not_delivered';
    if (shipment.claim !== undefined) return 'claimed';
    if (today > shipment.delivered_on + POLICY.claimDays) return 'too_late';
    if (cartons > shipment.cartons) return 'too_many_cartons';
    return amount > POLICY.claimLimit ? 'needs_person' : 'ok';
  };
  return { verdict: verdict(), amount };
}

/** What a claim for so many cartons would come to, and whether it can be opened here. Refuses `not_yours`. */
export function quoteClaim(desk: Desk, personId: string, shipmentId: string, cartons: number) {
  const shipment = shipmentFor(desk, personId, shipmentId, ['partner']);
  const { verdict, amount } = judge(shipment, cartons, desk.today);
  return {
    eligible: verdict === 'ok',
    reason: verdict,
    amount: amount / 100,
    goods: `${cartons} ${cartons === 1 ? 'carton' : 'cartons'} of ${shipment.product}`,
  };
}

/** Opens a claim and sends the contact an e-mail to answer with photos; that the cartons are damaged is captured. Refuses `not_verified`, `not_yours`, `not_eligible`, `already_open`. */
export function openClaim(desk: Desk, personId: string, shipmentId: string, cartons: number, damage: string) {
  const { db, today, now } = desk;
  const shipment = provedShipmentFor(desk, personId, shipmentId, ['partner']);
  const { verdict, amount } = judge(shipment, cartons, today);
  if (verdict === 'claimed') refuse('already_open');
  if (verdict !== 'ok') refuse('not_eligible');
  const id = db.run(
    'INSERT INTO claims (shipment, cartons, damage, amount, contact, opened_on) VALUES (?, ?, ?, ?, ?, ?)',
    shipmentId,
    cartons,
    damage,
    amount,
    personId,
    today,
  );
  db.run(
    'INSERT INTO messages (contact, about, shipment, sent_at) VALUES (?, ?, ?, ?)',
    personId,
    'claim',
    shipmentId,
    now,
  );
  capture(db, now, {
    shipment,
    bizStep: 'inspecting',
    disposition: 'damaged',
    persistentDisposition: { set: ['damaged'] },
    of: { cartons },
    readPoint: shipment.partner_gln,
    bizLocation: shipment.partner_gln,
  });
  return { claimId: claimNumber(id), amount: amount / 100, keepUntil: dateOf(today + 30) };
}
