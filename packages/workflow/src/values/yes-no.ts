import { tokenise } from './tokens.ts';

type Answer = 'yes' | 'no';
interface Phrase {
  readonly words: readonly string[];
  readonly answer: Answer | undefined;
  /** Only where nothing else is said: "right" but not "right now", "correct" but not "correct the address". */
  readonly alone: boolean;
}

const table = (answer: Answer | undefined, alone: boolean, phrases: string): readonly Phrase[] =>
  phrases.split('|').map((phrase) => ({ words: phrase.trim().split(' '), answer, alone }));

/** The longest that begins an utterance decides, so that "no problem" is no "no". */
const PHRASES: readonly Phrase[] = [
  ...table(
    'yes',
    false,
    'yes|yeah|yep|yup|yea|yah|ya|yess|aye|sure|sure thing|absolutely|definitely|certainly|of course|affirmative|you bet|' +
      'go ahead|please do|go for it|sounds good|sounds great|sounds right|by all means|no problem|not a problem|no doubt|' +
      'no worries|no objection|no objections|why not|uh huh|mm hmm|mhm|mm hm|mmhmm|uh hu|indeed|totally|works for me|yes please|that works|' +
      "i'd love to|i would love to|i'd love that|let's do it|let's do that|i confirm|confirmed|that's the one|that is the one|i don't see why not",
  ),
  ...table(
    'yes',
    true,
    'y|correct|right|alright|all right|ok|okay|k|fine|great|perfect|exactly|exactly right|good|do it|do that|do so|it is|it does|i do|i am|i did|i have|' +
      "i will|i would|i can|that's right|that is right|that's correct|that is correct|that's it|that's fine|that is fine|that's ok|" +
      "that's okay|that's good|that's great|that'd be great|that would be great|that would be fine|that's perfect|that's true|that is true|true|" +
      "that's me|that is me|this is|it's right|it's correct|it is correct|it is right|you're right|you got it|all good|" +
      'looks good|looks right|looks correct|please|i think so|i guess so|i believe so|i suppose so|guess so|think so|so be it|' +
      'i would like that|i want that|i want to|i agree|agreed|very good|very well|that sounds good|that sounds right|that sounds great|' +
      "sounds fine|sounds okay|everything is correct|all correct|i guess|i suppose|i hope so|i'm sure|i am sure|just do it|okay then|ok then|" +
      "that's what i said|that's what i want|that's what i wanted|if you could|if you would",
  ),
  ...table(
    'no',
    false,
    'no|nope|nah|naw|no way|no thanks|no thank you|negative|not really|not at all|not yet|not quite|not exactly|not today|not now|' +
      "not that|not this|absolutely not|definitely not|certainly not|of course not|i don't think so|i do not think so|don't think so|don't|" +
      "do not|please don't|please do not|i don't|i do not|i didn't|i did not|i won't|i wouldn't|" +
      "i'd rather not|i would rather not|rather not|hell no|never|it isn't|it is not|it's not|it wasn't|it doesn't|" +
      "that's not|that is not|that isn't|that's wrong|that is wrong|that's incorrect|that is incorrect|wrong|incorrect|" +
      "that doesn't|that does not|you're wrong|not correct|not right|not me|nothing|that won't work|" +
      "nuh uh|not a chance|no chance|by no means|in no way|i'm afraid not|i am afraid not|i think not|don't you dare|doesn't sound right|" +
      'sounds wrong|i would not',
  ),
  ...table(
    'no',
    true,
    "i haven't|i'm not|i am not|i can't|n|never mind|nevermind|forget it|stop|false|cancel that|hold on no|i changed my mind|" +
      "i've changed my mind|i have changed my mind|changed my mind",
  ),
  ...table(
    undefined,
    false,
    "i don't know|i do not know|don't know|dunno|i dunno|not sure|i'm not sure|i am not sure|i'm not certain|no idea|no clue|maybe|perhaps|" +
      "i don't remember|i don't have|i do not have|i don't understand|i didn't understand|i didn't hear|i didn't catch|i didn't get|i don't get it|" +
      "no one|nobody|no wonder|no need|i don't recall|don't recall|i can't recall|i don't believe it|don't you|do not you|don't we|don't they|don't i|do not let|isn't it|it depends|depends|i can't hear|i can't find|i can't remember|don't care|i don't care|" +
      "i don't mind|i haven't got|i'm not able|yes or no|what's right|do not have|don't have|i can't tell|nothing wrong|nothing's wrong|nothing is wrong",
  ),
];
const FILLERS = new Set(
  'uh um er erm eh hmm hm oh ah well so and then hi hello hey look listen actually like ok okay alright'.split(' '),
);
const POLITE = new Set(
  "please thanks thank you sir ma'am madam very much kindly mate buddy man dear indeed so really it is i do am did just that's that right correct".split(
    ' ',
  ),
);
const TURNS = new Set('but except however although though wait actually instead only unless hold hang if'.split(' '));
/** As people type them. */
const CONTRACTIONS: ReadonlyMap<string, string> = new Map(
  "dont:don't thats:that's im:i'm isnt:isn't cant:can't wont:won't didnt:didn't doesnt:doesn't wasnt:wasn't havent:haven't wouldnt:wouldn't"
    .split(' ')
    .map((pair): [string, string] => {
      const [typed = '', meant = ''] = pair.split(':');
      return [typed, meant];
    }),
);
/** What is said as much to thank or to close as to agree. */
const ACKNOWLEDGED = /^(ok|okay|great|fine|good|perfect|alright|very good|that's it|that's great|that's good|k)$/;
const POLITE_IF =
  /^if (?:possible|you|that's (?:ok|okay|all right|alright|fine|right|possible)|it's (?:ok|okay|possible))\b/;
/** "I think that's right", "the answer is yes". */
const OPENINGS = [
  'i think',
  'i mean',
  'i guess',
  'i believe',
  'i suppose',
  'i would say',
  "i'd say",
  'the answer is',
  'i said',
  'my answer is',
  "it's a",
  'that would be',
  'that is',
  "that's a",
].map((phrase) => phrase.split(' '));

/**
 * Whether an utterance as a whole says yes or no, to a question that takes one. Undefined where it says neither,
 * both, or that the caller doesn't know. A yes with something more ("yes, but change the address") is less sure than
 * a plain one. `confidence` is 0 to 1.
 */
export function yesNo(utterance: string): { readonly answer: 'yes' | 'no'; readonly confidence: number } | undefined {
  const thumb = /^\s*(👍|👎)/u.exec(utterance)?.[1];
  if (thumb !== undefined) return { answer: thumb === '👍' ? 'yes' : 'no', confidence: 0.9 };
  const tokens = tokenise(utterance).filter(({ kind }) => kind !== 'mark');
  const words = tokens.map(({ text }) => CONTRACTIONS.get(text) ?? text);
  // "Oh no! Somebody has taken my card" is a cry, and no answer.
  if (startsWith(words, ['oh', 'no']) && !words.slice(2).every((word) => POLITE.has(word))) {
    const rest = words.slice(2);
    if (phraseAtStart(begin(rest)) === undefined) return undefined;
  }
  const start = begin(words);
  const first = phraseAtStart(start);
  const lead = first ?? phraseAtStart(words);
  if (!lead) return atEnd(words);
  if (lead.answer === undefined) return undefined;
  return weigh({ ...lead, answer: lead.answer }, 0);
}

/** The words from the first that isn't a filler; all of them where nothing else is said. */
function begin(words: readonly string[]): readonly string[] {
  let rest = words;
  for (;;) {
    const opening = OPENINGS.find((phrase) => startsWith(rest, phrase) && phraseAtStart(rest) === undefined);
    if (opening) rest = rest.slice(opening.length);
    else if (
      FILLERS.has(rest[0] ?? '') &&
      (phraseAtStart(rest)?.words ?? 0) <= 1 &&
      rest.length > 1 &&
      !startsWith(rest, ['uh', 'huh'])
    )
      rest = rest.slice(1);
    else return rest;
  }
}

function startsWith(words: readonly string[], phrase: readonly string[]): boolean {
  return phrase.every((word, index) => words[index] === word);
}

interface Lead {
  readonly answer: Answer | undefined;
  readonly rest: readonly string[];
  /** How many words it took. */
  readonly words: number;
  readonly said: string;
  /** It ends in a "not". */
  readonly denies: boolean;
}

function phraseAtStart(words: readonly string[]): Lead | undefined {
  const fitting = PHRASES.filter((phrase) => {
    if (!startsWith(words, phrase.words)) return false;
    const rest = words.slice(phrase.words.length);
    return !phrase.alone || rest.every((word) => POLITE.has(word)) || beginsWithAnswer(rest) || rest[0] === 'but';
  }).sort((a, b) => b.words.length - a.words.length);
  const [longest] = fitting;
  return (
    longest && {
      answer: longest.answer,
      rest: words.slice(longest.words.length),
      words: longest.words.length,
      said: longest.words.join(' '),
      denies: longest.answer === 'no' && /^(not|.*n't)$/.test(longest.words.at(-1) ?? ''),
    }
  );
}

function beginsWithAnswer(words: readonly string[]): boolean {
  return PHRASES.some(
    (phrase) =>
      phrase.answer === 'yes' &&
      startsWith(words, phrase.words) &&
      (!phrase.alone || words.length === phrase.words.length),
  );
}

function weigh(
  { answer, rest, denies, said }: Lead & { readonly answer: Answer },
  depth: number,
): { answer: Answer; confidence: number } | undefined {
  if (rest.length === 0) return { answer, confidence: 0.95 };
  // "That's not right", "don't do it": what follows is what is denied.
  if (denies) return { answer, confidence: rest.length <= 4 ? 0.9 : 0.65 };
  if (answer === 'yes' && ACKNOWLEDGED.test(said) && rest.some((word) => /^thanks?$/.test(word)))
    return { answer, confidence: 0.7 };
  if (answer === 'no' && /^(that's|that is) (all|it|everything)/.test(rest.join(' ')))
    return { answer, confidence: 0.9 };
  if (
    answer === 'no' &&
    /^((that's|that is|it's|i'm|i am|all|we're|you're) )+(fine|good|okay|ok|alright|great|set|all set)/.test(
      rest.join(' '),
    )
  )
    // "No, that's fine": no to what was offered; seldom yes to what was said.
    return { answer, confidence: 0.6 };
  const more = phraseAtStart(begin(rest));
  if (more?.answer !== undefined && depth < 4) {
    const then = weigh({ ...more, answer: more.answer }, depth + 1);
    if (more.answer === answer) return then && { answer: then.answer, confidence: Math.min(then.confidence, 0.95) };
    // "No, that's right" says both; "yeah, no" and "no wait, yes" end with what is meant.
    if (/^(right|correct|that's|that|it's|it)/.test(begin(rest)[0] ?? '')) return undefined;
    // "Yes please. I don't want to wait" goes on about something else.
    const contrary = /^(no|nope|nah|wait|yes|yeah|yep|yup|sure)$/.test(begin(rest)[0] ?? '');
    if (!contrary) return { answer, confidence: 0.65 };
    return then && { answer: then.answer, confidence: Math.min(then.confidence, 0.6) };
  }
  if (rest.every((word) => POLITE.has(word))) return { answer, confidence: 0.95 };
  const turn = rest.findIndex((word) => TURNS.has(word));
  if (turn >= 0) {
    // "Yes if it's free" agrees to something else; "yes if you can" is polite.
    if (answer === 'yes' && /^(if|unless)$/.test(rest[turn] ?? '') && !POLITE_IF.test(rest.slice(turn).join(' ')))
      return undefined;
    const after = rest.slice(turn + 1);
    const changed = phraseAtStart(begin(after));
    if (
      changed?.answer !== undefined &&
      changed.answer !== answer &&
      (/^(wait|actually|hold|hang)$/.test(rest[turn] ?? '') || changed.rest.length === 0)
    ) {
      // "Yes. Wait, no, yes, do that": who goes back and forth means what is said last.
      const last = depth < 4 ? weigh({ ...changed, answer: changed.answer }, depth + 1) : undefined;
      return { answer: last?.answer ?? changed.answer, confidence: 0.6 };
    }
    return { answer, confidence: answer === 'no' ? 0.8 : 0.6 };
  }
  return { answer, confidence: answer === 'no' ? 0.8 : rest.length <= 6 ? 0.8 : 0.65 };
}

/** "Sorry, what was that, oh, yes": the last word answers. */
function atEnd(words: readonly string[]) {
  const last = words.at(-1) ?? '';
  const said = last === 'please' ? words.at(-2) : last;
  if (/^(yes|yeah|yep|yup)$/.test(said ?? '')) return { answer: 'yes', confidence: 0.6 } as const;
  return /^(no|nope|nah)$/.test(said ?? '') && words.length <= 12
    ? ({ answer: 'no', confidence: 0.6 } as const)
    : undefined;
}
