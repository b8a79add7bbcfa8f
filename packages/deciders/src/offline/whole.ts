import type { Question, VariableWanted } from '@parley/engine';
import { type Json, readValue, yesNo } from '@parley/workflow';
import { isName, nameIn } from './name.ts';
import { cuesOf } from './recognise.ts';
import { isStreet, streetOf } from './street.ts';
import { LIGHT, WEAK } from './vocabulary.ts';
import { LONGEST } from './words.ts';

/**
 * An answer to the variable that is asked for which no recogniser found: the whole of what was said, where that can
 * be it. What looks like an attempt but is not valid is given as it was said, so that the workflow can say what is
 * wrong with it. `rest` is what was said without the values found in it.
 */
export function readWhole(
  question: Question,
  heard: string,
  rest: string,
): { readonly name: string; readonly value: Json } | undefined {
  const first = question.fill.find(({ wanted }) => wanted);
  if (first === undefined) return undefined;
  const { name, variable } = first;
  const said = heard.slice(0, LONGEST);
  const text = bare(said);
  if (variable.type === 'boolean') {
    const answer = yesNo(heard)?.answer ?? echoOf(text);
    return answer === undefined ? undefined : { name, value: answer === 'yes' };
  }
  if (text === '' || NO_ANSWER.test(text) || isStalling(text)) return undefined;
  if (isFree(first)) {
    const own = isName(first) ? nameIn(rest, name, false) : freeText(question, said, rest);
    if (own === undefined || NO_ANSWER.test(own)) return undefined;
    return { name, value: isStreet(first) ? streetOf(own, question.moment) : own };
  }
  // What was taken for another variable is not this one too.
  if (rest !== said) return undefined;
  const read = readValue(variable, text, question.moment);
  if (read.ok) return { name, value: read.value };
  return attempted(first, text) ? { name, value: text } : undefined;
}

/**
 * "No, it's 24 Oak Street": what a caller puts in the place of what was read back, where one variable in the caller's own
 * words may be corrected. Only what has a number in it: "no, it's the other house" gives no street.
 */
export function readMended(
  { fill, moment }: Question,
  heard: string,
): { readonly name: string; readonly value: Json } | undefined {
  const [free, more] = fill.filter((wanted) => isFree(wanted) && !isName(wanted));
  const text = MENDED.exec(heard.slice(0, LONGEST))?.groups?.['value']?.replace(CLOSER, '').trim() ?? '';
  if (free === undefined || more !== undefined || !NUMBER.test(text) || yesNo(text) !== undefined) return undefined;
  return { name: free.name, value: isStreet(free) ? streetOf(text, moment) : text };
}

const MENDED =
  /^\W*(?:(?:uh+|um+|oh|well|wait)\W+)*(?:no|nope|nah)\b[\s,.!-]*(?:(?:no|wait|sorry|actually|i (?:said|meant))\b[\s,]*)*(?:(?:it's|it is|that's|it should be|that should be|should be|make it|make that|change it to)\s+)?(?<value>.+)$/is;
const NUMBER = /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty)\b/i;

/** Whether any words of the caller's can be its value. */
export function isFree(wanted: VariableWanted | undefined): boolean {
  const variable = wanted?.variable;
  return variable?.type === 'string' && variable.pattern === undefined && (variable.spoken ?? 'words') === 'words';
}

/** What is said before an answer proper. */
const FILLER =
  'uh+|um+|er+|eh|hm+|well|so|oh|ok(?:ay)?|sure|yes|yeah|yep|of course|hi|hello|hey|alright|right|let me see';
const LEAD = `${FILLER}|and|i think|i believe|i guess|it is|it's|its|it was|that's|that is|that would be|it would be|it should be|i am|i'm`;
const OPENER = new RegExp(`^(?:(?:${LEAD})\\b[\\s,.:!-]+)+`, 'i');
const FILLERS = new RegExp(`^(?:(?:${FILLER})\\b[\\s,.:!-]+)+`, 'i');
const CLOSER = /[\s,]*(?:please|thanks|thank you|i think|i believe|i guess)?[\s.!]*$/i;

/** An utterance without the words around the answer. */
const bare = (heard: string): string => heard.trim().replace(OPENER, '').replace(CLOSER, '').trim();

const NO_ANSWER =
  /^(?:|uh+|um+|er+|hm+|huh|what|why|who|how|hello|hi|hey|yes|yeah|no|nope|ok(?:ay)?|sure|well|sorry|pardon|wait|hold on|hang on|one (?:moment|second|minute|sec)|just a (?:moment|second|minute|sec)|thanks?|thank you)$/i;
