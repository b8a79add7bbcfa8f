import type { Found } from './found.ts';
import { calendar, dayNumber, isDay } from './moment.ts';
import { digitWord, groupsAt, isWhole, type Numeral, numeralAt, smallAt } from './number.ts';
import { phraseAt, skipHyphen, type Token, textAt } from './tokens.ts';

/** Which year or week a date without one is meant in. */
export type Prefer = 'past' | 'future' | undefined;

const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const SHORT_MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const WEEKDAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
const SHORT_WEEKDAYS: ReadonlyMap<string, number> = new Map([
  ['sun', 0],
  ['mon', 1],
  ['tue', 2],
  ['tues', 2],
  ['wed', 3],
  ['weds', 3],
  ['thu', 4],
  ['thur', 4],
  ['thurs', 4],
  ['fri', 5],
  ['sat', 6],
]);
const ORDINALS: ReadonlyMap<string, number> = new Map(
  (
    'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth ' +
    'sixteenth seventeenth eighteenth nineteenth twentieth'
  )
    .split(' ')
    .map((word, index) => [word, index + 1]),
);
const UNITS: ReadonlyMap<string, 'day' | 'week' | 'month' | 'year'> = new Map([
  ['day', 'day'],
  ['days', 'day'],
  ['week', 'week'],
  ['weeks', 'week'],
  ['month', 'month'],
  ['months', 'month'],
  ['year', 'year'],
  ['years', 'year'],
]);

const MONTHS_AWAY: ReadonlyMap<string, number> = new Map([
  ['last', -1],
  ['this', 0],
  ['the', 0],
  ['next', 1],
]);

/** A day at a place of an utterance: its number, the index of the token after it, and how sure it is. */
interface Day {
  readonly day: number;
  readonly next: number;
  readonly sure: number;
}
interface Piece {
  readonly value: number;
  readonly next: number;
}

/** Whether a text is a date in its canonical form: 2026-03-04, and a day that exists. */
export function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  return year !== undefined && isDay(Number(year), Number(month), Number(day));
}

/**
 * The dates of an utterance, counted from `today` (a number of days since 1970). Months come before days
 * (3/4 is March 4th), weeks begin on Monday. A weekday alone is never today: the coming one, or the last one where
 * the past is preferred. A date without a year is the nearest, or the nearest in the direction that is preferred.
 *
 * The grammar is our own. A general parser finds a date in nearly everything, also in what says another one: Friday
 * in "a week from Friday", tomorrow in "the day after tomorrow", Saturday in "I sat down".
 */
export function findDates(tokens: readonly Token[], today: number, prefer: Prefer): readonly Found[] {
  const found: Found[] = [];
  for (let index = 0; index < tokens.length; ) {
    const date = dateAt(tokens, index, today, prefer);
    const [first, last] = [tokens[index], tokens[(date?.next ?? 0) - 1]];
    if (date && first && last) {
      const value = isoDate(date.day);
      if (value !== undefined) found.push({ value, start: first.start, end: last.end, confidence: date.sure });
    }
    index = date && date.next > index ? date.next : index + 1;
  }
  return found;
}

/** A date typed on a telephone's keys: MMDDYYYY or MMDDYY. Undefined for others. */
export function dateOfKeys(keys: string, today: number, prefer: Prefer): string | undefined {
  const [, month, day, year] = /^(\d\d)(\d\d)(\d{4}|\d\d)$/.exec(keys) ?? [];
  if (year === undefined) return undefined;
  const full = year.length === 4 ? Number(year) : century(Number(year), today, prefer);
  const read = exact(full, Number(month), Number(day));
  if (read !== undefined) return isoDate(read);
  const [, first, second, third] = /^(\d{4})(\d\d)(\d\d)$/.exec(keys) ?? [];
  const iso = exact(Number(first), Number(second), Number(third));
  return iso === undefined ? undefined : isoDate(iso);
}

function isoDate(number: number): string | undefined {
  const { year, month, day } = calendar(number);
  const two = (value: number) => String(value).padStart(2, '0');
  return isDay(year, month, day) ? `${year}-${two(month)}-${two(day)}` : undefined;
}

