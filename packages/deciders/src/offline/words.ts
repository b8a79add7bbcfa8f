import type Nlp from 'compromise/two';
import { stemmer } from 'stemmer';
import { ALONE, ASIDE, ASKING, FAINT, GROUPS, LIGHT, WEAK } from './vocabulary.ts';

/** How a word is meant: said plainly, turned down ("I don't want a refund"), or reported as not so ("it hasn't come"). */
export type Stance = 'plain' | 'refused' | 'reported';

/** A word, or a phrase that means one thing. */
export interface Unit {
  /** What it can be matched by: its stem, and the meanings it has. A meaning is written `=return`. */
  readonly features: readonly string[];
  /** How much it says, 0 to 1. */
  readonly weight: number;
  readonly stance: Stance;
  /** Something that has been done already: "I cancelled it", "my cancelled order". */
  readonly done?: true;
  /** Which word of the text it is or begins with. */
  readonly at: number;
  /** Which clause of the text it is in. */
  readonly clause: number;
}

/** How a clause is tied to those before it. */
export type Tie = 'start' | 'stop' | 'and' | 'or' | 'but' | 'correction';

/** A text, read. */
export interface Reading {
  /** Lower case, contractions spelled out, no punctuation. */
  readonly plain: string;
  readonly units: readonly Unit[];
  readonly ties: readonly Tie[];
  /** For each clause, whether it is worded as a wish: "I want", "can I", "please". */
  readonly wishes: readonly boolean[];
  /** The first clause after the caller's last correction of themselves; 0 when there was none. */
  readonly from: number;
  readonly words: number;
  /** The longer words that carry meaning, as they were written. */
  readonly content: readonly string[];
}

/** Reads texts into units; the same text always gives the same reading. */
export interface Reader {
  /** `vocabulary`: words that a slip of the fingers may have been meant for ("retrun"). */
  read(text: string, vocabulary?: ReadonlySet<string>): Reading;
  /** The same for the workflow's own texts, which are kept: they come again at every turn. */
  readKept(text: string): Reading;
}

/** The longest text that is looked at, in characters: nobody says more in one turn and means it. */
export const LONGEST = 2_000;

/** The words of what asks for time are about nothing else: who says "hang on" speaks of nothing that hangs. */
const WAITING = '=wait';

const KEPT = 5_000;
const NONE: ReadonlySet<string> = new Set();

let loading: Promise<Reader> | undefined;

/** The reader; the language data behind it is loaded on the first call, once for the process. */
export function loadReader(): Promise<Reader> {
  loading ??= import('compromise/two').then(({ default: nlp }) => createReader(nlp));
  return loading;
}

interface Word {
  readonly text: string;
  readonly key: string;
  readonly ends: boolean;
}

interface Phrase {
  readonly meaning: string;
  readonly keys: readonly string[];
  /** For each word, whether it stands right after the one before. */
  readonly tied: readonly boolean[];
}

const tiedIn = (entry: string) => [false, ...[...entry.matchAll(/[ _]/g)].map(([between]) => between === '_')];

