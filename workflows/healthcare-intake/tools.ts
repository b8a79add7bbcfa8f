import { characters, type Tools } from '@parley/engine';
import { type Desk, openDesk, type Place } from '@parley-workflows/backend/desk';
import { type IdentityRefusal, identityTools, mustBeVerified } from '@parley-workflows/backend/identity';
import { toolMakers } from '@parley-workflows/backend/tools';
import { z } from 'zod';
import { book, cancel, findSlots, move, PARTS_OF_DAY, upcoming, VISITS } from './backend/appointments.ts';
import { CLINIC, TROUBLES } from './backend/clinic.ts';
import { COVERAGE_VERDICTS, checkCoverage } from './backend/coverage.ts';
import { RED_FLAGS } from './backend/fhir/flag.ts';
import { mustBeNew, patientOf, patientsIn, register } from './backend/patients.ts';
import { fileIntake, raiseFlag } from './backend/record.ts';
import type { Refusal } from './backend/refusal.ts';

export { forget } from './backend/forget.ts';

const patientId = z.string().regex(/^P\d{4}$/);
const clinicianId = z.string().regex(/^D\d$/);
const slotId = z.string().regex(/^S\d{1,6}$/);
const appointmentId = characters().regex(/^A\d{1,6}$/);
const words = z.string().min(1).max(500);
const date = z.iso.date();

const slot = { slotId, date, time: z.string(), with: z.string(), visit: z.enum(VISITS), label: z.string() };
const booked = { appointmentId, ...slot };

const Intake = z.strictObject({
  patientId,
  mayRecord: z.boolean(),
  reason: words,
  since: words.optional(),
  severity: z.int().min(0).max(10).optional(),
  course: z.enum(['better', 'same', 'worse']).optional(),
  symptoms: words.optional(),
  medicines: words.optional(),
  allergies: words.optional(),
  reaction: z.enum(['mild', 'serious']).optional(),
  coverage: z.enum(['insured', 'not_verified', 'self_pay']),
  insurer: z.string().max(50).optional(),
  memberId: z.string().max(20).optional(),
});
const Booking = z.strictObject({ patientId, slotId, reason: words });

/**
 * The tools of the clinic, on a back end of its own: a database in `folder`, or in memory; see backend/README.md.
 * `today`, ISO 8601, is the clinic's day; the day of each call if left out.
 *
 * What is written for a patient on file takes a one-time code. Whoever is new has nobody's record to get at: for a
 * record that this very session opened there are tools of their own (`…_new`), which refuse every other record.
 */
