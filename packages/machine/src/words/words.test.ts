import { describe, expect, it } from '@jest/globals';
import { sayValue } from '@parley/workflow';
import fc from 'fast-check';
import { checkWords, type Grounds, type Refusal } from './words.ts';

const FACTS = {
  status: 'in transit',
  sentOn: 'October 20, 2026',
  dueBy: 'October 23, 2026',
  calledBack: 'November 3, 2026, 3:30 PM',
  opens: '9:00 AM',
  total: '$49.99',
  fee: '$20.00',
  discount: '20%',
  items: '2',
  daysLate: '3',
  wait: '5 business days',
  item: 'Blue Kettle',
  carrier: 'UPS',
  city: "Coeur d'Alene",
  orderId: 'W1000001',
  tracking: '113-1234567',
  zip: '02134',
  phone: '(617) 555-0123',
  help: 'help@acme.com',
  page: 'acme.com/help',
  weight: '1,250',
  attempt: '3rd',
};

const grounds = (more: Partial<Grounds> = {}): Grounds => ({
  facts: FACTS,
  told: [
    'You answer for Acme.',
    'Say where the order is and how many days it is late. Offer a visit to our Boston shop.',
  ],
  longest: 300,
  sensitive: [],
  ...more,
});

/** What real models write: it must be said. */
const SAID: readonly string[] = [
  'Your order left our warehouse on Tuesday, October 20, and should be with you by Friday.',
  'Your order left our warehouse on October 20th and should arrive by October 23rd.',
  'It was sent on 10/20/2026.',
  'It was sent on 2026-10-20.',
  'It shipped Oct. 20 and is due on Friday, October 23, 2026.',
  'It went out on the 20th of October.',
  'It went out on the twentieth of October, and you can expect it on the 23rd.',
  'It should reach you in October.',
  "I'm sorry, it's running 3 days late.",
  "I'm sorry about the delay. It's three days late, and we know that's frustrating.",
  'Unfortunately, your package is delayed by three days.',
  'There are two items in the order, and both are on their way.',
  'The total is $49.99.',
  'That comes to forty-nine dollars and ninety-nine cents.',
  'You paid 49 dollars and 99 cents.',
  'There is a $20 fee.',
  'There is a fee of 20 dollars.',
  'There is a fee of twenty dollars.',
  'You get 20% off.',
  'You get twenty percent off.',
  'It takes five business days.',
  'It takes 5 business days, so please bear with us.',
  'Your Blue Kettle is with UPS.',
  'Good news! Your Blue Kettle is on its way, and UPS has it now.',
  'UPS will bring it.',
  'The shop in Coeur d’Alene has it.',
  'Thanks for calling Acme today. Your order is in transit.',
  'Is there anything else I can help you with today?',
  'Your order number is W1000001.',
  'Your order number is W, 1, 0, 0, 0, 0, 0, 1.',
  'The tracking number is 1131234567.',
  'It goes to ZIP code 02134.',
  'You can reach us at 617-555-0123.',
  'You can reach us at 6 1 7, 5 5 5, 0 1 2 3.',
  'Write to help@acme.com.',
  'Write to help at acme dot com.',
  'More is at acme.com/help.',
  'We will call you back at 3:30 PM on November 3.',
  'We will call you back at half past three in the afternoon.',
  'We open at 9 a.m.',
  "We open at nine o'clock in the morning.",
  'It weighs 1250 pounds, or so it says here.'.replace(' pounds', ''),
  'One moment, please. No one is to blame.',
  'You may also visit our Boston shop.',
  'May I suggest that you visit our Boston shop? Have a great day!',
  'I apologize for the inconvenience; please let us know if we can help.',
  'This is the third attempt.',
  'OK, so here is where it stands: it is in transit.',
  'I understand you’re waiting, and I’m sorry that it’s late.',
  'Right now it\nis in transit.',
];

