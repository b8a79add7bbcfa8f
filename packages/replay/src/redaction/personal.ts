import { findValues, type Moment, type Sensitivity, type TypedVariable } from '@parley/workflow';
import { isCardNumber } from './pseudonym.ts';

/** Something in a text that tells who somebody is. Offsets in UTF-16 units. */
export interface Personal {
  readonly start: number;
  readonly end: number;
  readonly kind: Sensitivity;
  /** What is to be known again elsewhere: a name, or a value in its canonical form and how that is read. */
  readonly value?: string;
  readonly definition?: TypedVariable;
}

const EMAIL: TypedVariable = { type: 'email' };
const PHONE: TypedVariable = { type: 'phone', country: 'US' };
const DATE: TypedVariable = { type: 'date', prefer: 'past' };
const digits = (pattern: string): TypedVariable => ({ type: 'string', pattern, spoken: 'digits' });
const CARD = digits('\\d{13,19}');
const LONG = digits('\\d{7,12}');
const SSN = digits('\\d{9}');
const SOME = digits('\\d{3,12}');
const ZIP = digits('\\d{5}');
const CODE: TypedVariable = { type: 'string', pattern: '(?=.*\\d)[A-Z0-9-]{5,16}', spoken: 'characters' };

/** Addresses that can be nobody's (RFC 2606), as those of pseudonyms are. */
const NOBODYS = /@(?:.+\.)?(?:example\.(?:com|net|org)|example|test|invalid)$/;

/** Words right before a number that say it belongs to a thing: an order or a parcel, an amount, a time. */
const OF_A_THING =
  /\b(?:order|tracking|package|parcel|shipment|container|reference|confirmation|ticket|invoice|p\.?o\.?|purchase order|sku|model|serial|item|part|load|lading|bol|pro|flight|version|extension|case|claim|error|room|door|dock|gate|lot|batch|quantity|total|paid)\b[^.!?]{0,24}$/i;
const CUE = (words: string, reach = 40) => new RegExp(`\\b(?:${words})\\b[^.!?]{0,${reach}}$`, 'i');
const OF_A_CARD = CUE('card|visa|mastercard|master card|amex|american express|discover|debit|credit');
const OF_A_PHONE = CUE("phone|cell|mobile|telephone|call(?:ed|ing)?|text|reach|number is|number's|callback");
const OF_SECURITY = CUE('social|ssn|social security(?: number)?');
const OF_BIRTH = CUE('born|birth|birthday|birthdate|dob|d\\.o\\.b\\.?|birth ?date');
const OF_A_SECRET = CUE(
  'pin|passcode|password|cvv|cvc|(?:security|verification|access|one-time) code|(?:the|my|a) code(?: you \\w+(?: me)?)?',
  20,
);
const OF_A_PERSON = CUE(
  'account|member(?:ship)?|policy|insurance|subscriber|group|medicare|medicaid|patient|chart|mrn|record|license|licence|passport|routing|iban|taxpayer|tax|(?:my|her|his|their) id',
  30,
);
const OF_A_PLACE = CUE('zip|zip ?code|postal|postcode', 20);

/**
 * What tells who somebody is in words as people say and type them, for what no variable holds: by its form where that
 * says enough (e-mail addresses, card numbers by their check digit, numbers like 123-45-6789), else by the words before it.
 * Numbers may be said in words. Of ordinary talk it takes nothing: amounts, times, numbers of orders and parcels stay.
 * American English.
 */
