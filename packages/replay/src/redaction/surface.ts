/** Numbers in words, by what may stand for each other. */
export const NUMBERS: readonly (readonly string[])[] = [
  'zero oh one two three four five six seven eight nine'.split(' '),
  'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' '),
  'twenty thirty forty fifty sixty seventy eighty ninety'.split(' '),
  'first second third fourth fifth sixth seventh eighth ninth'.split(' '),
  'january february march april may june july august september october november december'.split(' '),
];
export const TIMES = /^(?:double|triple|hundred|thousand|dash|dot|at)$/i;

const SIGN = `(?:\\d+|\\p{L}|${NUMBERS.slice(0, 3).flat().join('|')}|double|triple)`;
/** Numbers of three signs or more, and what is spelled: in figures, letters or words. */
export const RUN = new RegExp(
  `(?<![\\p{L}\\p{N}'’])(?:\\S*\\d{3,}\\S*|${SIGN}(?:[ ,.-]{1,2}${SIGN}){2,})(?![\\p{L}\\p{N}'’])`,
  'giu',
);

/** A text as it is compared: the same whatever its case, its apostrophes and the width of its gaps. */
export const normal = (text: string) => text.trim().toLowerCase().replaceAll('’', "'").replace(/\s+/g, ' ');

/** The source of an expression that finds a text as words of its own. */
export function sourceOf(text: string): string {
  const escaped = text
    .replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    .replace(/ /g, '\\s+')
    .replaceAll("'", "['’]");
  const before = /^[\p{L}\p{N}]/u.test(text) ? '(?<![\\p{L}\\p{N}])' : '';
  return before + escaped + (/[\p{L}\p{N}]$/u.test(text) ? '(?![\\p{L}\\p{N}])' : '');
}

/** The form of one value that a text is, of another. */
export function sameForm(
  surface: string,
  forms: ReadonlyMap<string, string>,
  others: ReadonlyMap<string, string>,
): string | undefined {
  for (const [name, form] of forms) if (normal(form) === normal(surface)) return others.get(name);
  return undefined;
}

/** Sign for sign, where a text is written with the very letters and digits of the value, or the last of them. */
export function sameSigns(surface: string, value: string, like: string): string | undefined {
  const plain = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, '');
  const [written, all, other] = [plain(surface), plain(value), plain(like)];
  if (written.length < 3 || other.length !== all.length || !all.toLowerCase().endsWith(written.toLowerCase()))
    return undefined;
  const signs = [...other.slice(all.length - written.length)];
  return surface.replace(/[\p{L}\p{N}]/gu, () => signs.shift() ?? '');
}

/** A text in the case of another: all small or all capitals, or letter for letter where they are as long. */
export function inCaseOf(model: string, text: string): string {
  if (!/\p{L}/u.test(model)) return text;
  if (model === model.toLowerCase()) return text.toLowerCase();
  if (model === model.toUpperCase() && model.replace(/[^\p{L}]/gu, '').length > 1) return text.toUpperCase();
  if (model.length !== text.length || !/^\p{L}/u.test(model)) return text;
  return [...text]
    .map((sign, at) => {
      const other = model.charAt(at);
      if (!/\p{L}/u.test(other)) return sign;
      return other === other.toLowerCase() ? sign.toLowerCase() : sign.toUpperCase();
    })
    .join('');
}
