import { beforeEach, describe, expect, it } from '@jest/globals';
import { type ToolContext, ToolError } from '@parley/engine';
import fc from 'fast-check';
import { z } from 'zod';
import { type BackEnd, type Desk, openDesk } from './desk.ts';
import {
  DEMO_CODE,
  DEMO_VOUCHER,
  directoryOf,
  IDENTITY_TABLES,
  identityTools,
  LIMITS,
  mustBeVerified,
  type Person,
} from './identity.ts';
import { toolMakers } from './tools.ts';

const NOW = Date.parse('2026-11-24T10:00:00Z');
const MINUTE = 60_000;

const PEOPLE: readonly Person[] = [
  {
    id: 'P1',
    name: 'Maya Chen',
    email: 'maya.chen@example.com',
    phone: '+15035550142',
    zip: '97201',
    born: '1984-03-04',
  },
  // Father and son: one name, one house, one telephone.
  {
    id: 'P2',
    name: 'Peter Novak',
    email: 'peter.novak@example.com',
    phone: '+16175550128',
    zip: '02139',
    born: '1961-07-09',
  },
  {
    id: 'P3',
    name: 'Peter Novak',
    email: 'pete.novak.jr@example.com',
    phone: '+16175550128',
    zip: '02139',
    born: '1990-01-30',
  },
  { id: 'P4', name: 'José Núñez-Ortiz', phone: '+15125550187', zip: '78704', born: null },
  { id: 'P5', name: 'Ann Lee' },
];

const OFFICE: BackEnd = { file: 'office.sqlite', tables: [IDENTITY_TABLES], fill: () => undefined };

type Input = Parameters<ReturnType<typeof identityTools>[string]['call']>[0];

/** The tools on an office of their own: each call has a key of its own unless one is given. */
function open() {
  const deskOf = openDesk(OFFICE, { today: '2026-11-24' });
  const tools = identityTools(toolMakers(deskOf, {}), () => directoryOf(PEOPLE));
  let calls = 0;
  const contextOf = (given: Partial<ToolContext>): ToolContext => {
    calls += 1;
    const { signal } = new AbortController();
    return { session: 's1', idempotencyKey: `key ${calls}`, attempt: 1, signal, now: NOW, ...given };
  };
  const call = async (name: string, input: Input, given: Partial<ToolContext> = {}) => {
    const tool = tools[`identity.${name}`];
    if (!tool) throw new Error(`There is no tool ${name}.`);
    return tool.call(input, contextOf(given));
  };
  const refusal = async (name: string, input: Input, given: Partial<ToolContext> = {}) => {
    const answered = await call(name, input, given).catch((error: unknown) => error);
    if (answered instanceof ToolError) return answered.code;
    throw new Error(`${name} refused nothing.`, { cause: answered });
  };
  const desk = (session: string): Desk => deskOf(contextOf({ session }));
  return { call, refusal, desk };
}

let office: ReturnType<typeof open>;
beforeEach(() => {
  office = open();
});

const wrong = { personId: 'P1', code: '000000' };
const right = { personId: 'P1', code: DEMO_CODE };

describe('who is calling', () => {
  it.each([
    ['P1', { email: 'maya.chen@example.com' }],
    ['P1', { email: 'Maya.Chen@example.com' }],
    ['P1', { phone: '+15035550142' }],
    ['P1', { phone: '(503) 555-0142' }],
    ['P1', { name: 'maya  CHEN', zip: '97201' }],
    ['P1', { name: 'Maya Chen', born: '1984-03-04' }],
    ['P1', { email: 'maya.chen@example.com', phone: '503 555 0142', name: 'Maya Chen', zip: '97201' }],
    ['P2', { name: 'Peter Novak', born: '1961-07-09' }],
    ['P3', { name: 'Peter Novak', zip: '02139', email: 'pete.novak.jr@example.com' }],
    ['P4', { name: 'jose nunez-ortiz', zip: '78704' }],
  ])('is %s by %j', async (personId, clues) => {
    expect(await office.call('find', clues)).toEqual({ personId });
  });

  it.each([
    ['not_found', { email: 'maya.chen@example.com', phone: '+15125550187' }],
    ['not_found', { name: 'Maya Chen', born: '1984-03-05' }],
    // What is not on file fits nothing.
    ['not_found', { name: 'Ann Lee', zip: '97201' }],
    ['not_found', { name: 'José Núñez-Ortiz', born: '1984-03-04' }],
    ['ambiguous', { name: 'Peter Novak', zip: '02139' }],
    ['ambiguous', { phone: '617 555 0128' }],
    ['invalid_input', {}],
    ['invalid_input', { zip: '97201' }],
    ['invalid_input', { born: '1984-03-04' }],
    ['invalid_input', { zip: '97201', born: '1984-03-04' }],
    ['invalid_input', { name: 'Maya Chen' }],
    ['invalid_input', { email: 'maya' }],
    ['invalid_input', { personId: 'P1' }],
  ])('is refused as %s by %j', async (code, clues) => {
    expect(await office.refusal('find', clues)).toBe(code);
  });
});

