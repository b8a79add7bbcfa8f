import type { Token } from './tokens.ts';

/** Something that a text says which may be wrong: it must be in what the text is made from. */
export type Claim =
  | {
      readonly is: 'date';
      readonly month: number;
      readonly day: number;
      readonly year?: number;
      readonly weekday?: number;
    }
  | { readonly is: 'month'; readonly month: number; readonly year?: number }
  | { readonly is: 'weekday'; readonly weekday: number }
  /** Minutes since midnight. */
  | { readonly is: 'time'; readonly minute: number; readonly open: boolean }
  | { readonly is: 'amount'; readonly currency: string; readonly value: number }
  | { readonly is: 'percent'; readonly value: number }
  /** `unit`: of time or measure, in the singular: `business day`. */
  | { readonly is: 'number'; readonly value: number; readonly ordinal: boolean; readonly unit?: string }
  | { readonly is: 'code'; readonly code: string }
  | { readonly is: 'address'; readonly address: string }
  /** A word for a time or a number that says little without another: `tomorrow`, `week`, `half`. */
  | { readonly is: 'span'; readonly word: string; readonly before: string }
  /** A word that is no claim, in small letters; `name`: it may be somebody's or something's name. */
  | { readonly is: 'word'; readonly word: string; readonly name: boolean; readonly first: boolean };

const MONTHS = 'january february march april may june july august september october november december'.split(' ');
const DAYS = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');
const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['$', 'USD'],
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['¥', 'JPY'],
]);
const CURRENCIES: ReadonlyMap<string, string> = new Map([
  ['dollar', 'USD'],
  ['buck', 'USD'],
  ['usd', 'USD'],
  ['euro', 'EUR'],
  ['eur', 'EUR'],
  ['gbp', 'GBP'],
  ['yen', 'JPY'],
]);
const UNITS: ReadonlySet<string> = new Set(
  (
    'second minute hour day week weekend month year night mile kilometer meter foot feet inch yard pound ounce kilogram gram ton ' +
    'liter gallon pint degree time'
  ).split(' '),
);
/** Units that are claims where no number stands before them. */
const SPANS: ReadonlySet<string> = new Set(
  'minute hour day week weekend month year night morning afternoon evening'.split(' '),
);
const RELATIVE: ReadonlySet<string> = new Set(
  (
    'today tonight tomorrow yesterday noon midnight half both couple pair twice double triple dozen quarter third fourth fifth ' +
    'hundred thousand million billion overnight daily weekly monthly hourly fortnight'
  ).split(' '),
);

/** A word in the singular, as far as units and names of times need it. */
export const singular = (word: string) =>
  word === 'feet' ? 'foot' : word === 'inches' ? 'inch' : word.replace(/(?<=..)s$/, '');

