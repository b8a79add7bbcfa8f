import type { Found } from './found.ts';
import { skipHyphen, type Token, textAt } from './tokens.ts';

/** A number at a place of an utterance. */
export interface Numeral {
  readonly value: number;
  /** The index of the token after it. */
  readonly next: number;
  /** In figures rather than words. */
  readonly written: boolean;
  /** How many figures stand after the point. */
  readonly decimals: number;
}

const ONES: ReadonlyMap<string, number> = new Map(
  (
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen ' +
    'seventeen eighteen nineteen'
  )
    .split(' ')
    .map((word, value) => [word, value]),
);
const TENS: ReadonlyMap<string, number> = new Map(
  'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ').map((word, index) => [word, 20 + index * 10]),
);
/** What a recogniser of speech writes for a digit: after a ten it can be nothing else, as "to" and "for" can. */
const MISHEARD: ReadonlyMap<string, number> = new Map([
  ['won', 1],
  ['fore', 4],
  ['ate', 8],
]);
const SCALES = [
  ['million', 1_000_000],
  ['thousand', 1_000],
] as const;
const HALVES: ReadonlyMap<string, number> = new Map([
  ['dozen', 6],
  ['hundred', 50],
  ['thousand', 500],
  ['million', 500_000],
]);
const FRACTIONS: ReadonlyMap<string, number> = new Map([
  ['half', 0.5],
  ['quarter', 0.25],
]);

const written = (value: number, next: number, decimals = 0): Numeral => ({ value, next, written: true, decimals });
const spoken = (value: number, next: number, decimals = 0): Numeral => ({ value, next, written: false, decimals });

/** A word for one digit, "oh" included: 0 to 9. */
export function digitWord(word: string): number | undefined {
  if (word === 'oh' || word === 'o' || word === 'nought' || word === 'naught') return 0;
  const value = ONES.get(word);
  return value !== undefined && value < 10 ? value : undefined;
}

/** Twenty-three, seven, fifteen: below a hundred, in words. */
export function smallAt(tokens: readonly Token[], index: number): Numeral | undefined {
  const word = textAt(tokens, index);
  const one = ONES.get(word);
  if (one !== undefined) return spoken(one, index + 1);
  const ten = TENS.get(word === 'fourty' ? 'forty' : word);
  if (ten === undefined) return undefined;
  const after = skipHyphen(tokens, index + 1);
  const rest = ONES.get(textAt(tokens, after)) ?? MISHEARD.get(textAt(tokens, after));
  return rest !== undefined && rest > 0 && rest < 10 ? spoken(ten + rest, after + 1) : spoken(ten, index + 1);
}

/** Figures, with separators of thousands and a decimal point: 1,234.50. */
function figuresAt(tokens: readonly Token[], index: number): Numeral | undefined {
  const first = tokens[index];
  if (first?.kind !== 'digits' || first.text.length > 15) return undefined;
  let text = first.text;
  let next = index + 1;
  const part = (mark: string) => {
    const [sign, digits] = [tokens[next], tokens[next + 1]];
    return sign?.text === mark && sign.glued && digits?.kind === 'digits' && digits.glued ? digits.text : undefined;
  };
  if (text.length <= 3)
    for (let group = part(','); group?.length === 3 && text.length < 15; group = part(',')) {
      text += group;
      next += 2;
    }
  const fraction = part('.');
  if (fraction !== undefined && fraction.length <= 10) {
    text += `.${fraction}`;
    next += 2;
  }
  return written(Number(text), next, fraction?.length ?? 0);
}

/** Below a thousand, or figures. */
function hundredsAt(tokens: readonly Token[], index: number): Numeral | undefined {
  const article = textAt(tokens, index) === 'a' && textAt(tokens, index + 1) === 'hundred';
  const head = article ? spoken(1, index + 1) : (smallAt(tokens, index) ?? figuresAt(tokens, index));
  if (!head || textAt(tokens, head.next) !== 'hundred' || head.value >= 100) return head;
  const base = head.value * 100;
  const past = head.next + 1;
  const tail = smallAt(tokens, textAt(tokens, past) === 'and' ? past + 1 : past);
  return tail && tail.value > 0 ? spoken(base + tail.value, tail.next) : spoken(base, past);
}

/**
 * The number that begins at a token: figures or words, with hundreds, thousands, millions, "point five", "and a
 * half", dozens and 5k. Digits said one by one are one number each: only who knows what they are for can join them.
 */
