import { type Clock, systemClock } from '@parley/engine';
import type { Center } from '../center.ts';
import type { DemoCaller, DemoLine } from './callers.ts';
import { type CallerLine, type Hears, openCall, openChat } from './line.ts';

export interface DemoOptions {
  readonly center: Center;
  /** They call in turn, of each workflow alike, and each again once all have. */
  readonly callers: readonly DemoCaller[];
  /** The system's if left out. */
  readonly clock?: Clock;
  /** From 0 to less than 1; `Math.random` if left out. */
  readonly random?: () => number;
  /** How many talk with a workflow at a time; four if left out. Who waits for a person comes on top of these. */
  readonly atOnce?: number;
  /** Told of each caller whose contact has begun. */
  readonly begun?: (caller: DemoCaller, contact: string) => void;
}

export interface Demo {
  /** Whether a contact is one of the demo's. */
  has(contact: string): boolean;
  /** Nobody calls any more, and who is there hangs up. */
  stop(): void;
}

/** Milliseconds, from and to. */
const PACE = [1_000, 3_000] as const;
const BETWEEN = [400, 2_500] as const;
/** How long a caller waits for a person before they hang up. */
const PATIENCE = [90_000, 240_000] as const;
/** How long they type at the end of their pace. */
const TYPES = 700;
/** A listening time as short as this is a pause of the workflow's, which works on something: nobody speaks in it. */
const WORKING = 1_000;

const NAMES = ['Alex', 'Billie', 'Casey', 'Devon', 'Eli', 'Frankie', 'Gray', 'Harper', 'Indigo', 'Jules'];
/** What a caller says to a person, who is no script: then they thank and go. */
const TO_AGENT = [
  'Thanks for taking this.',
  'Yes, that is right.',
  'That would help me a lot.',
  'Great, that was all. Bye!',
];

/** Callers who call a contact center, until they are told to stop. */
export function startDemo({
  center,
  callers,
  clock = systemClock,
  random = Math.random,
  atOnce = 4,
  begun = () => undefined,
}: DemoOptions): Demo {
  const between = ([from, to]: readonly [number, number]) => Math.round(from + random() * (to - from));
  const next = inTurn(callers, random);
  const mine = new Set<string>();
  const there = new Set<{ leave(): void }>();
  const timers = new Set<() => void>();
  let stopped = false;
  const after = (milliseconds: number, what: () => void): (() => void) => {
    const forget = clock.after(milliseconds, () => {
      timers.delete(forget);
      what();
    });
    timers.add(forget);
    return () => {
      timers.delete(forget);
      forget();
    };
  };

  /** Plays one caller; `talked` is called once they are done with the workflow. */
  const play = async (caller: DemoCaller, talked: () => void) => {
    const { workflow, channel, lines } = caller;
    const left: DemoLine[] = [...lines];
    const courtesies = [...TO_AGENT];
    let line: CallerLine | undefined;
    let pending: () => void = () => undefined;
    let patience: (() => void) | undefined;
    let busy = true;
    const done = () => {
      if (!busy) return;
      busy = false;
      talked();
    };
    const soon = (what: () => void) => {
      pending();
      const pace = between(PACE);
      pending = after(pace - TYPES, () => {
        line?.typing();
        pending = after(TYPES, what);
      });
    };
    const goOn = (keys: number) => {
      if (!line || center.contacts.find(line.contact)?.stage !== 'flow') return;
      const what = left.shift();
      if (what === undefined) return line.leave();
      if (typeof what === 'string') return line.say(what);
      switch (what.type) {
        case 'caller.pressed':
          return line.press(what.keys.length < keys ? `${what.keys}#` : what.keys);
        case 'caller.silent':
          return line.silent();
        case 'caller.left':
          return line.leave();
      }
    };
    const answerAgent = () => {
      const words = courtesies.shift();
      if (words === undefined) line?.leave();
      else line?.say(words);
      if (words !== undefined && courtesies.length === 0) soon(() => line?.leave());
    };
    const forget = center.queues.watch(() => {
      const stage = line && center.contacts.find(line.contact)?.stage;
      if (stage !== 'queue') {
        patience?.();
        patience = undefined;
        return;
      }
      done();
      patience ??= after(between(PATIENCE), () => line?.leave());
    });
    const hears: Hears = {
      words: (agent) => {
        if (agent) soon(answerAgent);
        else if (channel === 'chat') soon(() => goOn(0));
      },
      listening: (silence, keys) => {
        pending();
        if (silence <= WORKING) pending = after(silence, () => line?.silent());
        else soon(() => goOn(keys));
      },
      over: () => {
        pending();
        patience?.();
        forget();
        if (here) there.delete(here);
        done();
      },
    };
    const here = { leave: () => line?.leave() };
    there.add(here);
    line =
      channel === 'voice'
        ? openCall(center, workflow, `+1202555${String(Math.floor(random() * 10_000)).padStart(4, '0')}`, hears)
        : await openChat(center, workflow, NAMES[Math.floor(random() * NAMES.length)] ?? 'Alex', hears);
    mine.add(line.contact);
    begun(caller, line.contact);
    if (stopped) line.leave();
  };
  const begin = () => {
    const caller = stopped ? undefined : next();
    if (!caller) return;
    const another = () => {
      if (!stopped) after(between(BETWEEN), begin);
    };
    // A center that does not answer is closing, or is asked again with the next caller.
    play(caller, another).catch(another);
  };

  /** Nobody is waited for by what is to be done for callers who are none: it goes after a while. */
  const followedUp = new Set<string>();
  const unwatch = center.queues.watch(() => {
    if (stopped) return;
    for (const task of center.contacts.all) {
      const { channel, related } = task.given;
      if (channel !== 'TASK' || task.ended || related === undefined || !mine.has(related)) continue;
      if (followedUp.has(task.id)) continue;
      followedUp.add(task.id);
      after(between(PATIENCE), () => {
        if (task.stage === 'queue') task.end('API');
      });
    }
  });

  begin();
  for (let more = 1; more < atOnce; more++) after(more * between(BETWEEN), begin);
  return {
    has: (contact) => mine.has(contact),
    stop() {
      stopped = true;
      unwatch();
      for (const forget of timers) forget();
      timers.clear();
      for (const { leave } of [...there]) leave();
    },
  };
}

/** Of each workflow in turn, one of its callers; of those in an order of their own, each time anew. */
function inTurn(callers: readonly DemoCaller[], random: () => number): () => DemoCaller | undefined {
  const workflows = [...new Set(callers.map(({ workflow }) => workflow))];
  const decks = new Map<string, DemoCaller[]>();
  let turn = 0;
  return () => {
    const workflow = workflows[turn++ % workflows.length];
    if (workflow === undefined) return undefined;
    let deck = decks.get(workflow) ?? [];
    if (deck.length === 0)
      deck = shuffled(
        callers.filter((one) => one.workflow === workflow),
        random,
      );
    decks.set(workflow, deck);
    return deck.pop();
  };
}

function shuffled<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map((one) => ({ one, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
