import { describe, expect, it } from '@jest/globals';
import { yesNo } from './yes-no.ts';

describe('a plain yes', () => {
  it.each([
    'I guess',
    'just do it',
    'okay then',
    "that's what I said",
    "I don't see why not",
    'I hope so',
    'yes',
    'Yeah, that’s right.',
    'yep sounds good',
    'correct',
    'right',
    'ok',
    'Okay.',
    'y',
    'sure go ahead',
    'no problem',
    'uh-huh',
    'mm-hmm',
    'absolutely',
    'of course',
    'it is',
    'I do',
    "I think that's right",
    'I guess so',
    'that would be great',
    'well, yes please',
    'I said yes',
    'please do',
    'why not',
    'that is correct thank you',
    'okay yes',
    'yes yes yes',
    'go ahead',
    'fine',
    'the answer is yes',
    '👍🏽',
  ])('%s', (said) => {
    expect(yesNo(said)).toMatchObject({ answer: 'yes' });
    expect(yesNo(said)?.confidence).toBeGreaterThanOrEqual(0.9);
  });
});

describe('a plain no', () => {
  it.each([
    'nuh uh',
    'eh no thank you',
    "I'm afraid not",
    'not a chance',
    'by no means',
    'I changed my mind',
    "doesn't sound right",
    'I would not',
    'no',
    'Nope.',
    'n',
    'nah',
    'um no',
    'no no no',
    'not really',
    'i dont think so',
    'oh no',
    "No, I can't",
    "I'm not",
    'oh no thank you',
    "I don't think so",
    'I do not',
    'no thank you very much',
    'absolutely not',
    'of course not',
    "that's wrong",
    "that's not right",
    "please don't",
    "don't do it",
    'not yet',
    'ok no',
    'incorrect',
    "no that's all",
    'I’d rather not',
    'never mind',
    '👎',
  ])('%s', (said) => {
    expect(yesNo(said)).toMatchObject({ answer: 'no' });
    expect(yesNo(said)?.confidence).toBeGreaterThanOrEqual(0.9);
  });
});

describe('an answer with more to it is less sure', () => {
  it.each([
    ['yes but change the address', 'yes', 0.6],
    ["no that's fine", 'no', 0.6],
    ["no, we're all good", 'no', 0.6],
    ['yeah no', 'no', 0.6],
    ['no wait, yes', 'yes', 0.6],
    ['yes. wait, no, yes, do that', 'yes', 0.6],
    ['no. wait, yes, no', 'no', 0.6],
    ['yes, wait, no', 'no', 0.6],
    ['yes, no wait', 'no', 0.6],
    ['ok but no', 'no', 0.6],
    ['no I meant W1234567', 'no', 0.8],
    ['yes I have two orders and would like to return both', 'yes', 0.65],
    ['sorry what was that, oh yes', 'yes', 0.6],
    ["Yes please. I don't even want to go there", 'yes', 0.65],
    ['Great, thank you so much!', 'yes', 0.7],
    ["no, that isn't so. Yes it rains here", 'no', 0.65],
  ])('%s', (said, answer, confidence) => {
    expect(yesNo(said)).toEqual({ answer, confidence });
  });
});

describe('neither yes nor no', () => {
  it.each([
    '',
    '...',
    'maybe',
    'I don’t know',
    'not sure',
    "I'm not sure",
    'correct the address',
    'Oh no! Somebody has taken my card',
    "Don't you need to know my name?",
    'I dont remember it',
    "I can't believe how fast this was",
    'No wonder my card is gone',
    "I don't recall it",
    'I sure hope so! Can you help with it?',
    'right now',
    'okay so I want to return it',
    'hello',
    'where is my order',
    'there is no order',
    'no one',
    "no, that's right",
    'it is W1234567',
    'I have two orders',
    'thank you',
    'good morning',
    "I don't have it",
    'I want to cancel',
    'nobody',
    'yesterday',
    "yes if it's free",
    'nothing wrong with that',
    'uh uh',
    'know',
    'the north',
    'no idea',
  ])('%s', (said) => {
    expect(yesNo(said)).toBeUndefined();
  });
});

it('agrees under a condition that is only polite', () => {
  expect(yesNo("yes if you don't mind")).toMatchObject({ answer: 'yes' });
});
