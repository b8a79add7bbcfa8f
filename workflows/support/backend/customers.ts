import type { Database } from '@parley-workflows/backend/database';
import type { Desk } from '@parley-workflows/backend/desk';
import { z } from 'zod';
import { POLICY } from './policy.ts';
import { refuse } from './refusal.ts';

/** The code every customer is sent: nothing leaves this back end, so whoever tries it must know it. */
export const DEMO_CODE = '424242';

const CustomerRow = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  phone: z.string(),
  zip: z.string(),
  gift_card: z.string().nullable(),
});
export type Customer = z.output<typeof CustomerRow>;

export interface Clues {
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly name?: string | undefined;
  readonly zip?: string | undefined;
}

/** The one customer all the clues fit; refuses `not_found` and `ambiguous`. A ZIP code alone is no clue. */
export function findCustomer(db: Database, clues: Clues): Customer {
  const { email, phone, name, zip } = clues;
  const fits = (customer: Customer) =>
    (email === undefined || customer.email === email.trim().toLowerCase()) &&
    (phone === undefined || digits(customer.phone) === digits(phone)) &&
    (name === undefined || plain(customer.name) === plain(name)) &&
    (zip === undefined || customer.zip === zip);
  const [found, second] = db.all(CustomerRow, 'SELECT * FROM customers ORDER BY id').filter(fits);
  if (found === undefined) refuse('not_found');
  if (second !== undefined) refuse('ambiguous');
  return found;
}

/** The customer of an order, where e-mail and ZIP code are theirs; refuses `not_found` without telling what differs. */
export function matchOrder(db: Database, orderId: string, email: string, zip: string): Customer {
  const customer = db.one(
    CustomerRow,
    'SELECT customers.* FROM orders JOIN customers ON customers.id = customer WHERE orders.id = ?',
    orderId,
  );
  if (customer?.email !== email.trim().toLowerCase() || customer.zip !== zip) refuse('not_found');
  return customer;
}

/** A customer by id; refuses `not_found`. */
export const customerOf = (db: Database, id: string): Customer =>
  db.one(CustomerRow, 'SELECT * FROM customers WHERE id = ?', id) ?? refuse('not_found');

/** Sends a new code for this session, which ends any earlier one. Refuses `not_found` and `too_many_codes`. */
export function sendCode(desk: Desk, customerId: string, by: 'text' | 'email'): { hint: string } {
  const { db, now, session } = desk;
  const customer = customerOf(db, customerId);
  const hour = now - 3_600_000;
  const sent = db.all(z.unknown(), 'SELECT 1 FROM codes WHERE customer = ? AND sent_at > ?', customerId, hour).length;
  if (sent >= POLICY.codesAnHour) refuse('too_many_codes');
  db.run(
    'INSERT INTO codes (session, customer, code, sent_at) VALUES (?, ?, ?, ?)',
    session,
    customerId,
    DEMO_CODE,
    now,
  );
  return {
    hint:
      by === 'text'
        ? `the phone number ending in ${customer.phone.slice(-2).split('').join(' ')}`
        : `the e-mail address that begins with ${customer.email.slice(0, 1).toUpperCase()}`,
  };
}

/**
 * Checks the last code sent to this customer in this session: a code told to somebody else's session is worth nothing.
 * Refuses `wrong_code`, `expired` (none sent, used up or too old) and `too_many_attempts`; a wrong code is counted.
 */
export function verifyCode(desk: Desk, customerId: string, given: string): void {
  const { db, now, session } = desk;
  const sent = db.one(
    z.object({ id: z.int(), code: z.string(), sent_at: z.int(), wrong: z.int(), verified: z.int() }),
    'SELECT * FROM codes WHERE session = ? AND customer = ? ORDER BY id DESC LIMIT 1',
    session,
    customerId,
  );
  if (sent === undefined || sent.verified === 1) refuse('expired');
  if (sent.wrong >= POLICY.codeAttempts) refuse('too_many_attempts');
  if (now - sent.sent_at > POLICY.codeMinutes * 60_000) refuse('expired');
  if (digits(given) !== sent.code) {
    db.run('UPDATE codes SET wrong = wrong + 1 WHERE id = ?', sent.id);
    refuse(sent.wrong + 1 < POLICY.codeAttempts ? 'wrong_code' : 'too_many_attempts');
  }
  db.run('UPDATE codes SET verified = 1 WHERE id = ?', sent.id);
}

/** Refuses `not_verified` unless this session has proved to be this customer: a level won as another one is not enough. */
export function mustBeVerified({ db, session }: Desk, customerId: string): void {
  const proof = db.one(
    z.unknown(),
    'SELECT 1 FROM codes WHERE session = ? AND customer = ? AND verified = 1',
    session,
    customerId,
  );
  if (proof === undefined) refuse('not_verified');
}

/** The ten digits of a number of the North American plan, or whatever digits there are. */
const digits = (text: string): string => text.replace(/\D/g, '').replace(/^1(?=\d{10}$)/, '');

const plain = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[^\p{L} ]/gu, '')
    .trim()
    .replace(/ +/g, ' ')
    .toLowerCase();
