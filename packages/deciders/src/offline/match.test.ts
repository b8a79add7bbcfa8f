import { describe, expect, it } from '@jest/globals';
import { matchChoices, vocabularyOf } from './match.ts';
import { choice, HUMAN } from './testing/question.ts';
import { loadReader } from './words.ts';

const reader = await loadReader();
const match = (choices: Parameters<typeof matchChoices>[1], heard: string) =>
  matchChoices(reader, choices, reader.read(heard));
const scores = (choices: Parameters<typeof matchChoices>[1], heard: string) =>
  Object.fromEntries(match(choices, heard).map(({ name, score }) => [name, score]));

describe('how well choices fit', () => {
  const choices = [
    choice('refund', 'asks about a refund of an order', "where's my refund"),
    choice('cancel', 'wants to cancel an order'),
    choice('move', 'wants to move an order'),
  ];

  it('is nothing where nothing is shared', () => {
    expect(scores(choices, 'lovely weather')).toEqual({ refund: 0, cancel: 0, move: 0 });
  });

  it('is nearly all where an example is said', () => {
    const [first] = match(choices, "Where's my refund?");
    expect(first).toMatchObject({ name: 'refund', example: "where's my refund" });
    expect(first?.score).toBeGreaterThan(0.95);
  });

  it('is little for a word that all choices have, and much for one that a single one has', () => {
    const { cancel, move } = scores(choices, 'cancel the order');
    expect(cancel).toBeGreaterThan(0.6);
    expect(move).toBeLessThan(0.2);
  });

  it('is less for a word of the same meaning than for the word', () => {
    expect(scores(choices, 'call it off')['cancel']).toBeLessThan(scores(choices, 'cancel')['cancel'] ?? 0);
    expect(scores(choices, 'reimburse me')['refund']).toBeGreaterThan(0.45);
  });

  it('is less for a name than for a description', () => {
    const heard = 'cancel the blue tent with the long poles';
    const named = scores([choice('cancelOrder', 'the first'), choice('other', 'the second')], heard);
    const described = scores([choice('first', 'cancel order'), choice('other', 'the second')], heard);
    expect(named['cancelOrder']).toBeGreaterThan(0);
    expect(named['cancelOrder']).toBeLessThan(described['first'] ?? 0);
    // 1 - e^(-1.15 * sqrt(0.6)): the word of a name weighs 0.6.
    expect(named['cancelOrder']).toBeCloseTo(0.59, 2);
  });

  it('is less for a word of one example than for one of all', () => {
    // Both have the same sentence most like what is said, so only the counting of words is left to differ.
    const both = [choice('every', 'a parcel', 'a parcel'), choice('some', 'a parcel', 'fees')];
    const { every, some } = scores(both, 'the parcel with a blue tent and long poles');
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(every ?? 0);
  });

  it('is less for what is so than for what is reported not to be, where the choice is for the latter', () => {
    const not = [choice('works', "the stove doesn't work"), choice('other', 'something else')];
    expect(scores(not, 'the stove works')['works']).toBeLessThan(scores(not, "the stove doesn't work")['works'] ?? 0);
  });

  it('is less for what has been done already, unless the choice is for that', () => {
    const { cancel = 0 } = scores(choices, 'cancel the order');
    expect(scores(choices, 'the cancelled order')['cancel']).toBeLessThan(cancel / 2);
    expect(scores(choices, 'I cancelled the order')['cancel']).toBeLessThan(cancel / 2);
    const done = [...choices, choice('again', 'wants an order back', 'I cancelled it by mistake')];
    expect(match(done, 'I cancelled the order')[0]?.name).toBe('again');
  });

  it('falls with every word for it that is turned down', () => {
    expect(scores(choices, "I don't want a refund")['refund']).toBe(0);
    expect(scores(choices, 'instead of a refund, cancel')['refund']).toBe(0);
  });

  it('grows for a person where one is asked for', () => {
    const [first] = match([...choices, HUMAN], 'can a person cancel the order');
    expect(first).toMatchObject({ name: 'human', person: true });
  });

  it('leaves out what the question itself held', () => {
    const own = [choice('no_number', 'does not have the order number')];
    const heard = reader.read('the order number is on the label');
    const dim = new Set(reader.readKept("What's the order number?").units.flatMap(({ features }) => features));
    const [plain] = matchChoices(reader, own, heard);
    const [dimmed] = matchChoices(reader, own, heard, { dim });
    expect(dimmed?.score).toBeLessThan((plain?.score ?? 0) / 2);
  });

  it('can be taken of the last clauses only', () => {
    const heard = reader.read('cancel, no, a refund');
    const [last] = matchChoices(reader, choices, heard, { from: heard.from });
    expect(last?.name).toBe('refund');
  });
});

it('the words a slip may have been meant for are those of the choices that carry meaning', () => {
  expect([...vocabularyOf(reader, [choice('x', 'wants to reserve the table', 'a window seat')])].sort()).toEqual([
    'reserve',
    'table',
    'window',
  ]);
});
