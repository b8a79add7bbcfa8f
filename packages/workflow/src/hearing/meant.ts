import type { Match } from './sign.ts';
import type { Word } from './words.ts';

const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

/** Words that deny what comes after them. */
const DENIALS = set('no not never without none nor neither deny denies denied denying');
/** "Can't", "won't": who can't breathe says that something is wrong. */
const ABLE = set('can could will would');
/** Words that leave it open when they follow a denial: "I don't know whether", "not only", "it doesn't stop". */
const OPEN =
  set(`know think sure understand remember recall only just stop stops stopping go going getting get better improve
  improving easing ease let letting want care mind matter wait quite certain believe tell say like mean expect worry kidding
  joking lying doubt wonder question way idea clue normal longer time`);
/** Words that say it is as it was not before: "I've never felt pain like this". */
const UNLIKE = set('like this before such worse worst bad');
/** Who or what a new statement is about: a denial before it does not reach it. */
const SUBJECTS =
  set(`i id my mine he she they their his her hers it its there we our you your the this that these those somebody
  someone everyone everything now please help`);
/** Words that begin a new thought. */
const TURNS = set('but because cause cuz so then though although however except until till unless yet only just');
const HOW_FAR = 4;
/** As far as in a list: "no fever, chest pain or trouble breathing". */
const HOW_FAR_LISTED = 9;

/** Whether it is plainly said that it is not so. */
export function isDenied(words: readonly Word[], match: Match): boolean {
  const first = match[0] ?? 0;
  const own = new Set(match);
  // Between the sign's own words: "my chest does not hurt".
  const last = match.at(-1) ?? first;
  for (let at = first + 1; at < last; at++) {
    if (!own.has(at) && denies(words, at, own)) return !isUnlike(words, at, last);
  }
  let listed = false;
  for (let at = first - 1; at >= 0 && first - at <= HOW_FAR_LISTED + 1; at--) {
    const word = words[at];
    const after = words[at + 1];
    if (!word || !after || after.gap === 'stop') return false;
    if (after.gap === 'comma') listed = true;
    if (word.text === 'or' || word.text === 'nor') listed = true;
    if (denies(words, at, own)) {
      if (first - at - 1 > (listed ? HOW_FAR_LISTED : HOW_FAR)) return false;
      // A list that is denied says so by its "or": "she isn't answering, seizure" is none.
      if (hasComma(words, at, first) && !hasOr(words, at, first)) return false;
      return !isUnlike(words, at, last);
    }
    if (TURNS.has(word.text) || word.text === 'and') return false;
    if (SUBJECTS.has(word.text) && !isObject(words, at)) return false;
  }
  return false;
}

/** A denial, and nothing after it that leaves the matter open. */
function denies(words: readonly Word[], at: number, own: ReadonlySet<number>): boolean {
  const text = words[at]?.text ?? '';
  // "It's nothing like chest pain"; but "nothing helps" says that it is there.
  if (text === 'nothing' && words[at + 1]?.text === 'like') return true;
  if (!DENIALS.has(text) || own.has(at) || (text === 'not' && ABLE.has(words[at - 1]?.text ?? ''))) return false;
  for (const next of [words[at + 1], words[at + 2]]) {
    if (!next || next.gap === 'stop') break;
    // "I don't really know", "not even sure"
    if (OPEN.has(next.text)) return false;
    if (!/^(?:really|even|quite|exactly|actually|too|so|very|feel|feeling)$/.test(next.text)) break;
  }
  return true;
}

/** "I've never had chest pain like this": it is had now. */
function isUnlike(words: readonly Word[], denial: number, last: number): boolean {
  if (words[denial]?.text !== 'never') return false;
  return words.slice(last + 1, last + 6).some(({ text, gap }) => gap !== 'stop' && UNLIKE.has(text));
}

/** "in my chest", "with the": what it belongs to goes on. */
function isObject(words: readonly Word[], at: number): boolean {
  return /^(?:in|on|of|with|from|at|around|to|for|over|near|about|any|all)$/.test(words[at - 1]?.text ?? '');
}

