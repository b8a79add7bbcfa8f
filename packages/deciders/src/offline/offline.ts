import type { ChoiceOffered, Decider, Decision, Question } from '@parley/engine';
import { type Json, ParleyError, yesNo } from '@parley/workflow';
import { type Match, matchChoices, vocabularyOf } from './match.ts';
import { isName } from './name.ts';
import { choiceOfValue, isForAnother, recognise } from './recognise.ts';
import { isFree, readMended, readWhole } from './whole.ts';
import { LONGEST, loadReader, type Reader, type Reading } from './words.ts';

/** How well a choice must fit to be picked at all. */
const ENOUGH = 0.45;
/** How well the second may fit, in terms of the first, for the first to be what was meant. */
const CLOSE = 0.82;
/** How well a choice must fit to go before a plain answer: values, a yes or a no. */
const STRONG = 0.6;
/** How well a choice must fit to go before an answer in the caller's own words. */
const SURE = 0.8;

/** What words weigh that say too little by themselves. */
const WORDLESS = 0.3;

/** "I can't get at my phone" holds a no, but does not answer a question with one. */
const PLAINLY = /^\W*(?:(?:uh+|um+|er+|eh|oh|well|so|ok(?:ay)?)\W+)*(?:yes|yeah|yep|yup|sure|no|nope|nah|not|don't)\b/i;
const BRIEF = 4;
/** A yes, and no "huh?". */
const UH_HUH = /\b(?:uh[ -]?huh|mm+[ -]?hm+|mhm+)\b/gi;

const WRONG = /\b(?:wrong|incorrect|(?:not|isn't|aren't) (?:right|correct|true))\b/i;

/** "No, that doesn't work for me" turns down what is proposed, and says that nothing is broken. */
const UNSUITED =
  /^\W*(?:(?:no|nope|nah|sorry|uh+|um+)\W+)*(?:that|this)\s+(?:(?:does|will|would) not|(?:does|wo|would)n['’]?t)\s+(?:work|suit|do)(?:\s+(?:for\s+)?(?:me|us|them))?\W*$/i;

const BUILT_IN: { readonly [kind in Question['kind']]: readonly string[] } = {
  ask: ['unclear'],
  form: ['unclear', 'answered'],
  confirm: ['unclear', 'yes', 'no', 'changed'],
  decide: [],
};

/**
 * A decider that needs no network and no key, and gives the same answer to the same question every time. It matches
 * the caller's words to the choices' descriptions and examples, and fills variables with the recognisers of the
 * language's types. English only. It answers `unclear` rather than guess; in a `decide` step, where that can't be
 * answered, it throws a ParleyError `decider/undecided`.
 */
export function offlineDecider(): Decider {
  return {
    name: 'offline',
    async decide(question) {
      const reader = await loadReader();
      const decided = question.kind === 'decide' ? await weigh(reader, question) : answer(reader, question);
      return { ...decided, confidence: Math.round(decided.confidence * 100) / 100, by: { decider: 'offline' } };
    },
  };
}

/** What was said, and what there is to pick from besides what every question of the kind has. */
interface Said {
  readonly text: string;
  readonly reading: Reading;
  readonly own: readonly ChoiceOffered[];
}

type Verdict =
  | { readonly match: Match; readonly confidence: number; readonly also?: Match }
  | { readonly between: readonly Match[]; readonly confidence: number };

function answer(reader: Reader, question: Question): Decision {
  // What has signs of its own, and was not heard by them, words alone don't tell any better.
  const own = question.choices.filter(
    ({ name, examples, unheard }) => !BUILT_IN[question.kind].includes(name) && (!unheard || examples.length > 0),
  );
  const text = (question.heard ?? '').slice(0, LONGEST).replace(UH_HUH, 'yes');
  const said = { text, reading: reader.read(text, vocabularyOf(reader, own)), own };
  if (said.reading.words === 0) return unclear({}, 1, 'Nothing was said.');
  switch (question.kind) {
    case 'confirm':
      return answerConfirm(reader, question, said);
    case 'form':
      return answerForm(reader, question, said);
    default:
      return answerAsk(reader, question, said);
  }
}

function answerAsk(reader: Reader, question: Question, said: Said): Decision {
  const { values, rest, wording, named } = recognise(question, said.text);
  const words = vocabularyOf(reader, said.own);
  const spoken = wording === said.text ? said.reading : reader.read(wording, words);
  const verdict = choose(reader, said.own, spoken);
  if ('match' in verdict) return picked(verdict, valuesBeside(reader, question, said, verdict.match) ?? values);
  const forValue = (isChoice: boolean): Decision | undefined => {
    const given = choiceOfValue(question, said.own, values, isChoice);
    const why = `${given?.name} is for giving a value, and one was given.`;
    return given && { choice: given.name, values, confidence: 0.8, why };
  };
  const given = forValue(false);
  if (given !== undefined) return given;
  // A value alone says nothing of what is to be done.
  if (named !== said.text && reader.read(rest).units.some(({ weight }) => weight > WORDLESS)) {
    const meant = choose(reader, said.own, reader.read(named, words));
    if ('match' in meant) return picked(meant, values);
  }
  // Of choices that are as likely, the one whose value was named: "it's the wrong one".
  const chosen = forValue(true);
  const { between } = verdict;
  if (chosen !== undefined && (between.length === 0 || between.some(({ name }) => name === chosen.choice)))
    return chosen;
  const plain = plainAnswer(said);
  return plain ?? unclear(values, verdict.confidence, whyNot(verdict));
}

/** Of two things said at once, the values that belong to the one that is done: "where's W1000004 and cancel W1000003". */
function valuesBeside(reader: Reader, question: Question, { text, own }: Said, { name }: Match) {
  const pieces = text.split(/(?<=[.;?!])\s+|,\s+|\s+(?=(?:and|but)\b)/);
  const words = vocabularyOf(reader, own);
  const found = pieces.map((piece) => {
    const { values, wording } = recognise(question, piece);
    const verdict = choose(reader, own, reader.read(wording, words));
    return { values, choice: 'match' in verdict ? verdict.match.name : undefined };
  });
  const beside = found.filter(({ choice }) => choice === name).map(({ values }) => values);
  // Where only one thing was spoken of, or what is done has no value of its own, all that was said counts.
  if (beside.length !== 1 || found.every(({ choice }) => choice === undefined || choice === name)) return undefined;
  return Object.assign({}, ...found.map(({ values }) => values), ...beside);
}

/** A yes or no to a question whose choices are a yes and a no. */
function plainAnswer({ text, own }: Said): Decision | undefined {
  const heard = yesNo(text);
  const choice = heard && own.find(({ name, examples }) => name === heard.answer || examples.includes(heard.answer));
  if (!heard || !choice || heard.confidence < 0.6) return undefined;
  if (!PLAINLY.test(text) && text.trim().split(/\s+/).length > BRIEF) return undefined;
  return { choice: choice.name, values: {}, confidence: heard.confidence, why: `The caller said ${heard.answer}.` };
}

function answerForm(reader: Reader, question: Question, said: Said): Decision {
  const { values, wanted, rest, marked } = recognise(question, said.text);
  const spoken = rest === said.text ? said.reading : reader.read(marked, vocabularyOf(reader, said.own));
  // The question's own words come back in every answer to it: they tell nothing.
  const names = question.fill.map(
    ({ name, variable }) => `${spaced(name)}. ${variable.about ?? ''}. ${variable.ask ?? ''}`,
  );
  const dim = new Set(reader.readKept(names.join('. ')).units.flatMap(({ features }) => features));
  const verdict = choose(reader, said.own, spoken, dim);
  const given = Object.keys(values);
  const first = question.fill.find((variable) => variable.wanted);
  const found = first !== undefined && wanted.includes(first.name);
  const whole = found ? undefined : readWhole(question, said.text, rest);
  const has = found || (first !== undefined && whole !== undefined && isName(first));
  // Who gives what is asked for does not lack it: "Tyler Jones, but I forgot my PIN".
  // An answer to the question, above all one in words of one's own, may happen to hold a word of some choice.
  const least = found || (whole !== undefined && isFree(first)) ? SURE : given.length === 0 ? 0 : STRONG;
  // "That was wrong, size ten" takes back no order number: the choice that is for giving one was not meant.
  const elsewhere = 'match' in verdict && isForAnother(question, said.own, verdict.match.name, values);
  const stands = 'match' in verdict && verdict.match.score >= least && !elsewhere;
  if (stands && !(has && verdict.match.lacking)) return picked(verdict, values);
  const all = whole === undefined ? values : { ...values, [whole.name]: whole.value };
  if (wanted.length > 0) return filled(all, 0.9);
  if (whole !== undefined) return filled(all, 0.6);
  if (given.length > 0) return filled(values, 0.8);
  // "No, only that", where a no is one of the choices.
  const plain = plainAnswer(said);
  if (plain !== undefined) return plain;
  return unclear(values, verdict.confidence, 'No value that is asked for was recognised.');
}

function answerConfirm(reader: Reader, question: Question, said: Said): Decision {
  const { values, rest } = recognise(question, said.text);
  const offers = (name: string) => question.choices.some((choice) => choice.name === name);
  if (UNSUITED.test(said.text) && offers('no'))
    return { choice: 'no', values: {}, confidence: 0.8, why: 'What was proposed does not suit the caller.' };
  const plain = yesNo(said.text);
  const spoken = rest === said.text ? said.reading : reader.read(rest, vocabularyOf(reader, said.own));
  const verdict = choose(reader, said.own, spoken);
  const given = Object.keys(values);
  const least = given.length > 0 && offers('changed') ? SURE : plain === undefined ? ENOUGH : STRONG;
  if ('match' in verdict && verdict.match.score >= least) return picked(verdict, values);
  const mended = plain?.answer === 'no' && given.length === 0 && offers('changed') && readMended(question, said.text);
  if (mended) {
    const why = `The caller gave another ${spaced(mended.name)}.`;
    return { choice: 'changed', values: { [mended.name]: mended.value }, confidence: 0.7, why };
  }
  const corrects = plain?.answer !== 'yes' || /\b(?:but|except|change|instead|only|wrong|not)\b/i.test(said.text);
  if (given.length > 0 && corrects && offers('changed'))
    return {
      choice: 'changed',
      values,
      confidence: 0.85,
      why: `The caller gave another ${given.map(spaced).join(' and ')}.`,
    };
  if (plain !== undefined && plain.confidence >= 0.55 && offers(plain.answer))
    return { choice: plain.answer, values: {}, confidence: plain.confidence, why: `The caller said ${plain.answer}.` };
  if (plain === undefined && given.length === 0 && WRONG.test(said.text) && offers('no'))
    return { choice: 'no', values: {}, confidence: 0.7, why: 'The caller said that something is wrong.' };
  return unclear({}, verdict.confidence, 'This was neither a yes nor a no.');
}

/** A decision without a caller: what is known is matched to the choices. */
async function weigh(reader: Reader, question: Question): Promise<Decision> {
  const known = Object.entries(question.memory).map(([name, value]) => `${spaced(name)}: ${wordsOf(value)}`);
  const lines = (await question.transcript()).filter(({ who }) => who === 'caller').map(({ text }) => text);
  for (const texts of [known, lines]) {
    const match = matchChoices(reader, question.choices, reader.read(texts.join('. ')))[0];
    if (match && match.score >= ENOUGH) {
      const of = texts === known ? 'What is known' : 'What the caller said';
      return { choice: match.name, values: {}, confidence: match.score * 0.8, why: `${of} fits ${match.name} best.` };
    }
  }
  throw new ParleyError('decider/undecided', `Nothing that is known speaks for a choice of step ${question.step}.`, {
    fix: 'Give the step the variables it depends on, and its choices examples; or use a branch, where a condition can tell.',
  });
}

function wordsOf(value: Json): string {
  if (typeof value === 'object' && value !== null) return Object.values(value).map(wordsOf).join(', ');
  return String(value);
}

// ---- choosing

/** The choice that was meant. What the caller took back counts only when nothing came after it. */
function choose(reader: Reader, own: readonly ChoiceOffered[], heard: Reading, dim?: ReadonlySet<string>): Verdict {
  const options = dim === undefined ? {} : { dim };
  if (heard.from > 0) {
    const last = verdictOf(matchChoices(reader, own, heard, { ...options, from: heard.from }), heard);
    if ('match' in last) return last;
  }
  return verdictOf(matchChoices(reader, own, heard, options), heard);
}

function verdictOf(matches: readonly Match[], heard: Reading): Verdict {
  const [first, second] = matches;
  if (!first || first.score < ENOUGH) return { between: [], confidence: 1 - (first?.score ?? 0) };
  const either = (one: Match, other: Match) =>
    heard.ties.slice(Math.min(one.clause, other.clause) + 1, Math.max(one.clause, other.clause) + 1).includes('or');
  if (second && second.score >= ENOUGH && either(first, second)) return { between: [first, second], confidence: 0.6 };
  if (first.exact && matches.filter(({ exact }) => exact).length === 1)
    return { match: first, confidence: first.score };
  const rivals = matches.filter(
    (match) =>
      match.score > first.score * CLOSE ||
      (match.score >= STRONG && match.clause !== first.clause && !speaksFor(first, match)),
  );
  if (rivals.length === 1) return { match: first, confidence: first.score * (1 - 0.4 * (second?.score ?? 0)) };
  const person = rivals.find((match) => match.person);
  if (person) return { match: person, confidence: person.score * 0.8 };
  const [early, late] = rivals.toSorted((a, b) => a.clause - b.clause);
  if (rivals.length > 2 || !early || !late || early.clause === late.clause) return { between: rivals, confidence: 0.6 };
  // "It broke and I want my money back" wishes for one thing; of two things wished for, the one said first is done first.
  const wishes = heard.wishes[early.clause] !== true && heard.wishes[late.clause] === true ? late : early;
  return { match: wishes, confidence: wishes.score * 0.7, also: wishes === early ? late : early };
}

/** Whether what speaks for the second choice speaks for the first as much: "could I come in and see somebody" is one wish. */
const speaksFor = (first: Match, { clause, byClause }: Match) =>
  (first.byClause.get(clause) ?? 0) >= (byClause.get(clause) ?? 0);

// ---- decisions

/** A variable's name as words; that it is a part's own (use__name) does not matter to whoever reads it. */
const spaced = (name: string) =>
  name
    .replace(/^.*__/, '')
    .replace(/_/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();

function picked({ match, confidence, also }: Extract<Verdict, { match: Match }>, values: Decision['values']): Decision {
  const { name, example, words } = match;
  const like =
    example !== undefined
      ? `What was said is like the example '${example}'`
      : `What was said meets ${words.map((word) => `'${word}'`).join(', ') || 'the description'} of ${name}`;
  const found = Object.keys(values).length > 0 ? `; it holds ${Object.keys(values).map(spaced).join(', ')}` : '';
  const and = also === undefined ? '' : `; ${also.name} was spoken of too`;
  return { choice: name, values, confidence, why: `${like}${found}${and}.` };
}

const filled = (values: Decision['values'], confidence: number): Decision => ({
  choice: 'answered',
  values,
  confidence,
  why: `What was said holds ${Object.keys(values).map(spaced).join(', ')}.`,
});

const unclear = (values: Decision['values'], confidence: number, why: string): Decision => ({
  choice: 'unclear',
  values,
  confidence: Math.min(1, Math.max(0, confidence)),
  why,
});

const whyNot = (verdict: Verdict) =>
  'between' in verdict && verdict.between.length > 0
    ? `It could be ${verdict.between.map(({ name }) => name).join(' or ')}.`
    : 'Nothing that was said is like one of the choices.';
