import { readNumberWords } from './number-words.ts';

/** A piece of a text as the check of composed words looks at it. */
export type Token = {
  /** As it stands. */
  readonly text: string;
  /** Where it stands, in UTF-16 units. */
  readonly at: number;
  /** Whether a sentence begins here. */
  readonly first: boolean;
} & (
  | { readonly is: 'word' }
  | { readonly is: 'number'; readonly value: number; readonly ordinal: boolean }
  /** A date in digits; `year` undefined where none is given. */
  | { readonly is: 'date'; readonly year: number | undefined; readonly month: number; readonly day: number }
  /** Minutes since midnight; `open`: it may be in the morning or after noon. */
  | { readonly is: 'time'; readonly minute: number; readonly open: boolean }
  /** An order number, a phone number, a ZIP code: letters and digits in capitals, without what stands between. */
  | { readonly is: 'code'; readonly code: string }
  /** An e-mail address or one on the web, in small letters. */
  | { readonly is: 'address' }
  | { readonly is: 'sign' }
);

const SIGN_WORDS = 'dash|dot|slash|underscore|hash|star|plus';

const KINDS = [
  ['address', String.raw`[\p{L}\d._%+-]{1,64}@[\p{L}\d-]{1,63}(?:\.[\p{L}\d-]{1,63})+`],
  [
    'address',
    String.raw`(?:[a-z]+:\/\/|www\.)[^\s]+|[\p{L}\d-]{1,63}(?:\.[\p{L}\d-]{1,63}){0,8}\.[a-z]{2,24}(?![\p{L}\d])(?:\/[^\s]*)?`,
  ],
  ['iso', String.raw`\d{4}-\d{2}-\d{2}(?![\d-])`],
  ['us', String.raw`\d{1,2}\/\d{1,2}(?:\/(?:\d{4}|\d{2}))?(?![\d/])`],
  ['clock', String.raw`\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m(?:\.|(?![\p{L}\d])))?(?![\d:])`],
  ['clock', String.raw`\d{1,2}\s?[ap]\.?m(?:\.|(?![\p{L}\d]))`],
  ['phone', String.raw`\+\d[\d ().-]{6,20}\d|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?![\d])`],
  // A code that is spelled: W, 1, 0, 0.
  [
    'code',
    String.raw`(?<![\p{L}\d'])[\p{L}\d](?:(?:, | )(?:[\p{L}\d](?![\p{L}\d'])|(?:${SIGN_WORDS})(?![\p{L}\d]))){2,}`,
  ],
  ['number', String.raw`\d+(?:,\d{3})*(?:\.\d+)?(?:st|nd|rd|th)?(?![\p{L}\d]|[-_/]\d|,\d|\.\d)`],
  ['code', String.raw`[\p{L}\d]*\d[\p{L}\d]*(?:[-_/.,:][\p{L}\d]+)*|[\p{L}]+(?:[-_/][\p{L}\d]*\d[\p{L}\d]*)+`],
  ['word', String.raw`\p{L}[\p{L}\p{M}]*(?:'\p{L}+)*`],
  ['sign', String.raw`[^\s]`],
] as const;

const TOKEN = new RegExp(KINDS.map(([, source]) => `(${source})`).join('|'), 'giu');

