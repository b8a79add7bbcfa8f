import type { Reply, TurnRequest } from '@parley/engine';
import type { Json } from '@parley/workflow';
import type { Random } from '../simulation/random.ts';
import type { Cue, Fact, Goal, Trade, Write } from './goal.ts';
import { aloud, type Kind, overheard } from './speech.ts';

/** What a caller does in one turn: events that reach the line one right after the other. */
export type Act = readonly Exclude<TurnRequest['event'], { type: 'session.started' }>[];

/** Something that a caller was asked twice. */
export interface Repeat {
  readonly topic: string;
  /**
   * `reprompt`: right after an answer that was not understood. `unheard`: the caller had said it before, and it was not
   * taken in. `again`: it had been taken in.
   */
  readonly how: 'reprompt' | 'unheard' | 'again';
}

export interface Caller {
  readonly channel: 'voice' | 'chat';
  /** What the caller does when they have heard `reply`. Undefined: they hang up. */
  answer(reply: Reply): Act | undefined;
  /** What has been done is told, as the caller can't see it. */
  saw(write: Write): void;
  /** What the line took the caller's words for. */
  understood(values: { readonly [variable: string]: Json }): void;
  readonly repeats: readonly Repeat[];
  /** The caller asked for a person, as the line was of no help. */
  readonly gaveUp: boolean;
  /** At which turn of theirs all that they came for was done and heard. */
  readonly reachedAt: number | undefined;
  readonly turns: number;
}

/** Questions that are put on every line. */
const COMMON: readonly Cue[] = [
  { topic: 'more', hears: /anything else/i },
  {
    topic: 'confirm',
    hears: /\bis (?:that|this|it all) (?:right|correct|all right|ok(?:ay)?)\b|\bshall i\b|\bdo you want me to\b/i,
  },
  { topic: 'code', hears: /\bdigit code\b|code has six digits/i },
  { topic: 'email', hears: /\be-?mail address\b/i },
  { topic: 'zip', hears: /\bzip code\b/i },
  { topic: 'born', hears: /\bdate of birth\b|\bwhen were you born\b/i },
  { topic: 'name', hears: /\b(?:your|what|full) (?:full )?name\b|\bfirst and last\b/i },
];
const NEED: Cue = {
  topic: 'need',
  hears: /what can i do|how can i help|what would you like|what is it about|what do you need/i,
};

const GOODBYES = {
  hurried: ['no bye', 'nope', "that's it", 'no'],
  confused: ["no, I think that's everything", 'hm, no. thank you', 'oh, no, that would be all'],
  'not-fluent': ['no thank you', 'no is all thanks', 'no more, thank you very much'],
} as const;
const YESES = {
  hurried: ['yep', 'yes', 'yes go', 'yeah do it', 'yes yes'],
  confused: ['yes... I think so, yes', 'um, okay, yes', 'oh, yes please', 'yes. wait, no, yes, do that'],
  'not-fluent': ['yes', 'yes please do', 'yes is correct', 'ok yes', 'yes is good'],
} as const;
const NOES = {
  hurried: ['no', 'nope', 'no, wrong'],
  confused: ["no, that's not what I meant", 'hm, no', 'oh no, not that'],
  'not-fluent': ['no', 'no is not correct', 'no not this'],
} as const;
const PERSONS = {
  hurried: ['just get me somebody', 'give me a human'],
  confused: ['this is all getting too much, can I talk to somebody?', 'is there a real person there I could talk to?'],
  'not-fluent': ['please I want speak with person', 'can I talk with human please'],
} as const;
const WAITS = [
  'wait',
  'hold on a second',
  'one moment, let me look for it',
  'um, let me see',
  'hang on, I have it here somewhere',
];
const SAY_AGAIN = [
  'sorry, what was that?',
  'could you say that once more?',
  'sorry, I was distracted, what did you ask?',
];
const ASKS_BACK = ['what do you need that for?', 'hm, where would I find that?'];
const CORRECTED = [
  '{slip}, no wait, {right}',
  '{slip}... sorry, I mean {right}',
  'I think {slip}, no, hang on, {right}',
  '{slip} - no, {right}',
];
const TAKEN_BACK = [
  'sorry, I gave you the wrong one before, {it}',
  'oh no, I told you the wrong one earlier, {it}',
  'wait, that was the wrong one. {it}',
];

