import type { Day } from '@parley-workflows/backend/calendar';
import type { Database } from '@parley-workflows/backend/database';

/** A thing the shop sells: price in cents, `sizes` with what is in stock of each. */
interface Product {
  readonly name: string;
  readonly price: number;
  readonly stock?: number;
  readonly sizes?: { readonly [size: string]: number };
  readonly warrantyDays?: number;
  readonly finalSale?: boolean;
}

const PRODUCTS = {
  JACKET: { name: 'rain jacket', price: 129_00, sizes: { S: 3, M: 4, L: 0, XL: 2 } },
  BOOTS: { name: 'hiking boots', price: 159_00, sizes: { 8: 2, 9: 1, 10: 5, 11: 0 } },
  SOCKS: { name: 'wool socks', price: 18_00, stock: 40 },
  BACKPACK: { name: 'canvas backpack', price: 89_50, stock: 6 },
  SCARF: { name: 'clearance scarf', price: 20_00, stock: 0, finalSale: true },
  HEADPHONES: { name: 'headphones', price: 249_00, stock: 3, warrantyDays: 365 },
  KETTLE: { name: 'electric kettle', price: 59_00, stock: 9, warrantyDays: 730 },
  LAMP: { name: 'desk lamp', price: 45_00, stock: 0, warrantyDays: 365 },
  WATCH: { name: 'field watch', price: 279_00, stock: 2, warrantyDays: 730 },
  TENT: { name: 'two-person tent', price: 349_00, stock: 1 },
} as const satisfies { [sku: string]: Product };

const CUSTOMERS = [
  ['C1001', 'Maya Chen', 'maya.chen@example.com', '+15035550142', '97201', 'your gift card ending in 7 7 3 1'],
  ['C1002', 'Luis Ortega', 'luis.ortega@example.com', '+15125550187', '78704', null],
  ['C1003', 'Aisha Rahman', 'aisha.rahman@example.com', '+13125550119', '60614', null],
  ['C1004', 'Tom Becker', 'tom.becker@example.com', '+12065550163', '98103', null],
  ['C1005', 'Grace Okafor', 'grace.okafor@example.com', '+14045550175', '30309', 'your gift card ending in 2 0 4 6'],
  // Father and son: one name, one house, one telephone.
  ['C1006', 'Peter Novak', 'peter.novak@example.com', '+16175550128', '02139', null],
  ['C1007', 'Peter Novak', 'pete.novak.jr@example.com', '+16175550128', '02139', null],
  ['C1008', 'Dana Reyes', 'dana.reyes@example.com', '+17205550190', '80202', null],
] as const;

const PAID = {
  visa: ['card', 'your Visa card ending in 4 2 4 2'],
  mastercard: ['card', 'your Mastercard ending in 5 1 0 0'],
  paypal: ['paypal', 'your PayPal account'],
  gift: ['gift_card', 'your gift card ending in 2 0 4 6'],
} as const;

/** Where it goes when it doesn't go to the customer: a gift. */
const ELSEWHERE = ['Rosa Novak', '8 Orchard Lane', 'Vermont', '05401'] as const;

const HOMES: { readonly [customer: string]: readonly [street: string, state: string, zip: string] } = {
  C1001: ['12 Elm Street', 'Oregon', '97201'],
  C1002: ['400 Barton Road', 'Texas', '78704'],
  C1003: ['2210 Clark Street', 'Illinois', '60614'],
  C1004: ['77 Fremont Avenue', 'Washington', '98103'],
  C1005: ['19 Peachtree Walk', 'Georgia', '30309'],
  C1006: ['3 Inman Street', 'Massachusetts', '02139'],
  C1007: ['3 Inman Street', 'Massachusetts', '02139'],
  C1008: ['1500 Wynkoop Street', 'Colorado', '80202'],
};

type Line = readonly [sku: keyof typeof PRODUCTS, size?: string];