function dateAt(tokens: readonly Token[], index: number, today: number, prefer: Prefer): Day | undefined {
  return (
    figures(tokens, index, today, prefer) ??
    slashed(tokens, index, today, prefer) ??
    named(tokens, index, today, prefer) ??
    counted(tokens, index, today, prefer) ??
    relative(tokens, index, today, prefer) ??
    dayOfMonth(tokens, index, today, prefer) ??
    inNumbers(tokens, index, today, prefer)
  );
}

const exact = (year: number, month: number, day: number) =>
  isDay(year, month, day) ? dayNumber(year, month, day) : undefined;

/** 2026-03-04, 3/4/2026, 3-4-26, 3/4. */
function figures(tokens: readonly Token[], index: number, today: number, prefer: Prefer): Day | undefined {
  const digits = (at: number) => (tokens[at]?.kind === 'digits' ? tokens[at].text : undefined);
  const first = digits(index);
  if (first === undefined || (tokens[index]?.glued && /^[-/.\w@:$€£]$/u.test(textAt(tokens, index - 1))))
    return undefined;
  const separator = textAt(tokens, index + 1);
  const second = digits(index + 2);
  if (!/^[-/.]$/.test(separator) || !tokens[index + 1]?.glued || !tokens[index + 2]?.glued || second === undefined)
    return undefined;
  const joined = textAt(tokens, index + 3) === separator && tokens[index + 3]?.glued && tokens[index + 4]?.glued;
  const third = joined ? digits(index + 4) : undefined;
  const next = third === undefined ? index + 3 : index + 5;
  const after = tokens[next];
  if (after?.glued && (after.kind !== 'mark' || (after.text === separator && tokens[next + 1]?.glued)))
    return undefined;
  const give = (day: number | undefined, sure: number) => (day === undefined ? undefined : { day, next, sure });
  if (first.length === 4)
    return third === undefined ? undefined : give(exact(Number(first), Number(second), Number(third)), 0.95);
  if (first.length > 2 || second.length > 2) return undefined;
  if (third === undefined)
    return separator === '/' ? give(yearless(Number(first), Number(second), today, prefer), 0.75) : undefined;
  if (third.length !== 4 && third.length !== 2) return undefined;
  const year = third.length === 4 ? Number(third) : century(Number(third), today, prefer);
  // Where the first can only be the day, it is.
  return give(exact(year, Number(first), Number(second)) ?? exact(year, Number(second), Number(first)), 0.95);
}

/** Three slash four slash twenty six: month, day and year. */
function slashed(tokens: readonly Token[], index: number, today: number, prefer: Prefer): Day | undefined {
  const slash = (at: number | undefined) => at !== undefined && textAt(tokens, at) === 'slash';
  const month = numeralAt(tokens, index);
  const day = slash(month?.next) ? numeralAt(tokens, (month?.next ?? 0) + 1) : undefined;
  if (!month || !day || textAt(tokens, index - 1) === 'slash') return undefined;
  const year = slash(day.next) ? yearAfter(tokens, day.next + 1, today, prefer) : undefined;
  if (slash(day.next) && !year) return undefined;
  const full = year ? exact(year.value, month.value, day.value) : yearless(month.value, day.value, today, prefer);
  return full === undefined ? undefined : { day: full, next: year?.next ?? day.next, sure: year ? 0.9 : 0.75 };
}

function yearAfter(tokens: readonly Token[], index: number, today: number, prefer: Prefer): Piece | undefined {
  const small = numeralAt(tokens, index);
  const year = yearAt(tokens, index, today, prefer);
  if (year || !small || small.value > 99) return year;
  return { value: century(small.value, today, prefer), next: small.next };
}