export function findPersonal(text: string, moment: Moment): readonly Personal[] {
  if (text.trim() === '') return [];
  const found: Personal[] = [];
  const add = (one: Personal | undefined) => {
    if (!one || found.some(({ start, end }) => one.start < end && start < one.end)) return;
    found.push(one);
  };
  const before = (start: number) => text.slice(Math.max(0, start - 60), start);
  const read = (definition: TypedVariable) =>
    findValues(definition, text, moment).flatMap(({ value, start, end, confidence }) =>
      typeof value === 'string' ? [{ value, start, end, confidence, definition }] : [],
    );
  const ofAThing = (start: number) => OF_A_THING.test(before(start));

  for (const one of read(EMAIL)) if (!NOBODYS.test(one.value)) add({ ...one, kind: 'pii' });
  if (/\d|\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple|\w+teen|\w+ty)\b/i.test(text)) {
    for (const one of read(CARD)) {
      const cued = OF_A_CARD.test(before(one.start));
      if ((isCardNumber(one.value) && !ofAThing(one.start)) || cued) add({ ...one, kind: 'pci' });
    }
    for (const { index, 0: ssn } of text.matchAll(/(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])/g))
      add({ start: index, end: index + ssn.length, kind: 'pii' });
    for (const definition of [SSN, SOME])
      for (const one of read(definition)) if (OF_SECURITY.test(before(one.start))) add({ ...one, kind: 'pii' });
    for (const one of read(PHONE)) {
      const cued = OF_A_PHONE.test(before(one.start));
      if (one.value.length >= 11 && (cued || (one.confidence >= 0.9 && !ofAThing(one.start))))
        add({ ...one, kind: 'pii' });
    }
    for (const one of read(DATE)) {
      const years = (moment.now - Date.parse(one.value)) / (365.25 * 86_400_000);
      const full = /\d{4}|nineteen|twenty|two thousand/i.test(text.slice(one.start, one.end));
      if (OF_BIRTH.test(before(one.start)) || (full && years > 12)) add({ ...one, kind: 'pii' });
    }
    for (const one of read(ZIP)) if (OF_A_PLACE.test(before(one.start))) add({ ...one, kind: 'pii' });
    for (const one of read(SOME)) {
      const lead = before(one.start);
      if (OF_A_SECRET.test(lead) && !/error|promo|coupon|discount/i.test(lead)) add({ ...one, kind: 'pci' });
      else if (OF_A_PERSON.test(lead)) {
        add({ ...one, kind: 'pii' });
        // The letters that such a number begins with: HP-4471.
        const letters = /\b(?!MRN|SSN|DOB|PIN|ID|NO)[A-Z]{1,4}[ -]$/.exec(lead);
        if (letters) add({ start: one.start - letters[0].length, end: one.start - 1, kind: 'pii' });
      }
    }
    for (const one of read(CODE)) {
      const across = /[,;]| and /.test(text.slice(one.start, one.end));
      if (!across && OF_A_PERSON.test(before(one.start))) add({ ...one, kind: 'pii' });
    }
    for (const one of read(LONG))
      if (one.value.length >= 9 && !ofAThing(one.start) && text.slice(0, one.start).search(/\d$/) < 0)
        add({ ...one, kind: 'pii' });
    for (const { index, 0: address } of text.matchAll(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g))
      add({ start: index, end: index + address.length, kind: 'pii' });
  }
  for (const match of text.matchAll(PASSWORD)) add(spanOf(match, 1, 'pci'));
  for (const place of addresses(text)) add(place);
  for (const name of names(text)) add(name);
  return found.sort((a, b) => a.start - b.start);
}

