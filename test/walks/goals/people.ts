import type { Fact } from '../goal.ts';

/** What callers of every trade know of themselves. `slip`: what they say first by mistake. */
const given = (slip: string | undefined) => (slip === undefined ? {} : { slip });

export const email = (value: string, slip?: string): Fact => ({
  value,
  as: 'email',
  lines: ['{}', "it's {}", 'that should be {}', 'my email is {}'],
  named: 'my email is {}',
  ...given(slip),
});

export const code: Fact = {
  value: '424242',
  as: 'code',
  lines: ['{}', "it's {}", 'the code says {}', 'I got {}'],
  slip: '424224',
};

export const zip = (value: string, slip?: string): Fact => ({
  value,
  as: 'code',
  lines: ['{}', "it's {}", 'zip is {}'],
  named: 'the zip code is {}',
  ...given(slip),
});

export const name = (value: string): Fact => ({ value, as: 'plain', lines: ['{}', "it's {}", 'my name is {}'] });

/** One of some answers in the caller's words; `means` is what a workflow holds then. */
export const answer = (means: Fact['means'], ...lines: readonly string[]): Fact => ({
  value: lines[0],
  as: 'plain',
  lines,
  ...(means === undefined ? {} : { means }),
});

/** What the caller does not have, and how they say so. */
export const unknown = (...lines: readonly string[]): Fact => ({ value: undefined, as: 'plain', lines });
