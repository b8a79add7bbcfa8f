import { expect, it } from '@jest/globals';
import type { Resource } from '@medplum/fhirtypes';
import { dayOf } from '@parley-workflows/backend/calendar';
import { Database } from '@parley-workflows/backend/database';
import type { Desk } from '@parley-workflows/backend/desk';
import { book, cancel, findSlots } from './appointments.ts';
import { CLINIC } from './clinic.ts';
import { register } from './patients.ts';
import { fileIntake, flagsOfUnknown, raiseFlag, recordOf } from './record.ts';
import { fhirProblems } from './testing/fhir-problems.ts';

const NOW = Date.parse('2026-11-24T17:00:00Z');

function desk(): Desk {
  const today = dayOf('2026-11-24');
  const db = new Database({ tables: [...CLINIC.tables], fill: (fresh) => CLINIC.fill(fresh, today) });
  return { db, today, now: NOW, session: 's1' };
}

it('a record of what was told, booked, cancelled and flagged is valid FHIR R4, every piece of it', () => {
  const at = desk();
  const patient = register(at, 'Priya Raman', '1990-06-15', '+16025550100');
  const [first, second] = findSlots(at, {});
  const { appointmentId } = book(at, patient, first?.slotId ?? '', 'a cough');
  book(at, patient, second?.slotId ?? '', 'a cough');
  cancel(at, patient, appointmentId);
  const intake = { reason: 'a cough', since: 'two weeks', severity: 4, course: 'same', coverage: 'self_pay' } as const;
  expect(fileIntake(at, patient, false, intake)).toBe('doc-3');
  raiseFlag(at, patient, 'breath');

  const record = recordOf(at.db, patient);
  expect(record.map(kindOf)).toEqual([
    'Patient',
    'Appointment cancelled',
    'Appointment booked',
    'Consent active',
    'Consent active',
    'QuestionnaireResponse completed',
    'Flag active',
  ]);
  expect(record.flatMap(fhirProblems)).toEqual([]);
});

it('the record of everybody on file at first is valid', () => {
  const { db } = desk();
  for (const id of ['P1001', 'P1002', 'P1003', 'P1004', 'P1005', 'P1006', 'P1007']) {
    const record = recordOf(db, id);
    expect(record.length).toBeGreaterThan(0);
    expect(record.flatMap(fhirProblems)).toEqual([]);
  }
});

it('a flag of a caller nobody knows is in nobody\u2019s record, and is not lost', () => {
  const at = desk();
  raiseFlag(at, undefined, 'chest');
  const [flag, more] = flagsOfUnknown(at.db);
  expect(more).toBeUndefined();
  expect(flag).toMatchObject({ resourceType: 'Flag', subject: { identifier: { value: 's1' } } });
  expect(recordOf(at.db, 'P1001').map(kindOf)).not.toContain('Flag active');
});

const kindOf = (resource: Resource): string =>
  'status' in resource ? `${resource.resourceType} ${resource.status}` : resource.resourceType;
