import { dateOf } from '@parley-workflows/backend/calendar';
import type { Desk } from '@parley-workflows/backend/desk';
import { mustBeVerified } from '@parley-workflows/backend/identity';
import { z } from 'zod';
import { type Item, itemOf, type Order, orderOf } from './order.ts';
import { POLICY } from './policy.ts';
import { refuse } from './refusal.ts';

export const WARRANTY_VERDICTS = ['ok', 'none', 'not_delivered', 'expired', 'already_claimed', 'sent_back'] as const;
type WarrantyVerdict = (typeof WARRANTY_VERDICTS)[number];

const WarrantyRow = z.object({ line: z.int(), ends_on: z.int(), claim: z.int().nullable() });
type Warranty = z.output<typeof WarrantyRow>;

/**
 * Whether an item's warranty runs, and what it gives. Without `line`, the one item of the order that has a warranty;
 * refuses `which_item` where several have.
 */
export function checkWarranty(desk: Desk, customerId: string, orderId: string, line: number | undefined) {
  const order = orderOf(desk.db, customerId, orderId);
  const warranties = desk.db.all(WarrantyRow, 'SELECT * FROM warranties WHERE order_id = ? ORDER BY line', order.id);
  const [first, second] = warranties;
  if (line === undefined && second !== undefined) refuse('which_item');
  const warranty = line === undefined ? first : warranties.find((one) => one.line === line);
  const item = itemOf(order, line ?? warranty?.line ?? 1);
  const reason = judge(desk, order, item, warranty);
  return {
    covered: reason === 'ok',
    reason,
    item: item.line,
    name: item.name,
    ...(warranty === undefined ? {} : { until: dateOf(warranty.ends_on) }),
    ...(reason === 'ok' ? { remedy: remedyOf(desk, item) } : {}),
  };
}

/** Opens a claim: a new one where the shop has one left, otherwise a repair. */
export function claimWarranty(desk: Desk, customerId: string, orderId: string, line: number, fault: string) {
  const { db, today } = desk;
  const order = orderOf(db, customerId, orderId);
  mustBeVerified(desk, customerId);
  const item = itemOf(order, line);
  const warranty = db.one(WarrantyRow, 'SELECT * FROM warranties WHERE order_id = ? AND line = ?', orderId, line);
  const verdict = judge(desk, order, item, warranty);
  if (verdict === 'already_claimed') refuse('already_claimed');
  if (verdict !== 'ok') refuse('not_covered');
  const remedy = remedyOf(desk, item);
  const last = db.one(z.object({ n: z.int() }), 'SELECT count(claim) AS n FROM warranties')?.n ?? 0;
  const claim = 100_001 + last;
  db.run(
    'UPDATE warranties SET claim = ?, fault = ?, remedy = ? WHERE order_id = ? AND line = ?',
    claim,
    fault,
    remedy,
    orderId,
    line,
  );
  if (remedy === 'replacement') {
    db.run('UPDATE products SET stock = stock - 1 WHERE sku = ?', item.sku);
    db.run("UPDATE items SET state = 'replaced' WHERE order_id = ? AND line = ?", orderId, line);
  }
  return { claimId: `C${claim}`, name: item.name, remedy, sendBy: dateOf(today + POLICY.sendByDays) };
}

function judge({ today }: Desk, order: Order, item: Item, warranty: Warranty | undefined): WarrantyVerdict {
  if (order.status !== 'delivered') return 'not_delivered';
  if (warranty === undefined) return 'none';
  if (warranty.claim !== null) return 'already_claimed';
  if (item.state !== 'kept') return 'sent_back';
  return today > warranty.ends_on ? 'expired' : 'ok';
}

function remedyOf({ db }: Desk, { sku }: Item): 'replacement' | 'repair' {
  const stock = db.one(z.object({ stock: z.int() }), 'SELECT stock FROM products WHERE sku = ?', sku)?.stock ?? 0;
  return stock > 0 ? 'replacement' : 'repair';
}
