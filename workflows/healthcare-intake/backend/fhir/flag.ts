import type { Flag } from '@medplum/fhirtypes';
import { CLINIC, concept, instant } from './terms.ts';

/** What a caller may say that can't wait. */
export const RED_FLAGS = [
  'chest',
  'stroke',
  'breath',
  'airway',
  'bleeding',
  'seizure',
  'sepsis',
  'poison',
  'suicide',
  'unclear',
] as const;

export type RedFlag = (typeof RED_FLAGS)[number];

/** As whoever takes over reads it. */
const MEANINGS: { readonly [flag in RedFlag]: string } = {
  chest: 'Chest pain or signs of a heart attack',
  stroke: 'Signs of a stroke',
  breath: 'Severe breathlessness',
  airway: 'Swelling or blocking of the airway',
  bleeding: 'Bleeding that is not under control',
  seizure: 'Seizure or unconsciousness',
  sepsis: 'Signs of sepsis',
  poison: 'Poisoning or overdose',
  suicide: 'Suicidal intent',
  unclear: 'The caller calls it an emergency, or it is very bad',
};

/** A red flag as FHIR R4. Without a patient it is about whoever was on the line in that session. */
export function flagResource(
  id: string,
  patient: string | undefined,
  session: string,
  at: number,
  flag: RedFlag,
): Flag {
  const subject =
    patient === undefined
      ? { display: 'A caller who is not known yet', identifier: { system: `${CLINIC}/sessions`, value: session } }
      : { reference: `Patient/${patient}` };
  return {
    resourceType: 'Flag',
    id,
    identifier: [{ system: `${CLINIC}/sessions`, value: session }],
    status: 'active',
    category: [concept('http://terminology.hl7.org/CodeSystem/flag-category', 'clinical', 'Clinical')],
    code: concept(`${CLINIC}/red-flags`, flag, MEANINGS[flag]),
    subject,
    period: { start: instant(at) },
  };
}
