import { DAY, dateOf, dayOf } from '@parley-workflows/backend/calendar';
import type { Database } from '@parley-workflows/backend/database';
import type { Desk } from '@parley-workflows/backend/desk';
import { z } from 'zod';
import type { AppointmentOnFile } from './fhir/appointment.ts';
import { refuse } from './refusal.ts';

export const VISITS = ['in_person', 'video'] as const;
export const PARTS_OF_DAY = ['morning', 'afternoon'] as const;

/** How many times are offered at once: more than three nobody keeps in mind. */
const OFFERED = 3;
/** How far ahead is looked, in days. */
const AHEAD = 21;
const NOON = 12 * 60;

const SlotRow = z.object({
  id: z.int(),
  day: z.int(),
  minute: z.int(),
  visit: z.enum(VISITS),
  clinician: z.string(),
  clinician_name: z.string(),
});
type Slot = z.output<typeof SlotRow>;

/** A time that is free, or taken by an appointment, as callers hear of it. */
export interface Told {
  readonly slotId: string;
  readonly date: string;
  readonly time: string;
  readonly with: string;
  readonly visit: (typeof VISITS)[number];
  /** In words: "Thursday, November 26 at 9:40 AM with Dr. Hart". */
  readonly label: string;
}

const SLOTS = `SELECT slots.id, day, minute, visit, clinician, clinicians.name AS clinician_name
  FROM slots JOIN clinicians ON clinicians.id = clinician`;
const FREE = "slots.id NOT IN (SELECT slot FROM appointments WHERE state = 'booked')";

export interface SlotWish {
  readonly visit?: (typeof VISITS)[number] | undefined;
  /** ISO 8601: not before this day. */
  readonly from?: string | undefined;
  readonly part?: (typeof PARTS_OF_DAY)[number] | undefined;
  /** A clinician's id. */
  readonly clinician?: string | undefined;
}

/** The next free times, from tomorrow on, at most three and no two of one clinician on one day. */
export function findSlots({ db, today }: Desk, { visit, from, part, clinician }: SlotWish): Told[] {
  const first = Math.max(today + 1, from === undefined ? 0 : dayOf(from));
  const fits = (slot: Slot) =>
    (visit === undefined || slot.visit === visit) &&
    (part === undefined || (part === 'morning') === slot.minute < NOON) &&
    (clinician === undefined || slot.clinician === clinician);
  const free = db
    .all(SlotRow, `${SLOTS} WHERE ${FREE} AND day >= ? AND day <= ? ORDER BY day, minute`, first, today + AHEAD)
    .filter(fits);
  const offered: Slot[] = [];
  for (const slot of free)
    if (!offered.some((other) => other.day === slot.day && other.clinician === slot.clinician)) offered.push(slot);
  return offered.slice(0, OFFERED).map(told);
}

/** Books a time; refuses `slot_taken` where somebody else was faster or it is not ahead. */
export function book({ db, today, now }: Desk, patient: string, slotId: string, reason: string | null): Booked {
  const slot = db.one(SlotRow, `${SLOTS} WHERE slots.id = ? AND ${FREE} AND day > ?`, numberOf(slotId, 'S'), today);
  if (slot === undefined) refuse('slot_taken');
  const id = db.run(
    "INSERT INTO appointments (patient, slot, reason, state, made_at) VALUES (?, ?, ?, 'booked', ?)",
    patient,
    slot.id,
    reason,
    now,
  );
  return { appointmentId: `A${id}`, ...told(slot) };
}

export interface Booked extends Told {
  readonly appointmentId: string;
}

