import type { ChoiceOffered } from '@parley/engine';
import type { Reader, Reading, Unit } from './words.ts';

/** How well a choice fits what was said. */
export interface Match {
  readonly name: string;
  /** 0: nothing speaks for it; 1: the caller's words are one of its examples. */
  readonly score: number;
  /** The example it is like, where it is. */
  readonly example: string | undefined;
  /** The words of the choice that were met. */
  readonly words: readonly string[];
  /** What was said is the choice's very name or one of its examples. */
  readonly exact: boolean;
  /** The clause of what was said that speaks for it most. */
  readonly clause: number;
  /** How much each clause speaks for it. */
  readonly byClause: ReadonlyMap<number, number>;
  /** The choice is for a caller who asks for a person. */
  readonly person: boolean;
  /** It fits because the caller lacks something: does not have it, know it, find it. */
  readonly lacking: boolean;
}

export interface MatchOptions {
  /** Only the clauses from this one on. */
  readonly from?: number;
  /** Features that say little here, because the question itself held them. */
  readonly dim?: ReadonlySet<string>;
}

/** A feature of a choice: how much it says, the word that has it, whether it is said plainly or turned down, and as done or to do. */
interface Own {
  readonly weight: number;
  readonly word: string;
  readonly plain: boolean;
  readonly done: boolean;
}

/** What a choice can be met by. */
interface Profile {
  readonly features: ReadonlyMap<string, Own>;
  readonly texts: readonly { readonly text: string; readonly reading: Reading; readonly sentence: Sentence }[];
  readonly person: boolean;
  /** Its name, as words. */
  readonly called: string;
}

/** A name says less of what a choice is for than its description. */
const OF_NAME = 0.6;
const OF_MEANING = 0.85;
/** What a word counts that is in one of many examples, to one that is in all. */
const PASSING = 0.7;
/** Below this a word adds nothing to the evidence, only to the likeness of whole sentences. */
const SPEAKS = 0.15;
/** What a word counts at least when sentences are compared, however many choices have it. */
const LEAST = 0.15;
/** What a word counts that says that something was done, to one that wishes it. */
const DONE = 0.35;
const PERSON = '=person';
const LACKING = '=lacking';

/** How well a feature tells the choices apart: 0 when all have it, 1 when one or none has. */
type Telling = (feature: string) => number;

/** The words of choices that a caller may have mistyped. */
export function vocabularyOf(reader: Reader, choices: readonly ChoiceOffered[]): ReadonlySet<string> {
  return new Set(
    choices.flatMap(({ when, examples }) => [when, ...examples].flatMap((text) => reader.readKept(text).content)),
  );
}

/** The choices by how well they fit, the best first. */
export function matchChoices(
  reader: Reader,
  choices: readonly ChoiceOffered[],
  heard: Reading,
  { from = 0, dim = new Set() }: MatchOptions = {},
): readonly Match[] {
  const profiles = choices.map((choice) => ({ choice, ...profileOf(reader, choice) }));
  const units = heard.units.filter(({ clause }) => clause >= from);
  /** A word that every choice has tells none of them apart. */
  const telling = (feature: string) => {
    const having = profiles.filter(({ features }) => features.has(feature)).length;
    const rarity = Math.log((profiles.length + 1) / Math.max(1, having)) / Math.log(profiles.length + 1);
    return rarity ** 2 * (dim.has(feature) ? 0.15 : 1);
  };
  const sentences = sentencesOf(units);
  const told = new Map<string, number>();
  const toldOnce = (feature: string) => {
    const before = told.get(feature);
    if (before !== undefined) return before;
    const now = telling(feature);
    told.set(feature, now);
    return now;
  };
  return profiles
    .map((profile) => matchOne(profile, units, heard, sentences, toldOnce))
    .sort((a, b) => b.score - a.score);
}

/** Profiles are of the workflows' own words, and the same choices come again at every turn. */
const kept = new Map<string, Profile>();
const KEPT = 2_000;

function profileOf(reader: Reader, choice: ChoiceOffered): Profile {
  const key = JSON.stringify([choice.name, choice.when, choice.examples]);
  const before = kept.get(key);
  if (before) return before;
  const features = new Map<string, Own>();
  const name = choice.name.replace(/_/g, ' ').replace(/([a-z])([A-Z])/g, '$1 $2');
  const texts = [choice.when, ...choice.examples].map((text) => {
    const reading = reader.readKept(text);
    return { text, reading, sentence: sentenceOf(reading.units) };
  });
  const times = new Map<string, number>();
  for (const { reading } of texts)
    for (const feature of new Set(reading.units.flatMap((unit) => unit.features)))
      times.set(feature, (times.get(feature) ?? 0) + 1);
  const add = ({ units, plain }: Reading, share: number) => {
    const words = plain.split(' ');
    for (const unit of units) {
      if (unit.stance === 'refused' || unit.weight < SPEAKS) continue;
      for (const feature of unit.features) {
        const before = features.get(feature);
        // What comes up in most of its texts is what the choice is about.
        const central = PASSING + (1 - PASSING) * ((times.get(feature) ?? texts.length) / texts.length);
        const weight = unit.weight * share * central;
        const [plainly, word] = [unit.stance === 'plain', words[unit.at] ?? ''];
        const done = unit.done === true || before?.done === true;
        if (before === undefined || before.weight < weight)
          features.set(feature, { weight, word, plain: plainly, done });
        else if ((plainly && !before.plain) || done !== before.done)
          features.set(feature, { ...before, plain: plainly || before.plain, done });
      }
    }
  };
  for (const { reading } of texts) add(reading, 1);
  add(reader.readKept(name), OF_NAME);
  const person = texts[0]?.reading.units.some(({ features: of }) => of.includes(PERSON)) ?? false;
  const profile = { features, texts, person, called: reader.readKept(name).plain };
  if (kept.size >= KEPT) kept.clear();
  kept.set(key, profile);
  return profile;
}