/** March 3rd, the 3rd of March 1985, Monday March third. */
function named(tokens: readonly Token[], index: number, today: number, prefer: Prefer): Day | undefined {
  let at = index;
  if (weekdayAt(tokens, at) !== undefined) {
    at++;
    while (/^[,.]$/.test(textAt(tokens, at))) at++;
  }
  if (textAt(tokens, at) === 'the') at++;
  const month = monthAt(tokens, at);
  let ends: number;
  let parts: { month: number; day: number } | undefined;
  if (month) {
    const start = textAt(tokens, month.next) === 'the' ? month.next + 1 : month.next;
    const day = ordinalAt(tokens, start) ?? dayCountAt(tokens, start);
    if (!day) return undefined;
    parts = { month: month.value, day: day.value };
    ends = day.next;
  } else {
    const day = ordinalAt(tokens, at) ?? dayCountAt(tokens, at);
    if (!day) return undefined;
    const after = monthAt(tokens, textAt(tokens, day.next) === 'of' ? day.next + 1 : day.next);
    if (!after) return undefined;
    parts = { month: after.value, day: day.value };
    ends = after.next;
  }
  const glue = /^(,|of|in)$/.test(textAt(tokens, ends)) ? ends + 1 : ends;
  const spoken = yearAt(tokens, glue, today, prefer);
  const { year: thisYear } = calendar(today);
  const step = phraseAt(tokens, ends, 'last', 'year')
    ? -1
    : phraseAt(tokens, ends, 'next', 'year')
      ? 1
      : phraseAt(tokens, ends, 'this', 'year')
        ? 0
        : undefined;
  const year = spoken?.value ?? (step === undefined ? undefined : thisYear + step);
  const next = spoken?.next ?? (step === undefined ? ends : ends + 2);
  const day =
    year === undefined ? yearless(parts.month, parts.day, today, prefer) : exact(year, parts.month, parts.day);
  return day === undefined ? undefined : { day, next, sure: year === undefined ? 0.9 : 0.95 };
}

/** In two weeks, three days ago, a week from Friday, two weeks from tomorrow, 5 days from now. */
function counted(tokens: readonly Token[], index: number, today: number, prefer: Prefer): Day | undefined {
  const inside = textAt(tokens, index) === 'in';
  const start = inside ? index + 1 : index;
  const article = /^(a|an|one)$/.test(textAt(tokens, start));
  const couple = phraseAt(tokens, start, 'a', 'couple', 'of') ?? phraseAt(tokens, start, 'a', 'couple');
  const numeral = couple === undefined ? numeralAt(tokens, start) : undefined;
  const count = couple === undefined ? (numeral?.value ?? (article ? 1 : undefined)) : 2;
  const at = couple ?? numeral?.next ?? start + 1;
  const unit = UNITS.get(textAt(tokens, at));
  // "A week tomorrow", "two weeks today".
  const ahead = unit === 'week' && /^(today|tomorrow)$/.test(textAt(tokens, at + 1));
  if (count === undefined || unit === undefined || count % 1 !== 0 || count > 1_000) return undefined;
  const shift = (from: number, times: number) => moved(from, count * times, unit);
  if (inside) return { day: shift(today, 1), next: at + 1, sure: 0.9 };
  const after = textAt(tokens, at + 1);
  if (ahead) return { day: shift(today + (after === 'tomorrow' ? 1 : 0), 1), next: at + 2, sure: 0.85 };
  if (after === 'ago') return { day: shift(today, -1), next: at + 2, sure: 0.9 };
  if (after !== 'from' && after !== 'after' && after !== 'before') return undefined;
  if (after === 'from' && textAt(tokens, at + 2) === 'now') return { day: shift(today, 1), next: at + 3, sure: 0.9 };
  // "A week from Friday" is counted from the coming one.
  const side = after === 'from' ? 'future' : prefer;
  const base = named(tokens, at + 2, today, side) ?? relative(tokens, at + 2, today, side);
  return base && { day: shift(base.day, after === 'before' ? -1 : 1), next: base.next, sure: base.sure - 0.05 };
}

function moved(day: number, count: number, unit: 'day' | 'week' | 'month' | 'year'): number {
  if (unit === 'day' || unit === 'week') return day + count * (unit === 'week' ? 7 : 1);
  const from = calendar(day);
  const months = from.year * 12 + from.month - 1 + count * (unit === 'year' ? 12 : 1);
  const [year, month] = [Math.floor(months / 12), (((months % 12) + 12) % 12) + 1];
  // A month from January 31st is the last day of February.
  const last = calendar(dayNumber(year, month + 1, 0)).day;
  return dayNumber(year, month, Math.min(from.day, last));
}

