import { expect, it } from '@jest/globals';
import { Recent } from './recent.ts';

it('forgets what was not used the longest', () => {
  const recent = new Recent<number>(2);
  recent.set('a', 1);
  recent.set('b', 2);
  expect(recent.get('a')).toBe(1);
  recent.set('c', 3);
  expect(['a', 'b', 'c'].map((key) => recent.get(key))).toStrictEqual([1, undefined, 3]);
  recent.delete('a');
  recent.set('d', 4);
  expect(['a', 'c', 'd'].map((key) => recent.get(key))).toStrictEqual([undefined, 3, 4]);
});
