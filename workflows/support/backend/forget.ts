import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Database } from '@parley-workflows/backend/database';
import { openDesk, type Place } from '@parley-workflows/backend/desk';
import { type Person, PersonRow } from '@parley-workflows/backend/identity';
import { z } from 'zod';
import { SHOP } from './shop.ts';

/** A list of ids as JSON. */
const IDS = '(SELECT value FROM json_each(?1))';
const ORDERS = `(SELECT id FROM orders WHERE customer IN ${IDS})`;

/** The rows that are a customer's, in the order in which they can be deleted. */
const THEIRS = {
  'wrong codes': `wrong_codes WHERE code_id IN (SELECT id FROM codes WHERE person IN ${IDS})`,
  codes: `codes WHERE person IN ${IDS}`,
  vouchers: `vouchers WHERE person IN ${IDS}`,
  cases: `cases WHERE customer IN ${IDS} OR order_id IN ${ORDERS}`,
  warranties: `warranties WHERE order_id IN ${ORDERS}`,
  refunds: `refunds WHERE order_id IN ${ORDERS}`,
  returns: `returns WHERE order_id IN ${ORDERS}`,
  shipments: `shipments WHERE order_id IN ${ORDERS}`,
  items: `items WHERE order_id IN ${ORDERS}`,
  orders: `orders WHERE customer IN ${IDS}`,
  customers: `customers WHERE id IN ${IDS}`,
} as const;

/**
 * What the shop in a folder holds of whoever has this e-mail address, phone number or customer's id, for `parley forget`, and
 * how to remove it. Two who share a telephone are both meant by it.
 */
export function forget(place: Place, customer: string) {
  if (place.folder === undefined || !existsSync(path.join(place.folder, SHOP.file))) {
    return { found: {}, remove: () => undefined };
  }
  const { signal } = new AbortController();
  const context = { session: '', idempotencyKey: '', attempt: 1, signal, now: Date.now() };
  const { db } = openDesk(SHOP, place)(context);
  const people = peopleOf(db, customer);
  const ids = JSON.stringify(people.map(({ id }) => id));
  const found = Object.fromEntries(
    Object.entries(THEIRS).map(([what, rows]) => [what, countOf(db, `SELECT count(*) AS count FROM ${rows}`, ids)]),
  );
  return {
    names: people.flatMap(({ id, email }) => [id, ...(email ? [email] : [])]),
    found: Object.fromEntries(Object.entries(found).filter(([, count]) => count > 0)),
    remove() {
      // Overwritten where it stood, then the file is written anew and its log emptied: nothing of it is left there.
      db.run('PRAGMA secure_delete = ON');
      db.transaction(() => {
        for (const rows of Object.values(THEIRS)) db.run(`DELETE FROM ${rows}`, ids);
      });
      db.run('VACUUM');
      db.run('PRAGMA wal_checkpoint(TRUNCATE)');
    },
  };
}

const countOf = (db: Database, sql: string, ids: string) => db.one(z.object({ count: z.int() }), sql, ids)?.count ?? 0;

function peopleOf(db: Database, given: string): readonly Person[] {
  const text = given.trim().toLowerCase();
  const number = digits(text);
  return db.all(PersonRow, 'SELECT id, name, email, phone, zip FROM customers ORDER BY id').filter(
    ({ id, email, phone }) =>
      id.toLowerCase() === text ||
      email?.toLowerCase() === text ||
      // With its country before it, or without.
      (number.length >= 10 && !/[a-z@]/.test(text) && digits(phone ?? '').endsWith(number)),
  );
}

const digits = (text: string) => text.replaceAll(/\D/g, '');
