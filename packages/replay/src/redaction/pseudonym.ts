import { createHmac } from 'node:crypto';
import { type Moment, readValue, type Scope, type Variable } from '@parley/workflow';
import { COMMON, WORD } from './common.ts';
import { type SensitiveValue, shapeOf } from './sensitive.ts';

/**
 * How much of a value its pseudonym may keep, so that conditions of the workflow still hold: nothing; a part that many
 * share (a date's year, the first signs of a code, an amount to a tenth); a larger one (the month, three digits of five).
 */
export type Likeness = 0 | 1 | 2;

/** What pseudonyms are drawn with. */
export interface Drawing {
  readonly key: Uint8Array | string;
  readonly session: string;
  /** When the session began: what lay before it still does. */
  readonly moment: Moment;
  /** Texts that the workflow's conditions compare with, in small letters: they are words of the file, not the caller's. */
  readonly literals: ReadonlySet<string>;
  /** Whether a word, in small letters, is one that interrupts listen for. */
  readonly isHeard: (word: string) => boolean;
  readonly variables: ReadonlyMap<string, Variable>;
}

/** Draws that are made before a value counts as one that has no pseudonym. */
const DRAWS = 48;

/**
 * A value of the same form that stands for another: the same for the same key, session, value and `attempt`. Digits
 * become digits and letters letters of the same case, other signs stay; it meets what the variables that held the value
 * ask of theirs (pattern, bounds, length, `check`), and fails where the value failed. An e-mail address is at
 * example.com or example.org (RFC 2606), a phone number one that is kept for fiction where its country has such
 * (555-0100 to 0199 in North America, Ofcom's for drama in Britain), a number with a right check digit (Luhn) has one. `taken`: whether another value has it.
 * Undefined where nothing else meets all that.
 */
export function pseudonymOf(
  value: string | number,
  uses: readonly SensitiveValue[],
  drawing: Drawing,
  { likeness, attempt, taken }: { likeness: Likeness; attempt: number; taken: (candidate: string) => boolean },
): string | number | undefined {
  const accepts = acceptance(value, uses, drawing);
  for (let draw = 0; draw < DRAWS; draw++) {
    const random = new Draws(drawing, [typeof value, String(value).toLowerCase(), attempt, draw]);
    const candidate =
      typeof value === 'number'
        ? numberLike(value, uses, random, likeness)
        : textLike(value, uses, drawing, random, { likeness, round: attempt * DRAWS + draw, accepts });
    if (candidate === undefined || String(candidate).toLowerCase() === String(value).toLowerCase()) continue;
    if (!accepts(candidate)) continue;
    // Of what has few forms, two values may come to share one.
    if (draw < DRAWS / 2 && taken(String(candidate).toLowerCase())) continue;
    return candidate;
  }
  return undefined;
}

/** A pseudonym for a word by itself, with which it is replaced wherever it stands. */
export function wordLike(word: string, drawing: Drawing, attempt = 0): string {
  const lower = word.toLowerCase();
  for (let draw = 0; ; draw++) {
    const like = spelledLike(word, new Draws(drawing, ['word', lower, attempt, draw]));
    if (like.toLowerCase() !== lower || draw > DRAWS) return like;
  }
}

/** Numbers that follow from a key and what they are drawn for. */
class Draws {
  readonly #key: Uint8Array | string;
  readonly #seed: string;
  #block = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor({ key, session }: Drawing, what: readonly (string | number)[]) {
    this.#key = key;
    this.#seed = JSON.stringify([session, ...what]);
  }

  /** A whole number from 0 to below `limit`, of at most 2^32. */
  below(limit: number): number {
    if (this.#at + 4 > this.#bytes.length) {
      this.#bytes = createHmac('sha256', this.#key)
        .update(`${this.#seed}#${this.#block++}`)
        .digest();
      this.#at = 0;
    }
    const drawn = this.#bytes.readUInt32BE(this.#at);
    this.#at += 4;
    return drawn % limit;
  }

  of<T>(items: ArrayLike<T>): T | undefined {
    return items.length === 0 ? undefined : items[this.below(items.length)];
  }

  /** From `low` to `high`, both of them possible; any size. */
  between(low: number, high: number): number {
    const span = high - low + 1;
    const far = span > 2 ** 31 ? this.below(2 ** 21) * 2 ** 32 + this.below(2 ** 32) : this.below(2 ** 31);
    return low + (far % Math.max(1, span));
  }
}

