import { isDenied, isLongPast } from './meant.ts';
import { matchesOf, type Sign } from './sign.ts';
import { plainOf, wordsIn } from './words.ts';

/**
 * The first of these signs that is heard in what a caller said. One that is plainly denied ("no chest pain") or plainly
 * long past ("a stroke in 2015") is not heard; whatever is not plain is. English. No model, and the same every time.
 */
export function hear(signs: readonly Sign[], said: string): Sign | undefined {
  return heardIn(signs, said)?.sign;
}

/** What was said without the words in which one of these signs is heard: what it says besides. */
export function besides(signs: readonly Sign[], said: string): string {
  const heard = heardIn(signs, said);
  if (!heard) return said;
  const { words, match } = heard;
  let rest = plainOf(said);
  for (const at of match) {
    const { start = 0, end = 0 } = words[at] ?? {};
    rest = rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end);
  }
  return rest.replace(/\s+/g, ' ').trim();
}

function heardIn(signs: readonly Sign[], said: string) {
  const words = wordsIn(said);
  if (words.length === 0) return undefined;
  for (const sign of signs) {
    const match = matchesOf(sign, words).find((one) => !isDenied(words, one) && !isLongPast(words, one));
    if (match) return { sign, words, match };
  }
  return undefined;
}