function createReader(nlp: typeof Nlp): Reader {
  const meanings = new Map<string, string[]>();
  const phrases = new Map<string, Phrase[]>();
  const spelled = new Set<string>();
  for (const [group, entries] of Object.entries(GROUPS)) {
    for (const entry of entries) {
      const words = entry.split(/[ _]/).map((word): Word => {
        const own = word.startsWith('=') ? undefined : wordsOf(nlp, word)[0];
        return own ?? { text: word, key: word, ends: false };
      });
      const [first, second] = words;
      if (first === undefined) continue;
      if (second !== undefined)
        push(phrases, first.key, { meaning: `=${group}`, keys: words.map(({ key }) => key), tied: tiedIn(entry) });
      else push(meanings, first.key, `=${group}`);
      if (second === undefined && first.text.length >= 5) spelled.add(first.text);
    }
  }
  const byFirst = new Map<string, string[]>();
  for (const word of spelled) push(byFirst, word.charAt(0), word);
  const isKey = (word: Word | undefined, key: string) =>
    word !== undefined && (word.key === key || (meanings.get(word.key)?.includes(key) ?? false));
  const kept = new Map<string, Reading>();

  function read(text: string, vocabulary: ReadonlySet<string>): Reading {
    const words = wordsOf(nlp, text.slice(0, LONGEST)).map((word) => respelled(word, vocabulary));
    const { clauses, ties, from } = clausesOf(words);
    const units: Unit[] = [];
    let at = 0;
    clauses.forEach((clause, index) => {
      const stances = stancesOf(clause);
      const taken = new Set<number>();
      const idle = new Set<number>();
      clause.forEach(({ key }, position) => {
        for (const phrase of phrases.get(key) ?? []) {
          const { meaning, keys } = phrase;
          const places = follow(clause, position, phrase, isKey);
          if (places === undefined) continue;
          for (const place of places) (meaning === WAITING ? idle : taken).add(place);
          // "not have" is itself the negation, so it is not turned round by the "not" it holds.
          const last = places.at(-1) ?? position;
          const stance = keys[0] === 'not' ? 'plain' : (stances[last] ?? 'plain');
          const weight = FAINT.has(meaning) ? 0.7 : 1;
          units.push({ features: [meaning], weight, stance, at: at + position, clause: index });
        }
      });
      let share = 1;
      clause.forEach((word, position) => {
        const stance = stances[position] ?? 'plain';
        const own = meanings.get(word.key) ?? [];
        if (position > 0 && ASIDE.has(word.text)) share = 0.4;
        const part = idle.has(position) ? 0.05 : taken.has(position) ? 0.5 : 1;
        const weight = weightOf(word, own.length > 0) * part * share;
        const features = stance === 'reported' ? [word.key, ...own, `not ${word.key}`] : [word.key, ...own];
        const done = own.some((meaning) => ACTS.has(meaning)) && isDone(clause, position);
        units.push({ features, weight, stance, at: at + position, clause: index, ...(done ? { done } : {}) });
      });
      at += clause.length;
    });
    const plain = words.map(({ text: word }) => word).join(' ');
    const alone = ALONE.get(plain);
    if (alone !== undefined) units.push({ features: [`=${alone}`], weight: 1, stance: 'plain', at: 0, clause: 0 });
    const content = words.filter((word) => word.text.length >= 5 && weightOf(word, false) === 1);
    return {
      plain,
      units,
      ties,
      wishes: clauses.map((clause) => clause.some(({ text }) => WORDING.has(text))),
      from,
      words: words.length,
      content: content.map(({ text: word }) => word),
    };
  }

  /** A word with one slip of the fingers in it, as the word it was to be. */
  function respelled(word: Word, vocabulary: ReadonlySet<string>): Word {
    const { text } = word;
    if (text.length < 4 || LIGHT.has(text) || WEAK.has(text) || spelled.has(text) || vocabulary.has(text)) return word;
    if (meanings.has(word.key) || !/^[a-z]+$/.test(text)) return word;
    for (const words of [vocabulary, byFirst.get(text.charAt(0)) ?? []])
      for (const meant of words) if (isSlip(text, meant)) return { text: meant, key: stemmer(meant), ends: word.ends };
    return word;
  }

  function weightOf({ text, key }: Word, meant: boolean): number {
    if (ASKING.has(text)) return 0.6;
    if (LIGHT.has(text) || LIGHT.has(text.replace(/'[a-z]+$/, ''))) return 0.06;
    if (/\d/.test(text)) return 0.06;
    if (meant && !WEAK.has(text)) return 1;
    return WEAK.has(text) || WEAK.has(key) ? 0.2 : 1;
  }

  return {
    read: (text, vocabulary = NONE) => read(text, vocabulary),
    readKept(text) {
      const before = kept.get(text);
      if (before) return before;
      if (kept.size >= KEPT) kept.clear();
      const reading = read(text, NONE);
      kept.set(text, reading);
      return reading;
    },
  };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list?.includes(value)) return;
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** "Where the hell is my order" asks where an order is. */
const CURSES =
  /(?<!\p{L})(?:(?:the|my|a) (?:hell|heck|fuck)|fucking|fuckin|freaking|frigging|goddamn|goddamned|damn|damned|bloody)\s+/gu;

const HESITATIONS: ReadonlySet<string> = new Set(['uh', 'um', 'er', 'erm', 'eh', 'uhm']);

function wordsOf(nlp: typeof Nlp, text: string): Word[] {
  const clean = text
    .normalize('NFKC')
    .replace(/[\u2018\u2019\u02bc`´]/g, "'")
    .replace(/(\p{L})\/(\p{L})/gu, '$1 or $2')
    .replace(/[\p{C}]+/gu, ' ')
    .toLowerCase()
    .replace(CURSES, '')
    .replace(/(?<!\p{L})(that|what|where|who|how|there|here)s(?!\p{L})/gu, "$1's")
    .replace(/(?<!\p{L})i(m|ve|ll)(?!\p{L})/gu, "i'$1")
    .trim();
  if (clean === '') return [];
  const words: Word[] = [];
  const view = nlp(clean);
  view.compute('root');
  for (const sentence of view.docs) {
    sentence.forEach((term, index) => {
      const implied = 'implicit' in term && typeof term.implicit === 'string' ? term.implicit : '';
      const text = implied || term.normal;
      if (!/[\p{L}\p{N}]/u.test(text) || HESITATIONS.has(text)) return;
      const root = 'root' in term && typeof term.root === 'string' ? term.root : text;
      const ends = index === sentence.length - 1 || /[,.;:!?…\n–—()]|\s-\s/.test(term.post);
      words.push({ text, key: keyOf(text, root), ends });
    });
  }
  return words;
}

const NEGATIVE: ReadonlySet<string> = new Set([
  'not',
  "n't",
  'cannot',
  'never',
  'neither',
  'nor',
  'dont',
  'didnt',
  'doesnt',
  'cant',
]);

/** Participles that the library leaves as they are, and words whose root means something else. */
const ROOTS: ReadonlyMap<string, string> = new Map([
  ['are', 'is'],
  ['was', 'is'],
  ['were', 'is'],
  ['am', 'is'],
  ['be', 'is'],
  ['been', 'is'],
  ['has', 'have'],
  ['had', 'have'],
  ['shown', 'show'],
  ['gone', 'go'],
  ['taken', 'take'],
  ['given', 'give'],
  ['gotten', 'get'],
  ['broken', 'break'],
  ['stolen', 'steal'],
  ['forgotten', 'forget'],
  ['chosen', 'choose'],
  ['fallen', 'fall'],
  ['known', 'know'],
  ['seen', 'see'],
  ['longer', 'long'],
  ['people', 'people'],
]);

function keyOf(text: string, root: string): string {
  return NEGATIVE.has(text) ? 'not' : stemmer(ROOTS.get(text) ?? root);
}

/** What a line does for callers, so that it makes a difference whether it was done. */
const ACTS: ReadonlySet<string> = new Set(
  'return exchange refund cancel change book reschedule buy pay transfer'.split(' ').map((group) => `=${group}`),
);
const BEFORE_DONE: ReadonlySet<string> = new Set('i we you have has had already my the a an that this your'.split(' '));

/** Whether the word at a position is a past form that says so of itself: "I already returned", "the cancelled order". */
function isDone(clause: readonly Word[], position: number): boolean {
  const text = clause[position]?.text ?? '';
  return /ed$/.test(text) && BEFORE_DONE.has(clause[position - 1]?.text ?? '');
}

// ---- clauses

const TIES: ReadonlyMap<string, Tie> = new Map([
  ['and', 'and'],
  ['plus', 'and'],
  ['also', 'and'],
  ['then', 'and'],
  ['or', 'or'],
  ['but', 'but'],
  ['however', 'but'],
  ['though', 'but'],
  ['because', 'and'],
  ['cause', 'and'],
  ['so', 'and'],
]);

/** "So long" goes on with what was said; "so I want it back" begins anew. */
const DEGREES: ReadonlySet<string> = new Set(['long', 'much', 'many', 'far', 'late', 'slow', 'bad']);

/** What people say when they take back what they have just said. Compared to the words themselves. */
const CORRECTIONS: readonly (readonly string[])[] = [
  'i meant',
  'i mean',
  'i meant to say',
  'no i meant',
  'no i mean',
  'actually',
  'no actually',
  'wait',
  'no wait',
  'wait no',
  'sorry',
  'no sorry',
  'hang on',
  'no hang on',
  'hold on',
  'no hold on',
  'oops',
  'scratch that',
  'strike that',
  'forget that',
  'forget it',
  'never mind',
  'nevermind',
  'never mind that',
  'on second thought',
  'on second thoughts',
  'i changed my mind',
  'i have changed my mind',
  'changed my mind',
  'correction',
  'my mistake',
  'my bad',
  'or rather',
  'make that',
  'let us say',
  'i take that back',
  'i would rather',
  'not that',
].map((words) => words.split(' '));

const HOLDS_UP: ReadonlySet<string> = new Set(['wait', 'sorry', 'oops']);

function clausesOf(words: readonly Word[]) {
  const clauses: Word[][] = [];
  const ties: Tie[] = [];
  let clause: Word[] = [];
  let tie: Tie = 'start';
  let from = 0;
  const close = (next: Tie) => {
    if (clause.length > 0) {
      clauses.push(clause);
      ties.push(tie);
      clause = [];
      tie = next;
    } else if (tie !== 'correction') tie = next;
  };
  for (let index = 0; index < words.length; ) {
    const word = words[index];
    if (!word) break;
    const marker = correctionAt(words, index);
    // "Wait, that was the wrong one": what only holds up says nothing of its own.
    if (index === 0 && HOLDS_UP.has(word.text) && word.ends && words.length > 1) {
      index += 1;
      continue;
    }
    if (marker > 0 && clauses.length + clause.length > 0 && index + marker < words.length) {
      close('correction');
      tie = 'correction';
      from = clauses.length;
      index += marker;
      continue;
    }
    if (clause.length > 2 && asksAt(words, index) && !SUBORDINATE.has(words[index - 1]?.text ?? '')) close('stop');
    const tied = word.text === 'so' && DEGREES.has(words[index + 1]?.text ?? '') ? undefined : TIES.get(word.text);
    if (tied !== undefined) close(tied);
    else clause.push(word);
    if (word.ends) close('stop');
    index += 1;
  }
  close('stop');
  return { clauses, ties, from: from < clauses.length ? from : 0 };
}

/** What "I want" goes on from instead of beginning anew: "what I want", "I think I need". */
const SUBORDINATE: ReadonlySet<string> = new Set(
  `what when where why how which who that if whether because since before after until while than as think guess believe
  know say said mean hope suppose sure all everything thing things something anything one and but or so not do did`.split(
    /\s+/,
  ),
);

/** Whether "I want", "I'd like" or "can I" begins here. Speech has no full stops: "it never came I want my money back". */
function asksAt(words: readonly Word[], index: number): boolean {
  const [here, next, after] = [0, 1, 2].map((offset) => words[index + offset]?.text ?? '');
  if (here === 'can' || here === 'could') return next === 'i' || next === 'we' || next === 'you';
  if (here !== 'i' && here !== 'we') return false;
  const verb = next === 'just' || next === 'really' || next === 'would' ? after : next;
  return verb === 'want' || verb === 'need' || verb === 'wish' || (next === 'would' && verb === 'like');
}

const WAITERS: ReadonlySet<string> = new Set("i we they to still can not n't must have long".split(' '));

/** How many words of a correction begin here. */
function correctionAt(words: readonly Word[], index: number): number {
  let longest = 0;
  // "I wait so long" takes nothing back.
  if (words[index]?.text === 'wait' && WAITERS.has(words[index - 1]?.text ?? '')) return 0;
  for (const marker of CORRECTIONS) {
    if (marker.length > longest && marker.every((word, offset) => words[index + offset]?.text === word))
      longest = marker.length;
  }
  if (longest > 0) return longest;
  // "track it, no, cancel it": a lone "no" after something else was said.
  const [before, here] = [words[index - 1], words[index]];
  return here?.text === 'no' && before?.ends === true && words[index + 1] !== undefined ? 1 : 0;
}

// ---- negation

const WISHES: ReadonlySet<string> = new Set(
  'want wish need like plan mean intend look try ask call talk interested say think care wanna gonna going trying looking asking calling'.split(
    ' ',
  ),
);
/** What makes a clause a wish. */
const WORDING: ReadonlySet<string> = new Set('want wish need would can could may please let give get'.split(' '));

const SUBJECTS: ReadonlySet<string> = new Set('i we it he she they why still'.split(' '));

const SELF: ReadonlySet<string> = new Set(['i', 'we']);

/** How each word of a clause is meant. */
function stancesOf(clause: readonly Word[]): Stance[] {
  const stances: Stance[] = clause.map(() => 'plain');
  clause.forEach((_, index) => {
    const stance = negationAt(clause, index);
    if (stance === undefined) return;
    for (let after = index + 1; after < clause.length; after++) {
      if (after > index + 2 && wishesAt(clause, after)) break;
      if (stances[after] !== 'refused') stances[after] = stance;
    }
  });
  return stances;
}

/** Whether "I want", "I just want" or "I'd like" begins here. Speech has no commas: "I don't want to return it I want to exchange it". */
function wishesAt(clause: readonly Word[], index: number): boolean {
  if (!SELF.has(clause[index]?.text ?? '')) return false;
  const next = clause[index + 1]?.text ?? '';
  const verb = ['just', 'really', 'only', 'still', 'would', 'do'].includes(next)
    ? (clause[index + 2]?.text ?? '')
    : next;
  return WISHES.has(verb);
}

function negationAt(clause: readonly Word[], index: number): Stance | undefined {
  const word = clause[index];
  if (!word) return undefined;
  const next = clause[index + 1]?.text;
  if ((word.text === 'instead' || word.text === 'other') && (next === 'of' || next === 'than')) return 'refused';
  if (word.text === 'rather' && next === 'than') return 'refused';
  if (word.text === 'no' && (next === 'longer' || next === 'need')) return 'reported';
  if (word.key !== 'not') return undefined;
  const ahead = [1, 2, 3].map((offset) => clause[index + offset]?.text ?? '');
  if (ahead.some((text) => WISHES.has(text)) && !ahead.includes('anymore')) return 'refused';
  const [two, one] = [clause[index - 2]?.text, clause[index - 1]?.text];
  // "don't cancel it", "please do not cancel it"
  if ((one === 'do' && !SELF.has(two ?? '') && two !== 'they' && two !== 'you') || one === undefined) return 'refused';
  // "I'm not returning it", "it's not a refund"
  if (one === 'am' || (one === 'is' && (next === 'a' || next === 'the' || next === 'my'))) return 'refused';
  const helping = [
    'do',
    'does',
    'did',
    'have',
    'has',
    'had',
    'is',
    'are',
    'was',
    'were',
    'can',
    'could',
    'will',
    'would',
  ];
  // "I not receive it yet": as many say it whose first language is another.
  if (SUBJECTS.has(one)) return 'reported';
  return helping.includes(one) || word.text === 'never' || word.text === 'cannot' ? 'reported' : 'refused';
}

/** What may stand at the very end of what is turned down, by its stem. */
const FAR: ReadonlySet<string> = new Set(['any', 'anymore', 'more'].map((word) => stemmer(word)));

/** Where the words of a phrase are, from a position on, with at most two other words between those that are not tied. */
function follow(
  clause: readonly Word[],
  position: number,
  { keys, tied }: Phrase,
  isKey: (word: Word | undefined, key: string) => boolean,
): readonly number[] | undefined {
  const places = [position];
  for (const [index, key] of keys.entries()) {
    if (index === 0) continue;
    const last = places.at(-1) ?? position;
    // "I don't want the kettle that I ordered any more", "when does my new tent finally get here".
    const far = (keys[0] === 'not' && FAR.has(key)) || (keys[0] === 'when' && index === 1);
    const reach = tied[index] ? 1 : far ? clause.length : 3;
    let place = -1;
    for (let next = last + 1; next <= last + reach && place < 0; next++) {
      if (isKey(clause[next], key)) place = next;
      // "I don't want to have it" is no report that it is lacking.
      else if (keys[0] === 'not' && WISHES.has(clause[next]?.text ?? '')) return undefined;
    }
    if (place < 0) return undefined;
    places.push(place);
  }
  return places;
}

/**
 * Whether a word is another one with two neighbours changed round, or a letter too many or too few inside. The first
 * and last letters must be right: endings are grammar, and a wrong beginning is rarely a slip.
 */
export function isSlip(text: string, meant: string): boolean {
  if (meant.length < 5 || text[0] !== meant[0]) return false;
  if (text.length === meant.length) {
    let at = 1;
    while (at < text.length && text[at] === meant[at]) at += 1;
    const swapped = text[at] === meant[at + 1] && text[at + 1] === meant[at];
    return at < text.length - 1 && swapped && text.slice(at + 2) === meant.slice(at + 2);
  }
  if (Math.abs(text.length - meant.length) !== 1 || text.at(-1) !== meant.at(-1)) return false;
  const [short, long] = text.length < meant.length ? [text, meant] : [meant, text];
  let at = 1;
  while (at < short.length && short[at] === long[at]) at += 1;
  // A letter more makes another word of a short one (money, monkey), unless it is struck twice.
  if (long === text && meant.length < 6 && long[at] !== long[at - 1]) return false;
  return short.slice(at) === long.slice(at + 1);
}
