/** After these a full stop ends no sentence. */
const SHORT =
  /(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|ave|no|nos|vs|inc|co|corp|ltd|dept|approx|est|e\.g|i\.e|etc|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tues?|wed|thurs?|fri|sat|sun|\p{L}|\p{L}(?:\.\p{L})+)\.$/iu;

const END = /[.!?…]["'”’)]*(?=\s+\S)/gu;

/** Cuts a text that is being written into whole sentences, as they come. */
export class Sentences {
  /** What was taken, from the beginning. */
  #taken = '';

  /** The whole sentences of the text so far that were not taken yet; empty where there are none. */
  take(soFar: string): string {
    const text = soFar.trimStart();
    if (!text.startsWith(this.#taken)) return '';
    let end = 0;
    for (const { 0: mark, index } of text.matchAll(END)) {
      const until = index + mark.length;
      if (!mark.startsWith('.') || !SHORT.test(text.slice(0, index + 1))) end = until;
    }
    const fresh = text.slice(this.#taken.length, end).trim();
    if (fresh !== '') this.#taken = text.slice(0, end);
    return fresh;
  }

  /** What is left of the whole text; undefined where it does not begin with what was taken. */
  rest(whole: string): string | undefined {
    const text = whole.trimStart();
    return text.startsWith(this.#taken) ? text.slice(this.#taken.length).trim() : undefined;
  }
}
