import type { Database } from '@parley-workflows/backend/database';
import type { Desk } from '@parley-workflows/backend/desk';
import { type Directory, directoryOf, PersonRow, plainName } from '@parley-workflows/backend/identity';
import { z } from 'zod';
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

/** The patients, as the identity check looks them up. */
export const patientsIn = (db: Database): Directory =>
  directoryOf(db.all(PersonRow, 'SELECT id, name, email, phone, zip, born FROM patients ORDER BY id'));

/**
 * Opens a record for a new patient; the session that opened it may write to it. Refuses `on_file` where a patient of that
 * name and date of birth is there: somebody's record is not got at by registering anew.
 */
export function register({ db, session }: Desk, name: string, born: string, phone: string): string {
  const names = db.all(z.object({ name: z.string() }), 'SELECT name FROM patients WHERE born = ?', born);
  const taken = names.some((patient) => plainName(patient.name) === plainName(name));
  if (taken) refuse('on_file');
  const { last } = db.one(
    z.object({ last: z.int() }),
    "SELECT coalesce(max(cast(substr(id, 2) AS INTEGER)), 2000) AS last FROM patients WHERE id LIKE 'P2%'",
  ) ?? { last: 2000 };
  const id = `P${last + 1}`;
  db.run(
    'INSERT INTO patients (id, name, born, phone, registered_in) VALUES (?, ?, ?, ?, ?)',
    id,
    name.trim(),
    born,
    phone,
    session,
  );
  return id;
}

/** Refuses `not_verified` where it was not this session that registered the patient. */
export function mustBeNew({ db, session }: Desk, id: string): void {
  if (patientOf(db, id).registered_in !== session) refuse('not_verified');
}
