import { digitWord, numeralAt, smallAt } from './number.ts';
import { skipHyphen, type Token, textAt } from './tokens.ts';

/** A piece of something spelled out: one sign or several, such as `7`, `55` or `ABC`. */
export interface Unit {
  /** What it can stand for, the likeliest first: "oh" is 0 or the letter O, a dash may be one or only a pause. */
  readonly readings: readonly string[];
  /** Tokens `from` to `to` (not included). */
  readonly from: number;
  readonly to: number;
  /** A word that usually means something else ("for", "a", "mike"): a sign only among signs. */
  readonly weak: boolean;
  /** A pause or a word that only fills ("uh"); a cut may be made there. */
  readonly pause: boolean;
  /** Stood there in figures or letters run together, rather than said sign by sign. */
  readonly written: boolean;
}

const NATO: ReadonlyMap<string, string> = new Map(
  (
    'alpha:A alfa:A bravo:B charlie:C delta:D echo:E foxtrot:F golf:G hotel:H india:I juliet:J juliett:J kilo:K ' +
    'lima:L mike:M november:N oscar:O papa:P quebec:Q romeo:R sierra:S tango:T uniform:U victor:V whiskey:W ' +
    'whisky:W xray:X yankee:Y zulu:Z'
  )
    .split(' ')
    .map((pair): [string, string] => [pair.slice(0, -2), pair.slice(-1)]),
);
/** The letters' own names as a recogniser of speech writes them. */
const LETTER_NAMES: ReadonlyMap<string, string> = new Map(
  (
    'ay:A be:B bee:B see:C sea:C dee:D ee:E ef:F eff:F gee:G aitch:H haitch:H eye:I jay:J kay:K el:L ell:L em:M en:N ' +
    'pee:P pea:P cue:Q queue:Q are:R ar:R ess:S es:S tee:T tea:T you:U yew:U vee:V ex:X why:Y wye:Y zee:Z zed:Z'
  )
    .split(' ')
    .map((pair): [string, string] => [pair.slice(0, -2), pair.slice(-1)]),
);
const HOMOPHONES: ReadonlyMap<string, string> = new Map([
  ['to', '2'],
  ['too', '2'],
  ['for', '4'],
  ['fore', '4'],
  ['ate', '8'],
  ['won', '1'],
]);
const SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['dash', '-'],
  ['hyphen', '-'],
  ['minus', '-'],
  ['slash', '/'],
  ['underscore', '_'],
  ['dot', '.'],
  ['period', '.'],
  ['point', '.'],
  ['star', '*'],
  ['asterisk', '*'],
  ['hash', '#'],
  ['plus', '+'],
]);
const PAUSES = new Set(['uh', 'um', 'er', 'erm', 'eh', 'uhm', 'hm', 'hmm', 'then', 'and', 'space']);
const TIMES: ReadonlyMap<string, number> = new Map([
  ['double', 2],
  ['triple', 3],
  ['treble', 3],
  ['quadruple', 4],
]);

const MANY: ReadonlyMap<string, string> = new Map(
  'zeros:0 zeroes:0 ohs:0 ones:1 twos:2 threes:3 fours:4 fives:5 sixes:6 sevens:7 eights:8 nines:9'
    .split(' ')
    .map((pair): [string, string] => [pair.slice(0, -2), pair.slice(-1)]),
);

