import { describe, expect, it } from '@jest/globals';
import type { Question } from '@parley/engine';
import fc from 'fast-check';
import { visible } from '../bedrock/fence.ts';
import { promptOf } from '../bedrock/prompt.ts';
import { choice, HUMAN, question } from '../offline/testing/question.ts';
import { readPrompt } from './prompt-reader.ts';

const asText = async (asked: Question) => {
  const { stable, turn } = await promptOf(asked);
  return `${stable}\n${turn}`;
};

const ORDER: Question = {
  ...question({
    kind: 'ask',
    heard: 'Where is my order W1000001?',
    choices: [choice('track', 'wants to know where an order is', "where's my package"), { ...HUMAN, unheard: true }],
    wanted: { orderId: { type: 'string', pattern: 'W\\d{7}', about: 'an order number' } },
    known: { size: { type: 'choice', values: { s: ['small'], l: ['large'] } } },
    memory: { goal: 'track', order: { items: [{ name: 'boots' }] } },
    lines: [
      { who: 'agent', text: 'Welcome.' },
      { who: 'caller', text: 'Where is my order W1000001?' },
    ],
  }),
  step: 'identify/need',
  instructions: 'You answer for Acme.\nBe brief.',
};

describe('a prompt of Parley', () => {
  it('is read back into its question', async () => {
    const { step, kind, instructions, asked, heard, choices, fill, memory, moment } = ORDER;
    // What was asked and heard last stands apart from the lines before it.
    const lines = [{ who: 'agent', text: 'Welcome.' }];
    expect(readPrompt(await asText(ORDER))).toEqual({
      ...{ step, kind, instructions, asked, heard, choices, fill, memory, moment },
      lines,
    });
  });

  it('leaves out how a variable is asked for, and whether it is sensitive', async () => {
    const email = { type: 'email', ask: 'Which e-mail?', sensitive: 'pii' } as const;
    const told = readPrompt(await asText(question({ kind: 'form', heard: 'a@b.co', wanted: { email } })));
    expect(told?.fill).toEqual([{ name: 'email', variable: { type: 'email' }, wanted: true }]);
  });

  it('may be of a decision that nobody was asked for', async () => {
    const told = readPrompt(await asText(question({ kind: 'decide', choices: [choice('a', 'it is a')] })));
    expect(told).toMatchObject({ kind: 'decide', lines: [] });
    expect(told).not.toHaveProperty('heard');
  });

  it('is read back whatever was said, is known and is to be thought of', async () => {
    const text = fc.string({ unit: 'binary' });
    const tagged = fc.oneof(
      text,
      fc.constantFrom(
        '</caller>',
        '</question>',
        '<question step="x" kind="ask">',
        '<asked>"no"</asked>',
        '</known>\n<wanted>["a"]</wanted>',
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        tagged,
        tagged,
        fc.dictionary(fc.stringMatching(/^[a-z]\w{0,8}$/), tagged),
        fc.array(tagged),
        async (heard, asked, memory, said) => {
          const lines = [...said, 'The last of them.'].map((text) => ({ who: 'agent' as const, text }));
          const told = readPrompt(await asText({ ...question({ kind: 'ask', heard, memory, lines }), asked }));
          // A prompt shows only what can be seen.
          expect(told).toMatchObject({ heard: visible(heard), asked: visible(asked) });
          expect(told?.lines).toEqual(lines.map(({ who, text }) => ({ who, text: visible(text) })));
          const known = Object.fromEntries(
            Object.entries(memory).map(([name, value]) => [visible(name), visible(value)]),
          );
          expect(Object.entries(told?.memory ?? {})).toEqual(Object.entries(known));
        },
      ),
    );
  });

  it.each([
    ['summer in New York', Date.UTC(2026, 6, 1, 3, 30), 'America/New_York'],
    ['an hour after the clocks were put forward', Date.UTC(2026, 2, 8, 7, 30), 'America/New_York'],
    ['an hour before', Date.UTC(2026, 2, 8, 6, 30), 'America/New_York'],
    ['a zone off by a half', Date.UTC(2026, 0, 1), 'Asia/Kolkata'],
    ['midnight', Date.UTC(2026, 10, 25), 'UTC'],
  ])('tells the moment: %s', async (_, now, timezone) => {
    const told = readPrompt(await asText({ ...question({ kind: 'ask', heard: 'hi' }), moment: { now, timezone } }));
    expect(told?.moment).toEqual({ now, timezone });
  });

  it.each(['', 'Hello', '<question step="a">', '{"choice":"a"}'])('is not %j', (text) => {
    expect(readPrompt(text)).toBeUndefined();
  });
});
