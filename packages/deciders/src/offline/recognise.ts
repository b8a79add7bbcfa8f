import type { ChoiceOffered, Question, VariableWanted } from '@parley/engine';
import { findValues, type Json } from '@parley/workflow';
import { isName, nameBeforeBirth, nameIn } from './name.ts';
import { LIGHT, WEAK } from './vocabulary.ts';
import { LONGEST } from './words.ts';

/** The values that were recognised in what was said. */
export interface Recognised {
  readonly values: { readonly [variable: string]: Json };
  /** The names of those that are asked for. */
  readonly wanted: readonly string[];
  /** What was said, with spaces where the values are. */
  readonly rest: string;
  /**
   * What was said, with a figure where the values are, so that it can be told how the words between them go on. Names of
   * choices that were not asked for stay: "that was the wrong one" is a value, and says more besides.
   */
  readonly marked: string;
  /** What was said, with spaces where the values are whose words say nothing of what is wanted: "it's broken" is a value, and a wish besides. */
  readonly wording: string;
  /** What was said, with the variables' names where the values are: "where is W1000001" asks where an order is. */
  readonly named: string;
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

const ASKS = /^\W*(?:do|does|did|is|are|what|which|how|why|when|who)\b|\?\s*$/i;

const areChoices = (one: Candidate, other: Candidate) =>
  one.wanted.variable.type === 'choice' && other.wanted.variable.type === 'choice';

const isInside = (one: Candidate, other: Candidate) =>
  other.start <= one.start && one.end <= other.end && other.end - other.start > one.end - one.start;

/** Whether two places of a text have no more between them than "at" or "on". */
function isBeside(text: string, one: Candidate, other: Candidate): boolean {
  const [first, second] = one.start < other.start ? [one, other] : [other, one];
  return /^[\s,]*(?:at|on|around)?\s*$/i.test(text.slice(first.end, second.start));
}

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

/** Types whose values show by their form what they are; of a choice, those that are named by a word of their own. */
const showsItself = ({ variable }: VariableWanted, said: string) =>
  variable.type === 'email' ||
  variable.type === 'phone' ||
  (variable.type === 'string' && variable.pattern !== undefined) ||
  (variable.type === 'choice' && said.split(/[^\p{L}]+/u).some(isTelling));

/** Codes of figures only: where one is asked for, five of six figures are no ZIP code unless they are called one. */
const isFigures = ({ variable }: VariableWanted) =>
  variable.type === 'string' && variable.pattern !== undefined && /^(?:\\d|[{},|()?:\d])+$/.test(variable.pattern);

const isToCome = (variable: VariableWanted['variable']) => variable.type === 'date' && variable.prefer === 'future';

/** "Move it to Friday": a day to come, where only one is looked for, and not one since which something is so. */
const isTheDay = ({ variable }: VariableWanted, { fill }: Question, before: string) =>
  isToCome(variable) &&
  fill.filter(({ variable: other }) => isToCome(other)).length === 1 &&
  !/\b(?:since|last|past|from|was|were|been|not|on that)\s+(?:the\s+)?$/i.test(before);

/**
 * "Nadia Petrova, January 19, 2001": a day of years ago with its year, where only one that has been is looked for, and
 * nothing says that it is something else's.
 */
function isLongAgo(
  { variable }: VariableWanted,
  { fill, moment }: Question,
  value: Json,
  said: string,
  before: string,
) {
  const isPast = (one: VariableWanted['variable']) => one.type === 'date' && one.prefer === 'past';
  if (!isPast(variable) || typeof value !== 'string') return false;
  const years = (moment.now - Date.parse(value)) / 31_557_600_000;
  return (
    years > 2 &&
    fill.filter((other) => isPast(other.variable)).length === 1 &&
    /\d{4}|\b(?:nineteen|twenty|two thousand)\b|[/.-]\d{2}\b/i.test(said) &&
    !/\b(?:since|last|from|until|was there|been there|of|in|on)\s+(?:the\s+)?$/i.test(before)
  );
}

/** A day that has been, for one to come, or the other way round: "I was born on the ninth of May 1969" makes no appointment. */
function isOutOfTime({ variable }: VariableWanted, value: Json, { moment }: Question): boolean {
  if (variable.type !== 'date' || variable.prefer === undefined || typeof value !== 'string') return false;
  // As the Canadians write it: 2026-03-02.
  const today = new Intl.DateTimeFormat('en-CA', { timeZone: moment.timezone }).format(moment.now);
  return variable.prefer === 'future' ? value < today : value > today;
}

/** "It won't be there today" names no day for anything. */
const isDenied = ({ variable }: VariableWanted, before: string) =>
  (variable.type === 'date' || variable.type === 'time') &&
  /\b(?:not|never|cannot|wont|cant|\w+n['\u2019]t)\b(?:(?!\b(?:but|until|before)\b)[^,.;:?!]){0,40}$/i.test(before);

const isTelling = (word: string) => word.length >= 3 && !LIGHT.has(word.toLowerCase()) && !WEAK.has(word.toLowerCase());

/**
 * A day or a time of day that is told plainly, in answer to a question that has no other of its type: "Saturday at nine"
 * where the day is asked for and the time may be given. What a caller tells at an open question is more often the past.
 */
const isOnlyOne = ({ name, variable }: VariableWanted, { kind, fill }: Question) =>
  (kind === 'form' || kind === 'confirm') &&
  (variable.type === 'date' || variable.type === 'time') &&
  fill.every((other) => other.name === name || other.variable.type !== variable.type);

/** "No, twelve", where one number was read back. */
const isNumberMended = ({ name, variable }: VariableWanted, { kind, fill }: Question, text: string) =>
  kind === 'confirm' &&
  NUMERIC.has(variable.type) &&
  fill.every((other) => other.name === name || !NUMERIC.has(other.variable.type)) &&
  NUMBER_MENDED.test(text);
const NUMERIC: ReadonlySet<string> = new Set(['number', 'integer']);
const NUMBER_MENDED =
  /^\W*(?:no|nope|wait|sorry)\W+(?:(?:no|wait|sorry|uh+|um+|it's|its|make it|i said|i meant)\W+)*[\w-]+\W*$/i;

/** Finds a value for each variable of the question; no place in what was said is used twice. */
export function recognise(question: Question, heard: string): Recognised {
  const text = heard.slice(0, LONGEST);
  const corrected = CORRECTED.exec(text);
  const after = corrected === null ? 0 : corrected.index + corrected[0].length;
  const first = question.fill.find(({ wanted }) => wanted);
  // "Do you sell tents?" is no answer: what it names was not given.
  const asks = question.kind === 'form' && ASKS.test(text);
  const asksFigures = question.fill.some((one) => one.wanted && isFigures(one));
  const found = question.fill.flatMap((wanted): (Candidate & { readonly clear: boolean })[] => {
    if (asks && !wanted.wanted && wanted.variable.type === 'choice') return [];
    const cues = cuesOf(wanted, question.fill);
    return findValues(wanted.variable, text, question.moment).flatMap(({ value, start, end, confidence }) => {
      if (confidence < LIKELY || isLeftOpen(text, start, question)) return [];
      const cued = hasCue(text, start, end, cues) || isEndOf(wanted, text.slice(0, start));
      const isMended = isNumberMended(wanted, question, text);
      const isCorrection = after > 0 && start >= after;
      const shows =
        isTheDay(wanted, question, text.slice(0, start)) ||
        isLongAgo(wanted, question, value, text.slice(start, end), text.slice(0, start)) ||
        (showsItself(wanted, text.slice(start, end)) && !(asksFigures && isFigures(wanted)));
      const clear = cued || isMended || (confidence >= CLEAR && (shows || isCorrection || isOnlyOne(wanted, question)));
      if (!wanted.wanted && (isOutOfTime(wanted, value, question) || isDenied(wanted, text.slice(0, start)))) return [];
      const score =
        confidence +
        specificity(wanted) +
        (wanted === first ? 0.15 : 0) +
        (wanted.wanted ? 0.05 : 0) +
        (cued ? 0.4 : 0) +
        (isCorrection ? 0.3 : 0);
      return [{ wanted, value, start, end, score, clear: wanted.wanted || clear }];
    });
  });
  // "Monday at one": a time is given with its day, wherever that was asked for or named.
  const withDay = (one: Candidate) =>
    one.wanted.variable.type === 'time' &&
    question.fill.every(({ name, variable }) => name === one.wanted.name || variable.type !== 'time') &&
    found.some((day) => day.clear && day.wanted.variable.type === 'date' && isBeside(text, one, day));
  const all = found.filter((one) => one.clear || withDay(one));
  // "Too small" is a reason, and names no size.
  const candidates = all.filter(
    (one) => !all.some((other) => areChoices(one, other) && isInside(one, other) && one.wanted !== other.wanted),
  );
  const order = (candidate: Candidate) => question.fill.indexOf(candidate.wanted);
  candidates.sort((a, b) => b.score - a.score || order(a) - order(b) || a.start - b.start);
  const taken: Candidate[] = [];
  for (const candidate of candidates) {
    const free = taken.every(({ start, end }) => candidate.end <= start || candidate.start >= end);
    if (free && taken.every(({ wanted }) => wanted !== candidate.wanted)) taken.push(candidate);
  }
  const values = new Map(taken.map(({ wanted, value }) => [wanted, value]));
  for (const wanted of question.fill) {
    if (!isName(wanted)) continue;
    const birth = taken.find((one) => one.wanted.variable.type === 'date' && one.wanted.variable.prefer === 'past');
    const name = nameIn(text, wanted.name, true) ?? (birth && nameBeforeBirth(text.slice(0, birth.start)));
    if (name !== undefined) values.set(wanted, name);
  }
  let [rest, wording, marked] = [text, text, text];
  for (const { wanted, start, end } of candidates) {
    rest = replaced(rest, start, end, ' '.repeat(end - start));
    if (wanted.variable.type !== 'choice' || wanted.wanted)
      marked = replaced(marked, start, end, '0'.padEnd(end - start));
    if (wanted.variable.type !== 'choice') wording = replaced(wording, start, end, ' '.repeat(end - start));
  }
  let named = text;
  for (const { wanted, start, end } of [...taken].sort((a, b) => b.start - a.start)) {
    // "My e-mail is …" is said of nothing else.
    const led = TYPE_CUES[wanted.variable.type] === undefined ? undefined : LED.exec(text.slice(0, start))?.index;
    if (led !== undefined) {
      rest = replaced(rest, led, start, ' '.repeat(start - led));
      wording = replaced(wording, led, start, ' '.repeat(start - led));
    }
    const whose = /\b(?:my|the|an?|this|that|these|those|our)\s+$/i.test(named.slice(0, start)) ? '' : 'my ';
    named = replaced(named, led ?? start, end, led === undefined ? whose + wordsOf(wanted.name) : '');
  }
  return {
    values: Object.fromEntries([...values].map(([{ name }, value]) => [name, value])),
    wanted: [...values.keys()].filter(({ wanted }) => wanted).map(({ name }) => name),
    rest,
    marked,
    wording,
    named,
  };
}

const LED =
  /(?:\b(?:and|with|under|on|for)\s+)?\b(?:my|the)\s+(?:e-?mail|phone|cell|mobile|telephone|number|account|address|\s)+(?:is|'s|:)\s*$/i;

const replaced = (text: string, start: number, end: number, by: string) => text.slice(0, start) + by + text.slice(end);

/** A variable's name as words; what says no more than that it is a name or a number is left out. */
const wordsOf = (name: string) =>
  name
    .replace(/^.*__/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/_/g, ' ')
    .toLowerCase()
    .replace(/ (?:id|no|nr|number|code)$/, '');

const CORRECTED =
  /.*\b(?:i (?:meant|mean)|actually|sorry|wait|hang on|hold on|scratch that|oops|make that|correction|i said)\b[,:]?/is;

/** The words by which a variable is called, less those that other variables of the question are called by too. */
export function cuesOf({ name, variable }: VariableWanted, all: readonly VariableWanted[]): readonly string[] {
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

/** "Between the third and the fifth", where nothing asked for is the end of a stretch. */
const isLeftOpen = (text: string, start: number, { fill }: Question) =>
  /\bbetween\b(?:[^.;?!]{1,30}\band)?(?: the| a)?\s*$/i.test(text.slice(Math.max(0, start - 60), start)) &&
  !fill.some(({ name, variable }) => ENDS.some(([named]) => named.test(name) || named.test(variable.about ?? '')));

/** Whether what stands before a value says that it is the end of a stretch that this variable is for. */
const isEndOf = ({ name, variable }: VariableWanted, before: string) =>
  ENDS.some(([named, said]) => (named.test(name) || named.test(variable.about ?? '')) && said.test(before));

/**
 * The choice that is for giving a value, by an example that holds one: "it's W1000001". Of a variable that is a choice,
 * by one that holds the same value, or else by the only one that holds any.
 */
export function choiceOfValue(
  question: Question,
  own: readonly ChoiceOffered[],
  values: Recognised['values'],
  isChoice: boolean,
): ChoiceOffered | undefined {
  const given = question.fill.filter(
    ({ name, variable }) => Object.hasOwn(values, name) && (variable.type === 'choice') === isChoice,
  );
  const holding = given.flatMap(({ name, variable }) =>
    own.flatMap((choice) => {
      const found = choice.examples
        .flatMap((example) => findValues(variable, example, question.moment))
        .filter(({ confidence }) => confidence >= CLEAR);
      return found.length > 0 ? [{ choice, same: found.some(({ value }) => value === values[name]) }] : [];
    }),
  );
  const [first, second] = holding;
  if (!isChoice) return first?.choice;
  return holding.find(({ same }) => same)?.choice ?? (second === undefined ? first?.choice : undefined);
}

/** Whether a choice is for giving a number, by its examples, and other values were given instead. */
export function isForAnother(
  { fill, moment }: Question,
  own: readonly ChoiceOffered[],
  name: string,
  values: Recognised['values'],
): boolean {
  const numbered = own.find((choice) => choice.name === name)?.examples.filter((example) => /\d/.test(example)) ?? [];
  const given = fill.filter((wanted) => Object.hasOwn(values, wanted.name));
  const isHeld = ({ variable }: VariableWanted) =>
    numbered.some((example) => findValues(variable, example, moment).some(({ confidence }) => confidence >= CLEAR));
  return numbered.length > 0 && given.length > 0 && !given.some(isHeld);
}
