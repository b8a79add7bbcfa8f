import type { Database } from '@parley-workflows/backend/database';
import { gln, gtin, sscc } from './gs1.ts';
import type { Reason } from './policy.ts';

const COMPANIES = [
  ['ACME', 'Acme', 'own', 1],
  ['LAKESIDE', 'Lakeside Clinics', 'customer', 101],
  ['BLUEBIRD', 'Bluebird Cafes', 'customer', 102],
  ['HARTLEY', 'Hartley Hardware', 'customer', 103],
  ['REDLINE', 'Redline Freight', 'carrier', 201],
  ['PLAINS', 'Great Plains Trucking', 'carrier', 202],
  ['ORCHARD', 'Orchard Paper', 'supplier', 301],
  ['COBALT', 'Cobalt Plastics', 'supplier', 302],
] as const;
type Company = (typeof COMPANIES)[number][0];

const CONTACTS = [
  ['P1001', 'LAKESIDE', 'Rosa Delgado', 'rosa.delgado@example.com', '+16125550131', '55401'],
  ['P1002', 'BLUEBIRD', 'Owen Price', 'owen.price@example.com', '+15035550176', '97209'],
  ['P1003', 'HARTLEY', 'Nina Hartley', 'nina.hartley@example.com', '+15125550158', '78702'],
  ['P1004', 'REDLINE', 'Marcus Webb', 'marcus.webb@example.com', '+18165550119', '64105'],
  ['P1005', 'PLAINS', 'Ivana Petrov', 'ivana.petrov@example.com', '+14025550187', '68102'],
  // Two of one name in one office.
  ['P1006', 'REDLINE', 'Chris Morgan', 'chris.morgan@example.com', '+18165550120', '64105'],
  ['P1007', 'REDLINE', 'Chris Morgan', 'c.morgan@example.com', '+18165550121', '64105'],
] as const;

const PRODUCTS = {
  GLOVES: ['exam gloves', 11, 84_00],
  CUPS: ['paper cups', 12, 38_50],
  BEANS: ['coffee beans', 13, 142_00],
  DRILLS: ['cordless drills', 14, 690_00],
  BINS: ['storage bins', 15, 56_00],
  PAPER: ['kraft paper', 16, 47_00],
  LIDS: ['cup lids', 17, 29_00],
} as const;

/** Days count from today: -3 is three days ago. */
interface SeedShipment {
  readonly id: string;
  readonly way: 'outbound' | 'inbound';
  readonly status: 'waiting' | 'in_transit' | 'held' | 'delivered' | 'lost';
  /** The customer of what goes out, the supplier of what comes in. */
  readonly partner: Company;
  readonly carrier: Company;
  readonly product: keyof typeof PRODUCTS;
  readonly cartons: number;
  readonly pallets: number;
  readonly shipped?: number;
  readonly due: number;
  readonly expected?: number;
  readonly reason?: Reason;
  readonly seen?: readonly [day: number, place: string];
  readonly delivered?: number;
  readonly booked?: readonly [day: number, hour: number, dock: number];
  readonly promise?: readonly [supplier: Company, po: string, first: number, now: number | null];
  readonly claimed?: number;
}

