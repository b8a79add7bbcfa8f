import { describe, expect, it } from '@jest/globals';
import { isSlip, loadReader, type Reading, type Stance } from './words.ts';

const reader = await loadReader();

/** The words and meanings that carry weight, with how they are meant. */
const said = ({ units }: Reading, stance: Stance) =>
  units.filter((unit) => unit.weight >= 0.5 && unit.stance === stance).flatMap(({ features }) => features);

describe('a text', () => {
  it('is read without case, marks and contractions', () => {
    expect(reader.read('WHERE’S  my Package?!').plain).toBe('where is my package');
  });

  it('has the stems of its words and what they mean', () => {
    expect(said(reader.read('cancelling orders'), 'plain')).toEqual(['cancel', '=cancel', 'order', '=goods']);
  });

  it('means by a phrase what its words do not', () => {
    expect(said(reader.read('send the blender back'), 'plain')).toContain('=return');
    expect(said(reader.read('send it'), 'plain')).not.toContain('=return');
  });

  it('reports that something is lacking, unless it is not wished for', () => {
    expect(reader.read("I don't really have it").units.flatMap(({ features }) => features)).toContain('=lacking');
    expect(reader.read("I don't want to have it").units.flatMap(({ features }) => features)).not.toContain('=lacking');
  });

  it('is the same every time', () => {
    const text = 'no wait, I never got the refund or the parcel';
    expect(reader.read(text)).toEqual(reader.read(text));
    expect(reader.readKept(text)).toEqual(reader.read(text));
  });

  it('is cut where nobody would still be speaking', () => {
    expect(reader.read('a '.repeat(5_000)).words).toBe(1_000);
  });

  it('of no words has none', () => {
    for (const text of ['', '   ', '…', '?!', '\u0000\u200b']) expect(reader.read(text).words).toBe(0);
  });
});

describe('what is turned down', () => {
  it.each([
    ["I don't want to return it, I want to exchange it", 'return', 'exchang'],
    ["I don't want to return it I want to exchange it", 'return', 'exchang'],
    ["I don't want to return it I just want to exchange it", 'return', 'exchang'],
    ['not a return, an exchange', 'return', 'exchang'],
    ['exchange it instead of a return', 'return', 'exchang'],
    ["I'm not returning it but I'd like an exchange", 'return', 'exchang'],
    ["please don't return it, exchange it", 'return', 'exchang'],
    ["I didn't ask for a refund", 'refund', undefined],
  ])('%s', (text, refused, wanted) => {
    const reading = reader.read(text);
    expect(said(reading, 'refused')).toContain(refused);
    expect(said(reading, 'plain')).not.toContain(refused);
    if (wanted !== undefined) expect(said(reading, 'plain')).toContain(wanted);
  });

  it.each([
    ["my parcel hasn't arrived", 'arriv'],
    ["it didn't fit", 'fit'],
    ['the driver never came', 'driver'],
    ['I not receive it', 'receiv'],
  ])('is not what is reported: %s', (text, word) => {
    expect(said(reader.read(text), 'refused')).not.toContain(word);
  });
});

describe('speech without full stops', () => {
  it.each([
    ['it never came I want my money back', [false, true]],
    ['these shoes are too small can I have them in ten', [false, true]],
    ['this is what I want', [true]],
    ['I think I need a refund', [true]],
  ])('has its clauses: %s', (text, wishes) => {
    expect(reader.read(text).wishes).toEqual(wishes);
  });

  it('is read with the marks that nobody speaks', () => {
    expect(reader.read('thats all').plain).toBe(reader.read("that's all").plain);
    expect(reader.read('im lost').plain).toBe(reader.read("I'm lost").plain);
  });

  it('is read without curses', () => {
    expect(reader.read('where the hell is my damn order').plain).toBe('where is my order');
  });
});

describe('a correction', () => {
  it.each([
    ['return it, no wait, exchange it', 'exchang'],
    ['return it... sorry, I meant exchange it', 'exchang'],
    ['return it, actually exchange it', 'exchang'],
    ['return it, no, exchange it', 'exchang'],
    ['return it. Scratch that. Exchange it', 'exchang'],
  ])('leaves what follows it: %s', (text, word) => {
    const { from, units } = reader.read(text);
    expect(from).toBeGreaterThan(0);
    const after = units.filter(({ clause }) => clause >= from).flatMap(({ features }) => features);
    expect(after).toContain(word);
    expect(after).not.toContain('return');
  });

  it.each([
    'sorry, where is my order',
    'wait',
    'please, I wait for my parcel',
    'actually I want to return it',
    'I want a refund, sorry',
  ])('needs something before and after it: %s', (text) => {
    expect(reader.read(text).from).toBe(0);
  });
});

describe('a slip of the fingers', () => {
  it.each([
    ['retrun', 'return'],
    ['pacakge', 'package'],
    ['adress', 'address'],
    ['shippment', 'shipment'],
    ['oder', 'order'],
  ])('%s is %s', (text, meant) => {
    expect(isSlip(text, meant)).toBe(true);
  });

  it.each([
    ['the same word', 'return', 'return'],
    ['another ending', 'charger', 'charge'],
    ['another letter', 'charge', 'change'],
    ['another beginning', 'older', 'order'],
    ['two slips', 'rtrun', 'return'],
    ['a short word', 'fro', 'for'],
    ['another word', 'monkey', 'money'],
  ])('is not %s', (_, text, meant) => {
    expect(isSlip(text, meant)).toBe(false);
  });

  it('is read as the word it was to be where a choice has that word', () => {
    expect(reader.read('my warrenty').plain).toBe('my warrenty');
    expect(reader.read('a resreved table', new Set(['reserved'])).plain).toBe('a reserved table');
    expect(reader.read('a resreved table').plain).toBe('a resreved table');
  });
});