export function numeralAt(tokens: readonly Token[], index: number): Numeral | undefined {
  const word = textAt(tokens, index);
  if (word === 'point') {
    const fraction = fractionAt(tokens, index, spoken(0, index));
    return fraction.next > index ? fraction : undefined;
  }
  const halved =
    word === 'half' && textAt(tokens, index + 1) === 'a' ? HALVES.get(textAt(tokens, index + 2)) : undefined;
  if (halved !== undefined) return spoken(halved, index + 3);
  if (word === 'three' && textAt(tokens, index + 1) === 'quarters') return spoken(0.75, index + 2, 2);
  const article = word === 'a' && ['thousand', 'million', 'dozen'].includes(textAt(tokens, index + 1));
  const first = article ? spoken(1, index + 1) : hundredsAt(tokens, index);
  if (!first) return undefined;
  if (textAt(tokens, first.next) === 'dozen') return spoken(first.value * 12, first.next + 1);
  const glued = tokens[first.next];
  if (first.written && glued?.text === 'k' && glued.glued) return written(round(first.value * 1_000), first.next + 1);

  let total = 0;
  let part: Numeral | undefined = first;
  let next = first.next;
  let scaled = false;
  let below = Number.POSITIVE_INFINITY;
  while (part) {
    const found = part;
    const scale = SCALES.find(([name, size]) => size < below && textAt(tokens, found.next) === name);
    if (!scale) {
      if (part.value >= below) break;
      total += part.value;
      next = part.next;
      break;
    }
    scaled = true;
    below = scale[1];
    total += round(part.value * below);
    next = part.next + 1;
    part = hundredsAt(tokens, textAt(tokens, next) === 'and' ? next + 1 : next);
    if (part?.written && part.value >= below) part = undefined;
  }
  return fractionAt(tokens, next, scaled ? spoken(total, next) : first);
}

function fractionAt(tokens: readonly Token[], index: number, whole: Numeral): Numeral {
  if (textAt(tokens, index) === 'point' && whole.decimals === 0) {
    let digits = '';
    let next = index + 1;
    for (; digits.length < 10; next++) {
      const token = tokens[next];
      const digit = digitWord(textAt(tokens, next));
      if (digit !== undefined) digits += digit;
      else if (token?.kind === 'digits') digits += token.text;
      else break;
    }
    if (digits === '') {
      const small = smallAt(tokens, next);
      if (small) {
        digits = String(small.value);
        next = small.next;
      }
    }
    if (digits !== '') return spoken(Number(`${whole.value}.${digits}`), next, digits.length);
    return whole;
  }
  if (textAt(tokens, index) !== 'and') return whole;
  const [first, second] = [textAt(tokens, index + 1), textAt(tokens, index + 2)];
  const fraction =
    first === 'a' ? FRACTIONS.get(second) : first === 'three' && second === 'quarters' ? 0.75 : undefined;
  return fraction === undefined ? whole : spoken(whole.value + fraction, index + 3, 2);
}

/** What figures of base ten make of a product: 1.1 × 1,000 is 1,100. */
function round(value: number): number {
  return Number(value.toPrecision(15));
}

const MONTHS = /^(january|february|march|april|may|june|july|august|september|october|november|december)$/;
/** Words before "one" that make it a count and not a pronoun. */
const COUNTS = new Set(
  "just only need want have get got take order buy return send is it's exactly like make with about for add".split(' '),
);
const FILLERS = new Set(
  "uh um er well okay ok so just only about it's its is that's i'd like want need please thanks maybe think say the a number of".split(
    ' ',
  ),
);

