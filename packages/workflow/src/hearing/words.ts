/** A word of what was said, as signs are compared with it. */
export interface Word {
  /** In lower case, short forms spelled out: "can't", "cannot" and "cant" are all `can not`. */
  readonly text: string;
  /** What stands between it and the word before. */
  readonly gap: 'nothing' | 'comma' | 'stop';
  /** Where it stands in the text as `plainOf` gives it. Both parts of a short form stand at the same place. */
  readonly start: number;
  readonly end: number;
}

/** Nobody says more at once: a chat message of Amazon Connect has 1,024 characters. What is longer is looked at as far as this. */
const LONGEST = 20_000;

/** Short forms and what they are short for; speech recognition writes most of them without the apostrophe. */
const SHORT: ReadonlyMap<string, readonly string[]> = new Map([
  ...'is are was were do does did has have had could would should need'
    .split(' ')
    .map((verb): [string, readonly string[]] => [`${verb}nt`, [verb, 'not']]),
  ...'he she it that there who what here where'
    .split(' ')
    .map((who): [string, readonly string[]] => [`${who}s`, [who, 'is']]),
  ['cannot', ['can', 'not']],
  ['cant', ['can', 'not']],
  ['wont', ['will', 'not']],
  ['aint', ['is', 'not']],
  ['im', ['i', 'am']],
  ['ive', ['i', 'have']],
  ['youre', ['you', 'are']],
  ['youve', ['you', 'have']],
  ['theyre', ['they', 'are']],
  ['theyve', ['they', 'have']],
  ['weve', ['we', 'have']],
]);

/** A text as it is looked at: as much of it, each character in its ordinary form. */
export const plainOf = (text: string): string => text.slice(0, LONGEST).normalize('NFKC');

/** The words of a text, whatever its case, punctuation and apostrophes. At the start of a text no gap is told. */
export function wordsIn(text: string): readonly Word[] {
  const words: Word[] = [];
  const plain = plainOf(text);
  let end = 0;
  for (const { 0: written, index: start } of plain.matchAll(/[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}]|['’‘`´](?=\p{L}))*/gu)) {
    const between = plain.slice(end, start);
    end = start + written.length;
    const raw = written.toLowerCase();
    const gap = /[.!?;:\n…]/.test(between) ? 'stop' : /[,–—()"]|\s-+\s/.test(between) ? 'comma' : 'nothing';
    const word = raw.replace(/['’‘`´]/g, '');
    // "My temp's 105", "dad's face": whose it is, or that it is, changes nothing.
    const own = raw.replace(/['’‘`´]s$/, '').replace(/['’‘`´]/g, '');
    const [first = word, ...rest] = SHORT.get(word) ?? [own];
    const place = { start, end };
    words.push({ text: first, gap, ...place }, ...rest.map((text): Word => ({ text, gap: 'nothing', ...place })));
    joinUnable(words);
  }
  return words;
}

/** "Not able to", "unable to", at the end of what was read so far: who is that, can not. */
function joinUnable(words: Word[]): void {
  const [last, before, earlier] = [words.at(-1), words.at(-2), words.at(-3)];
  if (last?.text !== 'to') return;
  const count = before?.text === 'unable' ? 2 : earlier?.text === 'not' && before?.text === 'able' ? 3 : 0;
  const first = words[words.length - count];
  if (count === 0 || !first) return;
  const place = { start: first.start, end: last.end };
  words.splice(-count, count, { text: 'can', gap: first.gap, ...place }, { text: 'not', gap: 'nothing', ...place });
}
