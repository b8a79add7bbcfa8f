import { describe, expect, it } from '@jest/globals';
import { findPersonal } from './personal.ts';
import { SENTENCES } from './testing/sentences.ts';
import { UNSEEN } from './testing/unseen.ts';

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

/** How much of what must go does, and of what goes must; both from 0 to 1. Prints them, with the sentences that went wrong. */
function measure(name: string, sentences: readonly string[]) {
  const wrong: string[] = [];
  const count = { kept: 0, lost: 0, gone: 0, left: 0 };
  for (const marked of sentences) {
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
  const percent = (part: number) => `${(100 * part).toFixed(1)}%`;
  console.log(
    `${name}: ${sentences.length} sentences. Of ${count.gone + count.left} words that must go, ${percent(recall)} do (recall); ` +
      `of those that go, ${percent(precision)} must (precision); of ordinary words, ${percent(count.kept / (count.kept + count.lost))} stay.` +
      `\n${wrong.join('\n')}`,
  );
  return { recall, precision };
}

describe('what tells who somebody is', () => {
  it('goes, and ordinary talk stays', () => {
    const { recall, precision } = measure('Known', SENTENCES);
    expect(recall).toBeGreaterThanOrEqual(0.98);
    expect(precision).toBeGreaterThanOrEqual(0.98);
  });

  it('goes mostly in sentences it was not made with, and there too ordinary talk stays', () => {
    const { recall, precision } = measure('Unseen', UNSEEN);
    expect(recall).toBeGreaterThanOrEqual(0.8);
    expect(precision).toBeGreaterThanOrEqual(0.98);
  });
});