/** Today, tomorrow, the day after tomorrow, last night, next Tuesday. */
function relative(tokens: readonly Token[], index: number, today: number, prefer: Prefer): Day | undefined {
  const the = textAt(tokens, index) === 'the' ? index + 1 : index;
  const over = phraseAt(tokens, the, 'day', 'after', 'tomorrow');
  if (over !== undefined) return { day: today + 2, next: over, sure: 0.95 };
  const before = phraseAt(tokens, the, 'day', 'before', 'yesterday');
  if (before !== undefined) return { day: today - 2, next: before, sure: 0.95 };
  const word = textAt(tokens, index);
  const simple = /^(today|tonight)$/.test(word)
    ? 0
    : /^(tomorrow|tmrw|tomorow)$/.test(word)
      ? 1
      : word === 'yesterday'
        ? -1
        : undefined;
  if (simple !== undefined) {
    // "Thanks for your help today" gives no date.
    const sure = simple !== 0 || isWhole(tokens, index, index + 1) ? 0.95 : 0.6;
    return { day: today + simple, next: index + 1, sure };
  }
  const part = textAt(tokens, index + 1);
  if (word === 'last' && part === 'night') return { day: today - 1, next: index + 2, sure: 0.85 };
  if (word === 'this' && /^(morning|afternoon|evening)$/.test(part))
    return { day: today, next: index + 2, sure: isWhole(tokens, index, index + 2) ? 0.85 : 0.6 };

  const which =
    phraseAt(tokens, index, 'this', 'coming') !== undefined
      ? 'coming'
      : phraseAt(tokens, index, 'this', 'past') !== undefined
        ? 'last'
        : /^(next|last|this|coming|past)$/.test(word)
          ? word
          : undefined;
  const at = which === undefined ? index : /^(coming|past)$/.test(part) && word === 'this' ? index + 2 : index + 1;
  const weekday = weekdayAt(tokens, at, which !== undefined || /^(on|by|for|until)$/.test(textAt(tokens, index - 1)));
  if (weekday === undefined) return undefined;
  // "Monday week" is a week after Monday where it is said at all: no guess.
  if (which === undefined && textAt(tokens, at + 1) === 'week') return undefined;
  const { weekday: current } = calendar(today);
  const ahead = (weekday - current + 7) % 7;
  const coming = today + (ahead || 7);
  const last = today - ((current - weekday + 7) % 7 || 7);
  const next = at + 1;
  if (which === 'last' || which === 'past') return { day: last, next, sure: 0.85 };
  if (which === 'next') {
    const monday = today - ((current + 6) % 7);
    return { day: monday + 7 + ((weekday + 6) % 7), next, sure: 0.75 };
  }
  if (which === 'this') return { day: ahead === 0 ? today : coming, next, sure: 0.85 };
  if (which === 'coming') return { day: coming, next, sure: 0.9 };
  // "Monday the 9th" says which Monday.
  const nth = textAt(tokens, at + 1) === 'the' ? ordinalAt(tokens, at + 2) : undefined;
  if (nth) {
    const day = nthDay(nth.value, today, prefer, weekday);
    return day === undefined ? undefined : { day, next: nth.next, sure: 0.9 };
  }
  return { day: prefer === 'past' ? last : coming, next, sure: 0.8 };
}

/** The 3rd, where nothing follows that it could be the third of. */
function dayOfMonth(tokens: readonly Token[], index: number, today: number, prefer: Prefer): Day | undefined {
  if (textAt(tokens, index) !== 'the') return undefined;
  const nth = ordinalAt(tokens, index + 1);
  const shift =
    nth && textAt(tokens, nth.next) === 'of' && textAt(tokens, nth.next + 2) === 'month'
      ? MONTHS_AWAY.get(textAt(tokens, nth.next + 1))
      : undefined;
  if (nth && shift !== undefined) {
    const { year, month } = calendar(today);
    const first = calendar(dayNumber(year, month + shift, 1));
    const day = exact(first.year, first.month, nth.value);
    return day === undefined ? undefined : { day, next: nth.next + 3, sure: 0.9 };
  }
  if (!nth) return undefined;
  const another = /^(and|or|no|to)$/.test(textAt(tokens, nth.next)) && textAt(tokens, nth.next + 1) === 'the';
  if (!another && tokens[nth.next] !== undefined && !/^([.,;!?]|please)$/.test(textAt(tokens, nth.next)))
    return undefined;
  const day = nthDay(nth.value, today, prefer);
  return day === undefined ? undefined : { day, next: nth.next, sure: 0.6 };
}

