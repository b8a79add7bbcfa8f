import { characters, ToolError, type Tools } from '@parley/engine';
import { z } from 'zod';
import type { Desk } from './desk.ts';
import type { ToolMakers } from './tools.ts';

/** The code everybody is sent: nothing leaves this back end, so whoever tries it must know it. */
export const DEMO_CODE = '424242';

/** What a colleague who vouches gives: where that is done is no part of this back end, so whoever tries it must know it. */
export const DEMO_VOUCHER = 'V424242';

/** How often a person may be asked, and how long a code is good. */
export const LIMITS = {
  codeMinutes: 10,
  /** Wrong codes, then that code is dead. */
  wrongOfACode: 3,
  /** Codes sent to one person within an hour, whatever the session. */
  codesAnHour: 3,
  /** Wrong codes for one person within an hour, whatever the code and the session; then none is taken or sent. */
  wrongAnHour: 5,
} as const;

const HOUR = 3_600_000;

/** The tables that the tools keep, for the back end's `tables`. Moments are milliseconds since the epoch. */
export const IDENTITY_TABLES = `
CREATE TABLE codes (
  id INTEGER PRIMARY KEY, session TEXT NOT NULL, person TEXT NOT NULL, code TEXT NOT NULL, sent_at INTEGER NOT NULL,
  verified INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE wrong_codes (code_id INTEGER NOT NULL REFERENCES codes, made_at INTEGER NOT NULL) STRICT;
CREATE TABLE vouchers (session TEXT NOT NULL, person TEXT NOT NULL, made_at INTEGER NOT NULL) STRICT;
CREATE INDEX codes_of_person ON codes (person);
`;

/** What a caller knows of the record they mean. */
export interface Clues {
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly name?: string | undefined;
  readonly zip?: string | undefined;
  /** ISO 8601. */
  readonly born?: string | undefined;
}

/** Who is on file. */
export interface Directory {
  /** The id of the one person all the clues fit. Throws ToolError `not_found` and `ambiguous`. */
  find(clues: Clues): string;
  /** Where a code for a person goes, in words that don't tell it. Throws ToolError `not_found`: there is no such person, or no such way. */
  reach(personId: string, by: 'text' | 'email'): { hint: string };
}

/** A person as a directory reads one from a back end's rows; what a back end doesn't keep is left out or null. */
export const PersonRow = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullish(),
  phone: z.string().nullish(),
  zip: z.string().nullish(),
  born: z.iso.date().nullish(),
});
export type Person = z.output<typeof PersonRow>;

const REFUSALS = {
  ambiguous: 'More than one person fits.',
  expired: 'No code is waiting for this session, or its time is up.',
  not_found: 'Nobody is on file for this.',
  not_verified: 'This session has not proved to be with this person.',
  not_vouched: 'Nobody has vouched for this person with this voucher.',
  too_many_attempts: 'Too many wrong codes were given.',
  too_many_codes: 'Too many codes, or wrong ones, for this person within the hour.',
  wrong_code: 'The code is not the one that was sent.',
} as const;
export type IdentityRefusal = keyof typeof REFUSALS;

function refuse(code: IdentityRefusal): never {
  throw new ToolError(code, REFUSALS[code]);
}

/** A directory of some people. Names are compared without case and accents, phone numbers by their digits. */
export function directoryOf(people: readonly Person[]): Directory {
  return {
    find({ email, phone, name, zip, born }) {
      const [found, second] = people.filter(
        (person) =>
          (email === undefined || person.email?.toLowerCase() === email.trim().toLowerCase()) &&
          (phone === undefined || digits(person.phone ?? '') === digits(phone)) &&
          (name === undefined || plainName(person.name) === plainName(name)) &&
          (zip === undefined || person.zip === zip) &&
          (born === undefined || person.born === born),
      );
      if (found === undefined) refuse('not_found');
      return second === undefined ? found.id : refuse('ambiguous');
    },
    reach(personId, by) {
      const { phone, email } = people.find(({ id }) => id === personId) ?? {};
      if (by === 'text' && phone) return { hint: `the phone number ending in ${phone.slice(-2).split('').join(' ')}` };
      if (by === 'email' && email)
        return { hint: `the e-mail address that begins with ${email.slice(0, 1).toUpperCase()}` };
      return refuse('not_found');
    },
  };
}

/**
 * The tools of `workflows/parts/identity.yaml`: none → looked_up → code → person. An e-mail address, a number, a name or a
 * birthday is knowledge, and knowledge proves nobody (NIST SP 800-63A-4): it only finds the record.
 */