/** Cuts a text, of which spaces and quotes are plain ones already. Numbers in words are read as numbers. */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let first = true;
  for (const match of spoken(text).matchAll(TOKEN)) {
    const kind = KINDS[match.slice(1).findIndex((group) => group !== undefined)]?.[0] ?? 'sign';
    const base = { text: match[0], at: match.index, first };
    tokens.push(read(kind, base));
    if (kind !== 'sign') first = /[.!?]$/.test(match[0]) && kind !== 'clock';
    else if (/[.!?:;"(]/.test(match[0])) first = true;
  }
  return numbersIn(tokens);
}

/** E-mail addresses and names on the web as they are spoken, as they are written: "jane dot doe at example dot com". */
function spoken(text: string): string {
  const name = String.raw`[\p{L}\d]+(?: (?:dot|dash|underscore|plus) [\p{L}\d]+)*`;
  const said = new RegExp(
    String.raw`(?<![\p{L}\d])(?:(${name}) at )?([\p{L}\d]+(?: dash [\p{L}\d]+)*(?: dot [\p{L}\d]+)+)`,
    'giu',
  );
  const signs: { readonly [word: string]: string } = { dot: '.', dash: '-', underscore: '_', plus: '+' };
  const written = (part: string) =>
    part.replace(/ (dot|dash|underscore|plus) /gi, (_, word) => signs[word.toLowerCase()] ?? '');
  return text.replace(said, (_, user: string | undefined, host: string) =>
    user === undefined ? written(host) : `${written(user)}@${written(host)}`,
  );
}

type Base = Pick<Token, 'text' | 'at' | 'first'>;

function read(kind: (typeof KINDS)[number][0], base: Base): Token {
  const { text } = base;
  switch (kind) {
    case 'word':
    case 'sign':
    case 'address':
      return { ...base, is: kind };
    case 'iso': {
      const [year, month, day] = text.split('-').map(Number);
      return { ...base, is: 'date', year, month: month ?? 0, day: day ?? 0 };
    }
    case 'us': {
      const [month = 0, day = 0, year] = text.split('/').map(Number);
      if (month < 1 || month > 12 || day < 1 || day > 31) return code(base);
      return { ...base, is: 'date', year: year !== undefined && year < 100 ? 2000 + year : year, month, day };
    }
    case 'clock': {
      const [, hours, minutes = '0', half] = /^(\d+)(?::(\d+))?.*?([ap])?\.?m?\.?$/i.exec(text) ?? [];
      const hour = Number(hours);
      if (hour > (half ? 12 : 24) || Number(minutes) > 59) return code(base);
      const later = half?.toLowerCase() === 'p' ? 12 : 0;
      const minute = (half ? (hour % 12) + later : hour % 24) * 60 + Number(minutes);
      return { ...base, is: 'time', minute, open: !half && hour > 0 && hour <= 12 };
    }
    case 'phone':
    case 'code':
      return code(base);
    case 'number': {
      const digits = text.replace(/,|st|nd|rd|th/gi, '');
      // 02134 is no number.
      if (/^0\d/.test(digits)) return code(base);
      return { ...base, is: 'number', value: Number(digits), ordinal: /[a-z]/i.test(text) };
    }
  }
}

function code(base: Base): Token {
  const signs = base.text.replace(new RegExp(String.raw`\b(?:${SIGN_WORDS})\b`, 'gi'), '');
  const plain = signs.replace(/[^\p{L}\d]/gu, '').toUpperCase();
  return { ...base, is: 'code', code: /^1\d{10}$/.test(plain) ? plain.slice(1) : plain };
}

/** The tokens with numbers in words read: those that words and digits make together, too. */
function numbersIn(tokens: readonly Token[]): readonly Token[] {
  const words = tokens.map(({ text, is }) => (is === 'word' || is === 'sign' ? text.toLowerCase() : ''));
  const found: Token[] = [];
  for (let at = 0; at < tokens.length; ) {
    const token = tokens[at];
    if (!token) break;
    const digits = token.is === 'number' && !token.ordinal ? token.value : undefined;
    const number = digits === undefined ? readNumberWords(words, at) : readNumberWords(words, at + 1, digits);
    if (!number) {
      found.push(token);
      at += 1;
      continue;
    }
    const last = tokens[number.end - 1] ?? token;
    const text = tokens
      .slice(at, number.end)
      .map((one) => one.text)
      .join(' ');
    const { value, ordinal } = number;
    found.push({ text, at: token.at, first: token.first, is: 'number', value, ordinal });
    at = Math.max(tokens.indexOf(last), at) + 1;
  }
  return found;
}
