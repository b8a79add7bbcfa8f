import type { Place } from '@parley-workflows/backend/desk';
import { forgetIn, type Holding, IDS, type Rows } from '@parley-workflows/backend/forget';
import { CLINIC } from './clinic.ts';

/** The sessions that a patient is known to have called in. */
const SESSIONS = `(
  SELECT session FROM documents WHERE patient IN ${IDS}
  UNION SELECT session FROM codes WHERE person IN ${IDS}
  UNION SELECT session FROM vouchers WHERE person IN ${IDS}
  UNION SELECT registered_in FROM patients WHERE id IN ${IDS}
)`;

/** A red flag that was raised before it was known who is calling is theirs too. */
const THEIRS: readonly Rows[] = [
  { table: 'documents', where: `patient IN ${IDS} OR (patient IS NULL AND session IN ${SESSIONS})` },
  { table: 'appointments', where: `patient IN ${IDS}` },
  { table: 'members', where: `patient IN ${IDS}`, what: 'memberships' },
];

/** What the clinic in a folder holds of a patient, and how to remove it: `forgetIn` says more. */
export const forget = (place: Place, patient: string): Holding =>
  forgetIn(CLINIC, { people: 'patients', rows: THEIRS }, place, patient);
