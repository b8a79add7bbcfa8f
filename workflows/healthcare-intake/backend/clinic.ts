import type { BackEnd } from '@parley-workflows/backend/desk';
import { IDENTITY_TABLES } from '@parley-workflows/backend/identity';
import type { Troubles } from '@parley-workflows/backend/trouble';
import { seed } from './seed.ts';

// Days are whole days since 1970-01-01, moments are milliseconds since the epoch, minutes are counted from midnight.
const TABLES = `
CREATE TABLE patients (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, born TEXT NOT NULL, phone TEXT, email TEXT, zip TEXT, registered_in TEXT
) STRICT;
CREATE TABLE insurers (id TEXT PRIMARY KEY, name TEXT NOT NULL, accepted INTEGER NOT NULL) STRICT;
CREATE TABLE members (
  insurer TEXT NOT NULL REFERENCES insurers, member_id TEXT NOT NULL, patient TEXT REFERENCES patients,
  active INTEGER NOT NULL, PRIMARY KEY (insurer, member_id)
) STRICT;
CREATE TABLE clinicians (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE slots (
  id INTEGER PRIMARY KEY, clinician TEXT NOT NULL REFERENCES clinicians, day INTEGER NOT NULL,
  minute INTEGER NOT NULL, minutes INTEGER NOT NULL, visit TEXT NOT NULL
) STRICT;
CREATE TABLE appointments (
  id INTEGER PRIMARY KEY, patient TEXT NOT NULL REFERENCES patients, slot INTEGER NOT NULL REFERENCES slots,
  reason TEXT, state TEXT NOT NULL, made_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_patient_a_slot ON appointments (slot) WHERE state = 'booked';
CREATE INDEX appointments_of_patient ON appointments (patient);
CREATE TABLE documents (
  id INTEGER PRIMARY KEY, patient TEXT REFERENCES patients, session TEXT NOT NULL, type TEXT NOT NULL,
  resource TEXT NOT NULL
) STRICT;
CREATE INDEX documents_of_patient ON documents (patient);
`;

/** A family practice in Phoenix: its patients, insurers, times and records. */
export const CLINIC: BackEnd = {
  file: 'clinic.sqlite',
  tables: [IDENTITY_TABLES, TABLES],
  fill: seed,
  days: { slots: ['day'] },
  moments: { appointments: ['made_at'] },
};

/** Patients that make any tool given them misbehave. */
export const TROUBLES: Troubles = { P9991: 'hangs', P9992: 'throws', P9993: 'slow', P9994: 'loses_reply' };