/** What models make up, or what has no place in a text that is said: it must not be. */
const UNSAID: readonly (readonly [Refusal, string])[] = [
  ['date', 'It should be with you by October 24.'],
  ['date', 'It should be with you by Thursday.'],
  ['date', 'It was sent on Monday, October 20.'],
  ['date', 'It was sent on October 20, 2025.'],
  ['date', 'It will come on 11/20.'],
  ['date', 'It will come in November 2027.'],
  ['date', 'It will come in May.'],
  ['time', 'It will come tomorrow.'],
  ['time', 'It will come today.'],
  ['time', 'We will be calling you today.'],
  ['time', 'You will have it in a week.'],
  ['time', 'You will have it within a few days.'],
  ['time', 'It should arrive this evening.'],
  ['time', 'We close at 5 PM.'],
  ['time', "We will call at four o'clock."],
  ['time', 'We will call at 3:30 AM.'],
  ['number', "I'm sorry, it's four days late."],
  ['number', 'It takes 3 to 5 days.'],
  ['number', 'It takes 5 days.'],
  ['number', 'It is 3 weeks late.'],
  ['number', 'There are 20 items.'],
  ['number', 'There are twenty-one items.'],
  ['number', 'There are a hundred orders before yours.'],
  ['number', 'It is in box 23.'],
  ['number', 'You get 49% off.'],
  ['number', 'This is your second attempt.'],
  ['number', 'One of your items is lost.'],
  ['time', 'You get half of it back.'],
  ['time', 'A dozen others wait, too.'],
  ['amount', 'The fee is $25.'],
  ['amount', 'There is a fee of 49 dollars.'],
  ['amount', 'There is a fee of 20 euros.'],
  ['amount', 'You will get $2 for the two items.'],
  ['amount', 'You get 99 cents back.'],
  ['amount', 'You are charged two dollars.'],
  ['code', 'Your order number is W1000002.'],
  ['code', 'The tracking number is 113-1234568.'],
  ['code', 'It goes to 02135.'],
  ['code', 'Call us at 617-555-0124.'],
  ['code', 'Ask for form A38.'],
  ['code', 'W, 1, 0, 0, 0, 0, 0, 2 is the number.'],
  ['address', 'Write to jane@acme.com.'],
  ['address', 'Write to jane at acme dot com.'],
  ['address', 'See www.example.com for more.'],
  ['address', 'See https://acme.com/refunds for more.'],
  ['name', 'Jane will call you.'],
  ['name', 'FedEx will bring it.'],
  ['name', 'Your kettle is with FedEx.'],
  ['name', 'It comes from our Chicago warehouse.'],
  ['name', 'Your Red Kettle is on its way.'],
  ['name', 'Ask for Dr. Hart.'],
  ['name', 'Agent: your order is in transit.'],
  ['name', 'Acme Boston has it.'],
  ['markup', 'Your order is **in transit**.'],
  ['markup', '<speak>Your order is in transit.</speak>'],
  ['markup', '- It is in transit.\n- It is late.'],
  ['markup', '1. It is in transit.'],
  ['markup', '{"text": "It is in transit."}'],
  ['markup', '# Your order\nIt is in transit.'],
  ['markup', 'It is [in transit](acme.com/help).'],
  ['markup', 'It is in transit \u{1F69A}.'],
  ['markup', 'It is in\u200b transit.'],
  ['markup', 'It is in transit.\u0007'],
  ['markup', 'It is ½ done.'],
  ['markup', 'Ваш заказ в пути.'],
  ['markup', 'It is in transit &amp; late.'],
  ['markup', 'It weighs ٣ kilos.'],
  ['empty', ''],
  ['empty', ' \n '],
  ['empty', '...'],
  ['length', `It is in transit${', and it is late'.repeat(30)}.`],
];

describe('words that are made of the facts', () => {
  it.each(SAID)('are said: %s', (text) => {
    expect(checkWords(text, grounds())).toEqual({ ok: true, text: text.replaceAll('\n', ' ') });
  });

  it('may name what the operator speaks of only', () => {
    expect(checkWords('Visit our Boston shop.', grounds({ told: [] }))).toEqual({ ok: false, why: 'name' });
  });

  it('may be as long as the step allows', () => {
    expect(checkWords('It is here.', grounds({ longest: 11 }))).toMatchObject({ ok: true });
    expect(checkWords('It is here.', grounds({ longest: 10 }))).toEqual({ ok: false, why: 'length' });
  });

  it('may stand in a script of their own where a fact does', () => {
    expect(checkWords('It is from 東京.', grounds({ facts: { city: '東京' } }))).toMatchObject({ ok: true });
    expect(checkWords('It is from 大阪.', grounds({ facts: { city: '東京' } }))).toEqual({ ok: false, why: 'markup' });
  });
});

describe('words that hold more', () => {
  it.each(UNSAID)('are not said, for the %s: %s', (why, text) => {
    expect(checkWords(text, grounds())).toEqual({ ok: false, why });
  });
});

