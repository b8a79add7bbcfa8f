import type { Appointment } from '@medplum/fhirtypes';
import { clinicInstant, instant } from './terms.ts';

export interface AppointmentOnFile {
  readonly id: string;
  readonly patient: string;
  readonly state: 'booked' | 'cancelled';
  readonly reason: string | null;
  /** ISO 8601. */
  readonly date: string;
  /** From midnight at the clinic. */
  readonly minute: number;
  readonly minutes: number;
  readonly visit: 'in_person' | 'video';
  readonly clinician: string;
  readonly clinicianName: string;
  /** Milliseconds since the epoch. */
  readonly madeAt: number;
}

/** An appointment as FHIR R4. */
export function appointmentResource(appointment: AppointmentOnFile): Appointment {
  const { id, patient, state, reason, date, minute, minutes, visit, clinician, clinicianName, madeAt } = appointment;
  const status = state === 'booked' ? 'accepted' : 'declined';
  return {
    resourceType: 'Appointment',
    id,
    status: state,
    ...(state === 'cancelled' ? { cancelationReason: { text: 'Cancelled by the patient' } } : {}),
    serviceType: [{ text: visit === 'video' ? 'Video visit' : 'Visit at the clinic' }],
    ...(reason === null ? {} : { reasonCode: [{ text: reason }] }),
    start: clinicInstant(date, minute),
    end: clinicInstant(date, minute + minutes),
    minutesDuration: minutes,
    created: instant(madeAt),
    participant: [
      { actor: { reference: `Patient/${patient}` }, required: 'required', status },
      { actor: { reference: `Practitioner/${clinician}`, display: clinicianName }, required: 'required', status },
    ],
  };
}
