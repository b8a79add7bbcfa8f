import type { Found } from './found.ts';
import { digitWord, isWhole, numeralAt, smallAt } from './number.ts';
import { type Token, textAt } from './tokens.ts';

/** A time of day at a place of an utterance, in minutes since midnight. */
interface Clock {
  readonly minutes: number;
  readonly from: number;
  readonly next: number;
  readonly sure: number;
}
type Half = 'am' | 'pm' | undefined;

/** Whether a text is a time in its canonical form: 15:30. */
export function isTime(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}

/**
 * The times of day of an utterance. Where neither morning nor afternoon is said, seven to eleven are in the morning
 * and twelve to six in the afternoon, the hours a business keeps; 03:30 with its zero is taken as written.
 */
export function findTimes(tokens: readonly Token[]): readonly Found[] {
  const found: Found[] = [];
  for (let index = 0; index < tokens.length; ) {
    const clock = clockAt(tokens, index);
    const [first, last] = [tokens[clock?.from ?? 0], tokens[(clock?.next ?? 0) - 1]];
    if (clock && first && last)
      found.push({ value: isoTime(clock.minutes), start: first.start, end: last.end, confidence: clock.sure });
    index = clock && clock.next > index ? clock.next : index + 1;
  }
  return found;
}

/** A time typed on a telephone's keys: 1530, 0930, 930. Undefined for others. */
export function timeOfKeys(keys: string): string | undefined {
  const [, hour, minute] = /^(\d{1,2})(\d\d)$/.exec(keys) ?? [];
  if (hour === undefined || minute === undefined) return undefined;
  const minutes = resolve(Number(hour), Number(minute), undefined, keys.length === 4 && keys.startsWith('0'));
  return minutes === undefined ? undefined : isoTime(minutes);
}