describe('the code', () => {
  it('says where it went without telling the number or address', async () => {
    expect(await office.call('send_code', { personId: 'P1' })).toEqual({
      hint: 'the phone number ending in 4 2',
      minutes: 10,
    });
    expect(await office.call('send_code', { personId: 'P1', by: 'email' })).toEqual({
      hint: 'the e-mail address that begins with M',
      minutes: 10,
    });
  });

  it('is not sent where there is no such way, or no such person', async () => {
    expect(await office.refusal('send_code', { personId: 'P4', by: 'email' })).toBe('not_found');
    expect(await office.refusal('send_code', { personId: 'P5' })).toBe('not_found');
    expect(await office.refusal('send_code', { personId: 'P9' })).toBe('not_found');
  });

  it('is good once, as digits or as it was heard', async () => {
    await office.call('send_code', { personId: 'P1' });
    const given = { personId: 'P1', code: '42 42-42' };
    expect(await office.call('verify', given)).toEqual({ verified: true });
    expect(await office.refusal('verify', given)).toBe('expired');
  });

  it('is good for ten minutes', async () => {
    await office.call('send_code', { personId: 'P1' });
    expect(await office.refusal('verify', right, { now: NOW + 10 * MINUTE + 1 })).toBe('expired');
    expect(await office.call('verify', right, { now: NOW + 10 * MINUTE })).toEqual({ verified: true });
  });

  it('is dead after three wrong ones; a new one lives', async () => {
    await office.call('send_code', { personId: 'P1' });
    for (const code of ['wrong_code', 'wrong_code', 'too_many_attempts'])
      expect(await office.refusal('verify', wrong)).toBe(code);
    expect(await office.refusal('verify', right)).toBe('too_many_attempts');
    await office.call('send_code', { personId: 'P1' });
    expect(await office.call('verify', right)).toEqual({ verified: true });
  });

  it('is counted wrong once however often one attempt is tried', async () => {
    await office.call('send_code', { personId: 'P1' });
    for (const attempt of [1, 2, 3, 4]) {
      const same = { idempotencyKey: 'one guess', attempt };
      expect(await office.refusal('verify', wrong, same)).toBe('wrong_code');
    }
    expect(await office.call('verify', right)).toEqual({ verified: true });
  });

  it('is worth nothing in another session or for another person', async () => {
    await office.call('send_code', { personId: 'P1' });
    expect(await office.refusal('verify', right, { session: 's2' })).toBe('expired');
    expect(await office.refusal('verify', { ...right, personId: 'P2' })).toBe('expired');
  });

  it('is sent at most three times an hour, whatever the session', async () => {
    for (const session of ['s1', 's2', 's3']) await office.call('send_code', { personId: 'P1' }, { session });
    expect(await office.refusal('send_code', { personId: 'P1' }, { session: 's4' })).toBe('too_many_codes');
    await office.call('send_code', { personId: 'P2' }, { session: 's4' });
    await office.call('send_code', { personId: 'P1' }, { session: 's4', now: NOW + 60 * MINUTE });
  });

  it('is taken no more after five wrong ones an hour, whatever the code and the session; other people are not touched', async () => {
    // 2 wrong in one session, 2 in the next: no code is dead yet.
    for (const session of ['s1', 's2']) {
      await office.call('send_code', { personId: 'P1' }, { session });
      for (const _ of [1, 2]) expect(await office.refusal('verify', wrong, { session })).toBe('wrong_code');
    }
    await office.call('send_code', { personId: 'P1' }, { session: 's3' });
    expect(await office.refusal('verify', wrong, { session: 's3' })).toBe('too_many_attempts');
    // Now not even the right one, in any of them; and no new one is sent when the hour's codes are not what stands in the way.
    for (const session of ['s1', 's2', 's3'])
      expect(await office.refusal('verify', right, { session })).toBe('too_many_attempts');
    await office.call('send_code', { personId: 'P2' });
    expect(await office.call('verify', { ...right, personId: 'P2' })).toEqual({ verified: true });
    const later = { session: 's5', now: NOW + 60 * MINUTE };
    await office.call('send_code', { personId: 'P1' }, later);
    expect(await office.call('verify', right, later)).toEqual({ verified: true });
  });

  it('is not sent where it would not be taken', async () => {
    await office.call('send_code', { personId: 'P1' });
    for (const _ of [1, 2, 3]) await office.refusal('verify', wrong);
    const later = { now: NOW + 50 * MINUTE };
    await office.call('send_code', { personId: 'P1' }, later);
    for (const code of ['wrong_code', 'too_many_attempts'])
      expect(await office.refusal('verify', wrong, later)).toBe(code);
    expect(await office.refusal('send_code', { personId: 'P1' }, later)).toBe('too_many_codes');
    // An hour after the first three, two wrong ones are left in it.
    await office.call('send_code', { personId: 'P1' }, { now: NOW + 60 * MINUTE });
  });

  it('gives nobody more than five guesses, or three codes, in any hour, whatever they try', async () => {
    const step = fc.record({
      send: fc.boolean(),
      session: fc.constantFrom('s1', 's2', 's3'),
      minutes: fc.integer({ min: 0, max: 12 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (steps) => {
        const { call, desk } = open();
        let now = NOW;
        const within = (table: string, column: string) =>
          desk('s1').db.all(z.unknown(), `SELECT 1 FROM ${table} WHERE ${column} > ?`, now - 60 * MINUTE).length;
        for (const { send, session, minutes } of steps) {
          now += minutes * MINUTE;
          const given = { session, now };
          const tried = send ? call('send_code', { personId: 'P1' }, given) : call('verify', wrong, given);
          await tried.catch((error: unknown) => expect(error).toBeInstanceOf(ToolError));
          expect(within('codes', 'sent_at')).toBeLessThanOrEqual(LIMITS.codesAnHour);
          expect(within('wrong_codes', 'made_at')).toBeLessThanOrEqual(LIMITS.wrongAnHour);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('a colleague who vouches', () => {
  it('is believed with the voucher, and not without', async () => {
    expect(await office.refusal('vouched', { personId: 'P1', voucher: 'V000000' })).toBe('not_vouched');
    expect(await office.call('vouched', { personId: 'P1', voucher: DEMO_VOUCHER })).toEqual({ verified: true });
  });
});

describe('a write', () => {
  const denied = expect.objectContaining({ code: 'not_verified' });

  it('is for whom this session has proved to be with: by a code', async () => {
    await office.call('send_code', { personId: 'P1' });
    expect(() => mustBeVerified(office.desk('s1'), 'P1')).toThrow(denied);
    await office.call('verify', right);
    expect(() => mustBeVerified(office.desk('s1'), 'P1')).not.toThrow();
    expect(() => mustBeVerified(office.desk('s1'), 'P2')).toThrow(denied);
    expect(() => mustBeVerified(office.desk('s2'), 'P1')).toThrow(denied);
  });

  it('or by a voucher', async () => {
    await office.refusal('vouched', { personId: 'P1', voucher: 'V000000' });
    expect(() => mustBeVerified(office.desk('s1'), 'P1')).toThrow(denied);
    await office.call('vouched', { personId: 'P1', voucher: DEMO_VOUCHER });
    expect(() => mustBeVerified(office.desk('s1'), 'P1')).not.toThrow();
    expect(() => mustBeVerified(office.desk('s1'), 'P2')).toThrow(denied);
    expect(() => mustBeVerified(office.desk('s2'), 'P1')).toThrow(denied);
  });

  it('may still be asked for when a second code is on its way', async () => {
    await office.call('send_code', { personId: 'P1' });
    await office.call('verify', right);
    await office.call('send_code', { personId: 'P1' });
    expect(() => mustBeVerified(office.desk('s1'), 'P1')).not.toThrow();
  });
});
