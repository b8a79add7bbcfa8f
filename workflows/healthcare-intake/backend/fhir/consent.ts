import type { Consent } from '@medplum/fhirtypes';
import { CLINIC, concept, instant } from './terms.ts';

/** What a caller agreed to, or did not. */
export const CONSENTS = {
  recording: 'The call may be recorded',
  intake: 'Answers given to the automated line go into the record',
} as const;

/** A caller's word on one of CONSENTS as FHIR R4. */
export function consentResource(
  id: string,
  patient: string,
  at: number,
  to: keyof typeof CONSENTS,
  agreed: boolean,
): Consent {
  const subject = { reference: `Patient/${patient}` };
  const action = concept('http://terminology.hl7.org/CodeSystem/consentaction', 'collect', 'Collect');
  const code = agreed ? 'OPTIN' : 'OPTOUT';
  return {
    resourceType: 'Consent',
    id,
    status: 'active',
    scope: concept('http://terminology.hl7.org/CodeSystem/consentscope', 'patient-privacy', 'Privacy Consent'),
    category: [concept('http://loinc.org', '59284-0', 'Consent Document')],
    patient: subject,
    performer: [subject],
    dateTime: instant(at),
    // FHIR's invariant ppc-1: a policy, or a policy rule.
    policyRule: concept('http://terminology.hl7.org/CodeSystem/v3-ActCode', code, agreed ? 'opt-in' : 'opt-out'),
    provision: {
      type: agreed ? 'permit' : 'deny',
      action: [action],
      code: [concept(`${CLINIC}/consents`, to, CONSENTS[to])],
    },
  };
}
