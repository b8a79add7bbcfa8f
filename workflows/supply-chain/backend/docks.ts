import { type Day, dateOf, dayOf } from '@parley-workflows/backend/calendar';
import type { Database } from '@parley-workflows/backend/database';
import type { Desk } from '@parley-workflows/backend/desk';
import { z } from 'zod';
import { provedShipmentFor } from './contacts.ts';
import { POLICY } from './policy.ts';
import { refuse } from './refusal.ts';

/** An hour of the day as an ISO 8601 time: 9 is 09:00. */
export const timeOf = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

/** An hour as it is said: 9 AM. */
const said = (hour: number): string => `${hour % 12 === 0 ? 12 : hour % 12} ${hour < 12 ? 'AM' : 'PM'}`;

const inWords = (all: readonly string[]): string =>
  all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;

const hourOf = (time: string): number | undefined => {
  const [, hour, minute] = /^(\d\d):(\d\d)$/.exec(time) ?? [];
  return minute === '00' ? Number(hour) : undefined;
};

/** The bays that nobody has at an hour. */
function freeDocks(db: Database, day: Day, hour: number): readonly number[] {
  const taken = db.all(z.object({ dock: z.int() }), 'SELECT dock FROM bookings WHERE day = ? AND hour = ?', day, hour);
  return POLICY.docks.filter((dock) => !taken.some((one) => one.dock === dock));
}

const hoursOn = (db: Database, day: Day): readonly number[] =>
  POLICY.hours.filter((hour) => freeDocks(db, day, hour).length > 0);

/**
 * What is free on the day that was wished for, or on the next day that has something (without a wish, the next of all):
 * at most three times. `exact` says that the very time wished for is free.
 */
export function offerTimes({ db, today }: Desk, wishedDay: string | undefined, wishedTime: string | undefined) {
  // Today's docks are the business of the people there.
  const next = today + 1;
  const wished = wishedDay === undefined ? next : dayOf(wishedDay);
  const last = today + POLICY.daysAhead;
  const first = Math.max(wished, next);
  let day = first;
  while (day <= last && hoursOn(db, day).length === 0) day += 1;
  const hours = day <= last ? hoursOn(db, day) : [];
  const hour = wishedTime === undefined ? undefined : hourOf(wishedTime);
  const exact = day === wished && hour !== undefined && hours.includes(hour);
  // Those nearest to what was wished for, in the order of the day.
  const near = [...hours]
    .sort((a, b) => (hour === undefined ? 0 : Math.abs(a - hour) - Math.abs(b - hour)))
    .slice(0, 3)
    .sort((a, b) => a - b);
  return {
    exact,
    sameDay: wishedDay === undefined || day === wished,
    count: near.length,
    ...(near.length === 0 ? {} : { day: dateOf(day) }),
    times: near.map(timeOf),
    spoken: inWords(near.map(said)),
    lastDay: dateOf(last),
  };
}

/** Books a bay, and lets go of the one the shipment had. Refuses `not_yours`, `too_late`, `slot_taken`. */
export function bookDock(desk: Desk, personId: string, shipmentId: string, date: string, time: string) {
  const { db, today } = desk;
  const shipment = provedShipmentFor(desk, personId, shipmentId, ['carrier']);
  if (shipment.way !== 'inbound') refuse('not_yours');
  if (shipment.status !== 'in_transit' || (shipment.booking !== undefined && shipment.booking.day <= today))
    refuse('too_late');
  const [day, hour] = [dayOf(date), hourOf(time)];
  const isOffered = day > today && day <= today + POLICY.daysAhead && POLICY.hours.some((one) => one === hour);
  const [dock] = isOffered && hour !== undefined ? freeDocks(db, day, hour) : [];
  if (hour === undefined || dock === undefined) refuse('slot_taken');
  db.run('DELETE FROM bookings WHERE shipment = ?', shipmentId);
  db.run('INSERT INTO bookings (day, hour, dock, shipment) VALUES (?, ?, ?, ?)', day, hour, dock, shipmentId);
  return { day: date, time, dock };
}