/** Days count from today: -12 is twelve days ago. */
interface SeedOrder {
  readonly id: string;
  readonly customer: (typeof CUSTOMERS)[number][0];
  readonly status: 'processing' | 'packed' | 'shipped' | 'delivered' | 'lost' | 'cancelled';
  readonly placed: number;
  readonly promised: number;
  readonly shipping?: number;
  readonly paid: keyof typeof PAID;
  readonly items: readonly Line[];
  readonly shipped?: number;
  readonly delivered?: number;
  readonly leftAt?: string;
  readonly gift?: boolean;
  /** Lines that have gone back already. */
  readonly returned?: readonly number[];
  /** Lines whose warranty has been claimed. */
  readonly claimed?: readonly number[];
  readonly refunds?: readonly {
    readonly reason: 'cancelled' | 'return' | 'lost';
    readonly amount: number;
    readonly made: number;
    readonly sent: boolean;
  }[];
}

// biome-ignore format: one order, one line or two, reads best.
const ORDERS: readonly SeedOrder[] = [
  // Maya: nobody has packed it yet; and one that can go back or be exchanged.
  { id: 'W1000001', customer: 'C1001', status: 'processing', placed: -1, promised: 5, shipping: 5_95, paid: 'visa', items: [['JACKET', 'M'], ['SOCKS']] },
  { id: 'W1000002', customer: 'C1001', status: 'delivered', placed: -18, promised: -12, paid: 'visa', items: [['BOOTS', '9'], ['BACKPACK']], shipped: -16, delivered: -12, leftAt: 'the front door' },
  // Luis: packed; and on its way in good time.
  { id: 'W1000003', customer: 'C1002', status: 'packed', placed: -2, promised: 4, paid: 'paypal', items: [['KETTLE']] },
  { id: 'W1000004', customer: 'C1002', status: 'shipped', placed: -4, promised: 2, shipping: 5_95, paid: 'paypal', items: [['JACKET', 'L']], shipped: -2 },
  // Aisha: late; lost; lost and worth more than may be refunded without a person.
  { id: 'W1000005', customer: 'C1003', status: 'shipped', placed: -11, promised: -4, shipping: 7_95, paid: 'mastercard', items: [['LAMP']], shipped: -9 },
  { id: 'W1000006', customer: 'C1003', status: 'lost', placed: -20, promised: -13, shipping: 5_95, paid: 'mastercard', items: [['BACKPACK'], ['SOCKS']], shipped: -18 },
  { id: 'W1000007', customer: 'C1003', status: 'shipped', placed: -21, promised: -14, paid: 'mastercard', items: [['TENT']], shipped: -19 },
  // Tom: too old to go back, its warranty runs; and a warranty that has run out.
  { id: 'W1000008', customer: 'C1004', status: 'delivered', placed: -50, promised: -45, paid: 'visa', items: [['HEADPHONES']], shipped: -48, delivered: -45 },
  { id: 'W1000009', customer: 'C1004', status: 'delivered', placed: -806, promised: -800, paid: 'visa', items: [['KETTLE']], shipped: -803, delivered: -800 },
  // Grace: a final sale beside an item that can go back; and one half of which went back.
  { id: 'W1000010', customer: 'C1005', status: 'delivered', placed: -9, promised: -5, paid: 'gift', items: [['SCARF'], ['JACKET', 'S']], shipped: -7, delivered: -5 },
  { id: 'W1000011', customer: 'C1005', status: 'delivered', placed: -16, promised: -10, paid: 'gift', items: [['BOOTS', '8'], ['SOCKS']], shipped: -14, delivered: -10,
    returned: [1], refunds: [{ reason: 'return', amount: 152_05, made: -2, sent: true }] },
  // Peter: cancelled, the money on its way; and a gift that went to somebody else.
  { id: 'W1000012', customer: 'C1006', status: 'cancelled', placed: -6, promised: 1, paid: 'mastercard', items: [['BACKPACK']], refunds: [{ reason: 'cancelled', amount: 89_50, made: -3, sent: false }] },
  { id: 'W1000013', customer: 'C1006', status: 'delivered', placed: -8, promised: -3, paid: 'mastercard', items: [['WATCH']], shipped: -6, delivered: -3, gift: true },
  // The other Peter: lost and refunded already; and a warranty claimed already.
  { id: 'W1000014', customer: 'C1007', status: 'lost', placed: -40, promised: -33, shipping: 5_95, paid: 'visa', items: [['SOCKS']], shipped: -38, refunds: [{ reason: 'lost', amount: 23_95, made: -20, sent: true }] },
  { id: 'W1000015', customer: 'C1007', status: 'delivered', placed: -90, promised: -84, paid: 'visa', items: [['LAMP'], ['WATCH']], shipped: -88, delivered: -84, claimed: [1] },
  // Dana: came late, but its shipping was free; and one the carrier says it left, a day ago.
  { id: 'W1000016', customer: 'C1008', status: 'delivered', placed: -14, promised: -8, paid: 'paypal', items: [['SOCKS']], shipped: -10, delivered: -5 },
  { id: 'W1000017', customer: 'C1008', status: 'delivered', placed: -7, promised: -1, paid: 'paypal', items: [['LAMP'], ['KETTLE']], shipped: -4, delivered: -1, leftAt: 'the porch' },
  // Whose tools are slow, or lose their reply: see trouble.ts.
  { id: 'W9999993', customer: 'C1008', status: 'shipped', placed: -3, promised: 3, paid: 'paypal', items: [['SOCKS']], shipped: -1 },
  { id: 'W9999994', customer: 'C1008', status: 'processing', placed: -1, promised: 6, paid: 'paypal', items: [['BACKPACK']] },
];