const PASSWORD =
  /\bpassword(?: is|'s|:)? +(?!is\b|not?\b|and\b|was\b|did|does|for\b|to\b|reset|again|that\b)(\S*\d\S*)/dgi;

function spanOf(match: RegExpExecArray, group: number, kind: Sensitivity): Personal | undefined {
  const [start, end] = match.indices?.[group] ?? [];
  return start === undefined || end === undefined ? undefined : { start, end, kind };
}

// ---- street addresses

const NUMBER =
  '(?:\\d{1,6}|(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand)(?:[ -](?=\\w)|(?=\\W)))+)';
const SURE = 'street|avenue|ave|road|boulevard|blvd|lane|parkway|pkwy|terrace';
const OTHER =
  'st|rd|ln|drive|dr|court|ct|circle|cir|place|pl|way|trail|highway|hwy|square|loop|plaza|alley|pike|crossing';
/** Words that are no name of a street. */
const NO_STREET =
  /\b(?:the|a|an|minute|minutes|hour|hours|mile|miles|day|days|week|weeks|block|blocks|time|times|one|two|three|four|five|six|seven|eight|nine|way|of|in|my|by|from|and|or|pounds|dollars)\b/i;
const UNIT = '(?:,? *(?:apt\\.?|apartment|unit|suite|ste\\.?|#|number) *[\\w-]+)?';
const TOWN =
  '(?:,? +(?:NE|NW|SE|SW)\\b)?(?:, *[A-Za-z .]{2,30}?(?:, *| +)(?:[A-Z]{2}\\b|[A-Z][a-z]+\\b(?: [A-Z][a-z]+\\b)?)(?: +\\d{5}(?:-\\d{4})?)?)?';
const STREET = new RegExp(
  `(?<![\\w$.])(${NUMBER} *(?:[A-Za-z0-9.'-]+ +){1,4}?(?:${SURE}|${OTHER})\\b\\.?${UNIT}${TOWN})`,
  'gdi',
);
const BOX = /\b(p\.? ?o\.? box +(?:\d+|(?:\w+ ?)+))/dgi;
const MY_STREET =
  /\bmy street(?: name)?(?: is|'s) ((?!not\b|the\b|a\b|in\b|on\b)[\p{L} ]{3,30}?)(?= and\b|[,.!?;]|$)/dgiu;
const PLACE_CUE =
  /\b(?:address|live|lives|living|moved|move|ship|send|deliver|mail|located|house|home|(?:we|i) (?:are|am) at|i'm at|we're at)\b/i;

function addresses(text: string): readonly Personal[] {
  const found: Personal[] = [];
  for (const match of text.matchAll(STREET)) {
    const all = match[1] ?? '';
    const suffix = new RegExp(`\\b(${SURE}|${OTHER})\\b`, 'i').exec(all);
    const name = all.slice(0, suffix?.index ?? 0).replace(new RegExp(`^${NUMBER}`, 'i'), '');
    if (NO_STREET.test(name) || name.trim() === '') continue;
    const sure = new RegExp(`\\b(?:${SURE})\\b`, 'i').test(all);
    const cued = PLACE_CUE.test(text.slice(0, match.index)) || /\b[A-Z][a-z]/.test(name);
    const one = sure || cued ? spanOf(match, 1, 'pii') : undefined;
    if (one) found.push(one);
  }
  for (const match of [...text.matchAll(BOX), ...text.matchAll(MY_STREET)]) {
    const one = spanOf(match, 1, 'pii');
    if (one) found.push(one);
  }
  return found;
}

// ---- names

const LETTERS = "[\\p{L}\\p{M}'’-]+";
/** What may follow "my name is" and "this is" and is no name. */
const NO_NAME = new Set(
  (
    "a an the my your our his her their this that these those it its it's he she they we you i i'm and or but not no on in at of to for from with " +
    'about by so too very really just also still already now here there when what who why how which calling speaking going having trying ' +
    'looking waiting asking wondering wanting needing getting being is are was were be been am do does did has have had can could will would ' +
    'should may might must please thanks thank sorry ok okay yes yeah hi hello hey well right wrong good bad fine done ready sure sick happy ' +
    'unhappy upset angry tired afraid glad confused lost late early new old first second third last next same other another one two three urgent ' +
    'ridiculous terrible great because since if then than under over after before again regarding returning supposed interested unable able ' +
    'monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday american canadian home back down up out off only all some any more less most'
  ).split(' '),
);
const name = (words: string, least = 1) => ({ cue: new RegExp(`(?:${words})[,:]? +`, 'giu'), least });
/** Words after which a name comes, and how many words it must have where nothing but the words say that it is one. */
const NAMED = [
  name("\\b(?:first|last|middle|maiden|full|sur)? ?name(?: is|'s|’s)"),
  name('\\b(?:first|last|middle|maiden|sur) ?name'),
  name('\\b(?:under|in) the name(?: of)?'),
  name('\\b(?:put|book|booked|file|filed|list|listed|registered|reserved)(?: it)? under'),
  name('\\bit should be under|\\b(?:you can|please|just) call me'),
  name('\\b(?:mrs|mr|ms|dr|doctor|miss)\\b\\.?'),
  name("\\bthis is|\\bi am|\\bi[’']?m|\\bit[’']s|\\bspeaking with", 2),
];
const RELATIVE =
  /\bmy (?:wife|husband|mother|father|mom|dad|son|daughter|brother|sister|partner|boss|friend|neighbor|grandmother|grandfather),? +/giu;
const SPELLED = /(?<![\p{L}\p{N}'’])((?:\p{L}[ ,.-]{1,2}){2,}\p{L})(?![\p{L}\p{N}'’])/dgu;

function names(text: string): readonly Personal[] {
  const found: Personal[] = [];
  for (const match of text.matchAll(SPELLED)) {
    const one = spanOf(match, 1, 'pii');
    if (one) found.push(one);
  }
  for (const { cue, least } of NAMED)
    for (const match of text.matchAll(cue)) {
      const start = match.index + match[0].length;
      const words = nameAt(text, start);
      if (words.length === 0) continue;
      const end = words.at(-1)?.end ?? start;
      const capitals = words.every(({ word }) => /^\p{Lu}/u.test(word));
      const shouted = text === text.toUpperCase();
      if (least > 1) {
        // "This is Maya Chen"; in small letters only where it goes on as people do who say who they are.
        const says = /^[,.]? *(?:calling|speaking|here|from|with|and (?:i|my)|again)\b/i.test(text.slice(end));
        const ends = /^[.!]?\s*$/.test(text.slice(end)) && /^(?:this is|i[’']?m|i am) $/i.test(match[0]);
        const alone = (words.length >= least || ends) && capitals && !shouted;
        if (!alone && !(says && words.length <= 3)) continue;
      }
      found.push(nameFrom(text, start, end));
    }
  for (const match of text.matchAll(RELATIVE)) {
    const start = match.index + match[0].length;
    const words = nameAt(text, start).filter(({ word }) => /^\p{Lu}/u.test(word));
    const end = words.at(-1)?.end;
    if (end !== undefined && text !== text.toUpperCase()) found.push(nameFrom(text, start, end));
  }
  return found;
}

const nameFrom = (text: string, start: number, end: number): Personal => ({
  start,
  end,
  kind: 'pii',
  value: text.slice(start, end),
});

const PARTICLE = /^(?:de|la|del|da|dos|van|der|den|von|bin|al|el|st)$/i;

/** The words of a name that begins there: at most three, up to one that can be none. */
function nameAt(text: string, from: number): readonly { readonly word: string; readonly end: number }[] {
  const words: { word: string; end: number }[] = [];
  const next = new RegExp(`(${LETTERS})(?<stop>[,.!?;:]?) *`, 'uy');
  next.lastIndex = from;
  let count = 0;
  for (let match = next.exec(text); match && count < 3; match = next.exec(text)) {
    const [, word = ''] = match;
    if (NO_NAME.has(word.toLowerCase().replaceAll('’', "'"))) break;
    const particle = PARTICLE.test(word);
    if (!particle) count += 1;
    // After a word with a capital, one without ends the name.
    if (words.length > 0 && !particle && /^\p{Lu}/u.test(words[0]?.word ?? '') && !/^\p{Lu}/u.test(word)) break;
    words.push({ word, end: match.index + word.length });
    if (match.groups?.['stop']) break;
  }
  return words;
}
