import { isDenied, isLongPast } from './meant.ts';
import { matchesOf, type Sign } from './sign.ts';
import { wordsIn } from './words.ts';

/**
 * The first of these signs that is heard in what a caller said. One that is plainly denied ("no chest pain") or plainly
 * long past ("a stroke in 2015") is not heard; whatever is not plain is. English. No model, and the same every time.
 */
export function hear(signs: readonly Sign[], said: string): Sign | undefined {
  const words = wordsIn(said);
  if (words.length === 0) return undefined;
  return signs.find((sign) =>
    matchesOf(sign, words).some((match) => !isDenied(words, match) && !isLongPast(words, match)),
  );
}