export default function tools(place: Place): Tools {
  const makers = toolMakers<Refusal | IdentityRefusal>(openDesk(CLINIC, place), TROUBLES);
  const { reads, writes } = makers;

  const fileTool = (name: string, who: 'on_file' | 'new') =>
    writes(name, {
      about: "Writes what was told, and what was agreed to, into the patient's record as FHIR.",
      input: Intake,
      output: z.object({ intakeId: z.string() }),
      requires: { confirmation: true, identity: who === 'new' ? 'looked_up' : 'code' },
      errors: ['not_found', 'not_verified'],
      cleared: ['pii', 'phi'],
      run: (desk, { patientId: patient, mayRecord, ...intake }) => {
        allowed(desk, patient, who);
        return { intakeId: fileIntake(desk, patient, mayRecord, intake) };
      },
    });

  const bookTool = (name: string, who: 'on_file' | 'new') =>
    writes(name, {
      about: 'Books a free time for the patient.',
      input: Booking,
      output: z.object(booked),
      requires: { confirmation: true, identity: who === 'new' ? 'looked_up' : 'code' },
      errors: ['not_found', 'not_verified', 'slot_taken'],
      cleared: ['pii', 'phi'],
      run: (desk, { patientId: patient, slotId: wanted, reason }) => {
        allowed(desk, patient, who);
        return book(desk, patient, wanted, reason);
      },
    });

  return {
    ...identityTools(makers, ({ db }) => patientsIn(db)),

    'patients.register': writes('patients.register', {
      about: 'Opens a record for a new patient. Their identity is checked when they come.',
      input: z.strictObject({ name: z.string().min(1).max(100), born: date, phone: z.string().min(7).max(20) }),
      output: z.object({ patientId }),
      requires: { confirmation: true },
      grants: 'looked_up',
      errors: ['on_file'],
      cleared: ['pii', 'phi'],
      run: (desk, { name, born, phone }) => ({ patientId: register(desk, name, born, phone) }),
    }),

    'coverage.check': reads({
      about: 'Whether the clinic takes an insurer, and whether a member ID is active there.',
      input: z.strictObject({ insurer: z.string().min(1).max(50), memberId: z.string().min(1).max(20) }),
      output: z.object({ verdict: z.enum(COVERAGE_VERDICTS), name: z.string() }),
      requires: { identity: 'looked_up' },
      cleared: ['pii', 'phi'],
      run: (desk, { insurer, memberId }) => checkCoverage(desk, insurer, memberId),
    }),

    'slots.find': reads({
      about: 'The next free times, at most three, from tomorrow on.',
      input: z.strictObject({
        visit: z.enum(VISITS).optional(),
        from: date.optional(),
        part: z.enum(PARTS_OF_DAY).optional(),
        clinician: clinicianId.optional(),
      }),
      output: z.object({ count: z.int(), slots: z.array(z.object(slot)), summary: z.string() }),
      run: (desk, wish) => {
        const slots = findSlots(desk, wish);
        return { count: slots.length, slots, summary: listed(slots) };
      },
    }),

    'appointments.list': reads({
      about: "The patient's appointments that are still to come.",
      input: z.strictObject({ patientId }),
      output: z.object({
        count: z.int(),
        appointments: z.array(z.object({ ...booked, canChange: z.boolean() })),
        summary: z.string(),
      }),
      requires: { identity: 'code' },
      errors: ['not_found', 'not_verified'],
      run: (desk, { patientId: patient }) => {
        allowed(desk, patient, 'on_file');
        const appointments = upcoming(desk, patient);
        return { count: appointments.length, appointments, summary: listed(appointments) };
      },
    }),

    'appointments.book': bookTool('appointments.book', 'on_file'),
    'appointments.book_new': bookTool('appointments.book_new', 'new'),

    'appointments.move': writes('appointments.move', {
      about: 'Books another time in the place of an appointment that is not today.',
      input: z.strictObject({ patientId, appointmentId, slotId }),
      output: z.object(booked),
      requires: { confirmation: true, identity: 'code' },
      errors: ['not_found', 'not_verified', 'slot_taken', 'too_late'],
      cleared: ['phi'],
      run: (desk, { patientId: patient, appointmentId: from, slotId: to }) => {
        allowed(desk, patient, 'on_file');
        return move(desk, patient, from, to);
      },
    }),

    'appointments.cancel': writes('appointments.cancel', {
      about: 'Cancels an appointment that is not today.',
      input: z.strictObject({ patientId, appointmentId }),
      output: z.object({ appointmentId }),
      requires: { confirmation: true, identity: 'code' },
      errors: ['not_found', 'not_verified', 'too_late'],
      cleared: ['phi'],
      run: (desk, { patientId: patient, appointmentId: which }) => {
        allowed(desk, patient, 'on_file');
        cancel(desk, patient, which);
        return { appointmentId: which };
      },
    }),

    'intake.file': fileTool('intake.file', 'on_file'),
    'intake.file_new': fileTool('intake.file_new', 'new'),

    // No confirmation and no identity: what can't wait is written down whoever says it, for the nurse who takes over.
    'flags.raise': writes('flags.raise', {
      about: 'Writes down that a red flag was heard: for the patient, or for an unknown caller.',
      input: z.strictObject({ flag: z.enum(RED_FLAGS), patientId: patientId.optional() }),
      output: z.object({ flagId: characters() }),
      // The caller is told to call 911 in the same breath: that can't wait for it.
      timeout: '1s',
      errors: ['not_found'],
      cleared: ['phi'],
      run: (desk, { flag, patientId: patient }) => ({ flagId: raiseFlag(desk, patient, flag) }),
    }),
  };
}

/** Refuses who may not write to a record: see `tools`. */
function allowed(desk: Desk, patient: string, who: 'on_file' | 'new'): void {
  patientOf(desk.db, patient);
  if (who === 'new') mustBeNew(desk, patient);
  else mustBeVerified(desk, patient);
}

/** "Monday at 9:00 AM with Dr. Hart; or Tuesday at 1:00 PM with Dr. Osei". */
const listed = (slots: readonly { readonly label: string }[]): string => slots.map(({ label }) => label).join('; or ');