/** What is spelled at a token: a sign, several, or a pause between them; undefined for an ordinary word. */
export function unitAt(tokens: readonly Token[], from: number): Unit | undefined {
  const token = tokens[from];
  if (!token) return undefined;
  const unit = (to: number, readings: readonly string[], more: Partial<Unit> = {}): Unit => ({
    readings,
    from,
    to,
    weak: false,
    pause: false,
    written: false,
    ...more,
  });
  const { text } = token;

  if (token.kind === 'mark') {
    // +44: a plus that is written before figures is meant.
    if (text === '+' && tokens[from + 1]?.kind === 'digits' && tokens[from + 1]?.glued)
      return unit(from + 1, ['+', '']);
    if (/^[-–_/.#*+]$/.test(text))
      return unit(from + 1, ['', text === '–' ? '-' : text], { pause: true, written: true });
    return /^[,;:()]$/.test(text) ? unit(from + 1, [''], { pause: true, written: true }) : undefined;
  }
  const joined = runTogether(tokens, from);
  if (joined) {
    const { text: code } = joined;
    // The letter O and the figure 0 are typed for each other.
    const readings = [...new Set([code, code.replace(/(?<=\d)[oO]|[oO](?=\d)/g, '0'), code.replaceAll('0', 'O')])];
    return unit(joined.to, readings, { written: true });
  }
  if (token.kind === 'digits') return unit(from + 1, [text], { written: true });

  if ((text === 'upper' || text === 'lower') && textAt(tokens, from + 1) === 'case') return letterAfter(2);
  if (/^(capital|uppercase|lowercase|letter)$/.test(text)) return letterAfter(1);

  const times = TIMES.get(text);
  if (times !== undefined) {
    const after = skipPauses(tokens, skipHyphen(tokens, from + 1));
    if (times === 2 && /^(u|you|yew)$/.test(textAt(tokens, after))) return unit(after + 1, ['W', 'UU']);
    const repeated = unitAt(tokens, after);
    if (!repeated || repeated.pause || repeated.readings.some((sign) => sign.length !== 1)) return undefined;
    return unit(
      repeated.to,
      repeated.readings.map((sign) => sign.repeat(times)),
    );
  }

  const letter = /^[a-z]$/.test(text) ? text.toUpperCase() : undefined;
  if (letter !== undefined) {
    const to = asIn(tokens, from + 1, letter);
    if (to !== undefined) return unit(to, [letter]);
    if (letter === 'O') return unit(from + 1, ['O', '0']);
    // A capital A inside a sentence is no article; I is a pronoun anywhere.
    return unit(from + 1, [letter], { weak: text === 'i' || (text === 'a' && (token.raw === 'a' || from === 0)) });
  }
  const nato = NATO.get(text);
  if (nato !== undefined) return unit(from + 1, [nato], { weak: true });

  if (text === 'oh') return unit(from + 1, ['0', 'O']);
  if (digitWord(text) === 0) return unit(from + 1, ['0']);
  const small = smallAt(tokens, from);
  // "Five zeros", "three nines".
  const several = small && small.value > 1 && small.value < 10 ? MANY.get(textAt(tokens, small.next)) : undefined;
  if (small && several !== undefined) return unit(small.next + 1, [several.repeat(small.value)]);
  const next = textAt(tokens, small?.next ?? from + 1);
  const numeral = /^(hundred|thousand|million)$/.test(next) ? numeralAt(tokens, from) : small;
  if (numeral) {
    // "Eight hundred five" is 805, and in a phone number 800 and 5.
    const joined =
      small && numeral.value > 100 && numeral.value % 100 < 10 && numeral.value % 10 > 0 && numeral.value < 1_000;
    const apart = joined ? [`${small.value}00${numeral.value % 10}`] : [];
    return unit(numeral.next, [String(numeral.value), ...apart]);
  }

  const symbol = SYMBOLS.get(text);
  if (symbol !== undefined) return unit(from + 1, [symbol, '']);
  const name = LETTER_NAMES.get(text);
  if (name !== undefined) {
    const to = asIn(tokens, from + 1, name);
    return to === undefined ? unit(from + 1, [name], { weak: true }) : unit(to, [name]);
  }
  const homophone = HOMOPHONES.get(text);
  if (homophone !== undefined) return unit(from + 1, [homophone], { weak: true });
  return PAUSES.has(text) ? unit(from + 1, [''], { pause: true }) : undefined;

  function letterAfter(skip: number): Unit | undefined {
    const after = unitAt(tokens, from + skip);
    return after && !after.pause && /^[A-Za-z]$/.test(after.readings[0] ?? '')
      ? { ...after, from, weak: false }
      : undefined;
  }
}

/** Letters and figures run together (W1234567, 12B), or letters in capitals beside figures (ABC 123). */
function runTogether(
  tokens: readonly Token[],
  from: number,
): { readonly text: string; readonly to: number } | undefined {
  let to = from + 1;
  while (tokens[to]?.glued && tokens[to]?.kind !== 'mark') to++;
  const piece = tokens.slice(from, to);
  if (piece.some((token) => token.kind === 'word' && !/^[A-Za-z]+$/.test(token.raw))) return undefined;
  const text = piece.map((token) => token.raw).join('');
  if (piece.length > 1) return { text, to };
  if (!/^[A-Z]{2,6}$/.test(text)) return undefined;
  const beside = [from - 2, from - 1, from + 1, from + 2].some((at) => tokens[at]?.kind === 'digits');
  return beside ? { text, to } : undefined;
}

/** Past what fills the gap while somebody looks for the next sign: "double uh seven". */
function skipPauses(tokens: readonly Token[], at: number): number {
  return /^(?:uh|um|er|erm|eh)$/.test(textAt(tokens, at)) ? skipPauses(tokens, at + 1) : at;
}

/** The index past "as in apple", "like apple", "for apple" after a letter. */
function asIn(tokens: readonly Token[], at: number, letter: string): number | undefined {
  const start = textAt(tokens, at) === ',' ? at + 1 : at;
  const [first, second] = [textAt(tokens, start), textAt(tokens, start + 1)];
  const word = (index: number, exact: boolean) => {
    const token = tokens[index];
    if (token?.kind !== 'word' || token.text.length < 2) return undefined;
    return !exact || token.text.startsWith(letter.toLowerCase()) ? index + 1 : undefined;
  };
  if ((first === 'as' || first === 'like') && second === 'in') return word(start + 2, false);
  if (first === 'is' && second === 'for') return word(start + 2, true);
  if (first === 'for' || first === 'like') return word(start + 1, true);
  // "B boy": only the word that all spell with.
  return first !== '' && start === at && NATO.get(first) === letter ? at + 1 : undefined;
}

/** The stretches of an utterance that are spelled out, without the pauses at their ends. */
export function runsOf(tokens: readonly Token[]): readonly (readonly Unit[])[] {
  const runs: Unit[][] = [];
  let run: Unit[] = [];
  const close = () => {
    const first = run.findIndex((unit) => !unit.pause);
    if (first >= 0) runs.push(run.slice(first, run.findLastIndex((unit) => !unit.pause) + 1));
    run = [];
  };
  for (let index = 0; index < tokens.length; ) {
    const unit = unitAt(tokens, index);
    if (unit) run.push(unit);
    else close();
    index = unit?.to ?? index + 1;
  }
  close();
  return runs;
}

/** What units can spell together, the likeliest first; at most 32. */
export function spellings(units: readonly Unit[]): readonly string[] {
  let texts = [''];
  for (const { readings } of units) {
    const [likeliest = ''] = readings;
    const options = texts.length * readings.length <= 32 ? readings : [likeliest];
    texts = options.flatMap((reading) => texts.map((text) => text + reading));
  }
  return texts;
}