/** A patient's appointments from today on, the next first, and whether each can still be changed on the line. */
export function upcoming({ db, today }: Desk, patient: string): (Booked & { canChange: boolean })[] {
  const Row = SlotRow.extend({ appointment: z.int() });
  return db
    .all(
      Row,
      `SELECT appointments.id AS appointment, slots.id, day, minute, visit, clinician, clinicians.name AS clinician_name
       FROM appointments JOIN slots ON slots.id = slot JOIN clinicians ON clinicians.id = clinician
       WHERE patient = ? AND state = 'booked' AND day >= ? ORDER BY day, minute`,
      patient,
      today,
    )
    .map((row) => ({ appointmentId: `A${row.appointment}`, ...told(row), canChange: row.day > today }));
}

/** Cancels an appointment of the patient; refuses `not_found`, and `too_late` on its day. */
export function cancel(desk: Desk, patient: string, appointmentId: string): void {
  const { id } = changeable(desk, patient, appointmentId);
  desk.db.run("UPDATE appointments SET state = 'cancelled' WHERE id = ?", id);
}

/** An appointment of the patient that can still be changed on the line; refuses `not_found` and `too_late`. */
function changeable(
  { db, today }: Desk,
  patient: string,
  appointmentId: string,
): { id: number; reason: string | null } {
  const found = db.one(
    z.object({ id: z.int(), day: z.int(), reason: z.string().nullable() }),
    `SELECT appointments.id, day, reason FROM appointments JOIN slots ON slots.id = slot
     WHERE appointments.id = ? AND patient = ? AND state = 'booked' AND day >= ?`,
    numberOf(appointmentId, 'A'),
    patient,
    today,
  );
  if (found === undefined) refuse('not_found');
  if (found.day <= today) refuse('too_late');
  return found;
}

/** Books another time in the place of an appointment; refuses as `book` and `cancel` do, and then leaves it as it is. */
export function move(desk: Desk, patient: string, appointmentId: string, slotId: string): Booked {
  const { reason } = changeable(desk, patient, appointmentId);
  const booked = book(desk, patient, slotId, reason);
  cancel(desk, patient, appointmentId);
  return booked;
}

/** Every appointment of a patient, as it is written in their record. */
export function appointmentsOnFile(db: Database, patient: string): AppointmentOnFile[] {
  const Row = z.object({
    id: z.int(),
    state: z.enum(['booked', 'cancelled']),
    reason: z.string().nullable(),
    day: z.int(),
    minute: z.int(),
    minutes: z.int(),
    visit: z.enum(VISITS),
    clinician: z.string(),
    clinician_name: z.string(),
    made_at: z.int(),
  });
  return db
    .all(
      Row,
      `SELECT appointments.id, state, reason, day, minute, minutes, visit, clinician, clinicians.name AS clinician_name, made_at
       FROM appointments JOIN slots ON slots.id = slot JOIN clinicians ON clinicians.id = clinician
       WHERE patient = ? ORDER BY appointments.id`,
      patient,
    )
    .map(({ id, day, clinician_name, made_at, ...row }) => ({
      ...row,
      id: `A${id}`,
      patient,
      date: dateOf(day),
      clinicianName: clinician_name,
      madeAt: made_at,
    }));
}

function told({ id, day, minute, clinician_name, visit }: Slot): Told {
  const hour = Math.floor(minute / 60);
  const two = (value: number) => String(value).padStart(2, '0');
  const clock = `${hour % 12 || 12}:${two(minute % 60)} ${hour < 12 ? 'AM' : 'PM'}`;
  const on = WEEKDAY.format(day * DAY);
  return {
    slotId: `S${id}`,
    date: dateOf(day),
    time: `${two(hour)}:${two(minute % 60)}`,
    with: clinician_name,
    visit,
    label: `${on} at ${clock} with ${clinician_name}${visit === 'video' ? ', by video' : ''}`,
  };
}

const WEEKDAY = new Intl.DateTimeFormat('en-US', { weekday: 'long', month: 'long', day: 'numeric', timeZone: 'UTC' });

/** The number of an id such as S12; one that is none if it is another's. */
const numberOf = (id: string, letter: 'A' | 'S'): number => (id.startsWith(letter) ? Number(id.slice(1)) : -1);