/** Whether a candidate is to every variable what the value was: valid or not, and past its check or not. */
function acceptance(value: string | number, uses: readonly SensitiveValue[], { moment, variables }: Drawing) {
  const demands = uses.flatMap(({ definition, from }) => {
    if (!definition) return [];
    const was = readValue(definition, value, moment);
    const canonical = was.ok && was.value === value;
    const check = variables.get(from)?.check?.expression;
    const own = check?.variables.every(({ name }) => name === from) ? check : undefined;
    const scope = (one: string | number): Scope => ({ [from]: one });
    const passed = own?.evaluate(scope(value)) === true;
    return [
      (candidate: string | number) => {
        const is = readValue(definition, candidate, moment);
        if (is.ok !== was.ok || (canonical && is.ok && is.value !== candidate)) return false;
        return own === undefined || (own.evaluate(scope(candidate)) === true) === passed;
      },
    ];
  });
  return (candidate: string | number) => demands.every((meets) => meets(candidate));
}

// ---- numbers

function numberLike(
  value: number,
  uses: readonly SensitiveValue[],
  random: Draws,
  likeness: Likeness,
): number | undefined {
  const decimals = (/\.(\d+)$/.exec(String(value))?.[1] ?? '').length;
  const unit = 10 ** decimals;
  const whole = Math.round(Math.abs(value) * unit);
  if (!Number.isSafeInteger(whole) || unit > 1e9) {
    // Of another magnitude than anything that is counted.
    const [, sign = '', exponent = 'e0'] = /^(-?)[\d.]+(e[+-]?\d+)?$/.exec(value.toExponential()) ?? [];
    return Number(`${sign}${1 + random.below(8)}.${random.below(1_000_000)}${exponent}`);
  }
  const bounds = uses.map(({ definition }) =>
    definition && 'min' in definition ? { min: definition.min, max: definition.max } : {},
  );
  const digits = String(Math.floor(Math.abs(value))).length;
  const spread = likeness === 0 ? undefined : Math.max(2, Math.ceil(whole / (likeness === 1 ? 10 : 100)));
  let low = spread === undefined ? (digits === 1 ? 0 : 10 ** (digits - 1)) * unit : whole - spread;
  let high = spread === undefined ? 10 ** digits * unit - 1 : whole + spread;
  if (value >= 0)
    for (const { min, max } of bounds) {
      if (min !== undefined && min >= 0) low = Math.max(low, Math.ceil(min * unit));
      if (max !== undefined) high = Math.min(high, Math.floor(max * unit));
    }
  low = Math.max(low, whole === 0 ? 0 : 1);
  if (low > high) return undefined;
  const drawn = random.between(low, high) / unit;
  return value < 0 ? -drawn : drawn;
}

// ---- texts

function textLike(
  value: string,
  uses: readonly SensitiveValue[],
  drawing: Drawing,
  random: Draws,
  { likeness, round, accepts }: { likeness: Likeness; round: number; accepts: (text: string) => boolean },
): string | undefined {
  const types = uses.map(({ definition, type }) => definition?.type ?? (type?.kind === 'string' ? type.format : ''));
  const text = value.trim();
  const shape = shapeOf(text);
  if (shape === 'email') return emailLike(text, drawing, random);
  if (shape === 'phone' && !types.includes('string')) return phoneLike(text, random, likeness);
  if (shape === 'date') return dateLike(text, drawing, random, likeness) ?? signsLike(text, random, 0);
  if (shape === 'time') return timeLike(text, random, likeness);
  const patterned = uses.some(
    ({ definition }) =>
      definition?.type === 'string' && (definition.pattern !== undefined || definition.spoken !== undefined),
  );
  if (patterned && accepts(text)) return fittingLike(text, random, likeness, accepts);
  if (/\d/.test(text) && !/\s/.test(text)) return withCheckDigit(text, signsLike(text, random, keeps(text, likeness)));
  return wordsLike(value, drawing, round, likeness);
}

