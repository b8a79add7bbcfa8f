import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Json } from '@parley/workflow';
import tools from '../tools.ts';
import { forget } from './forget.ts';

const NOW = Date.parse('2026-11-24T17:00:00Z');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'parley-clinic-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Calls a tool of the clinic in the folder. */
async function call(name: string, input: { readonly [key: string]: Json }, session = 's1') {
  const { signal } = new AbortController();
  const key = `${session}/${name}`;
  return tools({ folder })[name]?.call(input, { session, idempotencyKey: key, attempt: 1, signal, now: NOW });
}
/** Which of some texts stand in the bytes of the folder's files. */
const inFiles = (...texts: readonly string[]) => {
  const bytes = readdirSync(folder).map((file) => readFileSync(path.join(folder, file), 'latin1'));
  return texts.filter((text) => bytes.some((file) => file.includes(text)));
};

const INTAKE = { mayRecord: true, reason: 'a cough like a seal', allergies: 'to wasps', coverage: 'self_pay' };
const HERS = [
  'Maria Gonzalez',
  'maria.gonzalez@example.com',
  '+16025550142',
  '1984-03-12',
  'BM1234567',
  'a cough like a seal',
  'to wasps',
];

it('removes a patient with their appointments, memberships and FHIR documents, from the file too', async () => {
  await call('flags.raise', { flag: 'chest' });
  await call('identity.send_code', { personId: 'P1001' });
  await call('identity.verify', { personId: 'P1001', code: '424242' });
  await call('intake.file', { patientId: 'P1001', ...INTAKE });
  await call('appointments.book', { patientId: 'P1001', slotId: 'S20', reason: INTAKE.reason });
  expect(inFiles(...HERS)).toEqual(HERS);
  const { found, names, remove } = forget({ folder }, '602-555-0142');
  expect(names).toEqual(['P1001', 'maria.gonzalez@example.com', '+16025550142']);
  // By hand: two consents and the intake, and the flag of the same session, raised before she was known; the appointment of the seed and hers.
  expect(found).toEqual({
    documents: 4,
    appointments: 2,
    memberships: 1,
    codes: 1,
    'answers to calls': 4,
    patients: 1,
  });
  remove();
  expect(inFiles(...HERS)).toEqual([]);
  expect(forget({ folder }, 'P1001').found).toEqual({});
  expect(await call('identity.find', { name: 'Aaliyah Brooks', born: '1996-11-02' })).toEqual({ personId: 'P1003' });
});

it('removes one who was registered on the line, and leaves the red flag of another caller', async () => {
  await call('flags.raise', { flag: 'chest' }, 's2');
  const phone = '+16025550100';
  expect(await call('patients.register', { name: 'Priya Raman', born: '1990-06-15', phone })).toEqual({
    patientId: 'P2001',
  });
  await call('intake.file_new', { patientId: 'P2001', ...INTAKE });
  const { found, remove } = forget({ folder }, phone);
  expect(found).toEqual({ documents: 3, 'answers to calls': 2, patients: 1 });
  remove();
  expect(inFiles('Priya Raman', phone, INTAKE.reason)).toEqual([]);
  expect(inFiles('"resourceType":"Flag"')).toHaveLength(1);
});