describe('a sensitive value', () => {
  const knows = (...sensitive: Grounds['sensitive']) => grounds({ sensitive, facts: { ...FACTS, name: 'Jane Doe' } });

  it.each([
    ['Jane Doe', 'Thanks, Jane Doe.'],
    ['asthma', 'We will note your asthma.'],
    ['back pain', 'I hope the back pain gets better.'],
    ['2026-10-20', 'It was sent on October 20.'],
    ['+16175550123', 'Our number is 617-555-0123.'],
    ['02134', 'It goes to 0, 2, 1, 3, 4.'],
    ['15:30', 'We will call at 3:30 PM.'],
    ['new_patient', 'As a new patient, you may wait.'],
    ['help@acme.com', 'Write to help at acme dot com.'],
  ])('%s is not said though a fact holds it: %s', (value, text) => {
    expect(checkWords(text, knows())).toMatchObject({ ok: true });
    expect(checkWords(text, knows(value))).toEqual({ ok: false, why: 'sensitive' });
  });

  it('is looked for in all that a value holds', () => {
    expect(checkWords('The total is $49.99.', knows({ cards: [{ limit: 49.99 }] }))).toEqual({
      ok: false,
      why: 'sensitive',
    });
    expect(checkWords('The total is $49.99.', knows({ cards: [{ limit: 49.98 }] }))).toMatchObject({ ok: true });
  });

  it('of two signs stands in too many words to be looked for', () => {
    expect(checkWords('There are two items, so it is fine.', knows('is', 2, true, null))).toMatchObject({ ok: true });
  });
});

describe('whatever the facts are', () => {
  const date = fc
    .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
    .map((day) => day.toISOString().slice(0, 10));
  const channel = fc.constantFrom('voice' as const, 'chat' as const);

  it('a value is said as it is on either channel, wherever it comes from', () => {
    const values = fc.oneof(
      fc.tuple(date, fc.constant({ kind: 'string', format: 'date' } as const)),
      fc.tuple(fc.integer({ min: 0, max: 99_999_999 }), fc.constant({ kind: 'number' } as const)),
      fc.tuple(
        fc.integer({ min: 1, max: 9_999_999 }).map((cents) => cents / 100),
        fc.constant({ kind: 'number', format: 'money', currency: 'USD' } as const),
      ),
      fc.tuple(fc.stringMatching(/^[A-Z]\d{7}$/), fc.constant({ kind: 'string', format: 'characters' } as const)),
      fc.tuple(fc.stringMatching(/^\d{5,10}$/), fc.constant({ kind: 'string', format: 'digits' } as const)),
      fc.tuple(fc.stringMatching(/^\+1617555\d{4}$/), fc.constant({ kind: 'string', format: 'phone' } as const)),
      fc.tuple(
        fc.stringMatching(/^([01]\d|2[0-3]):[0-5]\d$/),
        fc.constant({ kind: 'string', format: 'time' } as const),
      ),
      fc.tuple(
        fc.stringMatching(/^[a-z]{3,8}\.[a-z]{3,8}@[a-z]{4,8}\.com$/),
        fc.constant({ kind: 'string', format: 'email' } as const),
      ),
    );
    fc.assert(
      fc.property(values, channel, channel, ([value, type], told, said) => {
        const facts = { it: sayValue(value, type, told) };
        expect(checkWords(`So it is ${sayValue(value, type, said)}.`, grounds({ facts, told: [] }))).toMatchObject({
          ok: true,
        });
      }),
      { numRuns: 2_000 },
    );
  });

  it('no other number is said', () => {
    const number = fc.integer({ min: 0, max: 9_999 });
    fc.assert(
      fc.property(
        number,
        number,
        fc.constantFrom('', ' days', ' dollars', '%', ' PM', ' items'),
        (known, said, unit) => {
          fc.pre(known !== said);
          expect(checkWords(`It is ${said}${unit}.`, grounds({ facts: { it: `${known}` }, told: [] }))).toMatchObject({
            ok: false,
          });
        },
      ),
    );
  });

  it('no other day is said, in no form', () => {
    const form = fc.constantFrom(
      (day: string) => sayValue(day, { kind: 'string', format: 'date' }, 'voice'),
      (day: string) => sayValue(day, { kind: 'string', format: 'date' }, 'chat').replace(/, \d+$/, ''),
      (day: string) => `${Number(day.slice(5, 7))}/${Number(day.slice(8))}/${day.slice(0, 4)}`,
      (day: string) => day,
    );
    fc.assert(
      fc.property(date, date, form, (known, said, write) => {
        fc.pre(known.slice(5) !== said.slice(5));
        const facts = { it: sayValue(known, { kind: 'string', format: 'date' }, 'chat') };
        expect(checkWords(`It is ${write(said)}.`, grounds({ facts, told: [] }))).toMatchObject({ ok: false });
      }),
    );
  });

  it('any text at all is said or refused, soon', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.string({ maxLength: 200 }), (text, fact) => {
        const checked = checkWords(text, grounds({ facts: { fact } }));
        expect(checked.ok ? checked.text.length : checked.why.length).toBeGreaterThan(0);
      }),
    );
  });

  it('words without a capital or a sign say nothing that could be wrong', () => {
    const word = fc.constantFrom(
      ...'we are sorry that your parcel is late and will be with you as soon as it can'.split(' '),
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        expect(checkWords(`${words.join(' ')}.`, grounds({ facts: {}, told: [] }))).toMatchObject({ ok: true });
      }),
    );
  });
});