// biome-ignore format: one shipment, one line or two, reads best.
const SHIPMENTS: readonly SeedShipment[] = [
  // Lakeside: in time; delivered three days ago; delivered yesterday and worth more than may be claimed without a person.
  { id: 'S2000001', way: 'outbound', status: 'in_transit', partner: 'LAKESIDE', carrier: 'REDLINE', product: 'GLOVES', cartons: 48, pallets: 2, shipped: -2, due: 1, seen: [0, 'Des Moines'] },
  { id: 'S2000002', way: 'outbound', status: 'delivered', partner: 'LAKESIDE', carrier: 'REDLINE', product: 'GLOVES', cartons: 24, pallets: 1, shipped: -6, due: -3, delivered: -3, seen: [-3, 'Minneapolis'] },
  { id: 'S2000003', way: 'outbound', status: 'delivered', partner: 'LAKESIDE', carrier: 'PLAINS', product: 'BINS', cartons: 90, pallets: 3, shipped: -5, due: -1, delivered: -1, seen: [-1, 'Minneapolis'] },
  // Bluebird: late and explained; late and not a word for three days; delivered three weeks ago.
  { id: 'S2000004', way: 'outbound', status: 'in_transit', partner: 'BLUEBIRD', carrier: 'PLAINS', product: 'BEANS', cartons: 20, pallets: 1, shipped: -6, due: -1, expected: 2, reason: 'weather', seen: [0, 'Cheyenne'] },
  { id: 'S2000005', way: 'outbound', status: 'in_transit', partner: 'BLUEBIRD', carrier: 'REDLINE', product: 'CUPS', cartons: 60, pallets: 2, shipped: -7, due: -2, seen: [-3, 'Omaha'] },
  { id: 'S2000006', way: 'outbound', status: 'delivered', partner: 'BLUEBIRD', carrier: 'REDLINE', product: 'LIDS', cartons: 30, pallets: 1, shipped: -25, due: -21, delivered: -21, seen: [-21, 'Portland'] },
  // Hartley: held; waits for a supplier (in time, later than first said, without a day); claimed already; lost.
  { id: 'S2000007', way: 'outbound', status: 'held', partner: 'HARTLEY', carrier: 'PLAINS', product: 'DRILLS', cartons: 12, pallets: 1, shipped: -4, due: -1, reason: 'receiver_closed', seen: [-1, 'Austin'] },
  { id: 'S2000008', way: 'outbound', status: 'waiting', partner: 'HARTLEY', carrier: 'REDLINE', product: 'PAPER', cartons: 40, pallets: 2, due: 9, promise: ['ORCHARD', 'PO-4471', 3, 6] },
  { id: 'S2000009', way: 'outbound', status: 'waiting', partner: 'HARTLEY', carrier: 'REDLINE', product: 'BINS', cartons: 36, pallets: 2, due: 12, promise: ['COBALT', 'PO-4480', -2, null] },
  { id: 'S2000010', way: 'outbound', status: 'delivered', partner: 'HARTLEY', carrier: 'REDLINE', product: 'BINS', cartons: 20, pallets: 1, shipped: -8, due: -4, delivered: -4, seen: [-4, 'Austin'], claimed: 2 },
  { id: 'S2000011', way: 'outbound', status: 'lost', partner: 'HARTLEY', carrier: 'PLAINS', product: 'DRILLS', cartons: 6, pallets: 1, shipped: -20, due: -14, seen: [-16, 'Tulsa'] },
  // At the door today, for the carriers to report.
  { id: 'S2000012', way: 'outbound', status: 'in_transit', partner: 'HARTLEY', carrier: 'REDLINE', product: 'PAPER', cartons: 30, pallets: 2, shipped: -3, due: 0, seen: [0, 'Austin'] },
  { id: 'S2000013', way: 'outbound', status: 'in_transit', partner: 'LAKESIDE', carrier: 'PLAINS', product: 'GLOVES', cartons: 60, pallets: 3, shipped: -2, due: 0, seen: [0, 'Saint Paul'] },
  // What comes to our docks: booked for the day after tomorrow; for today, too late to move; not booked yet; already here.
  { id: 'S3000001', way: 'inbound', status: 'in_transit', partner: 'ORCHARD', carrier: 'REDLINE', product: 'PAPER', cartons: 200, pallets: 8, shipped: -1, due: 2, seen: [0, 'Joplin'], booked: [2, 9, 1] },
  { id: 'S3000002', way: 'inbound', status: 'in_transit', partner: 'COBALT', carrier: 'REDLINE', product: 'BINS', cartons: 150, pallets: 6, shipped: -2, due: 0, seen: [0, 'Topeka'], booked: [0, 15, 2] },
  { id: 'S3000003', way: 'inbound', status: 'in_transit', partner: 'COBALT', carrier: 'PLAINS', product: 'LIDS', cartons: 120, pallets: 4, shipped: -1, due: 3, seen: [0, 'Denver'] },
  { id: 'S3000004', way: 'inbound', status: 'delivered', partner: 'ORCHARD', carrier: 'PLAINS', product: 'CUPS', cartons: 80, pallets: 4, shipped: -4, due: -1, delivered: -1, seen: [-1, 'Kansas City'], booked: [-1, 11, 1] },
  // Whose tools are slow, or lose their reply: see freight.ts.
  { id: 'S9999993', way: 'outbound', status: 'in_transit', partner: 'LAKESIDE', carrier: 'REDLINE', product: 'GLOVES', cartons: 10, pallets: 1, shipped: -1, due: 2, seen: [0, 'Omaha'] },
  { id: 'S9999994', way: 'outbound', status: 'delivered', partner: 'LAKESIDE', carrier: 'REDLINE', product: 'GLOVES', cartons: 10, pallets: 1, shipped: -4, due: -1, delivered: -1, seen: [-1, 'Minneapolis'] },
];