const ASKS_OR_WISHES =
  /\?\s*$|^(?:why|what|how|who|can|could|do|does|did|is|are|will|would)\b|\b(?:i (?:want|need|would like|don't|do not|can't|cannot|forgot|have no)|i'd like)\b/i;
const KNOWS_NOT =
  /^(?:i (?:don't|do not|can't|cannot) (?:know|remember|recall|say|tell)|no (?:idea|clue)|not sure|i forgot|i have no idea)/i;

/** An answer in the caller's own words, such as what happened. */
function freeText(question: Question, said: string, rest: string): string | undefined {
  const own = said.trim().replace(FILLERS, '').replace(CLOSER, '').trim();
  const words = own.split(/\s+/).length;
  if (!/[\p{L}\p{N}]/u.test(own) || KNOWS_NOT.test(own) || (words <= 10 && /\?\s*$|^(?:why|what|how|who)\b/i.test(own)))
    return undefined;
  if (saysOnlyYesOrNo(said)) return undefined;
  if (rest === said) return own;
  return callsOnly(question, rest) ? undefined : trimmed(own, said, rest);
}

const STALLS =
  /^(?:(?:sorry|ok(?:ay)?|um+|uh+|oh|yes|yeah)\W+)*(?:please )?(?:wait|hold on|hang on|bear with me|(?:(?:just|give me|wait)\W+)?(?:a|one|two) (?:moments?|seconds?|minutes?|secs?)|let me (?:see|look|check|find|get|grab|think))\b/i;

/** "One moment, let me look for it": who asks for time gives no answer yet. What has a number in it besides, or says more, may be one. */
function isStalling(text: string): boolean {
  const stall = STALLS.exec(text);
  if (stall === null) return false;
  const after = text.slice(stall[0].length);
  if (/let me/i.test(stall[0])) return !NUMBER.test(after) && after.trim().split(/\s+/).length <= 8;
  return after
    .toLowerCase()
    .split(/[^\p{L}\p{N}']+/u)
    .every((word) => word === '' || (!/\d/.test(word) && (LIGHT.has(word) || WEAK.has(word) || STALLING.has(word))));
}
const STALLING: ReadonlySet<string> = new Set(
  'moment second minute sec wait hold hang look check somewhere where did ready paper phone'.split(' '),
);

/** "Yes that's right now": words of agreement and nothing else. */
const saysOnlyYesOrNo = (text: string) =>
  (yesNo(text)?.confidence ?? 0) >= 0.8 &&
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}']+/u)
    .every(
      (word) =>
        word === '' || LIGHT.has(word) || WEAK.has(word) || /^(?:right|correct|sure|true|\w+n't|\w+'s)$/.test(word),
    );

/** A text without the values of other variables at its end: "22 Oak Street, 97202" is a street and a ZIP code. */
function trimmed(own: string, said: string, rest: string): string {
  const after = rest.length - rest.trimEnd().length;
  const end = said.length - Math.max(0, after - (said.length - said.trimEnd().length));
  const kept = after === 0 ? own : said.slice(0, end).trim().replace(FILLERS, '');
  return (
    kept.replace(/[\s,;:–-]*(?:\band\b|\bin\b|\bthe\b|\bmy\b|\bzip(?:\s*code)?\b|\bcode\b|\bis\b|[\s,;:–-])*$/iu, '') ||
    own
  );
}

/** "We do not", "I do": a yes or no in the words of the question. */
function echoOf(text: string): 'yes' | 'no' | undefined {
  const found =
    /^(?:i|we|they|it|he|she) (?:do|does|did|am|are|is|was|were|have|has|will|would|can)(n't| not)?\b[^,]{0,20}$/i.exec(
      text,
    );
  if (found === null) return undefined;
  return found[1] === undefined ? 'yes' : 'no';
}

/** Whether words only name the variables whose values were found beside them: "order", "my order number is". */
function callsOnly({ fill }: Question, text: string): boolean {
  const called = new Set(fill.flatMap((wanted) => cuesOf(wanted, [])));
  return text
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .every((word) => word === '' || LIGHT.has(word) || WEAK.has(word) || called.has(word));
}

const MONTH = /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i;

/** Whether words that are no valid value were most likely meant as one. */
function attempted({ variable }: VariableWanted, text: string): boolean {
  const words = text.split(/\s+/).length;
  if (words > 8 || ASKS_OR_WISHES.test(text)) return false;
  // "I was never given one" has no figure in it.
  const digits = /\d|\b(?:zero|two|three|four|five|six|seven|eight|nine|ten|double|triple|hundred)\b|\bone\W+\w/i.test(
    text,
  );
  switch (variable.type) {
    case 'email':
      return /@|\bat\b|\bdot\b|\.\w{2,}/i.test(text);
    case 'date':
      return MONTH.test(text) || (digits && words <= 4);
    case 'choice':
      return words <= 3 && /\p{L}/u.test(text);
    case 'string':
      return digits || (!/\\d|0-9/.test(variable.pattern ?? '') && /^[A-Za-z-]{3,}$/.test(text));
    case 'object':
    case 'list':
    case 'boolean':
      return false;
    default:
      return digits;
  }
}
