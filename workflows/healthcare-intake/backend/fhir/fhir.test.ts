import { describe, expect, it } from '@jest/globals';
import { fhirProblems } from '../testing/fhir-problems.ts';
import { type AppointmentOnFile, appointmentResource } from './appointment.ts';
import { CONSENTS, consentResource } from './consent.ts';
import { flagResource, RED_FLAGS } from './flag.ts';
import { patientResource } from './patient.ts';
import { intakeResource } from './questionnaire-response.ts';
import { clinicInstant } from './terms.ts';

const AT = Date.parse('2026-11-24T16:30:00Z');
const MARIA = { id: 'P1001', name: 'Maria Elena Gonzalez', born: '1984-03-12', phone: '+16025550142', email: null };
const APPOINTMENT: AppointmentOnFile = {
  id: 'A7',
  patient: 'P1001',
  state: 'booked',
  reason: 'a cough',
  date: '2026-11-26',
  minute: 9 * 60 + 5,
  minutes: 20,
  visit: 'in_person',
  clinician: 'D1',
  clinicianName: 'Dr. Hart',
  madeAt: AT,
};

describe('what is wrong with a resource is found', () => {
  const patient = patientResource(MARIA);
  it.each([
    ['a code that is none', { ...patient, gender: 'doctor' }, 'gender'],
    ['a field that is not in FHIR', { ...patient, shoeSize: 9 }, 'shoeSize'],
    ['a day that is none', { ...patient, birthDate: '1984-3-12' }, 'birthDate'],
    ['an invariant that is broken', { ...patient, contact: [{ gender: 'male' }] }, 'pat-1'],
    ['a field that has to be there', { ...appointmentResource(APPOINTMENT), participant: undefined }, 'participant'],
  ])('%s', (_, wrong, where) => {
    // As a program that doesn't know the types would send it.
    expect(fhirProblems(JSON.parse(JSON.stringify(wrong))).join('\n')).toContain(where);
  });
});

describe('a Patient', () => {
  it('is valid, with and without a way to be reached, and with one name only', () => {
    for (const one of [MARIA, { ...MARIA, phone: null }, { ...MARIA, name: 'Cher', email: 'cher@example.com' }])
      expect(fhirProblems(patientResource(one))).toEqual([]);
  });

  it('has given names and a family name', () => {
    expect(patientResource(MARIA).name).toEqual([
      { use: 'official', text: 'Maria Elena Gonzalez', given: ['Maria', 'Elena'], family: 'Gonzalez' },
    ]);
  });
});

describe('a QuestionnaireResponse', () => {
  it('is valid with all of the answers, and with the least of them', () => {
    const least = { reason: 'a cough', coverage: 'self_pay' } as const;
    const all = {
      reason: 'a cough',
      since: 'last tuesday',
      severity: 0,
      course: 'worse',
      symptoms: 'a runny nose',
      medicines: 'lisinopril 10 milligrams',
      allergies: 'penicillin',
      reaction: 'serious',
      coverage: 'insured',
      insurer: 'Blue Mesa',
      memberId: 'BM1234567',
    } as const;
    expect(fhirProblems(intakeResource('I1', 'P1001', AT, least))).toEqual([]);
    expect(fhirProblems(intakeResource('I1', 'P1001', AT, all))).toEqual([]);
    expect(intakeResource('I1', 'P1001', AT, all).item).toHaveLength(11);
  });

  it('holds what was answered and nothing else; zero is an answer', () => {
    const told = { reason: 'a cough', severity: 0, course: 'same', coverage: 'self_pay' } as const;
    const answers = intakeResource('I1', 'P1001', AT, told).item?.map(({ linkId, answer }) => [linkId, answer?.[0]]);
    expect(answers).toEqual([
      ['reason', { valueString: 'a cough' }],
      ['severity', { valueInteger: 0 }],
      [
        'course',
        {
          valueCoding: {
            system: 'https://cedarclinic.example/fhir/course',
            code: 'same',
            display: 'About the same',
          },
        },
      ],
      [
        'coverage',
        {
          valueCoding: {
            system: 'https://cedarclinic.example/fhir/coverage',
            code: 'self_pay',
            display: 'Pays themselves',
          },
        },
      ],
    ]);
  });
});

describe('a Consent', () => {
  it.each([
    ['recording', true, 'permit'],
    ['recording', false, 'deny'],
    ['intake', true, 'permit'],
    ['intake', false, 'deny'],
  ] as const)('to %s (%s) is valid, and says %s', (to, agreed, type) => {
    const consent = consentResource('C1', 'P1001', AT, to, agreed);
    expect(fhirProblems(consent)).toEqual([]);
    expect(consent.provision?.type).toBe(type);
    expect(consent.provision?.code?.[0]?.text).toBe(CONSENTS[to]);
  });
});

describe('a Flag', () => {
  it.each(RED_FLAGS)('of %s is valid, about a patient and about nobody known', (flag) => {
    const known = flagResource('F1', 'P1001', 's1', AT, flag);
    expect(fhirProblems(known)).toEqual([]);
    expect(known.subject.reference).toBe('Patient/P1001');
    const unknown = flagResource('F2', undefined, 's1', AT, flag);
    expect(fhirProblems(unknown)).toEqual([]);
    expect(unknown.subject.identifier?.value).toBe('s1');
  });
});

describe('an Appointment', () => {
  it('is valid, booked and cancelled, at the clinic and by video', () => {
    for (const more of [{}, { state: 'cancelled' }, { visit: 'video', reason: null }] as const)
      expect(fhirProblems(appointmentResource({ ...APPOINTMENT, ...more }))).toEqual([]);
  });

  it('is in the time of the clinic', () => {
    const { start, end } = appointmentResource(APPOINTMENT);
    expect([start, end]).toEqual(['2026-11-26T09:05:00-07:00', '2026-11-26T09:25:00-07:00']);
    expect(clinicInstant('2026-11-26', 23 * 60 + 59)).toBe('2026-11-26T23:59:00-07:00');
  });
});
