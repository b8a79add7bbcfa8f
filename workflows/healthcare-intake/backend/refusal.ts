import { ToolError } from '@parley/engine';

/** Why the clinic says no, each in a sentence for the operator. None carries a value of the caller. */
const REFUSALS = {
  ambiguous: 'More than one patient fits.',
  not_found: 'Nothing is on file for this.',
  not_verified: 'This session has neither proved to be this patient nor registered them.',
  on_file: 'A patient with this name and date of birth is on file already.',
  slot_taken: 'The time is taken, or past.',
  too_late: 'The appointment is less than a day away.',
} as const;

export type Refusal = keyof typeof REFUSALS;

/** Throws the ToolError of a refusal. */
export function refuse(code: Refusal): never {
  throw new ToolError(code, REFUSALS[code]);
}
