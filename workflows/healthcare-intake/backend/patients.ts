import type { Database } from '@parley-workflows/backend/database';
import type { Desk } from '@parley-workflows/backend/desk';
import { z } from 'zod';
import type { PatientOnFile } from './fhir/patient.ts';
import { refuse } from './refusal.ts';

const PatientRow = z.object({
  id: z.string(),
  name: z.string(),
  born: z.string(),
  phone: z.string().nullable(),
  email: z.string().nullable(),
  registered_in: z.string().nullable(),
});

/** A patient by id; refuses `not_found`. */
export const patientOf = (db: Database, id: string): z.output<typeof PatientRow> =>
  db.one(PatientRow, 'SELECT * FROM patients WHERE id = ?', id) ?? refuse('not_found');

export interface Clues {
  readonly name?: string | undefined;
  readonly born?: string | undefined;
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
}

/** The one patient all the clues fit; refuses `not_found` and `ambiguous`. A date of birth alone is no clue. */
export function findPatient(db: Database, { name, born, phone, email }: Clues): PatientOnFile {
  const fits = (patient: PatientOnFile) =>
    (name === undefined || plain(patient.name) === plain(name)) &&
    (born === undefined || patient.born === born) &&
    (phone === undefined || (patient.phone !== null && digits(patient.phone) === digits(phone))) &&
    (email === undefined || patient.email === email.trim().toLowerCase());
  const [found, second] = db.all(PatientRow, 'SELECT * FROM patients ORDER BY id').filter(fits);
  if (found === undefined) refuse('not_found');
  if (second !== undefined) refuse('ambiguous');
  return found;
}

/**
 * Opens a record for a new patient; the session that opened it may write to it. Refuses `on_file` where a patient of that
 * name and date of birth is there: somebody's record is not got at by registering anew.
 */
export function register({ db, session }: Desk, name: string, born: string, phone: string): string {
  const taken = db
    .all(PatientRow, 'SELECT * FROM patients WHERE born = ?', born)
    .some((patient) => plain(patient.name) === plain(name));
  if (taken) refuse('on_file');
  const { last } = db.one(
    z.object({ last: z.int() }),
    "SELECT coalesce(max(cast(substr(id, 2) AS INTEGER)), 2000) AS last FROM patients WHERE id LIKE 'P2%'",
  ) ?? { last: 2000 };
  const id = `P${last + 1}`;
  db.run('INSERT INTO patients VALUES (?, ?, ?, ?, NULL, ?)', id, name.trim(), born, phone, session);
  return id;
}

/** Refuses `not_verified` where it was not this session that registered the patient. */
export function mustBeNew({ db, session }: Desk, id: string): void {
  if (patientOf(db, id).registered_in !== session) refuse('not_verified');
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
