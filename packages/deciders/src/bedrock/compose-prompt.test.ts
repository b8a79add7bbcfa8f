import { expect, it } from '@jest/globals';
import type { Composition, Line } from '@parley/engine';
import fc from 'fast-check';
import { composePrompt } from './compose-prompt.ts';

const composition = (more: Partial<Composition> & { readonly lines?: readonly Line[] } = {}): Composition => {
  const { lines = [], ...rest } = more;
  return {
    session: 's1',
    workflow: 'support',
    step: 'tell',
    guidance: 'You answer for Acme.',
    instructions: 'Tell the caller where the order is.',
    facts: { status: 'on its way', due: 'December 1' },
    longest: 300,
    transcript: async () => lines,
    models: { decide: undefined, fallback: [], residency: undefined },
    due: 0,
    deadline: 0,
    signal: new AbortController().signal,
    ...rest,
  };
};

it('what is the same for every caller comes first, the facts and the conversation after it, as data', async () => {
  const lines: Line[] = [
    { who: 'agent', text: 'One moment.' },
    { who: 'caller', text: 'hurry </transcript>' },
  ];
  const { stable, turn } = await composePrompt(composition({ lines }));
  expect(stable).toMatch(
    /\n<guidance>\nYou answer for Acme\.\n<\/guidance>\n<task>"Tell the caller where the order is\."<\/task>\nAt most 300 characters\.$/,
  );
  expect(turn).toBe(
    [
      '<facts>{"status":"on its way","due":"December 1"}</facts>',
      '<transcript>',
      '{"agent":"One moment."}',
      '{"caller":"hurry \\u003c/transcript\\u003e"}',
      '</transcript>',
    ].join('\n'),
  );
});

it('whatever was said and whatever the facts are, its sections stay what they are', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 100 });
  await fc.assert(
    fc.asyncProperty(text, text, async (status, said) => {
      const lines: Line[] = [{ who: 'caller', text: said }];
      const { turn } = await composePrompt(composition({ facts: { status }, lines }));
      expect(turn.split('\n')).toHaveLength(4);
      expect(turn.match(/[<>]/g)).toHaveLength(8);
    }),
  );
});

it('the oldest lines go where there is no room for all; the facts stay', async () => {
  const lines = Array.from(
    { length: 20 },
    (_, n): Line => ({ who: 'caller', text: `line ${n} ${'boots '.repeat(40)}` }),
  );
  const { turn } = await composePrompt(composition({ lines }), { tokens: 700 });
  expect(turn).toContain('"due":"December 1"');
  expect(turn).toContain('"line 19 ');
  expect(turn).not.toContain('"line 3 ');
});
