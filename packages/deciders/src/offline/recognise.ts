import type { ChoiceOffered, Question, VariableWanted } from '@parley/engine';
import { findValues, type Json, readValue, yesNo } from '@parley/workflow';
import { LIGHT, WEAK } from './vocabulary.ts';
import { LONGEST } from './words.ts';

/** The values that were recognised in what was said. */
export interface Recognised {
  readonly values: { readonly [variable: string]: Json };
  /** The names of those that are asked for. */
  readonly wanted: readonly string[];
  /** What was said, with spaces where the values are. */
  readonly rest: string;
}

interface Candidate {
  readonly wanted: VariableWanted;
  readonly value: Json;
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/** How clearly a value must be given to be taken for a variable that was not asked for. */
const CLEAR = 0.75;
const LIKELY = 0.4;

/** The more a type can only be itself, the sooner a place belongs to it: an e-mail address is never a number. */
function specificity({ variable }: VariableWanted): number {
  switch (variable.type) {
    case 'email':
      return 0.1;
    case 'string':
      return variable.pattern === undefined ? 0.02 : 0.08;
    case 'phone':
      return 0.06;
    case 'money':
    case 'date':
    case 'time':
      return 0.04;
    case 'choice':
      return 0.03;
    default:
      return 0;
  }
}

/** Types whose values show by their form what they are. */
const showsItself = ({ variable }: VariableWanted) =>
  variable.type === 'email' ||
  variable.type === 'phone' ||
  (variable.type === 'string' && variable.pattern !== undefined);

/** Finds a value for each variable of the question; no place in what was said is used twice. */
export function recognise(question: Question, heard: string): Recognised {
  const text = heard.slice(0, LONGEST);
  const corrected = CORRECTED.exec(text);
  const after = corrected === null ? 0 : corrected.index + corrected[0].length;
  const first = question.fill.find(({ wanted }) => wanted);
  const candidates = question.fill.flatMap((wanted): Candidate[] => {
    const cues = cuesOf(wanted, question.fill);
    return findValues(wanted.variable, text, question.moment).flatMap(({ value, start, end, confidence }) => {
      if (confidence < LIKELY || refused(text, start)) return [];
      const cued = hasCue(text, start, end, cues) || isEndOf(wanted, text.slice(0, start));
      const clear = confidence >= CLEAR && (showsItself(wanted) || cued || (after > 0 && start >= after));
      if (!wanted.wanted && !clear) return [];
      const score =
        confidence +
        specificity(wanted) +
        (wanted === first ? 0.15 : 0) +
        (wanted.wanted ? 0.05 : 0) +
        (cued ? 0.4 : 0) +
        (after > 0 && start >= after ? 0.3 : 0);
      return [{ wanted, value, start, end, score }];
    });
  });
  const order = (candidate: Candidate) => question.fill.indexOf(candidate.wanted);
  candidates.sort((a, b) => b.score - a.score || order(a) - order(b) || a.start - b.start);
  const taken: Candidate[] = [];
  for (const candidate of candidates) {
    const free = taken.every(({ start, end }) => candidate.end <= start || candidate.start >= end);
    if (free && taken.every(({ wanted }) => wanted !== candidate.wanted)) taken.push(candidate);
  }
  let rest = text;
  for (const { start, end } of candidates) rest = rest.slice(0, start) + ' '.repeat(end - start) + rest.slice(end);
  return {
    values: Object.fromEntries(taken.map(({ wanted, value }) => [wanted.name, value])),
    wanted: taken.filter(({ wanted }) => wanted.wanted).map(({ wanted }) => wanted.name),
    rest,
  };
}

const CORRECTED = /.*\b(?:i (?:meant|mean)|actually|sorry|wait|scratch that|oops|make that|correction|i said)\b[,:]?/is;

/** "It's not 1234567", "instead of the red one". */
const refused = (text: string, start: number) =>
  /\b(?:not|isn't|wasn't|instead of|rather than|no longer|used to be|old one was)(?:\s+(?:the|my|a|at|on|for))?\s*$/i.test(
    text.slice(Math.max(0, start - 30), start),
  );

/** The words by which a variable is called, less those that other variables of the question are called by too. */
function cuesOf({ name, variable }: VariableWanted, all: readonly VariableWanted[]): readonly string[] {
  const of = (called: string, about: string | undefined) =>
    `${called.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/_/g, ' ')} ${about ?? ''}`
      .toLowerCase()
      .split(/[^a-z]+/)
      .filter((word) => word.length >= 4 && !NO_CUE.has(word));
  const others = new Set(
    all.filter((other) => other.name !== name).flatMap((other) => of(other.name, other.variable.about)),
  );
  return [...of(name, variable.about), ...(TYPE_CUES[variable.type] ?? [])].filter((word) => !others.has(word));
}

const NO_CUE: ReadonlySet<string> = new Set([
  'number',
  'name',
  'with',
  'from',
  'that',
  'which',
  'their',
  'caller',
  'customer',
  'what',
]);
const TYPE_CUES: { readonly [type: string]: readonly string[] } = {
  email: ['email', 'e-mail', 'mail'],
  phone: ['phone', 'mobile', 'cell', 'call me'],
};

function hasCue(text: string, start: number, end: number, cues: readonly string[]): boolean {
  const near = `${text.slice(Math.max(0, start - 40), start)} | ${text.slice(end, end + 25)}`.toLowerCase();
  return cues.some((cue) => near.includes(cue));
}

/** The two ends of a stretch of time or way, as variables are named and as callers say them. */
const ENDS: readonly (readonly [name: RegExp, said: RegExp])[] = [
  [
    /^(?:from|start|begin|check_?in)|_from$|From$|arriv/i,
    /\b(?:from|start\w*|begin\w*|arriv\w*|check\w*[ -]in|between)\b[^,.;]{0,12}$/i,
  ],
  [
    /^(?:to|until|end|check_?out)$|_to$|To$|^until|leav|depart/i,
    /\b(?:to|until|till|through|leav\w*|depart\w*|check\w*[ -]out|end\w*)(?: on| the| at| by)*\s*$/i,
  ],
];

/** Whether what stands before a value says that it is the end of a stretch that this variable is for. */
const isEndOf = ({ name, variable }: VariableWanted, before: string) =>
  ENDS.some(([named, said]) => (named.test(name) || named.test(variable.about ?? '')) && said.test(before));

/** What is said before an answer proper. */
const OPENER =
  /^(?:(?:uh+|um+|er+|hm+|well|so|oh|ok(?:ay)?|sure|yes|yeah|yep|of course|hi|hello|hey|alright|right|and|let me see|i think|i believe|i guess|it is|it's|its|it was|that's|that is|that would be|it would be|it should be|this is|my (?:full )?name is|the name is|name's|my name's|i am|i'm|call me)[\s,.:!-]+)+/i;
const CLOSER = /[\s,]*(?:please|thanks|thank you|i think|i believe|i guess)?[\s.!]*$/i;

/** An utterance without the words around the answer. */
export const bare = (heard: string): string => heard.trim().replace(OPENER, '').replace(CLOSER, '').trim();

const NO_ANSWER =
  /^(?:|uh+|um+|er+|hm+|huh|what|why|who|how|hello|hi|hey|yes|yeah|no|nope|ok(?:ay)?|sure|well|sorry|pardon|wait|hold on|hang on|one (?:moment|second|minute|sec)|just a (?:moment|second|minute|sec)|thanks?|thank you)$/i;
const ASKS_OR_WISHES =
  /\?\s*$|^(?:why|what|how|who|can|could|do|does|did|is|are|will|would)\b|\b(?:i (?:want|need|would like|don't|do not|can't|cannot|forgot|have no)|i'd like)\b/i;

/**
 * An answer to the variable that is asked for which no recogniser found: the whole of what was said, where that can
 * be it. What looks like an attempt but is not valid is given as it was said, so that the workflow can say what is
 * wrong with it.
 */
export function readWhole(
  question: Question,
  heard: string,
  rest: string,
): { readonly name: string; readonly value: Json } | undefined {
  const first = question.fill.find(({ wanted }) => wanted);
  if (first === undefined) return undefined;
  const { name, variable } = first;
  const text = bare(heard.slice(0, LONGEST));
  if (variable.type === 'boolean') {
    const answer = yesNo(heard)?.answer ?? echoOf(text);
    return answer === undefined ? undefined : { name, value: answer === 'yes' };
  }
  if (text === '' || NO_ANSWER.test(text)) return undefined;
  if (variable.type === 'string' && variable.pattern === undefined && (variable.spoken ?? 'words') === 'words') {
    const whole = rest === heard.slice(0, LONGEST) ? text : bare(rest.split(/[,;]|\band\b|\bmy\b/i)[0] ?? '');
    const isName = /name/i.test(name);
    const own = isName ? (whole.split(/,? (?:with an? |spelled |spelt |that's )/i)[0] ?? '') : whole;
    if (rest !== heard.slice(0, LONGEST) && callsOnly(question, own)) return undefined;
    if (own === '' || NO_ANSWER.test(own) || ASKS_OR_WISHES.test(own) || !/\p{L}|\d/u.test(own)) return undefined;
    if (isName && (own.split(/\s+/).length > 4 || /\d/.test(own))) return undefined;
    return { name, value: own };
  }
  // What was taken for another variable is not this one too.
  if (rest !== heard.slice(0, LONGEST)) return undefined;
  const read = readValue(variable, text, question.moment);
  if (read.ok) return { name, value: read.value };
  return attempted(first, text) ? { name, value: text } : undefined;
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

/** Whether words that are no valid value were most likely meant as one. */
function attempted({ variable }: VariableWanted, text: string): boolean {
  if (text.split(/\s+/).length > 8 || ASKS_OR_WISHES.test(text)) return false;
  const digits = /\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|double|triple|hundred)\b/i.test(text);
  switch (variable.type) {
    case 'email':
      return /@|\bat\b|\bdot\b|\.\w{2,}/i.test(text);
    case 'date':
      return digits || /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i.test(text);
    case 'choice':
      return text.split(/\s+/).length <= 3 && /\p{L}/u.test(text);
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

/** The choice that is for giving a value, by an example that holds one: "it's W1000001". */
export function choiceOfValue(
  question: Question,
  own: readonly ChoiceOffered[],
  given: readonly string[],
): ChoiceOffered | undefined {
  const variables = question.fill.filter(({ name }) => given.includes(name));
  return own.find(({ examples }) =>
    examples.some((example) =>
      variables.some(({ variable }) =>
        findValues(variable, example, question.moment).some(({ confidence }) => confidence >= CLEAR),
      ),
    ),
  );
}