const keeps = (text: string, likeness: Likeness) =>
  likeness === 0 ? 0 : Math.min(likeness === 1 ? 1 : 3, Math.floor(text.length * 0.6));

/** Every sign drawn anew among those with which the text still passes; undefined where they don't go together. */
function fittingLike(
  text: string,
  random: Draws,
  likeness: Likeness,
  accepts: (text: string) => boolean,
): string | undefined {
  const kept = keeps(text, likeness);
  const signs = [...text];
  const allowed = signs.map((sign, at) => {
    if (at < kept) return [sign];
    return [...alphabetOf(sign)].filter(
      (other) => other === sign || accepts([...signs.slice(0, at), other, ...signs.slice(at + 1)].join('')),
    );
  });
  let drawn = allowed.map((some, at) => random.of(some) ?? signs[at] ?? '').join('');
  if (isCardNumber(text)) drawn = withCheckDigit(text, drawn);
  if (accepts(drawn) && drawn !== text) return drawn;
  // Signs that depend on each other: one after the other, as far as that goes.
  const one = [...signs];
  for (const at of one.keys()) {
    const before = one[at] ?? '';
    one[at] = random.of((allowed[at] ?? []).filter((sign) => sign !== before)) ?? before;
    if (!accepts(one.join(''))) one[at] = before;
  }
  return one.join('');
}

const VOWELS = 'aeiou';
const CONSONANTS = 'bcdfghjklmnprstvwz';
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function alphabetOf(sign: string): string {
  if (/\d/.test(sign)) return '0123456789';
  if (/[A-Z]/.test(sign)) return CAPITALS;
  return /[a-z]/.test(sign) ? CAPITALS.toLowerCase() : sign;
}

/** Digit for digit and letter for letter, but for the first `kept`. No number loses a zero that it begins with, or gets one. */
function signsLike(text: string, random: Draws, kept: number): string {
  return [...text]
    .map((sign, at) => {
      if (at < kept) return sign;
      const first = text.length > 1 && (at === 0 || !/\d/.test(text.charAt(at - 1)));
      if (/\d/.test(sign)) return first ? (sign === '0' ? '0' : String(1 + random.below(9))) : String(random.below(10));
      return /[A-Za-z]/.test(sign) ? (random.of(alphabetOf(sign)) ?? sign) : letterLike(sign, random);
    })
    .join('');
}

/** A word that can be said: vowels become vowels, consonants consonants, each in its case. */
function spelledLike(text: string, random: Draws): string {
  return [...text].map((sign) => (/\d/.test(sign) ? String(random.below(10)) : letterLike(sign, random))).join('');
}

function letterLike(sign: string, random: Draws): string {
  if (!/\p{L}/u.test(sign)) return sign;
  const base = sign.normalize('NFD').charAt(0).toLowerCase();
  const drawn = random.of(VOWELS.includes(base) || base === 'y' ? VOWELS : CONSONANTS) ?? 'a';
  return sign === sign.toLowerCase() ? drawn : drawn.toUpperCase();
}

/** Word for word, each with the pseudonym that it has everywhere. */
function wordsLike(text: string, drawing: Drawing, attempt: number, likeness: Likeness): string {
  const { literals, isHeard } = drawing;
  const stays = (word: string) =>
    (likeness === 0 && COMMON.has(word)) || isHeard(word) || (literals.has(word) && !/\d/.test(word));
  const drawn = text.replace(WORD, (word) => (stays(word.toLowerCase()) ? word : wordLike(word, drawing, attempt)));
  return drawn === text ? text.replace(WORD, (word) => wordLike(word, drawing, attempt)) : drawn;
}