/** Bays that are taken by others: the third day is full, the fourth nearly. */
const OTHERS = [
  [1, 7, 1],
  [1, 7, 2],
  [1, 11, 1],
  [2, 9, 2],
  ...[7, 9, 11, 13, 15].flatMap((hour) => [[3, hour, 1] as const, [3, hour, 2] as const]),
  ...[9, 11, 13].flatMap((hour) => [[4, hour, 1] as const, [4, hour, 2] as const]),
] as const;

/** Where our docks are; whatever comes in goes there. */
const OUR_ZIP = '64120';

/** Fills an empty back end so that everything stands as it should on a day: "delivered three days ago" is true then. */
export function seed(db: Database, today: number): void {
  for (const [id, name, kind, number] of COMPANIES)
    db.run('INSERT INTO companies VALUES (?, ?, ?, ?)', id, name, kind, gln(number));
  for (const contact of CONTACTS) db.run('INSERT INTO contacts VALUES (?, ?, ?, ?, ?, ?)', ...contact);
  for (const [id, [name, number, value]] of Object.entries(PRODUCTS))
    db.run('INSERT INTO products VALUES (?, ?, ?, ?)', id, name, gtin(number), value);
  for (const [index, shipment] of SHIPMENTS.entries()) seedShipment(db, shipment, index, today);
  for (const [day, hour, dock] of OTHERS)
    db.run('INSERT INTO bookings (day, hour, dock) VALUES (?, ?, ?)', today + day, hour, dock);
}

/** Every column that holds a day: they move with the day on which the file is opened. */
export const DAYS = {
  shipments: ['shipped_on', 'due_on', 'expected_on', 'seen_on', 'delivered_on'],
  bookings: ['day'],
  promises: ['first_day', 'day'],
  claims: ['opened_on'],
} as const;

function seedShipment(db: Database, shipment: SeedShipment, index: number, today: number): void {
  const { id, way, status, partner, carrier, product, cartons, pallets, reason, seen, booked, promise } = shipment;
  const on = (day: number | undefined) => (day === undefined ? null : today + day);
  const zip = way === 'inbound' ? OUR_ZIP : CONTACTS.find(([, company]) => company === partner)?.[5];
  db.run(
    'INSERT INTO shipments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    id,
    way,
    status,
    partner,
    carrier,
    // The carrier's own number has nine digits.
    `41${id.slice(1)}`,
    zip ?? OUR_ZIP,
    product,
    `L${100 + index}`,
    cartons,
    on(shipment.shipped),
    today + shipment.due,
    on(shipment.expected),
    reason ?? null,
    on(seen?.[0]),
    seen?.[1] ?? null,
    on(shipment.delivered),
  );
  for (let pallet = 0; pallet < pallets; pallet += 1)
    db.run('INSERT INTO pallets VALUES (?, ?)', sscc(1_000 + index * 20 + pallet), id);
  if (booked)
    db.run(
      'INSERT INTO bookings (day, hour, dock, shipment) VALUES (?, ?, ?, ?)',
      today + booked[0],
      booked[1],
      booked[2],
      id,
    );
  if (promise) {
    const [supplier, po, first, now] = promise;
    db.run(
      'INSERT INTO promises VALUES (?, ?, ?, ?, ?)',
      id,
      supplier,
      po,
      today + first,
      now === null ? null : today + now,
    );
  }
  if (shipment.claimed !== undefined)
    db.run(
      'INSERT INTO claims (shipment, cartons, damage, amount, contact, opened_on) VALUES (?, ?, ?, ?, ?, ?)',
      id,
      shipment.claimed,
      'crushed at one corner',
      shipment.claimed * PRODUCTS[product][2],
      'P1003',
      today - 3,
    );
}
