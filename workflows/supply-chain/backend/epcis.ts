import { randomUUID } from 'node:crypto';
import type { Database } from '@parley-workflows/backend/database';
import { z } from 'zod';
import { documentUri, lotUri, palletUri, partyUri, placeUri } from './gs1.ts';
import type { Shipment } from './shipment.ts';

/** What was seen of goods, and when. Terms are those of the Core Business Vocabulary 2.0, bare as in the JSON binding. */
export interface Observation {
  readonly shipment: Shipment;
  readonly bizStep: 'receiving' | 'inspecting' | 'transporting' | 'holding';
  readonly disposition: 'in_progress' | 'in_transit' | 'damaged';
  readonly persistentDisposition?: { readonly set: readonly ('completeness_verified' | 'damaged')[] };
  /** The pallets as they are, or so many cartons of the lot. */
  readonly of: 'pallets' | { readonly cartons: number };
  /** Where it was seen: the GLN of the place. */
  readonly readPoint?: string;
  /** Where it is from then on. */
  readonly bizLocation?: string;
  /** Who had it before, and who has it now: GLNs of companies. */
  readonly handedOver?: { readonly from: string; readonly to: string };
}

const Event = z.record(z.string(), z.json());

/** Captures an EPCIS 2.0 ObjectEvent for something that was seen of goods at `now`, in the write that learnt of it. */
export function capture(db: Database, now: number, observation: Observation): void {
  const { shipment, bizStep, disposition, persistentDisposition, of, readPoint, bizLocation, handedOver } = observation;
  const at = new Date(now).toISOString();
  const id = `urn:uuid:${randomUUID()}`;
  const event = {
    type: 'ObjectEvent',
    eventID: id,
    eventTime: at,
    recordTime: at,
    eventTimeZoneOffset: '+00:00',
    action: 'OBSERVE',
    ...(of === 'pallets'
      ? { epcList: shipment.pallets.map(palletUri) }
      : { quantityList: [{ epcClass: lotUri(shipment.gtin, shipment.lot), quantity: of.cartons }] }),
    bizStep,
    disposition,
    ...(persistentDisposition === undefined ? {} : { persistentDisposition }),
    ...(readPoint === undefined ? {} : { readPoint: { id: placeUri(readPoint) } }),
    ...(bizLocation === undefined ? {} : { bizLocation: { id: placeUri(bizLocation) } }),
    bizTransactionList: [{ type: 'bol', bizTransaction: documentUri(shipment.carrier_gln, shipment.pro) }],
    ...(handedOver === undefined
      ? {}
      : {
          sourceList: [{ type: 'possessing_party', source: partyUri(handedOver.from) }],
          destinationList: [{ type: 'possessing_party', destination: partyUri(handedOver.to) }],
        }),
  };
  db.run('INSERT INTO events VALUES (?, ?, ?, ?)', id, shipment.id, now, JSON.stringify(event));
}

/** All that was captured, of one shipment or of all, as an EPCIS 2.0 document in JSON-LD. `now`: when it is asked for. */
export function epcisDocument(db: Database, now: number, shipmentId?: string) {
  const rows = db.all(
    z.object({ event: z.string() }),
    'SELECT event FROM events WHERE ? IS NULL OR shipment = ? ORDER BY recorded_at, id',
    shipmentId ?? null,
    shipmentId ?? null,
  );
  return {
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
    type: 'EPCISDocument' as const,
    schemaVersion: '2.0' as const,
    creationDate: new Date(now).toISOString(),
    epcisBody: { eventList: rows.map(({ event }) => Event.parse(JSON.parse(event))) },
  };
}
