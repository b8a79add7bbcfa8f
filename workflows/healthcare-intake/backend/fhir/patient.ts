import type { Patient } from '@medplum/fhirtypes';
import { CLINIC } from './terms.ts';

export interface PatientOnFile {
  readonly id: string;
  readonly name: string;
  /** ISO 8601. */
  readonly born: string;
  /** E.164, such as +16025550142. */
  readonly phone: string | null;
  readonly email: string | null;
}

/** A patient as FHIR R4. The last word of the name is taken for the family name. */
export function patientResource({ id, name, born, phone, email }: PatientOnFile): Patient {
  const words = name.trim().split(/\s+/);
  const family = words.at(-1) ?? '';
  const given = words.slice(0, -1);
  const telecom = [
    ...(phone === null ? [] : [{ system: 'phone' as const, value: phone }]),
    ...(email === null ? [] : [{ system: 'email' as const, value: email }]),
  ];
  return {
    resourceType: 'Patient',
    id,
    identifier: [{ system: `${CLINIC}/patients`, value: id }],
    active: true,
    name: [{ use: 'official', text: name, family, ...(given.length === 0 ? {} : { given }) }],
    ...(telecom.length === 0 ? {} : { telecom }),
    birthDate: born,
  };
}