function matchOne(
  { choice, features, texts, person, called }: Profile & { readonly choice: ChoiceOffered },
  units: readonly Unit[],
  heard: Reading,
  sentences: readonly Sentence[],
  telling: Telling,
): Match {
  const met = new Map<string, number>();
  let [evidence, against] = [0, 0];
  const byClause = new Map<number, number>();
  const words: string[] = [];
  let lacking = false;
  for (const unit of units) {
    if (unit.weight < SPEAKS) continue;
    let [best, via, word] = [0, '', ''];
    for (const feature of unit.features) {
      const own = features.get(feature);
      if (!own) continue;
      const like = feature.startsWith('=') && unit.features.length > 1 ? OF_MEANING : 1;
      // "It works" is not "it doesn't work".
      const turned = unit.stance === 'plain' && !own.plain ? 0.6 : 1;
      // "I cancelled it last week" asks for no cancellation.
      const late = unit.done && !own.done ? DONE : 1;
      const worth = Math.sqrt(unit.weight * own.weight) * like * turned * late * telling(feature);
      if (worth > best) [best, via, word] = [worth, feature, own.word];
    }
    if (best === 0) continue;
    if (unit.stance === 'refused') {
      against += best;
      continue;
    }
    const before = met.get(via) ?? 0;
    if (best <= before) continue;
    met.set(via, best);
    lacking ||= unit.features.includes(LACKING);
    evidence += best - before;
    if (best > 0.3) {
      byClause.set(unit.clause, (byClause.get(unit.clause) ?? 0) + best - before);
      if (!words.includes(word)) words.push(word);
    }
  }
  const asked = person && units.some(({ features: of, stance }) => stance !== 'refused' && of.includes(PERSON));
  const weighed = Math.max(0, evidence * (asked ? 1.6 : 1) - against);
  // Who says a choice's name means it: "a delay".
  const isCalled =
    called !== '' && (heard.plain === called || heard.plain === `a ${called}` || heard.plain === `the ${called}`);
  let exact = isCalled;
  let [near, example] = [isCalled ? 1 : 0, ''];
  for (const { text, reading, sentence } of texts) {
    if (reading.plain === '') continue;
    // "What is it for" is like nothing but itself: all of its words are everywhere.
    const says = sentence.units.some(({ weight }) => weight >= SPEAKS);
    // A clause of what was said counts a little less than all of it.
    const likeness = (says ? sentences : []).map(
      (said, index) => likenessOf(said, sentence, telling) * (index === 0 ? 1 : 0.97),
    );
    // What is turned down counts for nothing by its words: "don't record me, it's jane@example.com" holds the example whole.
    const refuses = reading.units.some(({ stance }) => stance === 'refused');
    const held = refuses && reading.words >= 3 && ` ${heard.plain} `.includes(` ${reading.plain} `) ? 0.97 : 0;
    const most = heard.plain === reading.plain ? 1 : Math.max(held, ...likeness);
    exact ||= most === 1 && heard.plain === reading.plain;
    if (most > near) [near, example] = [most, text];
  }
  const [clause] = [...byClause].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0] ?? [units[0]?.clause ?? 0];
  const score = 1 - (1 - 0.95 * near ** 2) * Math.exp(-1.15 * weighed);
  return {
    name: choice.name,
    score,
    example: near >= 0.7 && example !== '' && example !== choice.when ? example : undefined,
    words: words.filter((word) => word !== ''),
    exact,
    clause,
    byClause,
    person,
    lacking,
  };
}

/** Words to compare with others. */
interface Sentence {
  readonly units: readonly Unit[];
  /** Those of the words that are not turned down, and whether what they name has been done. */
  readonly features: ReadonlyMap<string, boolean>;
}

const sentenceOf = (units: readonly Unit[]): Sentence => ({
  units,
  features: new Map(
    units.flatMap(({ stance, features, done = false }) =>
      stance === 'refused' ? [] : features.map((feature) => [feature, done] as const),
    ),
  ),
});

/** All that was said, and each clause of it. */
function sentencesOf(units: readonly Unit[]): readonly Sentence[] {
  const clauses = [...new Set(units.map(({ clause }) => clause))];
  const each = clauses.length > 1 ? clauses.map((one) => units.filter(({ clause }) => clause === one)) : [];
  return [units, ...each].map(sentenceOf);
}

/** How like two sentences are, small words included: 0 to 1. */
function likenessOf(one: Sentence, other: Sentence, telling: Telling): number {
  const [first, second] = [shared(one, other, telling), shared(other, one, telling)];
  const total = first.total + second.total;
  return total === 0 ? 0 : (first.met + second.met) / total;
}

function shared({ units }: Sentence, { features }: Sentence, telling: Telling) {
  let [met, total] = [0, 0];
  for (const { features: own, weight, stance, done = false } of units) {
    let tells = LEAST;
    let known = 0;
    for (const feature of own) {
      tells = Math.max(tells, telling(feature));
      const theirs = features.get(feature);
      if (theirs !== undefined) known = Math.max(known, theirs === done ? 1 : DONE);
    }
    total += weight * tells;
    if (stance !== 'refused') met += weight * tells * known;
  }
  return { met, total };
}
