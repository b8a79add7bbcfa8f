import { beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { callsOf, type Input } from '../backend/testing/calls.ts';
import tools from './tools.ts';

const TODAY = '2026-11-24';
const NOW = Date.parse('2026-11-24T17:00:00Z');

/** The tools on a clinic of their own, as one session calls them: each call has a key of its own unless one is given. */
function open() {
  const { call, refusal, prove } = callsOf(tools({ today: TODAY }), NOW);
  const slots = async (wish: Input = {}) => Slots.parse(await call('slots.find', wish)).slots;
  const upcoming = async (patientId: string) =>
    Upcoming.parse(await call('appointments.list', { patientId })).appointments;
  return { call, refusal, prove, slots, upcoming };
}

const Slot = z.object({
  slotId: z.string(),
  date: z.string(),
  time: z.string(),
  with: z.string(),
  visit: z.string(),
  label: z.string(),
});
const Slots = z.object({ slots: z.array(Slot) });
const Upcoming = z.object({
  appointments: z.array(Slot.extend({ appointmentId: z.string(), canChange: z.boolean() })),
});

let clinic: ReturnType<typeof open>;
beforeEach(() => {
  clinic = open();
});

const NEWCOMER = { name: 'Priya Raman', born: '1990-06-15', phone: '+16025550100' };
const told = (patientId: string) => ({ patientId, mayRecord: false, reason: 'a cough', coverage: 'self_pay' });

describe('who is calling', () => {
  it('is found by name and date of birth; of twins, with the ZIP code', async () => {
    expect(await clinic.call('identity.find', { name: 'maria gonzalez', born: '1984-03-12' })).toEqual({
      personId: 'P1001',
    });
    const twin = { name: 'Robert Lee', born: '1978-05-05' };
    expect(await clinic.refusal('identity.find', twin)).toBe('ambiguous');
    expect(await clinic.call('identity.find', { ...twin, zip: '85008' })).toEqual({ personId: 'P1005' });
  });

  it('gets the code by e-mail where no telephone is on file', async () => {
    expect(await clinic.refusal('identity.send_code', { personId: 'P1006' })).toBe('not_found');
    expect(await clinic.call('identity.send_code', { personId: 'P1006', by: 'email' })).toMatchObject({ minutes: 10 });
  });
});

describe('a new patient', () => {
  it('gets a record, which can be found from then on', async () => {
    expect(await clinic.call('patients.register', NEWCOMER)).toEqual({ patientId: 'P2001' });
    expect(await clinic.call('patients.register', { ...NEWCOMER, name: 'Anil Raman' })).toEqual({ patientId: 'P2002' });
    const { name, born } = NEWCOMER;
    expect(await clinic.call('identity.find', { name, born })).toEqual({ personId: 'P2001' });
  });

  it('is registered once for a key', async () => {
    const same = { idempotencyKey: 'register' };
    for (const attempt of [1, 2])
      expect(await clinic.call('patients.register', NEWCOMER, { ...same, attempt })).toEqual({ patientId: 'P2001' });
  });

  it('is not registered in the place of a patient on file, however the name is written', async () => {
    const taken = { ...NEWCOMER, name: ' MARIA  Gonzalez', born: '1984-03-12' };
    expect(await clinic.refusal('patients.register', taken)).toBe('on_file');
    expect(await clinic.call('patients.register', { ...taken, born: '1984-03-13' })).toEqual({ patientId: 'P2001' });
  });

  it('may have what they told filed, and a time booked, by the session that registered them and by no other', async () => {
    await clinic.call('patients.register', NEWCOMER);
    const [slot] = await clinic.slots();
    const booking = { patientId: 'P2001', slotId: slot?.slotId ?? '', reason: 'a cough' };
    expect(await clinic.refusal('appointments.book_new', booking, { session: 's2' })).toBe('not_verified');
    expect(await clinic.refusal('intake.file_new', told('P2001'), { session: 's2' })).toBe('not_verified');
    expect(await clinic.call('appointments.book_new', booking)).toMatchObject(slot ?? {});
    expect(await clinic.call('intake.file_new', told('P2001'))).toEqual({ intakeId: 'doc-3' });
  });

  it('does not open the records of others', async () => {
    await clinic.call('patients.register', NEWCOMER);
    const [slot] = await clinic.slots();
    const booking = { patientId: 'P1001', slotId: slot?.slotId ?? '', reason: 'a cough' };
    expect(await clinic.refusal('appointments.book_new', booking)).toBe('not_verified');
    expect(await clinic.refusal('intake.file_new', told('P1001'))).toBe('not_verified');
  });
});

describe('a patient on file', () => {
  it.each(['intake.file', 'appointments.book', 'appointments.move', 'appointments.cancel', 'appointments.list'])(
    'is not dealt with by %s before this session has proved to be them',
    async (name) => {
      await clinic.prove('P1002');
      const input: Input =
        {
          'intake.file': told('P1001'),
          'appointments.book': { patientId: 'P1001', slotId: 'S30', reason: 'a cough' },
          'appointments.move': { patientId: 'P1001', appointmentId: 'A1', slotId: 'S30' },
          'appointments.cancel': { patientId: 'P1001', appointmentId: 'A1' },
          'appointments.list': { patientId: 'P1001' },
        }[name] ?? {};
      expect(await clinic.refusal(name, input)).toBe('not_verified');
    },
  );

  it('that is none is not found', async () => {
    expect(await clinic.refusal('intake.file', told('P4040'))).toBe('not_found');
  });
});

describe('a time', () => {
  it('is free, from tomorrow on, and not twice of one doctor on one day', async () => {
    const offered = await clinic.slots();
    expect(offered.map(({ label }) => label)).toEqual([
      'Wednesday, November 25 at 8:20 AM with Dr. Osei',
      'Wednesday, November 25 at 9:00 AM with Dr. Hart',
      'Wednesday, November 25 at 9:20 AM with Dr. Lindqvist, by video',
    ]);
  });

  it('is as it was wished for', async () => {
    const wish = { from: '2026-12-01', part: 'afternoon', visit: 'in_person', clinician: 'D1' };
    const offered = await clinic.slots(wish);
    expect(offered.map(({ date, time }) => [date, time])).toEqual([
      ['2026-12-01', '15:20'],
      ['2026-12-02', '15:20'],
      ['2026-12-03', '15:20'],
    ]);
    expect(await clinic.slots({ from: '2027-03-01' })).toEqual([]);
    expect(await clinic.slots({ clinician: 'D3', visit: 'in_person' })).toEqual([]);
  });

  it('is taken once: who comes second is refused, and it is offered no more', async () => {
    const [slot, next] = await clinic.slots();
    const booking = { slotId: slot?.slotId ?? '', reason: 'a cough' };
    await clinic.prove('P1001');
    await clinic.prove('P1003');
    const booked = await clinic.call('appointments.book', { patientId: 'P1003', ...booking });
    expect(booked).toMatchObject(slot ?? {});
    expect(await clinic.refusal('appointments.book', { patientId: 'P1001', ...booking })).toBe('slot_taken');
    const offered = await clinic.slots();
    expect(offered).toContainEqual(next);
    expect(offered).not.toContainEqual(slot);
  });

  it('is booked once for a key', async () => {
    const [slot] = await clinic.slots();
    await clinic.prove('P1003');
    const booking = { patientId: 'P1003', slotId: slot?.slotId ?? '', reason: 'a cough' };
    for (const attempt of [1, 2]) await clinic.call('appointments.book', booking, { idempotencyKey: 'book', attempt });
    expect(await clinic.upcoming('P1003')).toHaveLength(1);
  });

  it.each(['S1', 'S999999', 'A1'])('%s is past, none, or no time', async (slotId) => {
    await clinic.prove('P1003');
    const refused = await clinic.refusal('appointments.book', { patientId: 'P1003', slotId, reason: 'a cough' });
    expect(refused).toBe(slotId === 'A1' ? 'invalid_input' : 'slot_taken');
  });
});

describe('an appointment', () => {
  it('is told, the next first, and whether it can still be changed', async () => {
    await clinic.prove('P1007');
    expect(await clinic.upcoming('P1007')).toMatchObject([
      { label: 'Friday, November 27 at 1:00 PM with Dr. Lindqvist, by video', canChange: true },
      { label: 'Thursday, December 3 at 9:00 AM with Dr. Hart', canChange: true },
    ]);
    await clinic.prove('P1002');
    expect(await clinic.upcoming('P1002')).toMatchObject([{ date: TODAY, canChange: false }]);
  });

  it('is cancelled, and its time is free again', async () => {
    await clinic.prove('P1001');
    const [appointment] = await clinic.upcoming('P1001');
    const which = { patientId: 'P1001', appointmentId: appointment?.appointmentId ?? '' };
    await clinic.call('appointments.cancel', which);
    expect(await clinic.upcoming('P1001')).toEqual([]);
    expect(await clinic.refusal('appointments.cancel', which)).toBe('not_found');
    const free = await clinic.slots({ from: '2026-11-30', clinician: 'D1' });
    expect(free[0]).toMatchObject({ date: '2026-11-30' });
    await clinic.call('appointments.book', { patientId: 'P1001', slotId: appointment?.slotId ?? '', reason: 'again' });
  });

  it('is moved: the new time is taken, the old one free', async () => {
    await clinic.prove('P1001');
    const [before] = await clinic.upcoming('P1001');
    const [slot] = await clinic.slots();
    const ids = { patientId: 'P1001', appointmentId: before?.appointmentId ?? '' };
    await clinic.call('appointments.move', { ...ids, slotId: slot?.slotId ?? '' });
    expect(await clinic.upcoming('P1001')).toMatchObject([slot ?? {}]);
  });

  it('stays as it is where the other time is taken', async () => {
    await clinic.prove('P1001');
    await clinic.prove('P1003');
    const before = await clinic.upcoming('P1001');
    const [slot] = await clinic.slots();
    const slotId = slot?.slotId ?? '';
    await clinic.call('appointments.book', { patientId: 'P1003', slotId, reason: 'a cough' });
    const ids = { patientId: 'P1001', appointmentId: before[0]?.appointmentId ?? '' };
    expect(await clinic.refusal('appointments.move', { ...ids, slotId })).toBe('slot_taken');
    expect(await clinic.upcoming('P1001')).toEqual(before);
  });

  it('of today is for the front desk, and one of somebody else is not found', async () => {
    await clinic.prove('P1002');
    const [today] = await clinic.upcoming('P1002');
    const appointmentId = today?.appointmentId ?? '';
    expect(await clinic.refusal('appointments.cancel', { patientId: 'P1002', appointmentId })).toBe('too_late');
    await clinic.prove('P1001');
    expect(await clinic.refusal('appointments.cancel', { patientId: 'P1001', appointmentId })).toBe('not_found');
  });
});

describe('insurance', () => {
  it.each([
    ['blue_mesa', 'BM1234567', 'active'],
    ['blue_mesa', 'bm1234567', 'active'],
    ['saguaro', 'SH2223334', 'ended'],
    ['saguaro', 'SH0000000', 'unknown_member'],
    ['blue_mesa', 'SH5556667', 'unknown_member'],
    ['canyon', 'CM4445556', 'not_accepted'],
    ['other', 'XX0000000', 'not_accepted'],
  ])('%s %s: %s', async (insurer, memberId, verdict) => {
    expect(await clinic.call('coverage.check', { insurer, memberId })).toMatchObject({ verdict });
  });
});

describe('a red flag', () => {
  it('is written down for whoever is on the line, known or not, and once for a key', async () => {
    for (const attempt of [1, 2])
      expect(await clinic.call('flags.raise', { flag: 'chest' }, { idempotencyKey: 'flag', attempt })).toEqual({
        flagId: 'doc-1',
      });
    expect(await clinic.call('flags.raise', { flag: 'suicide', patientId: 'P1001' })).toEqual({ flagId: 'doc-2' });
  });

  it('keeps nobody waiting who has to hear of 911', () => {
    expect(tools({})['flags.raise']?.signature.timeout).toBeLessThanOrEqual(1_000);
  });
});