export function identityTools(
  { reads, writes }: ToolMakers<IdentityRefusal>,
  directory: (desk: Desk) => Directory,
): Tools {
  const personId = z.string().min(1).max(40);
  const verified = z.object({ verified: z.literal(true) });
  return {
    'identity.find': reads({
      about: 'Finds the one person that everything given fits: e-mail, phone, or name with ZIP code or date of birth.',
      input: z
        .strictObject({
          email: z.email().optional(),
          phone: z.string().min(7).max(20).optional(),
          name: z.string().min(1).max(100).optional(),
          zip: z
            .string()
            .regex(/^\d{5}$/)
            .optional(),
          born: z.iso.date().optional(),
        })
        .refine(({ email, phone, name, zip, born }) => email ?? phone ?? (name && (zip ?? born))),
      output: z.object({ personId: z.string() }),
      grants: 'looked_up',
      errors: ['not_found', 'ambiguous'],
      cleared: ['pii', 'phi'],
      run: (desk, clues) => ({ personId: directory(desk).find(clues) }),
    }),

    'identity.send_code': writes('identity.send_code', {
      about: 'Sends a six-digit code to the phone or e-mail address on file; it ends any earlier one.',
      input: z.strictObject({ personId, by: z.enum(['text', 'email']).default('text') }),
      output: z.object({ hint: z.string(), minutes: z.int() }),
      requires: { identity: 'looked_up' },
      errors: ['not_found', 'too_many_codes'],
      run: (desk, input) => {
        const { hint } = directory(desk).reach(input.personId, input.by);
        sendCode(desk, input.personId);
        return { hint, minutes: LIMITS.codeMinutes };
      },
    }),

    // A write, so that one wrong code counts once however often the call is tried.
    'identity.verify': writes('identity.verify', {
      about: 'Checks the code the caller reads out. Three wrong ones end it.',
      input: z.strictObject({ personId, code: z.string().min(1).max(20) }),
      output: verified,
      requires: { identity: 'looked_up' },
      grants: 'code',
      errors: ['wrong_code', 'expired', 'too_many_attempts'],
      cleared: ['pii'],
      run: (desk, input) => {
        verifyCode(desk, input.personId, input.code);
        return { verified: true as const };
      },
    }),

    'identity.vouched': writes('identity.vouched', {
      about: 'Takes the voucher of a colleague who has made sure who is calling.',
      input: z.strictObject({ personId, voucher: characters().min(1).max(40) }),
      output: verified,
      requires: { identity: 'looked_up' },
      grants: 'person',
      errors: ['not_vouched'],
      cleared: ['pii'],
      run: ({ db, session, now }, input) => {
        if (input.voucher !== DEMO_VOUCHER) refuse('not_vouched');
        db.run('INSERT INTO vouchers (session, person, made_at) VALUES (?, ?, ?)', session, input.personId, now);
        return { verified: true as const };
      },
    }),
  };
}

/**
 * Throws ToolError `not_verified` unless this session has proved, with a code or by somebody who vouched, to be with this
 * person: a level won as another one is not enough. Every tool that requires `code` begins with it.
 */
export function mustBeVerified({ db, session }: Desk, personId: string): void {
  const proofs = [
    'SELECT 1 FROM codes WHERE session = ? AND person = ? AND verified = 1',
    'SELECT 1 FROM vouchers WHERE session = ? AND person = ?',
  ];
  if (!proofs.some((proof) => db.one(z.unknown(), proof, session, personId) !== undefined)) refuse('not_verified');
}

function sendCode(desk: Desk, personId: string): void {
  const { db, now, session } = desk;
  const sent = count(desk, 'codes WHERE person = ? AND sent_at > ?', personId, now - HOUR);
  if (sent >= LIMITS.codesAnHour || wrongWithinHour(desk, personId) >= LIMITS.wrongAnHour) refuse('too_many_codes');
  db.run('INSERT INTO codes (session, person, code, sent_at) VALUES (?, ?, ?, ?)', session, personId, DEMO_CODE, now);
}

/** Checks the last code sent to this person in this session: a code told to somebody else's session is worth nothing. */
function verifyCode(desk: Desk, personId: string, given: string): void {
  const { db, now, session } = desk;
  const sent = db.one(
    z.object({ id: z.int(), code: z.string(), sent_at: z.int(), verified: z.int() }),
    'SELECT * FROM codes WHERE session = ? AND person = ? ORDER BY id DESC LIMIT 1',
    session,
    personId,
  );
  if (sent === undefined || sent.verified === 1) refuse('expired');
  const spent = () =>
    count(desk, 'wrong_codes WHERE code_id = ?', sent.id) >= LIMITS.wrongOfACode ||
    wrongWithinHour(desk, personId) >= LIMITS.wrongAnHour;
  if (spent()) refuse('too_many_attempts');
  if (now - sent.sent_at > LIMITS.codeMinutes * 60_000) refuse('expired');
  if (given.replace(/\D/g, '') !== sent.code) {
    db.run('INSERT INTO wrong_codes (code_id, made_at) VALUES (?, ?)', sent.id, now);
    refuse(spent() ? 'too_many_attempts' : 'wrong_code');
  }
  db.run('UPDATE codes SET verified = 1 WHERE id = ?', sent.id);
}

const wrongWithinHour = (desk: Desk, personId: string): number =>
  count(
    desk,
    'wrong_codes JOIN codes ON codes.id = code_id WHERE person = ? AND made_at > ?',
    personId,
    desk.now - HOUR,
  );

const count = ({ db }: Desk, from: string, ...values: (string | number)[]): number =>
  db.one(z.object({ n: z.int() }), `SELECT count(*) AS n FROM ${from}`, ...values)?.n ?? 0;

/** The ten digits of a number of the North American plan, or whatever digits there are. */
const digits = (text: string): string => text.replace(/\D/g, '').replace(/^1(?=\d{10}$)/, '');

/** A name as it is compared: without case, accents and signs. */
export const plainName = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[^\p{L} ]/gu, '')
    .trim()
    .replace(/ +/g, ' ')
    .toLowerCase();