/** What a text says, in order. */
export function claimsOf(tokens: readonly Token[]): readonly Claim[] {
  const claims: Claim[] = [];
  const word = (at: number) => {
    const token = tokens[at];
    return token?.is === 'word' ? token.text.toLowerCase() : '';
  };
  const sign = (at: number) => {
    const token = tokens[at];
    return token?.is === 'sign' ? token.text : '';
  };
  const number = (at: number) => {
    const token = tokens[at];
    return token?.is === 'number' ? token : undefined;
  };
  const afterComma = (at: number) => (sign(at) === ',' ? at + 1 : at);

  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at];
    if (!token) break;
    const found = dateAt(at) ?? timeAt(at) ?? amountAt(at) ?? numberAt(at) ?? plainAt(token, at);
    claims.push(...found.claims);
    at = found.end;
  }
  return claims;

  interface Step {
    readonly claims: readonly Claim[];
    readonly end: number;
  }

  function monthAt(at: number): number | undefined {
    const token = tokens[at];
    if (token?.is !== 'word') return undefined;
    const lower = token.text.toLowerCase();
    const month = MONTHS.findIndex(
      (name) => name === lower || (lower.length >= 3 && lower.length <= 4 && name.startsWith(lower)),
    );
    // The short forms, and the months that are words too, are months where they are written so.
    const named = /^\p{Lu}/u.test(token.text) || (MONTHS.includes(lower) && lower !== 'may' && lower !== 'march');
    const day = number(afterDot(at + 1)) ?? (word(at - 1) === 'of' ? number(at - 2) : undefined);
    const isWord = lower === 'may' || lower === 'march' || lower === 'mar';
    if (month < 0 || (!named && !day) || (isWord && token.first && !day)) return undefined;
    return month + 1;
  }

  function afterDot(at: number): number {
    return sign(at) === '.' && number(at + 1) ? at + 1 : at;
  }

  function weekdayAt(at: number): number | undefined {
    const token = tokens[at];
    if (token?.is !== 'word') return undefined;
    const lower = token.text.toLowerCase();
    const full = DAYS.findIndex((name) => name === lower || `${name}s` === lower);
    if (full >= 0 || !/^\p{Lu}/u.test(token.text) || lower.length < 3 || lower === 'sun' || lower === 'sat')
      return full < 0 ? undefined : full;
    const short = DAYS.findIndex((name) => name.startsWith(lower));
    return short < 0 || lower.length > 5 ? undefined : short;
  }

  function yearAt(at: number): { year?: number; end: number } {
    const next = afterComma(at);
    const token = number(next);
    if (!token || token.ordinal || !/^\d{4}$/.test(token.text) || token.value < 1900 || token.value > 2199)
      return { end: at };
    return { year: token.value, end: next + 1 };
  }

  function dayOf(at: number): number | undefined {
    const day = number(at);
    return day && Number.isInteger(day.value) && day.value >= 1 && day.value <= 31 ? day.value : undefined;
  }

  function dateAt(at: number): Step | undefined {
    const token = tokens[at];
    const weekday = weekdayAt(at);
    if (weekday !== undefined) {
      const next = word(afterComma(at + 1)) === 'the' ? afterComma(at + 1) + 1 : afterComma(at + 1);
      const date = weekdayAt(next) === undefined ? dateAt(next) : undefined;
      const [one] = date?.claims ?? [];
      if (date && one?.is === 'date') return { claims: [{ ...one, weekday }], end: date.end };
      return { claims: [{ is: 'weekday', weekday }], end: at + 1 };
    }
    if (token?.is === 'date') {
      const { month, day, year } = token;
      return { claims: [{ is: 'date', month, day, ...(year === undefined ? {} : { year }) }], end: at + 1 };
    }
    const month = monthAt(at);
    if (month !== undefined) {
      const dayAt = word(afterDot(at + 1)) === 'the' ? afterDot(at + 1) + 1 : afterDot(at + 1);
      const day = dayOf(dayAt);
      if (day === undefined) {
        const { year, end } = yearAt(at + 1);
        return { claims: [{ is: 'month', month, ...(year === undefined ? {} : { year }) }], end };
      }
      const { year, end } = yearAt(dayAt + 1);
      return { claims: [{ is: 'date', month, day, ...(year === undefined ? {} : { year }) }], end };
    }
    // "the 20th of October", "20 October"
    const day = dayOf(at);
    const named = word(at + 1) === 'of' ? at + 2 : at + 1;
    const later = day === undefined ? undefined : monthAt(named);
    if (day === undefined || later === undefined) return undefined;
    const { year, end } = yearAt(named + 1);
    return { claims: [{ is: 'date', month: later, day, ...(year === undefined ? {} : { year }) }], end };
  }

  function timeAt(at: number): Step | undefined {
    const token = tokens[at];
    if (token?.is === 'time') {
      const { minute, open } = token;
      return { claims: [{ is: 'time', minute, open }], end: at + 1 };
    }
    const hour = number(at);
    if (hour && !hour.ordinal && Number.isInteger(hour.value) && hour.value >= 1 && hour.value <= 12) {
      if (word(at + 1) === "o'clock") return clock(hour.value * 60, at + 2);
      const dotted = sign(at + 2) === '.' && word(at + 3) === 'm';
      const half = /^[ap]$/.test(word(at + 1)) && dotted ? word(at + 1) : /^([ap])m$/.exec(word(at + 1))?.[1];
      if (half) {
        const minute = ((hour.value % 12) + (half === 'p' ? 12 : 0)) * 60;
        const end = dotted ? at + (sign(at + 4) === '.' ? 5 : 4) : at + 2;
        return { claims: [{ is: 'time', minute, open: false }], end };
      }
    }
    const lower = word(at);
    const of = word(at + 1);
    const from = number(at + 2);
    if ((lower === 'half' || lower === 'quarter') && from && (of === 'past' || (of === 'to' && lower === 'quarter'))) {
      const minutes = lower === 'half' ? 30 : of === 'past' ? 15 : -15;
      return clock(from.value * 60 + minutes, at + 3);
    }
    if (lower === 'noon') return { claims: [{ is: 'time', minute: 720, open: false }], end: at + 1 };
    if (lower === 'midnight') return { claims: [{ is: 'time', minute: 0, open: false }], end: at + 1 };
    return undefined;
  }

  function clock(minute: number, end: number): Step {
    return { claims: [{ is: 'time', minute: (minute + 720) % 720, open: true }], end };
  }

  function amountAt(at: number): Step | undefined {
    const symbol = SYMBOLS.get(sign(at));
    const signed = symbol === undefined ? number(at) : number(at + 1);
    if (!signed || signed.ordinal) return undefined;
    const less = ['-', '−'].includes(sign(at - 1)) || word(at - 1) === 'minus' ? -1 : 1;
    if (symbol !== undefined) {
      // $2 million; $20 dollars is said, too.
      const end = CURRENCIES.has(singular(word(at + 2))) ? at + 3 : at + 2;
      return { claims: [{ is: 'amount', currency: symbol, value: less * signed.value }], end };
    }
    const unit = singular(word(at + 1));
    if (unit === 'cent')
      return { claims: [{ is: 'amount', currency: 'USD', value: less * (signed.value / 100) }], end: at + 2 };
    const currency = CURRENCIES.get(unit);
    if (currency !== undefined) {
      const and = word(at + 2) === 'and' ? at + 3 : at + 2;
      const cents = number(and);
      if (cents && singular(word(and + 1)) === 'cent')
        return { claims: [{ is: 'amount', currency, value: less * (signed.value + cents.value / 100) }], end: and + 2 };
      return { claims: [{ is: 'amount', currency, value: less * signed.value }], end: at + 2 };
    }
    if (sign(at + 1) === '%' || unit === 'percent')
      return { claims: [{ is: 'percent', value: signed.value }], end: at + 2 };
    return undefined;
  }

  function numberAt(at: number): Step | undefined {
    const token = number(at);
    if (!token) return undefined;
    if (isIdiom(at)) return { claims: [], end: at + 1 };
    const joined = sign(at + 1) === '-' ? at + 2 : at + 1;
    const adjective = ['business', 'working', 'calendar'].includes(word(joined)) ? `${word(joined)} ` : '';
    const unitAt = adjective === '' ? joined : joined + 1;
    // The unit of time is read as a number: "second".
    const unit = number(unitAt)?.text.toLowerCase() === 'second' ? 'second' : singular(word(unitAt));
    const { value, ordinal } = token;
    if (UNITS.has(unit))
      return { claims: [{ is: 'number', value, ordinal, unit: `${adjective}${unit}` }], end: unitAt + 1 };
    return { claims: [{ is: 'number', value, ordinal }], end: at + 1 };
  }

  /** "No one", "this one", "one moment", "first of all", "a second": no numbers. */
  function isIdiom(at: number): boolean {
    const text = tokens[at]?.text.toLowerCase();
    const [before, after] = [word(at - 1), word(at + 1)];
    if (text === 'one') {
      const pronoun = 'no this that which another each every any'.split(' ').includes(before);
      return after === 'moment' || (pronoun && !UNITS.has(singular(after)));
    }
    if (text === 'first')
      return before === 'at' || after === 'of' || (tokens[at]?.first === true && sign(at + 1) === ',');
    if (text === 'second') return before === 'a' || before === 'just';
    return false;
  }

  function plainAt(token: Token, at: number): Step {
    const end = at + 1;
    switch (token.is) {
      case 'code':
        return { claims: [{ is: 'code', code: token.code }], end };
      case 'address':
        return { claims: [{ is: 'address', address: token.text.toLowerCase().replace(/[.,!?]+$/, '') }], end };
      case 'word':
        return { claims: wordAt(token, at), end };
      default:
        return { claims: [], end };
    }
  }

  function wordAt(token: Token, at: number): readonly Claim[] {
    const lower = token.text.toLowerCase();
    const bare = lower.replace(/'s?$/, '');
    const unit = singular(bare);
    const before = word(at - 1);
    const plain: Claim = { is: 'word', word: bare, name: /^\p{Lu}/u.test(token.text), first: token.first };
    if (RELATIVE.has(unit) || RELATIVE.has(bare)) {
      const said = tokens.slice(Math.max(0, at - 5), at).map(({ text }) => text.toLowerCase());
      if (bare === 'today' && GREETING.test(said.join(' '))) return [plain];
      return [plain, { is: 'span', word: unit, before: '' }];
    }
    if (!SPANS.has(unit)) return [plain];
    if (WISHES.has(before)) return [plain];
    return [plain, { is: 'span', word: unit, before: singular(before) }];
  }
}

/** Before "today": what is said of this very conversation. */
const GREETING =
  /\b(?:(?:help|assist)(?: you)?(?: with)?|do for you|(?:calling|contacting|reaching out to|chatting with)(?: (?!you\b)\p{L}+)?)$/u;

/** Before a day or an evening: a wish. */
const WISHES: ReadonlySet<string> = new Set('good great nice lovely wonderful pleasant fantastic'.split(' '));

/** The weekday of a date, from 0 for Sunday. */
export function weekdayOf(year: number, month: number, day: number): number {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDay();
}
