import { describe, expect, it } from '@jest/globals';
import { choiceValues, findChoices } from './choice.ts';
import { tokenise } from './tokens.ts';

const variable = {
  type: 'choice' as const,
  values: {
    red: ['crimson'],
    blue: [],
    light_blue: ['sky'],
    next_day: ['express', 'fast shipping'],
    box: [],
    party: [],
    '2': [],
  },
};
const chosen = (utterance: string) => findChoices(variable, tokenise(utterance)).map(({ value }) => value);

describe('a choice', () => {
  it.each([
    ['the red one', ['red']],
    ['Crimson!', ['red']],
    ['light blue please', ['light_blue']],
    ['i want it next-day', ['next_day']],
    ['fast shipping', ['next_day']],
    ['reds', ['red']],
    ['two boxes', ['box']],
    ['parties', ['party']],
    ['number 2', ['2']],
    ['not red but blue', ['blue']],
    ["I don't want red I want blue", ['blue']],
    ['blue instead of red', ['blue']],
    ['rather blue than red', ['blue']],
    ['not light blue', []],
    ['no, blue', ['blue']],
    ['no blue', ['blue']],
    ['there is no blue', []],
    ['not the red one', []],
    ['anything except red', []],
    ['anything but red', []],
    ['red no blue', ['blue', 'red']],
    ['I do not want the red', []],
    ['redder', []],
    ['skyscraper', []],
    ['red99', []],
    ['24', []],
    ['nine 2 oh', []],
    ['seven two 2', []],
    ['the 2 please', ['2']],
    ['2.5', []],
    ['nothing', []],
    ['no red, no blue', []],
  ])('%s chooses %j', (said, values) => {
    expect(chosen(said)).toEqual(values);
  });

  it('is as sure as the word is its own', () => {
    expect(findChoices(variable, tokenise('crimson reds, blue'))).toMatchObject([
      { value: 'blue', start: 14, end: 18, confidence: 0.95 },
      { value: 'red', start: 0, end: 7 },
      { value: 'red', start: 8, end: 12 },
    ]);
  });

  it('has its values in a list or as the names of a map', () => {
    expect(choiceValues({ type: 'choice', values: ['a', 'b'] })).toEqual(['a', 'b']);
    expect(choiceValues({ type: 'choice', values: { a: ['x'], b: [] } })).toEqual(['a', 'b']);
  });
});