/** The letters of the name anew, at a domain kept for examples (RFC 2606); of one domain, all are at the same. */
function emailLike(text: string, drawing: Drawing, random: Draws): string {
  const at = text.lastIndexOf('@');
  const domain = new Draws(drawing, ['domain', text.slice(at + 1).toLowerCase()]).below(2);
  return `${spelledLike(text.slice(0, at), random)}@example.${domain === 0 ? 'com' : 'org'}`;
}

const AREAS = ['202', '206', '212', '303', '305', '312', '404', '415', '503', '512', '602', '617', '702', '713', '808'];

/** North America: 555-0100 to 0199 are kept for fiction (ATIS-0300115). Britain: 07700 900000 to 900999 (Ofcom). */
function phoneLike(text: string, random: Draws, likeness: Likeness): string {
  if (/^\+1\d{10}$/.test(text)) {
    const area = likeness === 0 ? (random.of(AREAS) ?? '202') : text.slice(2, 5);
    return `+1${area}55501${String(random.below(100)).padStart(2, '0')}`;
  }
  if (/^\+44\d{10}$/.test(text)) return `+447700900${String(random.below(1000)).padStart(3, '0')}`;
  return text.slice(0, 4) + signsLike(text.slice(4), random, 0).replace(/^0/, '1');
}

const DAY = 86_400_000;

/** A day at another distance from the session's, from a half to one and a half of it: past stays past. */
function dateLike(text: string, { moment }: Drawing, random: Draws, likeness: Likeness): string | undefined {
  const day = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(day)) return undefined;
  const today = Math.floor(moment.now / DAY) * DAY;
  const far = Math.round((day - today) / DAY);
  const [low, high] = [Math.max(1, Math.floor(Math.abs(far) / 2)), Math.ceil(Math.abs(far) * 1.5) + 2];
  const drawn = today + Math.sign(far || 1) * random.between(low, high) * DAY;
  if (likeness === 0) return new Date(drawn).toISOString().slice(0, 10);
  const month = likeness === 2 ? text.slice(5, 7) : String(1 + random.below(12)).padStart(2, '0');
  const days = new Date(Date.UTC(Number(text.slice(0, 4)), Number(month), 0)).getUTCDate();
  const like = `${text.slice(0, 4)}-${month}-${String(1 + random.below(days)).padStart(2, '0')}`;
  return Math.sign(Date.parse(like) - today) === Math.sign(day - today) ? like : text;
}

function timeLike(text: string, random: Draws, likeness: Likeness): string {
  const hour = Number(text.slice(0, 2));
  const half = hour < 12 ? 0 : 12;
  const drawn = likeness === 0 ? half + random.below(12) : hour;
  return `${String(drawn).padStart(2, '0')}:${String(random.below(12) * 5).padStart(2, '0')}`;
}

// ---- check digits

/** Whether a text has the length of a card number and a right check digit (Luhn, ISO/IEC 7812-1). */
export function isCardNumber(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  return /^\d{13,19}$/.test(digits) && luhn(digits) === 0;
}

function luhn(digits: string): number {
  let sum = 0;
  [...digits].reverse().forEach((digit, at) => {
    const twice = Number(digit) * (at % 2 === 0 ? 1 : 2);
    sum += twice > 9 ? twice - 9 : twice;
  });
  return sum % 10;
}

/** A card number's likeness has the same network (first digit) and a right check digit; one with a wrong digit a wrong one. */
function withCheckDigit(text: string, drawn: string): string {
  const digits = text.replace(/[ -]/g, '');
  if (!/^\d{13,19}$/.test(digits)) return drawn;
  const like = text.charAt(0) + drawn.slice(1);
  const last = like.length - 1;
  for (let digit = 0; digit < 10; digit++) {
    const tried = `${like.slice(0, last)}${(Number(like.charAt(last)) + digit) % 10}`;
    if (isCardNumber(tried) === isCardNumber(text)) return tried;
  }
  return like;
}