function nthDay(nth: number, today: number, prefer: Prefer, weekday?: number): number | undefined {
  const { year, month } = calendar(today);
  const days: number[] = [];
  for (let shift = -12; shift <= 12; shift++) {
    const at = calendar(dayNumber(year, month + shift, 1));
    const day = exact(at.year, at.month, nth);
    if (day !== undefined && (weekday === undefined || calendar(day).weekday === weekday)) days.push(day);
  }
  return nearest(days, today, prefer);
}

/** "Oh three oh four nineteen eighty five", "three fourteen eighty five", 03041985: month, day and year, and nothing else beside. */
function inNumbers(tokens: readonly Token[], index: number, today: number, prefer: Prefer): Day | undefined {
  if (tokens[index - 1] && groupsAt(tokens, index - 1, 1).length > 0) return undefined;
  const groups = groupsAt(tokens, index, 10);
  const last = groups.at(-1);
  const before = tokens[index - 1];
  if (!last || groups.length < 3 || groups.length > 9 || before?.text === '$' || /^[b-z]$/.test(before?.text ?? ''))
    return undefined;
  const values = groups.map(({ value }) => value);
  if (values.some((value) => value % 1 !== 0 || value > 9_999)) return undefined;
  // "Oh four" is one number; digits one by one are MMDDYYYY.
  const day =
    values.every((value) => value < 10) && values.length >= 6 ? dateOfKeys(values.join(''), today, prefer) : undefined;
  if (day !== undefined) {
    const { 0: year = 0, 1: month = 0, 2: dayOf = 0 } = day.split('-').map(Number);
    return { day: dayNumber(year, month, dayOf), next: last.next, sure: 0.7 };
  }
  const numbers: number[] = [];
  for (let at = 0; at < values.length; at++) {
    const [value = 0, following] = [values[at], values[at + 1]];
    if (value === 0 && following !== undefined && following > 0 && following < 10) {
      numbers.push(following);
      at++;
    } else numbers.push(value);
  }
  const [month = 0, dayOf = 0, ...rest] = numbers;
  const year = joinYear(rest, today, prefer);
  const number = year === undefined ? undefined : exact(year, month, dayOf);
  return number === undefined ? undefined : { day: number, next: last.next, sure: 0.75 };
}

function joinYear(numbers: readonly number[], today: number, prefer: Prefer): number | undefined {
  const [first = 0, second] = numbers;
  if (numbers.length === 1)
    return first >= 1_800 && first < 2_200 ? first : first < 100 ? century(first, today, prefer) : undefined;
  if (numbers.length !== 2 || second === undefined || second > 99 || first < 18 || first > 21) return undefined;
  return first * 100 + second;
}

