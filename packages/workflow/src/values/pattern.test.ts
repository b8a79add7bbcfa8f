import { describe, expect, it } from '@jest/globals';
import { compilePattern, patternProblem } from './pattern.ts';

describe('a pattern', () => {
  it('is matched against the whole of a text', () => {
    const pattern = compilePattern('W\\d{7}|X');
    expect(pattern?.matches('W1234567')).toBe(true);
    expect(pattern?.matches('aW1234567')).toBe(false);
    expect(pattern?.matches('X1')).toBe(false);
  });

  it('is only matched against short texts', () => {
    const pattern = compilePattern('a*');
    expect(pattern?.matches('a'.repeat(200))).toBe(true);
    expect(pattern?.matches('a'.repeat(201))).toBe(false);
  });

  it.each([
    'W\\d{7}',
    '[A-Z]{2}-\\d+',
    '\\d{3}(-\\d{4})?',
    '(?:ab|cd)+x',
    '(a|b)*',
    '\\d+(-\\d+)*',
    '(?:[a-z]+\\.)+com',
    '([A-Z]\\d){3}',
    '(\\d+){2}',
    '[(+]+',
    '\\(\\d+\\)+',
    '\\-\\d',
    '(x{1,5}){3}',
    '(?=a)b',
  ])('may run: %s', (source) => {
    expect(patternProblem(source)).toBeUndefined();
  });

  it.each([
    '(a+)+',
    '(a|a)*',
    '(\\w+\\s?)*',
    '(a?){50}',
    '(foo|far)+',
    '(x{1,5}){6}',
    '((a*))*',
    '(-?\\d+)*',
    '(-\\w+-)*x(b*)*',
  ])('may not, because it could run forever: %s', (source) => {
    expect(patternProblem(source)).toBe('it repeats something that already varies, which can take forever');
    expect(compilePattern(source)).toBeUndefined();
  });

  it.each([
    '\\d*\\d*\\d*\\d*x',
    '(?:\\d*){5}x',
    '.*.*.*.*=',
    '\\w+\\s*\\w+\\s*\\w+\\s*\\w+!',
    '(a?){5}(a?){5}(a?){5}(a?){5}(a?){5}b',
    '(?:a{0,50}){5}b',
    'a?'.repeat(24),
    '[\\d-]+-[\\d-]+-[\\d-]+-[\\d-]+',
  ])('may not, because it could take hours: %s', (source) => {
    expect(patternProblem(source)).toBe('too much of it varies one after the other, which can take forever');
  });

  it.each([
    '\\d+-\\d+-\\d+-\\d+-\\d+',
    '\\d+\\.\\d+(\\.\\d+)*',
    '[a-z]+ [a-z]+ [a-z]+ [a-z]+',
    '(\\d{1,3}|x?)-[A-Z]?\\d{2,4}[A-Z]?',
    '.*a.*b.*',
  ])('may run, as it is soon done with any text: %s', (source) => {
    expect(patternProblem(source)).toBeUndefined();
    const pattern = compilePattern(source);
    for (const sign of ['1', 'a', 'a ', '1-', 'ab']) pattern?.matches(sign.repeat(100).slice(0, 199));
  });

  it.each([
    ['(', 'it is not a regular expression'],
    ['a'.repeat(501), 'it is longer than 500 characters'],
    ['(a)\\1', 'it refers back to what it matched before, which can take forever'],
  ])('says what is wrong with it', (source, problem) => {
    expect(patternProblem(source)).toBe(problem);
  });
});
