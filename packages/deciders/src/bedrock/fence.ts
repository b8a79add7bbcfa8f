import type { Json } from '@parley/workflow';

/**
 * Data as one line of JSON that can't close the section it stands in, and in which nothing is hidden: `<` and `>` are
 * escaped, what has no looks of its own is gone.
 */
export function fenced(value: Json): string {
  const json = JSON.stringify(value);
  return (PLAIN.test(json) ? json : JSON.stringify(shown(value))).replace(/[<>]/g, (sign) =>
    sign === '<' ? '\\u003c' : '\\u003e',
  );
}

/** JSON in which every character has looks, but for line breaks and tabs: nothing is to be taken out, as in most of it. */
const PLAIN = /^(?:[ -[\]-~]|\\["\\nt])*$/;

function shown(value: Json): Json {
  if (typeof value === 'string') return visible(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => shown(item));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [visible(key), shown(item)]));
}

/**
 * Characters without looks: zero width, tags, variation selectors, marks that turn the direction, private use, halves of
 * characters. The first group is what writing needs of them: joiners in an emoji or in a word of a script that has
 * them, and the selector of an emoji. The second is controls but for tabs and line breaks.
 */
const UNSEEN =
  /((?<=\p{Extended_Pictographic}\uFE0F?\p{Emoji_Modifier}?)\u200D(?=\p{Extended_Pictographic})|(?<=[\p{Extended_Pictographic}0-9#*])\uFE0F|(?<=[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Gujarati}\p{Script=Sinhala}\p{M}])[\u200C\u200D])|((?![\t\n])\p{Cc})|[\p{Default_Ignorable_Code_Point}\p{Co}\p{Cs}\uFFF9-\uFFFB]/gu;

/**
 * A text as a person would see it. What has no looks can carry words that only a model reads, or split one that it should
 * know: it is taken out. Controls become spaces, separators of lines and paragraphs line breaks.
 */
export function visible(text: string): string {
  return text
    .replace(UNSEEN, (_, needed?: string, control?: string) => needed ?? (control === undefined ? '' : ' '))
    .replace(/[\u2028\u2029]/g, '\n');
}

/** A text of at most about so many characters: of a longer one the middle goes, and it is said how much. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = Math.floor(most / 2);
  return `${text.slice(0, half)} […${text.length - 2 * half} characters left out…] ${text.slice(-half)}`;
}
