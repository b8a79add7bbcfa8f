import type { VariableWanted } from '@parley/engine';
import { LIGHT, WEAK } from './vocabulary.ts';

/** Whether a variable is a person's name: by its own name, for the language has no type for it. */
export const isName = ({ name, variable: { type, ...variable } }: VariableWanted): boolean =>
  type === 'string' && /name$/i.test(name) && !('pattern' in variable && variable.pattern !== undefined);

/** Words of a variable's name that don't say whose name it is. */
const WHOSE: ReadonlySet<string> = new Set([
  'name',
  'full',
  'first',
  'last',
  'sur',
  'caller',
  'customer',
  'your',
  'user',
  'own',
]);

/** Where a name ends. */
const END =
  /[.!?;,:\d#"()\u2013\u2014]|\s-|(?<!\p{L})(?:and|but|with|my|spelled|spelt|i|i'm|here|calling|speaking|is|was|from|please|for|the|same|can|could|actually|thanks)(?!\p{L})/iu;

/**
 * The name in what was said, for a variable such as `name` or `hostName`: "My name is Mark and I'd like a room",
 * "Tyler Jones. I lost my card", "the host is my friend Ben". `clearly`: only where it is said to be the name.
 * English wording; names of any script.
 */
export function nameIn(text: string, variable: string, clearly: boolean): string | undefined {
  const steady = text.replace(HESITATION, ' ');
  const whose = variable
    .replace(/^.*__/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '' && !WHOSE.has(word));
  const said = announced(steady, whose);
  if (said !== undefined) return nameAt(said, true);
  if (clearly || (whose.length > 0 && OWN.test(text))) return undefined;
  const first = steady.replace(OPENER, '');
  return nameAt(first, false);
}

/**
 * The name that stands right before a date of birth, as who is used to being asked for both gives them: "nadia petrova,
 * january 19, 2001", "a cough Helen Marsh I was born May 4th 1990". `before`: what was said up to the date.
 */
export function nameBeforeBirth(before: string): string | undefined {
  const said = before.replace(
    /(?:[\s,.;-]|\b(?:and|i|i'm|was|am|born|on|in|date of birth|birthday|dob|is|my|the))+$/i,
    '',
  );
  const piece = /[^.,;:!?]*$/.exec(said)?.[0].trim() ?? '';
  const capitals = /(?:\p{Lu}[\p{L}\p{M}'’-]+\s+){1,2}\p{Lu}[\p{L}\p{M}'’-]+$/u.exec(piece)?.[0];
  const name = nameAt(capitals ?? piece, false);
  const count = name?.split(/\s+/).length ?? 0;
  return count === 2 || count === 3 ? name : undefined;
}

const HESITATION = /(?<=\p{L})[\s,.]+(?:uh+|um+|er+|eh|hm+)(?![\p{L}'])[\s,.]*/giu;
const OWN = /\bmy (?:full )?name\b|^\W*(?:(?:hi|hello|hey|yes|sure)\W+)?(?:i am|i'm|this is)\b/i;
const OPENER =
  /^\s*(?:(?:uh+|um+|er+|eh|hm+|well|so|oh|ok(?:ay)?|sure|yes|yeah|of course|hi|hello|hey|alright|it is|it's|its|is|this is|i am|i'm|you can call me|call me)\b[\s,.:!-]+)+/i;

/** What stands after the words that announce the name. */
function announced(text: string, whose: readonly string[]): string | undefined {
  const [word] = whose;
  if (word === undefined) {
    const found = /\b(?:(?:my|the) (?:full )?name(?:'s| is|:)|name is|my name)\s+(?<name>\p{L}.*)/isu.exec(text);
    // A capital tells "I'm Mark" from "I'm sorry".
    const capital =
      /(?:^|[.,!?]\s*|\b(?:hi|hello|hey|yes|sure),?\s+)(?:[Ii] am|[Ii]'m|[Tt]his is)\s+(?<name>\p{Lu}\p{L}.*)/su.exec(
        text,
      );
    const after = /^[\s,]*(?<name>.{2,60}?) is my (?:full )?name\b/isu.exec(text);
    return (found ?? after ?? capital)?.groups?.['name'];
  }
  const theirs = new RegExp(
    `\\b${word}(?:'?s)?(?:'s)?(?: full)?(?: name)?(?:'s| is| was|:)\\s+(?:(?:my|our|a)\\s+\\p{Ll}+\\s+)?(?<name>\\p{L}.*)`,
    'isu',
  );
  const found = theirs.exec(text) ?? /\b(?:his|her|their) name(?:'s| is)\s+(?<name>\p{L}.*)/isu.exec(text);
  return found?.groups?.['name'];
}

/** The name at the beginning of a text. `announced`: it was said to be one, so what follows it does not matter. */
function nameAt(text: string, isAnnounced: boolean): string | undefined {
  const end = END.exec(text)?.index ?? text.length;
  const whole = text.slice(0, end).trim();
  const capitals = /^\p{Lu}[\p{L}\p{M}'’-]*(?:\s+\p{Lu}[\p{L}\p{M}'’-]*)*/u.exec(whole)?.[0];
  // "I am Angela nice to meet you"
  const name = isAnnounced && capitals !== undefined ? capitals : whole;
  const words = name.split(/\s+/);
  if (words.length > 4 || !words.every((word) => /^\p{L}[\p{L}\p{M}'’-]*$/u.test(word))) return undefined;
  const common = (word: string) => LIGHT.has(word.toLowerCase()) || WEAK.has(word.toLowerCase());
  const [first = ''] = words;
  if (common(first) || words.some((word) => common(word) && word === word.toLowerCase())) return undefined;
  // Without capitals, as speech comes, only a name alone is one: "jane doe", but not "far away, my dear".
  const alone = /^[\s.!,]*(?:please|thanks)?[\s.!]*$/i.test(text.slice(end));
  return isAnnounced || alone || /^\p{Lu}|^[^\p{Ll}]/u.test(first) ? name : undefined;
}