/** How often a caller says what they want before they ask for a person. */
const PATIENCE = 3;
/** How often in all a confused caller does not answer what is asked. */
const DIGRESSIONS = 3;

/** A simulated caller: knows a goal and facts, and answers what they hear as people of their kind do. */
export function createCaller(kind: Kind, goal: Goal, trade: Trade, random: Random): Caller {
  const voice = kind === 'not-fluent' || random.chance(0.5);
  const cues = [...trade.cues, ...COMMON, NEED];
  const seen: Write[] = [];
  const given = new Set<string>();
  /** The topics whose right value was taken in. */
  const taken = new Set<string>();
  const repeats: Repeat[] = [];
  let [asked, wished, digressed, turns] = ['', 0, 0, 0];
  let heardIt = goal.hears === undefined;
  let reachedAt: number | undefined;
  let gaveUp = false;
  let strayed = false;
  /** What was given wrong and has still to be taken back. */
  let wrong: string | undefined;
  const slipped = new Set<string>();
  /** Still after what they wanted first. */
  let elsewhere = kind === 'confused' && goal.first !== undefined && random.chance(0.6);
  const turnsAround = random.int(2, 3);

  const isReached = () =>
    goal.by === 'line' && heardIt && goal.writes.every((wanted) => seen.some((done) => isSame(done, wanted)));

  function topicOf(reply: Reply): string {
    const last = reply.say.at(-1) ?? '';
    // What is asked is most often said last: "… to be sure, what's the code?"
    const sentences = last.split(/(?<=[.?!])\s+/);
    for (const text of [sentences.filter((one) => one.endsWith('?')).join(' '), last, reply.say.join(' ')]) {
      const cue = cues.find(({ hears }) => hears.test(text));
      if (text !== '' && cue) return cue.topic;
    }
    const [expected] = reply.rest === 'caller' ? reply.listen.expects : [];
    return expected === undefined ? 'need' : expected.replace(/^.*__/, '');
  }

  // ---- saying

  const value = (fact: Fact, which: string): string => {
    if (kind === 'not-fluent') return aloud(random, which, fact.as);
    return voice && random.chance(0.5) && fact.as !== 'plain' ? aloud(random, which, fact.as) : which;
  };
  const fill = (line: string): string =>
    line.replace(/\{(\w+)\}/g, (_, topic: string) => {
      const fact = goal.facts[topic];
      given.add(topic);
      return fact?.value === undefined ? '' : value(fact, fact.value);
    });
  /** A value that was not asked for says what it is, where it does not show. */
  const volunteer = (topic: string, fact: Fact): string => {
    given.add(topic);
    const shows = fact.as === 'email' || /\p{L}/u.test(fact.value ?? '');
    const line = fact.named === undefined || (shows && random.chance(0.5)) ? '{}' : fact.named;
    return line.replace('{}', value(fact, fact.value ?? ''));
  };
  const tell = (topic: string, fact: Fact): string => {
    given.add(topic);
    const right = fact.value === undefined ? '' : value(fact, fact.value);
    const bare = fact.value !== undefined && kind === 'hurried' ? ['{}'] : fact.lines;
    return random.pick(bare).replace('{}', right);
  };
  const said = (text: string): Act => {
    const line =
      kind === 'not-fluent'
        ? overheard(random, text)
        : kind === 'hurried' && random.chance(0.5)
          ? text.toLowerCase()
          : text;
    return [{ type: 'caller.said', text: line.replace(/\s+/g, ' ').trim() }];
  };

  const wishedAs = new Set<string>();
  /** Whoever was not understood does not say the same again. */
  const another = (lines: readonly string[]): string => {
    const fresh = lines.filter((line) => !wishedAs.has(line));
    const line = random.pick(fresh.length > 0 ? fresh : goal.plainly);
    wishedAs.add(line);
    return fill(line);
  };

  function wish(topic: string): Act {
    wished += 1;
    if (wished > PATIENCE) return askForPerson();
    const again = wished > 1 && asked === topic && random.chance(0.7);
    if (again && !elsewhere) return said(another(goal.plainly));
    if (kind === 'not-fluent') {
      const lead = random.chance(0.1) ? 'how do you say, ' : '';
      return said(lead + another(goal.accented));
    }
    if (elsewhere && goal.first) return said(another(goal.first.wishes));
    if (kind === 'confused') {
      const lead = random.pick(['', 'hi, um, ', 'hello? yes, ', 'so, okay, ']);
      return said(lead + another(goal.wishes));
    }
    const text = another(random.chance(0.7) ? goal.clipped : goal.wishes);
    const more = goal.breath.filter((topic) => !given.has(topic) && random.chance(0.8));
    const details = more.flatMap((topic) => {
      const fact = goal.facts[topic];
      return fact?.value === undefined ? [] : [volunteer(topic, fact)];
    });
    const parted = random.chance(0.25) && details.length > 0;
    // What comes to mind late is sent right behind.
    return parted
      ? [...said(text), ...said(details.join(' '))]
      : said([text, ...details].join(random.pick([' ', ', ', '. '])));
  }

  function askForPerson(): Act {
    gaveUp = goal.by === 'line';
    return said(random.pick(PERSONS[kind]));
  }

  function forget(topic: string): void {
    given.delete(topic);
    taken.delete(topic);
  }

  function answerFact(topic: string, fact: Fact): Act {
    if (kind === 'hurried') return hurriedly(topic, fact);
    if (
      kind === 'confused' &&
      fact.slip !== undefined &&
      fact.value !== undefined &&
      !slipped.has(topic) &&
      random.chance(0.5)
    ) {
      slipped.add(topic);
      const [slip, right] = [value(fact, fact.slip), value(fact, fact.value)];
      if (random.chance(0.35) && wrong === undefined) {
        wrong = topic;
        forget(topic);
        return said(random.pick(fact.lines).replace('{}', slip));
      }
      given.add(topic);
      return said(random.pick(CORRECTED).replace('{slip}', slip).replace('{right}', right));
    }
    return said(tell(topic, fact));
  }

  function hurriedly(topic: string, fact: Fact): Act {
    if (voice && fact.value !== undefined && /^\d+$/.test(fact.value) && fact.as === 'code' && random.chance(0.4)) {
      given.add(topic);
      return [{ type: 'caller.pressed', keys: fact.value }];
    }
    const next = goal.breath.find((other) => other !== topic && !given.has(other));
    const beside = next === undefined ? undefined : goal.facts[next];
    const text = tell(topic, fact);
    if (next !== undefined && beside?.value !== undefined && random.chance(0.35))
      return said(`${text}, ${volunteer(next, beside)}`);
    return said(text);
  }

  /** What is not an answer: once in a while, and never twice in a row. */
  function digression(topic: string): Act | undefined {
    if (kind !== 'confused' || strayed || digressed >= DIGRESSIONS || !random.chance(0.3)) return undefined;
    digressed += 1;
    strayed = true;
    const how = random.int(0, 2);
    if (how === 0) return [{ type: 'caller.silent' }];
    if (how === 1) return said(random.pick(WAITS));
    return said(random.pick(goal.facts[topic] === undefined ? SAY_AGAIN : [...SAY_AGAIN, ...ASKS_BACK]));
  }

  function agree(text: string): Act {
    if (goal.agrees?.test(closed(text)) !== true) {
      if (elsewhere) return turnAround(true);
      wished += 1;
      if (wished > PATIENCE) return askForPerson();
      const no = random.pick(NOES[kind]);
      const missed = notTaken();
      const fact = missed === undefined ? undefined : goal.facts[missed];
      if (missed === undefined || fact === undefined || random.chance(0.4)) return said(no);
      return said(`${random.pick(['no', 'no, wait', 'hm, no'])}, ${volunteer(missed, fact)}`);
    }
    if (kind === 'hurried' && voice && random.chance(0.4)) return [{ type: 'caller.pressed', keys: '1' }];
    return said(random.pick(YESES[kind]));
  }

  /** What the caller has told, and the line has not: as the words of the read-back tell them. */
  const notTaken = () =>
    [...given, ...slipped].find((topic) => goal.facts[topic]?.named !== undefined && !taken.has(topic));

  function turnAround(refuses: boolean): Act {
    elsewhere = false;
    const turn = fill(random.pick(goal.first?.turns ?? []));
    return said(refuses ? `no, ${turn}` : turn);
  }

  function respond(topic: string, reply: Reply): Act | undefined {
    const text = reply.say.join(' ');
    if ((topic === 'more' || topic === 'need') && isReached()) return said(random.pick(GOODBYES[kind]));
    const fact = goal.facts[topic];
    if (elsewhere && turns >= turnsAround && topic !== 'code')
      return topic === 'confirm' ? turnAround(true) : turnAround(false);
    if (wrong !== undefined && wrong !== topic) {
      const late = goal.facts[wrong];
      const topicOfWrong = wrong;
      wrong = undefined;
      if (late)
        return said(
          random.pick(TAKEN_BACK).replace('{it}', tell(topicOfWrong, { ...late, lines: [late.named ?? '{}'] })),
        );
    }
    if (wrong === topic) wrong = undefined;
    const stray = topic === 'need' && turns === 1 ? undefined : digression(topic);
    if (stray) return stray;
    strayed = false;
    if (topic === 'confirm') return agree(text);
    if (topic === 'which') {
      const missed = ['street', 'zip'].filter((one) => !taken.has(one));
      return said(missed.length === 1 ? (missed[0] === 'zip' ? 'the zip code' : 'the street') : 'both');
    }
    if (fact) return answerFact(topic, fact);
    if (topic === 'more' && elsewhere) return turnAround(false);
    return wish(topic);
  }

  return {
    channel: voice ? 'voice' : 'chat',
    repeats,
    get gaveUp() {
      return gaveUp;
    },
    get reachedAt() {
      return reachedAt;
    },
    get turns() {
      return turns;
    },
    saw(write) {
      seen.push(write);
    },
    understood(values) {
      for (const value of Object.values(values))
        for (const [topic, fact] of Object.entries(goal.facts))
          if (plain(value) === plain(fact.means ?? fact.value)) taken.add(topic);
    },
    answer(reply) {
      const text = reply.say.join(' ');
      heardIt ||= goal.hears?.test(text) === true;
      if (reachedAt === undefined && isReached()) reachedAt = turns;
      for (const { topic, hears } of trade.void) if (hears.test(text)) forget(topic);
      if (reply.rest !== 'caller') return undefined;
      const topic = topicOf(reply);
      if (given.has(topic) && goal.facts[topic]?.value !== undefined)
        repeats.push({ topic, how: taken.has(topic) ? 'again' : asked === topic ? 'reprompt' : 'unheard' });
      turns += 1;
      const act = respond(topic, reply);
      asked = topic;
      return act;
    },
  };
}

/** "9, 7, 2, 0, 6" is heard as one number. */
const closed = (text: string) => text.replace(/(?<=\b\d),? (?=\d\b)/g, '');

/** Whether a write is the one that was wanted. */
export function isSame(done: Write, wanted: Write): boolean {
  return (
    done.tool === wanted.tool &&
    Object.entries(wanted.input).every(([name, value]) => plain(done.input[name]) === plain(value))
  );
}

const plain = (value: Write['input'][string] | undefined) =>
  typeof value === 'string'
    ? value
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim()
    : JSON.stringify(value ?? null);
