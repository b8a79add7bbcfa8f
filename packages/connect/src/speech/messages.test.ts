import { describe, expect, it } from '@jest/globals';
import type { Span } from '@parley/machine';
import fc from 'fast-check';
import { isSsml } from '../lex/testing/accepted.ts';
import { documents, saidBy, spoken, written } from './messages.ts';
import type { Said } from './pieces.ts';

/** A text with one value in it, which stands where `@` does. */
function said(text: string, value: string, span: Omit<Span, 'start' | 'end'>): Said {
  const start = text.indexOf('@');
  return { text: text.replace('@', value), spans: [{ ...span, start, end: start + value.length }] };
}

const contents = (texts: readonly Said[]) => spoken(texts).map(({ content }) => content);

describe('what is said, to be heard', () => {
  it.each<[string, string, Omit<Span, 'start' | 'end'>, string]>([
    [
      'a code sign by sign, its digits a few at a time',
      'W, 1, 0, 0, 0, 0, 0, 1',
      { as: 'characters', value: 'W1000001' },
      'W, <say-as interpret-as="digits">1000</say-as>, <say-as interpret-as="digits">001</say-as>',
    ],
    [
      'a sign in its word',
      'A, dash, 7',
      { as: 'characters', value: 'A-7' },
      'A, dash, <say-as interpret-as="digits">7</say-as>',
    ],
    ['digits', '0, 4, 2', { as: 'digits', value: '042' }, '<say-as interpret-as="digits">042</say-as>'],
    [
      'a day',
      'October 5th, 2026',
      { as: 'date', value: '2026-10-05' },
      '<say-as interpret-as="date" format="mdy">10-05-2026</say-as>',
    ],
    [
      'a day and a time',
      'October 5th, 2026 at 3:30 PM',
      { as: 'date-time', value: '2026-10-05T15:30' },
      '<say-as interpret-as="date" format="mdy">10-05-2026</say-as> at 3:30 PM',
    ],
    [
      'a phone number of North America',
      '2 0 2, 5 5 5, 0 1 2 3',
      { as: 'phone', value: '+12025550123' },
      '<say-as interpret-as="telephone">2025550123</say-as>',
    ],
    [
      'an amount in a currency whose sign is not read',
      'CA$49.99',
      { as: 'money', value: 49.99, currency: 'CAD' },
      '<sub alias="49.99 Canadian dollars">CA$49.99</sub>',
    ],
    [
      'an amount below zero',
      '-$5.00',
      { as: 'money', value: -5, currency: 'USD' },
      '<sub alias="minus 5.00 US dollars">-$5.00</sub>',
    ],
  ])('marks %s', (_, value, span, marked) => {
    expect(spoken([said('It is @. OK?', value, span)])).toEqual([
      { contentType: 'SSML', content: `<speak>It is ${marked}. OK?</speak>` },
    ]);
  });

  it.each<[string, Omit<Span, 'start' | 'end'>]>([
    ['$49.99', { as: 'money', value: 49.99, currency: 'USD' }],
    ['3:30 PM', { as: 'time', value: '15:30' }],
    ['jane at example dot com', { as: 'email', value: 'jane@example.com' }],
    ['plus 4 4, 2 0', { as: 'phone', value: '+442071838750' }],
  ])('leaves %s as it is, which every voice reads right', (value, span) => {
    expect(spoken([said('It is @.', value, span)])).toEqual([{ contentType: 'PlainText', content: `It is ${value}.` }]);
  });

  it('escapes what has a meaning in SSML, and leaves out what may not be in it', () => {
    const text = said('Q&A <b>"it\'s"</b>\u0007 @', '7', { as: 'digits', value: '7' });
    expect(contents([text])).toEqual([
      '<speak>Q&amp;A &lt;b&gt;&quot;it&apos;s&quot;&lt;/b&gt; <say-as interpret-as="digits">7</say-as></speak>',
    ]);
  });

  it('puts texts that follow each other into one message', () => {
    expect(contents(saidBy({ say: ['Hello.', 'What can I do for you?'] }))).toEqual(['Hello. What can I do for you?']);
  });

  it('keeps a value whole where its message is full', () => {
    const code = said(`${'word '.repeat(202)}It is @ now.`, 'W, 1, 2', { as: 'characters', value: 'W12' });
    expect(contents([code])).toEqual([
      `<speak>${'word '.repeat(201)}word</speak>`,
      '<speak>It is W, <say-as interpret-as="digits">12</say-as> now.</speak>',
    ]);
  });
});