function isoTime(minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Minutes since midnight; undefined where there is no such time. */
function resolve(hour: number, minute: number, half: Half, asWritten = false): number | undefined {
  if (hour > 23 || minute > 59 || hour % 1 !== 0 || minute % 1 !== 0) return undefined;
  if (half !== undefined && hour >= 1 && hour <= 12) return ((hour % 12) + (half === 'pm' ? 12 : 0)) * 60 + minute;
  if (half !== undefined && (hour === 0 || half === 'am')) return undefined;
  const guessed = !asWritten && hour >= 1 && hour <= 6 ? hour + 12 : hour;
  return guessed * 60 + minute;
}

const UNIT =
  /^(dollars?|bucks?|cents?|hours?|minutes?|seconds?|days?|weeks?|months?|years?|percent|items?|people|th|st|of)$/;

function clockAt(tokens: readonly Token[], index: number): Clock | undefined {
  const word = textAt(tokens, index);
  const fixed = word === 'noon' || word === 'midday' ? 720 : word === 'midnight' ? 0 : undefined;
  if (fixed !== undefined) return { minutes: fixed, from: index, next: index + 1, sure: 0.95 };
  return written(tokens, index) ?? pastOrTo(tokens, index) ?? said(tokens, index);
}

/** 15:30, 3:30 pm. */
function written(tokens: readonly Token[], index: number): Clock | undefined {
  const [hour, colon, minute, after] = [tokens[index], tokens[index + 1], tokens[index + 2], tokens[index + 3]];
  if (hour?.kind !== 'digits' || hour.text.length > 2 || (hour.glued && /[\w:.\-/]$/.test(textAt(tokens, index - 1))))
    return undefined;
  if (colon?.text !== ':' || !colon.glued || minute?.kind !== 'digits' || !minute.glued || minute.text.length !== 2)
    return undefined;
  if (after?.glued && after.text === ':' && tokens[index + 4]?.glued) return undefined;
  const half = halfAt(tokens, index + 3);
  const asWritten = hour.text.startsWith('0');
  const minutes = resolve(Number(hour.text), Number(minute.text), half?.half, asWritten);
  const sure = half || asWritten || Number(hour.text) > 12 ? 0.95 : 0.7;
  return minutes === undefined ? undefined : { minutes, from: index, next: half?.next ?? index + 3, sure };
}

/** Half past three, quarter to five, ten minutes past six. */
function pastOrTo(tokens: readonly Token[], index: number): Clock | undefined {
  // "5/9 to 5/16" is from one day to another.
  if (tokens[index]?.glued && tokens[index]?.kind === 'digits') return undefined;
  const start = textAt(tokens, index) === 'a' ? index + 1 : index;
  const word = textAt(tokens, start);
  const small = smallAt(tokens, start) ?? (tokens[start]?.kind === 'digits' ? numeralAt(tokens, start) : undefined);
  const count = word === 'half' ? 30 : word === 'quarter' ? 15 : small?.value;
  if (count === undefined || count > 30 || count < 1) return undefined;
  const after = small?.next ?? start + 1;
  const at = /^minutes?$/.test(textAt(tokens, after)) ? after + 1 : after;
  const way = textAt(tokens, at);
  const sign = /^(past|after)$/.test(way) ? 1 : /^(to|of|till|til|before)$/.test(way) ? -1 : undefined;
  // "Two to four" and "one of five" are no times.
  if (sign === undefined || (sign < 0 && word === 'half') || (word !== 'half' && word !== 'quarter' && count < 5))
    return undefined;
  if (way === 'of' && word !== 'quarter') return undefined;
  const special = textAt(tokens, at + 1);
  const hour =
    special === 'noon' || special === 'midday' ? 12 : special === 'midnight' ? 0 : hourAt(tokens, at + 1)?.value;
  if (hour === undefined) return undefined;
  const next = hourAt(tokens, at + 1)?.next ?? at + 2;
  const clock = textAt(tokens, next) === "o'clock" ? next + 1 : next;
  if (UNIT.test(textAt(tokens, clock))) return undefined;
  if (tokens[clock]?.glued && tokens[clock + 1]?.glued) return undefined;
  // In figures "15 to 21" are more likely two of something.
  if (tokens[start]?.kind === 'digits' && hour > 12) return undefined;
  const half = halfAt(tokens, clock);
  const base = special === 'midnight' ? 0 : resolve(hour, 0, half?.half);
  if (base === undefined) return undefined;
  const sure = half || /^(noon|midday|midnight)$/.test(special) ? 0.95 : 0.7;
  return { minutes: (base + sign * count + 1_440) % 1_440, from: index, next: half?.next ?? clock, sure };
}

/** Three pm, three thirty, fifteen thirty, three o'clock, at three. */
function said(tokens: readonly Token[], index: number): Clock | undefined {
  const hour = hourAt(tokens, index);
  const before = textAt(tokens, index - 1);
  if (!hour || (tokens[index]?.glued && /[\w:.\-/$€£#]$/u.test(before)) || /^[$€£#]$/.test(before)) return undefined;
  const oclock = /^(o'clock|oclock)$/.test(textAt(tokens, hour.next));
  const minute = oclock ? undefined : minuteAt(tokens, hour.next);
  const next = oclock ? hour.next + 1 : (minute?.next ?? hour.next);
  const after = tokens[next];
  const half = halfAt(tokens, next);
  if (
    !half &&
    after?.glued &&
    (after.kind !== 'mark' || (tokens[next + 1]?.glued && tokens[next + 1]?.kind !== 'mark'))
  )
    return undefined;
  if (!half && UNIT.test(after?.text ?? '')) return undefined;
  const minutes = resolve(hour.value, minute?.value ?? 0, half?.half);
  if (minutes === undefined) return undefined;
  const give = (sure: number, from = index): Clock => ({ minutes, from, next: half?.next ?? next, sure });
  if (half) return give(0.95);
  // Something more is said of the number: it is part of a longer one, or counts something.
  if (smallAt(tokens, next) || after?.kind === 'digits' || smallAt(tokens, index - 1)) return undefined;
  if (/^[b-z]$/.test(before) || (tokens[index - 1]?.kind === 'digits' && !oclock)) return undefined;
  if (oclock) return give(0.8);
  if (minute) return tokens[index]?.kind === 'digits' && minute.written ? undefined : give(0.6);
  if (/^(at|around|by|until|till|before|after)$/.test(before)) {
    // "Tuesday at eleven", "at eleven on Tuesday": with its day it is hardly anything else.
    const follows = textAt(tokens, next) === 'on' ? textAt(tokens, next + 1) : textAt(tokens, next);
    if (DAY.test(textAt(tokens, index - 2)) || DAY.test(follows)) return give(0.8);
    if ((after?.kind ?? 'mark') === 'mark') return give(0.5);
  }
  return isWhole(tokens, index, next) && !tokens.some((token) => token.text === 'a' || token.text === 'number')
    ? give(0.5)
    : undefined;
}

const DAY = /^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|today|tomorrow|tonight)$/;

function hourAt(
  tokens: readonly Token[],
  index: number,
): { readonly value: number; readonly next: number } | undefined {
  const token = tokens[index];
  if (token?.kind === 'digits')
    return token.text.length <= 2 && Number(token.text) <= 23
      ? { value: Number(token.text), next: index + 1 }
      : undefined;
  const small = smallAt(tokens, index);
  if (!small || small.value > 23) return undefined;
  // "Twenty" begins "twenty thirty" as well as "twenty three".
  return small;
}

function minuteAt(tokens: readonly Token[], index: number) {
  const token = tokens[index];
  if (token?.kind === 'digits')
    return token.text.length === 2 && !token.glued && Number(token.text) < 60
      ? { value: Number(token.text), next: index + 1, written: true }
      : undefined;
  if (digitWord(token?.text ?? '') === 0 && token?.text !== 'zero') {
    const digit = digitWord(textAt(tokens, index + 1));
    return digit === undefined || digit === 0 ? undefined : { value: digit, next: index + 2, written: false };
  }
  const small = smallAt(tokens, index);
  return small && small.value >= 10 && small.value < 60
    ? { value: small.value, next: small.next, written: false }
    : undefined;
}

/** am, p.m., "in the morning", "at night", "tonight". */
function halfAt(tokens: readonly Token[], index: number): { readonly half: Half; readonly next: number } | undefined {
  const word = textAt(tokens, index);
  if (word === 'am' || word === 'pm') return { half: word, next: index + 1 };
  if (/^[ap]$/.test(word)) {
    const dot = textAt(tokens, index + 1) === '.' ? 1 : 0;
    if (textAt(tokens, index + 1 + dot) !== 'm') return undefined;
    const end = index + 2 + dot;
    return { half: word === 'a' ? 'am' : 'pm', next: dot === 1 && textAt(tokens, end) === '.' ? end + 1 : end };
  }
  if (word === 'tonight') return { half: 'pm', next: index + 1 };
  // Not all who speak say the article: "at eleven in morning".
  const to = word === 'this' || (word === 'in' && textAt(tokens, index + 1) !== 'the') ? index + 1 : index + 2;
  const spread = word === 'in' || word === 'this' ? textAt(tokens, to) : '';
  const next = to + 1;
  if (spread === 'morning') return { half: 'am', next };
  if (spread === 'afternoon' || spread === 'evening') return { half: 'pm', next };
  return word === 'at' && textAt(tokens, index + 1) === 'night' ? { half: 'pm', next: index + 2 } : undefined;
}
