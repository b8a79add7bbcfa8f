import type { Found } from './found.ts';
import { groupsAt, isCounted, isNumeral, isWhole, type Numeral, numeralAt, signBefore, standsAlone } from './number.ts';
import { type Token, textAt } from './tokens.ts';

/** Cents that prices end in: "five ninety nine" is $5.99, while "five fifty" may be $550. */
const ENDINGS = new Set([49, 59, 69, 79, 89, 95, 97, 98, 99]);

interface Words {
  readonly signs: readonly string[];
  readonly major: readonly string[];
  readonly minor: readonly string[];
}

const DOLLARS: Words = {
  signs: ['$'],
  major: ['dollar', 'dollars', 'buck', 'bucks'],
  minor: ['cent', 'cents', 'penny', 'pennies'],
};
const CURRENCIES: ReadonlyMap<string, Words> = new Map([
  ['USD', DOLLARS],
  ['CAD', DOLLARS],
  ['AUD', DOLLARS],
  ['NZD', DOLLARS],
  ['EUR', { signs: ['€'], major: ['euro', 'euros'], minor: ['cent', 'cents'] }],
  ['GBP', { signs: ['£'], major: ['pound', 'pounds', 'quid'], minor: ['penny', 'pence', 'p'] }],
  ['JPY', { signs: ['¥'], major: ['yen'], minor: [] }],
]);
const NO_WORDS: Words = { signs: [], major: [], minor: [] };
const FOREIGN = new Set([...CURRENCIES.values()].flatMap(({ signs, major }) => [...signs, ...major]));

/** How many decimals a currency (ISO 4217) has: 2 for USD, 0 for JPY. */
export function minorUnits(currency: string): number {
  return new Intl.NumberFormat('en-US', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/**
 * The amounts of a currency in an utterance. One that could be two amounts ("two fifty": $2.50 or $250) is none, and
 * neither is one of another currency.
 */
export function findMoney(tokens: readonly Token[], currency: string): readonly Found[] {
  const words = CURRENCIES.get(currency) ?? NO_WORDS;
  const found: Found[] = [];
  for (let index = 0; index < tokens.length; ) {
    const amount = amountAt(tokens, index, currency, words);
    if (!amount) {
      index++;
      continue;
    }
    const first = tokens[amount.from];
    const last = tokens[amount.next - 1];
    if (first && last && amount.value !== undefined) {
      const confidence = amount.named ? 0.95 : isWhole(tokens, amount.from, amount.next) ? 0.8 : 0.5;
      found.push({ value: amount.value, start: first.start, end: last.end, confidence });
    }
    index = amount.next;
  }
  return found;
}

interface Amount {
  /** Undefined: these tokens are no amount of this currency. */
  readonly value: number | undefined;
  readonly from: number;
  readonly next: number;
  /** The currency was said. */
  readonly named: boolean;
}

function amountAt(tokens: readonly Token[], index: number, currency: string, words: Words): Amount | undefined {
  const article = textAt(tokens, index) === 'a' && words.major.includes(textAt(tokens, index + 1));
  const one: Numeral = { value: 1, next: index + 1, written: false, decimals: 0 };
  const groups = article ? [one] : groupsAt(tokens, index);
  const [first, second] = groups;
  if (!first || first.value < 0 || !(article || isNumeral(tokens, index, first))) return undefined;
  const { negative, start } = signBefore(tokens, index);
  const marked = tokens[start - 1];
  const sign = marked && (words.signs.includes(marked.text) || marked.text === currency.toLowerCase());
  const foreign = marked && !sign && FOREIGN.has(marked.text) && marked.kind === 'mark';
  const last = groups.at(-1) ?? first;
  const from = sign ? signBefore(tokens, start - 1).start : start;
  const minus = negative || (sign && signBefore(tokens, start - 1).negative) ? -1 : 1;
  const decimals = minorUnits(currency);
  const scale = 10 ** decimals;
  const give = (value: number | undefined, next: number, named: boolean): Amount => {
    const exact = value === undefined ? undefined : Math.round(value * scale) / scale;
    const kept = exact !== undefined && value !== undefined && Math.abs(exact - value) < 1e-9;
    return { value: kept ? minus * exact || 0 : undefined, from, next, named };
  };
  const major = (at: number) =>
    words.major.includes(textAt(tokens, at)) ||
    words.signs.includes(textAt(tokens, at)) ||
    textAt(tokens, at) === currency.toLowerCase();
  const minor = (at: number) => decimals > 0 && words.minor.includes(textAt(tokens, at));

  if (foreign) return give(undefined, last.next, true);
  const grand = textAt(tokens, first.next) === 'grand' || (textAt(tokens, first.next) === 'k' && first.written);
  const whole = grand ? first.value * 1_000 : first.value;
  const after = grand ? first.next + 1 : first.next;
  if (sign || major(after)) {
    const past = major(after) ? after + 1 : after;
    const cents = first.value % 1 === 0 ? centsAt(tokens, past, minor) : undefined;
    return cents ? give(whole + cents.value / scale, cents.next, true) : give(whole, past, true);
  }
  if (groups.length === 1 && minor(after)) return give(first.value / scale, after + 1, true);
  const unit = textAt(tokens, last.next);
  if (FOREIGN.has(unit) && !major(last.next)) return give(undefined, last.next + 1, true);

  const pieces = pieced(groups, scale);
  if (pieces !== undefined && groups.length > 1 && major(last.next)) return give(pieces, last.next + 1, true);
  if (!standsAlone(tokens, index, last) || !isCounted(tokens, index, first)) return give(undefined, last.next, false);
  if (groups.length === 1) return give(grand ? whole : first.value, after, grand);
  return second ? give(pieces, last.next, false) : undefined;
}

/** "and 99 cents", "fifty": what follows the larger unit. */
function centsAt(tokens: readonly Token[], index: number, minor: (at: number) => boolean): Numeral | undefined {
  const joined = textAt(tokens, index) === 'and';
  const cents = numeralAt(tokens, joined ? index + 1 : index);
  if (!cents || cents.value % 1 !== 0 || cents.value >= 100) return undefined;
  if (minor(cents.next)) return { ...cents, next: cents.next + 1 };
  // "two dollars fifty", but not "two dollars and fifty of them".
  return !joined && cents.value >= 10 && (tokens[cents.next]?.kind ?? 'mark') === 'mark' ? cents : undefined;
}

/** "Forty nine ninety nine", "one twenty nine ninety nine", "nineteen oh five". Undefined where it could be two amounts. */
function pieced(groups: readonly Numeral[], scale: number): number | undefined {
  if (scale !== 100 || groups.some(({ value }) => value % 1 !== 0)) return undefined;
  const [a = 0, b = 0, c = 0] = groups.map(({ value }) => value);
  const pair = (value: number) => value >= 10 && value <= 99;
  if (groups.length === 2) {
    if (!pair(b)) return undefined;
    if (a >= 10) return a + b / 100;
    return a > 0 && ENDINGS.has(b) ? a + b / 100 : undefined;
  }
  if (groups.length !== 3) return undefined;
  if (b === 0 && c > 0 && c < 10 && a > 0) return a + c / 100;
  return a > 0 && a < 10 && pair(b) && pair(c) ? a * 100 + b + c / 100 : undefined;
}
