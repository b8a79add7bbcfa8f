import type { Place } from '@parley-workflows/backend/desk';
import { forgetIn, type Holding, IDS, type Rows } from '@parley-workflows/backend/forget';
import { FREIGHT } from './freight.ts';

/**
 * A claim is the company's and stays, with what it is for and what it comes to; whose it was and what they said go.
 * Shipments, docks, traces and EPCIS events are the companies', and name nobody.
 */
const THEIRS: readonly Rows[] = [
  { table: 'claims', where: `contact IN ${IDS}`, set: "contact = NULL, damage = ''", what: 'claims that name them' },
  { table: 'messages', where: `contact IN ${IDS}` },
];

/** What is held of a contact in a folder, and how to remove it: `forgetIn` says more. */
export const forget = (place: Place, contact: string): Holding =>
  forgetIn(FREIGHT, { people: 'contacts', rows: THEIRS }, place, contact);