describe('what is said, to be read', () => {
  it('has a message for each text', () => {
    expect(written(saidBy({ say: ['Hello.', 'What can I do for you?'] }))).toEqual([
      { contentType: 'PlainText', content: 'Hello.' },
      { contentType: 'PlainText', content: 'What can I do for you?' },
    ]);
  });

  it('is cut after sentences, not after Dr.', () => {
    const first = `${'word '.repeat(150)}end.`;
    const second = `Dr. ${'more '.repeat(150)}end.`;
    expect(written(saidBy({ say: [`${first} ${second}`] })).map(({ content }) => content)).toEqual([first, second]);
  });

  it('has as many characters in a message as it may have, and no more', () => {
    const text = (words: number) => saidBy({ say: [`${'word '.repeat(words)}end`] });
    expect(written(text(204)).map(({ content }) => content.length)).toEqual([1023]);
    const full = `${'word '.repeat(203)}abcdefgh.`;
    expect(written(saidBy({ say: [full] })).map(({ content }) => content.length)).toEqual([1024]);
    expect(written(saidBy({ say: [`${full}.`] })).map(({ content }) => content.length)).toEqual([1014, 10]);
  });

  it('joins short texts where they are too many', () => {
    expect(written(saidBy({ say: Array.from({ length: 30 }, (_, index) => `No ${index}!`) }))).toHaveLength(1);
  });
});

describe('however it is said', () => {
  const sign = fc.constantFrom(...`abcXYZ019 \n.,!?&<>"'`, '😀', 'é', '\u0001', '\uD800');
  const text = fc.array(sign, { maxLength: 2_500 }).map((signs) => signs.join(''));
  const value = fc.constantFrom<Said>(
    said('@', 'W, 1, 0', { as: 'characters', value: 'W10' }),
    said('@', 'October 5th, 2026', { as: 'date', value: '2026-10-05' }),
    said('@', 'CA$1,049.99', { as: 'money', value: 1049.99, currency: 'CAD' }),
  );
  const part = fc.oneof(
    text.map((words): Said => ({ text: words, spans: [] })),
    value,
  );
  const texts = fc.array(
    fc.array(part, { maxLength: 5 }).map((parts) =>
      parts.reduce<Said>(
        (whole, { text, spans }) => ({
          text: whole.text + text,
          spans: [
            ...whole.spans,
            ...spans.map((span) => ({
              ...span,
              start: span.start + whole.text.length,
              end: span.end + whole.text.length,
            })),
          ],
        }),
        { text: '', spans: [] },
      ),
    ),
    { maxLength: 4 },
  );

  it('no message is too long, nor are they too many, and what is SSML is well-formed', () => {
    fc.assert(
      fc.property(texts, (given) => {
        for (const messages of [spoken(given), written(given)]) {
          expect(messages.length).toBeLessThanOrEqual(10);
          for (const { contentType, content } of messages) {
            expect(content.length).toBeGreaterThan(0);
            expect(content.length).toBeLessThanOrEqual(1024);
            if (contentType === 'SSML') expect([content, isSsml(content)]).toEqual([content, true]);
          }
        }
      }),
    );
  });

  it('no word is lost, none is cut, and no value is', () => {
    const words = (all: readonly string[]) =>
      all
        .join(' ')
        .split(/\s+/)
        .filter((word) => word !== '');
    const short = fc.array(fc.stringMatching(/^[a-z.&<]{1,12}$/), { maxLength: 400 }).map((all) => all.join(' '));
    fc.assert(
      fc.property(fc.array(short, { maxLength: 3 }), (say) => {
        const given = saidBy({ say });
        expect(words(written(given).map(({ content }) => content))).toEqual(words(say));
        const heard = documents(given).map((one) =>
          one
            .replace(/^<speak>|<\/speak>$/g, '')
            .replaceAll('&lt;', '<')
            .replaceAll('&amp;', '&'),
        );
        expect(words(heard)).toEqual(words(say));
      }),
    );
  });
});
