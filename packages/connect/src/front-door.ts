import { type Clock, type LogEntry, type Reply, sleep, type TurnRequest } from '@parley/engine';
import { ParleyError } from '@parley/workflow';

/** Where a contact's events go in, whichever host runs the session: `engine.turn`, or the function *turn* on Step Functions. */
export type FrontDoor = (request: TurnRequest) => Promise<Reply>;

/** The event that a session begins with. */
export type Started = Extract<TurnRequest['event'], { type: 'session.started' }>;

/** What a caller hears that no workflow says. */
export interface Words {
  /** It takes long. */
  readonly work: string;
  /** The session waits for something, and there is nothing new. */
  readonly wait: string;
  /** The caller's turn, where the workflow has no words for it. */
  readonly listen: string;
  /** It went wrong on our side, and the caller goes to a person. */
  readonly failed: string;
}

export const WORDS: Words = {
  work: 'One moment, please.',
  wait: 'I am still waiting for that. Please stay with me.',
  listen: 'I am listening.',
  failed: "I'm sorry, something went wrong on our side. I'm putting you through to somebody who can help.",
};

/** What both ways in from Connect are told. */
export interface EntryOptions {
  readonly door: FrontDoor;
  /** What the caller hears where the workflow has no words; English if left out. */
  readonly words?: Partial<Words>;
  /** The system's if left out. */
  readonly clock?: Clock;
  /** Told of what goes wrong: a code and the session, never what was said. */
  readonly log?: (entry: LogEntry) => void;
}

/** The words for a caller, none of them blank; and a log that does not get in the way of an answer. */
export function settled({ words = {}, log }: EntryOptions): {
  readonly words: Words;
  readonly log: (entry: LogEntry) => void;
} {
  const given = Object.entries(words).filter(([, text]) => text.trim() !== '');
  return {
    words: { ...WORDS, ...Object.fromEntries(given) },
    log: (entry) => {
      try {
        log?.(entry);
      } catch {
        // There is nobody else to tell.
      }
    },
  };
}

/** What AWS Lambda tells a function of the time it has. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/** An event on its way in. */
export interface Entering {
  readonly session: string;
  /** The same for the same event, however often it is sent. */
  readonly id: string;
  /** Undefined: the session only begins. */
  readonly event: TurnRequest['event'] | undefined;
  /** With what the session begins, where it has to. */
  readonly start: Started;
  /** This may be the first event of its session. */
  readonly first: boolean;
  /** Milliseconds since the epoch by which there has to be an answer. */
  readonly due: number;
}

/** Every host begins a session under this id, so that a start that is sent again, from wherever, is no second one. */
const START = 'start';
/** How often an event is sent again that failed, and the first pause before, in milliseconds. */
const AGAIN = 2;
const PAUSE = 100;
/** What sending it again does not mend. */
const FINAL: ReadonlySet<string> = new Set([
  'engine/bad-event',
  'engine/damaged',
  'engine/started-already',
  'engine/unknown-session',
  'engine/unknown-workflow',
  'engine/version-lost',
  'store/damaged',
  'store/key',
  'store/newer',
]);

/**
 * Takes an event in, with the beginning of its session before it where that is due, and gives what is said to both. What fails
 * in passing is tried again, under the same id. Rejects with what the door fails with, and with ParleyError `connect/late`
 * where there is no answer in time.
 */
export async function enter(door: FrontDoor, clock: Clock, entering: Entering): Promise<Reply> {
  const { session, id, event, start, first, due } = entering;
  const send = (request: Pick<TurnRequest, 'id' | 'event'>) =>
    persist(clock, due, () => door({ session, within: Math.max(1, due - clock.now()), ...request }));
  if (!event) return send({ id: START, event: start });
  const before = async (): Promise<Reply | undefined> => {
    try {
      return await send({ id: START, event: start });
    } catch (error) {
      // It was begun by somebody else, under another id.
      if (codeOf(error) === 'engine/started-already') return undefined;
      throw error;
    }
  };
  const after = async (begun: Reply | undefined): Promise<Reply> => {
    if (begun?.rest === 'transfer' || begun?.rest === 'end') return begun;
    return together(begun, await send({ id, event }));
  };
  if (first) return after(await before());
  try {
    return await send({ id, event });
  } catch (error) {
    // Whoever was to begin it could not.
    if (codeOf(error) === 'engine/unknown-session' && event.type !== 'caller.left') return after(await before());
    throw error;
  }
}

/** Two replies that reach the caller as one. */
export function together(first: Reply | undefined, second: Reply): Reply {
  if (!first || first.say.length === 0) return second;
  const { spans = [] } = second;
  const moved = spans.map((span) => ({ ...span, text: span.text + first.say.length }));
  return { ...second, say: [...first.say, ...second.say], spans: [...(first.spans ?? []), ...moved] };
}

async function persist<T>(clock: Clock, due: number, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await inTime(clock, due, work);
    } catch (error) {
      const code = codeOf(error);
      const pause = PAUSE * 2 ** attempt;
      if (attempt === AGAIN || FINAL.has(code) || code === 'connect/late' || clock.now() + pause >= due) throw error;
      await sleep(clock, pause);
    }
  }
}

function inTime<T>(clock: Clock, due: number, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new ParleyError('connect/late', 'The front door did not answer in time.'));
    const forget = clock.after(Math.max(1, due - clock.now()), late);
    // What throws at once rejects as well.
    new Promise<T>((settle) => settle(work())).then(resolve, reject).finally(forget);
  });
}

/** The code of our own errors; of anybody else's, nothing is told. */
export const codeOf = (error: unknown): string => (error instanceof ParleyError ? error.code : 'connect/failed');
