import type { Place } from '@parley-workflows/backend/desk';
import { forgetIn, type Holding, IDS, type Rows } from '@parley-workflows/backend/forget';
import { SHOP } from './shop.ts';

const ORDERS = `(SELECT id FROM orders WHERE customer IN ${IDS})`;

/** A customer's orders go with all that belongs to them. */
const THEIRS: readonly Rows[] = [
  { table: 'cases', where: `customer IN ${IDS} OR order_id IN ${ORDERS}` },
  { table: 'warranties', where: `order_id IN ${ORDERS}` },
  { table: 'refunds', where: `order_id IN ${ORDERS}` },
  { table: 'returns', where: `order_id IN ${ORDERS}` },
  { table: 'shipments', where: `order_id IN ${ORDERS}` },
  { table: 'items', where: `order_id IN ${ORDERS}` },
  { table: 'orders', where: `customer IN ${IDS}` },
];

/** What the shop in a folder holds of a customer, and how to remove it: `forgetIn` says more. */
export const forget = (place: Place, customer: string): Holding =>
  forgetIn(SHOP, { people: 'customers', rows: THEIRS }, place, customer);
