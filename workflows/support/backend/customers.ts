import type { Database } from '@parley-workflows/backend/database';
import { type Directory, directoryOf, PersonRow } from '@parley-workflows/backend/identity';
import { z } from 'zod';
import { refuse } from './refusal.ts';

const CustomerRow = z.object({ id: z.string(), gift_card: z.string().nullable() });
export type Customer = z.output<typeof CustomerRow>;

/** The customers, as the identity check looks them up. */
export const customersIn = (db: Database): Directory =>
  directoryOf(db.all(PersonRow, 'SELECT id, name, email, phone, zip FROM customers ORDER BY id'));

/** A customer by id; refuses `not_found`. */
export const customerOf = (db: Database, id: string): Customer =>
  db.one(CustomerRow, 'SELECT id, gift_card FROM customers WHERE id = ?', id) ?? refuse('not_found');
