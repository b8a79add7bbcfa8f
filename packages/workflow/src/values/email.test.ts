import { describe, expect, it } from '@jest/globals';
import { findEmails, isEmail } from './email.ts';
import { tokenise } from './tokens.ts';

const emails = (utterance: string) => findEmails(tokenise(utterance)).map(({ value }) => value);

describe('an e-mail address', () => {
  it.each([
    ['jane@example.com', 'jane@example.com'],
    ['Jane.Doe@Example.COM', 'jane.doe@example.com'],
    ['mailto:jane@example.com', 'jane@example.com'],
    ['write to jane@example.com.', 'jane@example.com'],
    ['o’neil+shop@example.co.uk, thanks', undefined],
    ['jane.doe@example.co.uk, thanks', 'jane.doe@example.co.uk'],
    ['jane at gmail.com', 'jane@gmail.com'],
    ['jane uh dot doe at um example dot com', 'jane.doe@example.com'],
    ['jane dot eh doe at example dot com', 'jane.doe@example.com'],
    ['jane at sign example dot com', 'jane@example.com'],
    ['my email is jane dot doe at example dot com', 'jane.doe@example.com'],
    ['jane doe at example dot com', 'janedoe@example.com'],
    ["it's john smith at gmail dot com please", 'johnsmith@gmail.com'],
    ['j a n e at example dot com', 'jane@example.com'],
    ['j-a-n-e at gmail dot com', 'jane@gmail.com'],
    ['J. A. N. E. at gmail dot com', 'jane@gmail.com'],
    ['j as in juliet d o e at example dot org', 'jdoe@example.org'],
    ['mike at example dot com', 'mike@example.com'],
    ['jane underscore doe ninety nine at example dot co dot uk', 'jane_doe99@example.co.uk'],
    ['jane dash doe plus test at my dash shop dot com', 'jane-doe+test@my-shop.com'],
    ['jane99 at example dot com', 'jane99@example.com'],
    ['the email is j smith 42 at yahoo dot com thanks', 'jsmith42@yahoo.com'],
    ['jane at e x a m p l e dot com', 'jane@example.com'],
    ['jane at example dot c o m', 'jane@example.com'],
    ['bob at best buy dot com and the order is W1234567', 'bob@bestbuy.com'],
    ['w one oh oh two grace dot okafor at example dot com', 'grace.okafor@example.com'],
    ['w1000001 jane dot doe at example dot com', 'jane.doe@example.com'],
    ['It is W1000001. jane dot doe at example dot com', 'jane.doe@example.com'],
    ['W one two three four. jane at example dot com', 'jane@example.com'],
    ['you can reach jane at example dot com', 'jane@example.com'],
  ])('%s is %s', (said, value) => {
    expect(emails(said)).toEqual(value === undefined ? [expect.any(String)] : [value]);
  });

  it.each([
    'I am at home',
    'meet me at example dot com',
    'jane at example',
    'a@b',
    'foo@@bar.com',
    '@example.com',
    'look at the dot',
    'at noon dot dot',
    'jane@',
    'at',
  ])('is not: %s', (said) => {
    expect(emails(said)).toEqual([]);
  });

  it('has its place in the utterance', () => {
    expect(findEmails(tokenise('jane at example dot com or bob at example dot net'))).toMatchObject([
      { value: 'jane@example.com', start: 0, end: 23 },
      { value: 'bob@example.net', start: 27, end: 49 },
    ]);
  });

  it('is canonical in small letters, with a domain that can be', () => {
    expect(
      [
        'jane@example.com',
        'Jane@example.com',
        'jane@example',
        'a..b@example.com',
        '.a@example.com',
        'a@-b.com',
        `${'a'.repeat(65)}@b.com`,
      ].map(isEmail),
    ).toEqual([true, false, false, false, false, false, false]);
  });
});
