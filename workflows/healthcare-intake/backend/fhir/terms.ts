import type { CodeableConcept } from '@medplum/fhirtypes';

/** Where the clinic's own identifiers and codes are defined. */
export const CLINIC = 'https://cedarclinic.example/fhir';

/** A concept with one code of a code system. */
export const concept = (system: string, code: string, display: string): CodeableConcept => ({
  coding: [{ system, code, display }],
  text: display,
});

/** The clinic's zone, the same all year: Phoenix keeps no summer time. */
const OFFSET = '-07:00';

/** A moment, in milliseconds since the epoch, as a FHIR instant. */
export const instant = (at: number): string => new Date(at).toISOString();

/** A time of a day at the clinic (`date` ISO 8601, `minute` from midnight) as a FHIR instant. */
export function clinicInstant(date: string, minute: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date}T${two(Math.floor(minute / 60))}:${two(minute % 60)}:00${OFFSET}`;
}
