import { DAY, type Day } from '@parley-workflows/backend/calendar';
import type { Database } from '@parley-workflows/backend/database';

// Born on a day that stays; whoever has no telephone gets the code by e-mail.
const PATIENTS = [
  ['P1001', 'Maria Gonzalez', '1984-03-12', '+16025550142', 'maria.gonzalez@example.com', '85004'],
  ['P1002', 'James Whitfield', '1951-07-30', '+16025550187', null, '85016'],
  ['P1003', 'Aaliyah Brooks', '1996-11-02', '+14805550119', 'aaliyah.brooks@example.com', '85281'],
  // Twins, named after one grandfather.
  ['P1004', 'Robert Lee', '1978-05-05', '+16235550163', 'bob.lee@example.com', '85301'],
  ['P1005', 'Robert Lee', '1978-05-05', '+16235550175', 'rob.lee@example.com', '85008'],
  ['P1006', 'Nadia Petrova', '2001-01-19', null, 'nadia.petrova@example.com', '85003'],
  ['P1007', "Sean O'Connor", '1969-09-09', '+16025550128', null],
  // Whose tools misbehave: TROUBLES in clinic.ts.
  ['P9991', 'Hank Summers', '1970-01-01', '+16025550191', null, '85001'],
  ['P9992', 'Thelma Winters', '1970-01-02', '+16025550192', null, '85001'],
  ['P9993', 'Sloane Rivers', '1970-01-03', '+16025550193', null, '85001'],
  ['P9994', 'Lois Fields', '1970-01-04', '+16025550194', null, '85001'],
] as const;

/** Whom the clinic takes, and what a member ID of theirs looks like. */
const INSURERS = [
  ['blue_mesa', 'Blue Mesa', 1],
  ['saguaro', 'Saguaro Health', 1],
  ['medicare', 'Medicare', 1],
  ['canyon', 'Canyon Mutual', 0],
] as const;

const MEMBERS = [
  ['blue_mesa', 'BM1234567', 'P1001', 1],
  ['medicare', 'MC7654321', 'P1002', 1],
  ['saguaro', 'SH2223334', 'P1003', 0],
  ['canyon', 'CM4445556', 'P1006', 1],
  ['saguaro', 'SH5556667', null, 1],
] as const;

const CLINICIANS = [
  ['D1', 'Dr. Hart'],
  ['D2', 'Dr. Osei'],
  ['D3', 'Dr. Lindqvist'],
] as const;

/** The hours of each clinician: minutes from midnight. Dr. Lindqvist sees patients by video only. */
const HOURS: { readonly [clinician: string]: readonly number[] } = {
  D1: [9 * 60, 9 * 60 + 40, 11 * 60, 15 * 60 + 20],
  D2: [8 * 60 + 20, 10 * 60, 14 * 60, 16 * 60 + 40],
  D3: [9 * 60 + 20, 13 * 60, 17 * 60],
};
const MINUTES = 20;
/** How many days ahead there are times. */
const AHEAD = 21;

/** Who has an appointment: days from today. */
const BOOKED = [
  ['P1001', 'D1', 6, 11 * 60, 'the yearly check-up'],
  ['P1002', 'D2', 0, 16 * 60 + 40, 'blood pressure'],
  ['P1007', 'D3', 3, 13 * 60, 'test results'],
  ['P1007', 'D1', 9, 9 * 60, 'a sore shoulder'],
  ['P9994', 'D2', 4, 10 * 60, 'a rash'],
] as const;

/** Fills an empty clinic so that everything stands as it should on a day: "in six days" is true then. */
export function seed(db: Database, today: Day): void {
  for (const patient of PATIENTS) db.run('INSERT INTO patients VALUES (?, ?, ?, ?, ?, ?, NULL)', ...patient);
  for (const insurer of INSURERS) db.run('INSERT INTO insurers VALUES (?, ?, ?)', ...insurer);
  for (const member of MEMBERS) db.run('INSERT INTO members VALUES (?, ?, ?, ?)', ...member);
  for (const clinician of CLINICIANS) db.run('INSERT INTO clinicians VALUES (?, ?)', ...clinician);
  for (let ahead = 0; ahead <= AHEAD; ahead++)
    for (const [clinician, hours] of Object.entries(HOURS))
      for (const minute of hours) {
        const visit = clinician === 'D3' ? 'video' : 'in_person';
        const slot = db.run(
          'INSERT INTO slots (clinician, day, minute, minutes, visit) VALUES (?, ?, ?, ?, ?)',
          clinician,
          today + ahead,
          minute,
          MINUTES,
          visit,
        );
        const booked = BOOKED.find(([, who, day, at]) => who === clinician && day === ahead && at === minute);
        if (booked !== undefined)
          db.run(
            "INSERT INTO appointments (patient, slot, reason, state, made_at) VALUES (?, ?, ?, 'booked', ?)",
            booked[0],
            slot,
            booked[4],
            (today - 14) * DAY,
          );
      }
}