/** 1985, '85, nineteen eighty five, nineteen oh five, twenty twenty six, two thousand and five. */
function yearAt(tokens: readonly Token[], index: number, today: number, prefer: Prefer): Piece | undefined {
  const token = tokens[index];
  if (
    token?.kind === 'digits' &&
    token.text.length === 4 &&
    !(tokens[index + 1]?.glued && tokens[index + 1]?.kind !== 'mark')
  ) {
    const value = Number(token.text);
    return value >= 1_800 && value < 2_200 ? { value, next: index + 1 } : undefined;
  }
  if (/^['’]$/.test(token?.text ?? '') && /^\d\d$/.test(textAt(tokens, index + 1)))
    return { value: century(Number(textAt(tokens, index + 1)), today, prefer), next: index + 2 };
  const whole = numeralAt(tokens, index);
  if (whole && !whole.written && whole.value >= 1_800 && whole.value < 2_200)
    return { value: whole.value, next: whole.next };
  const first = smallAt(tokens, index);
  if (!first) return undefined;
  if (first.value >= 18 && first.value <= 21) {
    const oh = digitWord(textAt(tokens, first.next)) === 0 ? digitWord(textAt(tokens, first.next + 1)) : undefined;
    if (oh !== undefined) return { value: first.value * 100 + oh, next: first.next + 2 };
    const second = smallAt(tokens, skipHyphen(tokens, first.next));
    // "Nineteen eighty for": at the very end it can only be a figure.
    const last =
      second && second.value % 10 === 0 && second.next === tokens.length - 1
        ? MISHEARD.get(textAt(tokens, second.next))
        : undefined;
    if (second && last !== undefined) return { value: first.value * 100 + second.value + last, next: second.next + 1 };
    if (second && second.value >= 10) return { value: first.value * 100 + second.value, next: second.next };
  }
  return first.value > 31 ? { value: century(first.value, today, prefer), next: first.next } : undefined;
}

const MISHEARD: ReadonlyMap<string, number> = new Map([
  ['for', 4],
  ['to', 2],
  ['too', 2],
]);

/** The year that two figures mean: one that has been, or is at most ten years ahead; this century where the future is preferred. */
function century(two: number, today: number, prefer: Prefer): number {
  const { year } = calendar(today);
  const base = Math.floor(year / 100) * 100;
  const latest = prefer === 'past' ? year : prefer === 'future' ? base + 99 : year + 10;
  return base + two <= latest ? base + two : base + two - 100;
}

function yearless(month: number, day: number, today: number, prefer: Prefer): number | undefined {
  const { year } = calendar(today);
  const days: number[] = [];
  // February 29 may be eight years away.
  for (let shift = -8; shift <= 8; shift++) {
    const number = exact(year + shift, month, day);
    if (number !== undefined) days.push(number);
  }
  return nearest(days, today, prefer);
}

/** Of days in order, the one nearest to today, on the side that is preferred. Today counts for both. */
function nearest(days: readonly number[], today: number, prefer: Prefer): number | undefined {
  const side = days.filter((day) => (prefer === 'past' ? day <= today : prefer === 'future' ? day >= today : true));
  return side.sort((a, b) => Math.abs(a - today) - Math.abs(b - today) || b - a)[0];
}

function weekdayAt(tokens: readonly Token[], index: number, short = false): number | undefined {
  const word = textAt(tokens, index).replace(/'s$/, '');
  const at = WEEKDAYS.indexOf(word);
  if (at >= 0) return at;
  return short ? SHORT_WEEKDAYS.get(word) : undefined;
}

function monthAt(tokens: readonly Token[], index: number): Piece | undefined {
  const word = textAt(tokens, index);
  const at = MONTHS.indexOf(word);
  if (at >= 0) return { value: at + 1, next: index + 1 };
  const short = SHORT_MONTHS.indexOf(word === 'sept' ? 'sep' : word);
  if (short < 0) return undefined;
  return { value: short + 1, next: textAt(tokens, index + 1) === '.' ? index + 2 : index + 1 };
}

/** Third, twenty-third, 23rd: 1 to 31. */
function ordinalAt(tokens: readonly Token[], index: number): Piece | undefined {
  const token = tokens[index];
  if (token?.kind === 'digits' && token.text.length <= 2) {
    const after = tokens[index + 1];
    return after?.glued && /^(st|nd|rd|th)$/.test(after.text) && inMonth(Number(token.text))
      ? { value: Number(token.text), next: index + 2 }
      : undefined;
  }
  const word = token?.text ?? '';
  const one = ORDINALS.get(word);
  if (one !== undefined) return { value: one, next: index + 1 };
  if (word === 'thirtieth') return { value: 30, next: index + 1 };
  const tens = word === 'twenty' ? 20 : word === 'thirty' ? 30 : undefined;
  const at = skipHyphen(tokens, index + 1);
  const rest = ORDINALS.get(textAt(tokens, at));
  return tens !== undefined && rest !== undefined && rest < 10 && inMonth(tens + rest)
    ? { value: tens + rest, next: at + 1 }
    : undefined;
}

/** A plain number beside the name of a month: March three, 3 March. */
function dayCountAt(tokens: readonly Token[], index: number): Piece | undefined {
  const token = tokens[index];
  if (token?.kind === 'digits') {
    const after = tokens[index + 1];
    const bound = after?.glued && (after.kind !== 'mark' || (/^[:/.-]$/.test(after.text) && tokens[index + 2]?.glued));
    return token.text.length <= 2 && inMonth(Number(token.text)) && !bound
      ? { value: Number(token.text), next: index + 1 }
      : undefined;
  }
  const zero = digitWord(token?.text ?? '') === 0 ? 1 : 0;
  const small: Numeral | undefined = smallAt(tokens, index + zero);
  return small && inMonth(small.value) && (zero === 0 || small.value < 10)
    ? { value: small.value, next: small.next }
    : undefined;
}

const inMonth = (day: number) => day >= 1 && day <= 31;
