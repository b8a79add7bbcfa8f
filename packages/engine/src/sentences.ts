/** After these a full stop ends no sentence. */
const SHORT =
  /(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|ave|no|nos|vs|inc|co|corp|ltd|dept|approx|est|e\.g|i\.e|etc|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tues?|wed|thurs?|fri|sat|sun|\p{L}|\p{L}(?:\.\p{L})+)\.$/iu;

/** The most characters that are looked at: several times what may be said. */
const MOST = 8_000;

const END = /[.!?…]["'”’)]*(?=\s+\S)/gu;

/** Cuts a text that is being written into whole sentences, as they come. */
export class Sentences {
  /** What was taken, from the beginning. */
  #taken = '';

  /** The whole sentences of the text so far that were not taken yet; empty where there are none. */
  take(soFar: string): string {
    // More is never said: whoever writes on and on is not read to the end.
    const text = soFar.slice(0, MOST).trimStart();
    if (!text.startsWith(this.#taken)) return '';
    const from = this.#taken.length;
    let end = from;
    for (const { 0: mark, index } of text.slice(from).matchAll(END)) {
      const stop = from + index;
      if (!mark.startsWith('.') || !SHORT.test(text.slice(Math.max(0, stop - 24), stop + 1))) end = stop + mark.length;
    }
    const fresh = text.slice(from, end).trim();
    if (fresh !== '') this.#taken = text.slice(0, end);
    return fresh;
  }

  /** What is left of the whole text; undefined where it does not begin with what was taken. */
  rest(whole: string): string | undefined {
    const text = whole.trimStart();
    return text.startsWith(this.#taken) ? text.slice(this.#taken.length).trim() : undefined;
  }
}