/** Whether a numeral stands by itself: not a piece of a code, a date, a time, a phone number or an address. */
export function standsAlone(tokens: readonly Token[], index: number, numeral: Numeral): boolean {
  const before = tokens[index - 1];
  const first = tokens[index];
  const after = tokens[numeral.next];
  if (!first) return false;
  if (first.glued && before && !/^[$€£¥(["'“‘\-–+]$/.test(before.text)) return false;
  if (first.glued && before && /^[-–]$/.test(before.text) && (before.glued || before.text !== '-')) return false;
  if (after?.glued) {
    const beyond = tokens[numeral.next + 1];
    if (after.kind !== 'mark') return false;
    if (beyond?.glued && beyond.kind !== 'mark' && !/^[,;!?)—]$/.test(after.text)) return false;
  }
  if (before && !first.glued && /^[b-hj-z]$/.test(before.text)) return false;
  if (MONTHS.test(before?.text ?? '') || MONTHS.test(after?.text ?? '')) return false;
  if (/^(am|pm|o'clock|oclock|st|street|avenue|th)$/.test(after?.text ?? '')) return false;
  if (/^[ap]$/.test(after?.text ?? '') && textAt(tokens, numeral.next + 1) === '.') return false;
  if (before?.text === 'past' || (before?.text === 'to' && textAt(tokens, index - 2) === 'quarter')) return false;
  if (
    /^(second|minute|hour|day|week|month|year)s?$/.test(after?.text ?? '') &&
    /^(ago|from|later|before|after|earlier)$/.test(textAt(tokens, numeral.next + 1))
  )
    return false;
  if (first.text === 'one' && numeral.next === index + 1) {
    if (after && /^(of|moment|second|minute|day|thing|more)$/.test(after.text)) return false;
    if (before && before.kind === 'word' && !COUNTS.has(before.text)) return false;
  }
  return true;
}

/** Numerals that follow each other with nothing between, `most` at most: the groups of a number said in pieces. */
export function groupsAt(tokens: readonly Token[], index: number, most = tokens.length): readonly Numeral[] {
  const groups: Numeral[] = [];
  for (let next = index; ; ) {
    const numeral =
      numeralAt(tokens, next) ?? (digitWord(textAt(tokens, next)) === 0 ? spoken(0, next + 1) : undefined);
    if (!numeral || groups.length >= most) return groups;
    groups.push(numeral);
    next = numeral.next;
  }
}

/** A sign said or written before a number, and where the whole begins. */
export function signBefore(
  tokens: readonly Token[],
  index: number,
): { readonly negative: boolean; readonly start: number } {
  const before = tokens[index - 1];
  const negative =
    before?.text === 'minus' ||
    before?.text === 'negative' ||
    (before?.text === '-' && !before.glued && tokens[index]?.glued === true);
  return { negative, start: negative ? index - 1 : index };
}

/** Whether nothing but small words stands beside tokens `from` to `to` (not included). */
export function isWhole(tokens: readonly Token[], from: number, to: number): boolean {
  return tokens.every((token, at) => (at >= from && at < to) || token.kind === 'mark' || FILLERS.has(token.text));
}

/** "Oh" is a figure among figures, and alone none. */
export function isNumeral(tokens: readonly Token[], index: number, numeral: Numeral): boolean {
  return numeral.written || digitWord(textAt(tokens, index)) !== 0 || textAt(tokens, index) === 'zero';
}

/** Whether figures count something: a number of an account has too many, or begins with a zero. */
export function isCounted(tokens: readonly Token[], index: number, numeral: Numeral): boolean {
  const figures = textAt(tokens, index);
  return !numeral.written || (figures.length <= 7 && (!figures.startsWith('0') || figures === '0'));
}

/** The numbers of an utterance; digits said one by one are one number. */
export function findNumbers(tokens: readonly Token[], integer: boolean): readonly Found[] {
  const found: Found[] = [];
  for (let index = 0; index < tokens.length; ) {
    const groups = groupsAt(tokens, index);
    const [first] = groups;
    const last = groups.at(-1);
    if (!first || !last) {
      index++;
      continue;
    }
    const { negative, start } = signBefore(tokens, index);
    const digits =
      groups.length > 1 && groups.length <= 15 && groups.every(({ value }) => value < 10 && value % 1 === 0);
    const value = digits ? Number(groups.map((group) => group.value).join('')) : first.value;
    const whole = isWhole(tokens, start, last.next);
    if (
      (groups.length === 1 || digits) &&
      standsAlone(tokens, index, last) &&
      !/^[$€£¥]$/.test(textAt(tokens, start - 1)) &&
      !/^[$€£¥]$/.test(textAt(tokens, last.next)) &&
      (!integer || Number.isInteger(value)) &&
      (digits || (isNumeral(tokens, index, first) && isCounted(tokens, index, first)))
    ) {
      const sure = digits ? 0.6 : textAt(tokens, index) === 'one' && !whole ? 0.5 : whole ? 0.9 : 0.7;
      const [from, to] = [tokens[start], tokens[last.next - 1]];
      if (from && to)
        found.push({ value: negative ? -value || 0 : value, start: from.start, end: to.end, confidence: sure });
    }
    index = last.next;
  }
  return found;
}
