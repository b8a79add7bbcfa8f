import type { Found } from './found.ts';

/** What people say to take back the value they have just given. */
const MARKER =
  "no|nope|nah|wait|hold on|hang on|sorry|oops|correction|actually|rather|or rather|scratch that|strike that|my mistake|my bad|excuse me|i mean|i meant|i meant to say|i said|make (?:that|it)|or (?:actually|no|wait)|not that|that's wrong|that's not right";
const AROUND =
  "uh|um|er|hm|oh|and|but|it's|its|it is|that's|that is|it should be|should be|let's say|say|the|a|an|my|on|at|for|to|in|by|is|order|number|code|please|one|well|then";
const CORRECTS = new RegExp(`^(?:(?:${AROUND}) )*(?:${MARKER})(?: (?:${MARKER}|${AROUND}))*$`);
const DENIES = /^(?:and |but )?(?:not|instead of|rather than|no longer)(?: (?:the|my|a|an|on|at|for|order|number))*$/;
const OFFERS = /^(?:or|or maybe|or perhaps|or possibly|maybe|either)(?: (?:the|my|a|an|on|at|for|by|in|even))*$/;
const DENIED =
  /(?<!\b(?:why|if|or) )\b(?:not|isn't|wasn't|instead of|rather than|no longer|used to be|old one was)(?: (?:the|my|a|an|at|on|for|order|number))*$/;
/** "… no, sorry, two": a piece of a code is put right, and nobody can tell which. */
const MENDED = new RegExp(
  `^(?:(?:uh|um|oh) )*(?:${MARKER})(?: (?:${MARKER}|${AROUND}))* (?:oh|zero|one|two|three|four|five|six|seven|eight|nine|double|triple|[a-z]|\\d{1,3})\\b`,
);

/**
 * The values of one variable that still stand when all is said: not those that were taken back ("the fifth, no, the
 * sixth"), turned down ("not Friday"), or left open ("Friday or Saturday").
 */
export function standing(found: readonly Found[], utterance: string): readonly Found[] {
  if (found.length === 0) return found;
  const inOrder = [...found].sort((a, b) => a.start - b.start);
  const gone = new Set<Found>();
  inOrder.forEach((one, index) => {
    const next = inOrder[index + 1];
    if (DENIED.test(plain(utterance.slice(Math.max(0, one.start - 40), one.start)))) gone.add(one);
    if (next === undefined) {
      if (typeof one.value === 'string' && MENDED.test(plain(utterance.slice(one.end)))) gone.add(one);
      return;
    }
    if (JSON.stringify(next.value) === JSON.stringify(one.value)) return;
    const between = plain(utterance.slice(one.end, next.start));
    if (DENIES.test(between)) gone.add(next);
    else if (CORRECTS.test(between)) gone.add(one);
    else if (OFFERS.test(between)) gone.add(one).add(next);
  });
  return found.filter((one) => !gone.has(one));
}

/** Small letters and single spaces, without marks. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/[^\p{L}\p{N}']+/gu, ' ')
    .trim();
}
