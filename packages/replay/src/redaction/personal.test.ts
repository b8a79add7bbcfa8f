import { describe, expect, it } from '@jest/globals';
import { findPersonal } from './personal.ts';
import { SENTENCES } from './sentences.testing.ts';

const moment = { now: Date.UTC(2026, 0, 5, 15), timezone: 'America/New_York' };
const WORDS = /[\p{L}\p{N}'’]+/gu;

/** The words of a marked sentence: where each stands in the plain one, and whether it must go. */
function wordsOf(marked: string) {
  let text = '';
  const inside: boolean[] = [];
  let within = false;
  for (const sign of marked) {
    if (sign === '{' || sign === '}') within = sign === '{';
    else {
      text += sign;
      inside.push(within);
    }
  }
  const words = [...text.matchAll(WORDS)].map(({ index, 0: word }) => ({ word, start: index, goes: inside[index] }));
  return { text, words };
}

describe('what tells who somebody is', () => {
  it('goes, and ordinary talk stays', () => {
    const wrong: string[] = [];
    const count = { kept: 0, lost: 0, gone: 0, left: 0 };
    for (const marked of SENTENCES) {
      const { text, words } = wordsOf(marked);
      const found = findPersonal(text, moment);
      const shown = words.map(({ word, start, goes }) => {
        const went = found.some((span) => span.start <= start && start < span.end);
        count[goes ? (went ? 'gone' : 'left') : went ? 'lost' : 'kept'] += 1;
        return went === goes ? word : went ? `<lost ${word}>` : `<left ${word}>`;
      });
      if (shown.some((word) => word.startsWith('<'))) wrong.push(shown.join(' '));
    }
    const recall = count.gone / (count.gone + count.left);
    const precision = count.gone / (count.gone + count.lost);
    console.log(
      `${SENTENCES.length} sentences: of ${count.gone + count.left} words that must go, ${(100 * recall).toFixed(1)}% do (recall); ` +
        `of those that go, ${(100 * precision).toFixed(1)}% must (precision); of ordinary words, ${((100 * count.kept) / (count.kept + count.lost)).toFixed(1)}% stay.` +
        `\n${wrong.join('\n')}`,
    );
    expect(recall).toBeGreaterThanOrEqual(0.97);
    expect(precision).toBeGreaterThanOrEqual(0.97);
  });
});