/** Fills an empty shop so that everything stands as it should on a day: "delivered 12 days ago" is true then. */
export function seed(db: Database, today: Day): void {
  for (const customer of CUSTOMERS) db.run('INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?)', ...customer);
  for (const [sku, product] of Object.entries<Product>(PRODUCTS)) {
    const variants = product.sizes ? Object.entries(product.sizes) : [[undefined, product.stock ?? 0] as const];
    for (const [size, stock] of variants)
      db.run('INSERT INTO products VALUES (?, ?, ?, ?)', skuOf(sku, size), product.name, size ?? null, stock);
  }
  for (const order of ORDERS) seedOrder(db, order, today);
}

/** The columns that hold a day. */
export const DAYS = {
  orders: ['placed_on', 'promised_on'],
  shipments: ['shipped_on', 'delivered_on'],
  returns: ['opened_on', 'send_by'],
  refunds: ['made_on', 'expected_on'],
  warranties: ['ends_on'],
} as const;

const skuOf = (sku: string, size: string | undefined) => (size === undefined ? sku : `${sku}-${size}`);

function seedOrder(db: Database, order: SeedOrder, today: Day): void {
  const { id, customer, status, gift = false, shipped, delivered } = order;
  const [kind, label] = PAID[order.paid];
  const name = CUSTOMERS.find(([one]) => one === customer)?.[1] ?? '';
  const [addressee, street, state, zip] = gift ? ELSEWHERE : [name, ...(HOMES[customer] ?? ['', '', ''])];
  db.run(
    'INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    id,
    customer,
    status,
    today + order.placed,
    today + order.promised,
    order.shipping ?? 0,
    kind,
    label,
    gift ? 1 : 0,
    addressee,
    street,
    state,
    zip,
  );
  for (const [index, [sku, size]] of order.items.entries()) {
    const product: Product = PRODUCTS[sku];
    const line = index + 1;
    db.run(
      'INSERT INTO items VALUES (?, ?, ?, ?, ?, ?)',
      id,
      line,
      skuOf(sku, size),
      product.price,
      product.finalSale ? 1 : 0,
      order.returned?.includes(line) ? 'returned' : 'kept',
    );
    if (product.warrantyDays !== undefined && delivered !== undefined)
      db.run(
        'INSERT INTO warranties VALUES (?, ?, ?, ?, ?, ?)',
        id,
        line,
        today + delivered + product.warrantyDays,
        ...(order.claimed?.includes(line) ? ([100_001, 'flickers', 'repair'] as const) : ([null, null, null] as const)),
      );
  }
  if (shipped !== undefined)
    db.run(
      'INSERT INTO shipments VALUES (?, ?, ?, ?, ?, ?, ?)',
      id,
      'UPS',
      `1Z999AA1${id.slice(1)}`,
      status === 'shipped' ? 'in_transit' : status,
      today + shipped,
      delivered === undefined ? null : today + delivered,
      order.leftAt ?? null,
    );
  for (const { reason, amount, made, sent } of order.refunds ?? [])
    db.run(
      'INSERT INTO refunds (order_id, reason, amount, method, state, made_on, expected_on) VALUES (?, ?, ?, ?, ?, ?, ?)',
      id,
      reason,
      amount,
      label,
      sent ? 'sent' : 'pending',
      today + made,
      today + made + 7,
    );
}