const hasComma = (words: readonly Word[], from: number, to: number) =>
  words.slice(from + 1, to + 1).some(({ gap }) => gap === 'comma');

const hasOr = (words: readonly Word[], from: number, to: number) =>
  words.slice(from + 1, to + 8).some(({ text }) => text === 'or' || text === 'nor');

const NOW =
  set(`now again still today tonight currently moment since keeps keep started starting starts happening suddenly
  having feels feeling back coming same recently lately just right yesterday morning afternoon evening hour hours minute minutes
  going getting`);
const LONG = set('year years decade decades month months');
/** A time of life: no "back" that says it has come again. */
const BACK_IN =
  / back in (?:college|school|high school|the army|the navy|the service|the day|the \w+ties|(?:19|20)\d\d|nineteen \w+|twenty \w+) /;
const IT = set('it this that they');
const SPAN = 9;

/** Whether it is plainly said that it was long ago, and nothing that it is so now. */
export function isLongPast(words: readonly Word[], match: Match): boolean {
  const first = match[0] ?? 0;
  const last = match.at(-1) ?? first;
  const from = clauseStart(words, first);
  const to = clauseEnd(words, last);
  // "… and it feels the same now" speaks of it still.
  const more = IT.has(words[to]?.text === 'and' ? (words[to + 1]?.text ?? '') : (words[to]?.text ?? ''))
    ? clauseEnd(words, to + 1)
    : to;
  const clause = words.slice(from, to).map(({ text }) => text);
  const all = ` ${words
    .slice(from, more)
    .map(({ text }) => text)
    .join(' ')} `.replace(BACK_IN, ' ');
  const text = ` ${clause.join(' ')} `;
  const past =
    clause.some((word, at) => word === 'ago' && LONG.has(clause[at - 1] ?? '')) ||
    / (?:years|decades|months) (?:back|before) /.test(text) ||
    / (?:long time|ages) ago /.test(text) ||
    / (?:in|since|around|about|back in) (?:19|20)\d\d /.test(text) ||
    / in (?:nineteen|twenty) (?:[a-z]+) /.test(text) ||
    / last year /.test(text) ||
    / as a (?:\w+ )?(?:child|kid|baby|boy|girl|teenager|teen|student) /.test(text) ||
    / when (?:i|he|she|they|we) (?:was|were) (?:a|an|in|little|young|younger|small|\d+|\w+teen|twenty|thirty|forty|fifty|three|four|five|six|seven|eight|nine|ten|eleven|twelve) /.test(
      text,
    ) ||
    BACK_IN.test(text) ||
    / (?:had|suffered|got) (?:\w+ ){0,5}in (?:my|his|her|their) (?:early |mid |late )?(?:teens|twenties|thirties|forties|fifties|sixties) /.test(
      text,
    ) ||
    / (?:used to|history of|family history|runs in (?:my|the|our)|survived|survivor) /.test(text) ||
    / (?:died|passed away|passed) (?:of|from|after) /.test(text);
  if (!past) return false;
  const ongoing = / since (?:19|20)\d\d /.test(text) && / (?:have|has|ive|had) /.test(text);
  return !ongoing && !all.split(' ').some((word) => NOW.has(word));
}

function clauseStart(words: readonly Word[], first: number): number {
  let at = first;
  while (at > 0 && first - at < SPAN && !begins(words, at)) at--;
  return at;
}

function clauseEnd(words: readonly Word[], last: number): number {
  let at = last + 1;
  while (at < words.length && at - last <= SPAN && !begins(words, at)) at++;
  return at;
}

/** Whether another statement begins at this word. */
function begins(words: readonly Word[], at: number): boolean {
  const word = words[at];
  if (!word) return true;
  if (word.gap === 'stop' || /^(?:but|because|however|though|although)$/.test(word.text)) return true;
  const subject = word.text === 'and' ? words[at + 1]?.text : word.gap === 'comma' ? word.text : undefined;
  return subject !== undefined && (SUBJECTS.has(subject) || NOW.has(subject));
}
