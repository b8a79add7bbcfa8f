import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Engine, Reply, TurnRequest } from '@parley/engine';
import { z } from 'zod';
import type { Conversation } from '../../workflows/conversation.ts';
import { CONVERSATIONS } from '../../workflows/support/conversations.ts';
import type { Points } from './points.ts';

/** The conversations that have a shop of their own: they can go on at once. */
export const ALONE: readonly Conversation[] = CONVERSATIONS.filter(({ after }) => after === undefined);

/** A reply as a contact heard it: to an event's id, or to `push`. */
const line = z.object({
  session: z.string(),
  id: z.string(),
  at: z.number(),
  reply: z.looseObject({ say: z.array(z.string()), rest: z.string(), step: z.string(), seq: z.number() }),
});
export type Heard = z.output<typeof line>;

/**
 * What the contacts have heard, in a file that outlives the process: a line is written at once, and what was written
 * reaches the file though the process is killed.
 */
export class Memory {
  readonly #known = new Map<string, Heard>();
  readonly #file: number;

  constructor(file: string) {
    for (const heard of readHeard(file)) this.#known.set(key(heard.session, heard.id), heard);
    this.#file = openSync(file, 'a');
  }

  /** The instant of what was heard last. */
  get last(): number | undefined {
    return [...this.#known.values()].at(-1)?.at;
  }

  get(session: string, id: string): Heard | undefined {
    return this.#known.get(key(session, id));
  }

  hear(heard: Heard): void {
    this.#known.set(key(heard.session, heard.id), heard);
    writeSync(this.#file, `${JSON.stringify(heard)}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** All that was heard, in order. A last line that was cut off was not. */
export function readHeard(file: string): readonly Heard[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((text) => line.parse(JSON.parse(text)));
}

const key = (session: string, id: string) => JSON.stringify([session, id]);

/** What a contact needs to have its conversation. */
export interface Surroundings {
  readonly engine: Engine;
  readonly memory: Memory;
  readonly points: Points;
  readonly now: () => number;
  /** Resolves when something is pushed to a session; undefined where nothing ever is. */
  readonly pushed: ((session: string) => Promise<Heard>) | undefined;
  /** Whether to do what is only done now and then: to send a thing again though it was answered, or twice at once. */
  readonly fancies: (what: 'again' | 'twice') => boolean;
}

/**
 * A contact: sends the events of its conversation one after the other, each under an id that is always the same, and goes
 * on from what it has heard in former lives of the process. An event that was not answered is sent again.
 */
export async function converse(conversation: Conversation, around: Surroundings): Promise<void> {
  const { name, channel, lines } = conversation;
  const { memory, pushed } = around;
  const events: TurnRequest['event'][] = [
    { type: 'session.started', workflow: 'support', contact: { id: name, channel } },
    ...lines.flatMap((line): TurnRequest['event'][] => {
      if (typeof line === 'string') return [{ type: 'caller.said', text: line }];
      if ('pause' in line) throw new Error(`${name} has a pause: this clock can't be advanced.`);
      return [line];
    }),
  ];
  let rest = 'caller';
  for (const [index, event] of events.entries()) {
    if (rest !== 'caller' && rest !== 'wait') throw new Error(`${name}: it came to ${rest} before event ${index}.`);
    rest = (await send(name, `e${index}`, event, around)).reply.rest;
    // What took too long is pushed, or fetched by the caller's silence.
    for (let fetch = 1; rest === 'work'; fetch++) {
      const heard = pushed
        ? (memory.get(name, 'push') ?? (await pushed(name)))
        : await send(name, `e${index}.${fetch}`, { type: 'caller.silent' }, around);
      rest = heard.reply.rest;
    }
  }
  if (rest === 'caller' || rest === 'wait') throw new Error(`${name}: the conversation is not over.`);
}

async function send(session: string, id: string, event: TurnRequest['event'], around: Surroundings): Promise<Heard> {
  const { engine, memory, points, now, fancies } = around;
  const known = memory.get(session, id);
  if (known && !fancies('again')) return known;
  const turn = () => engine.turn({ session, id, event });
  const replies: Reply[] = fancies('twice') ? await Promise.all([turn(), turn()]) : [await turn()];
  let heard: Heard | undefined;
  for (const reply of replies) {
    points.pass('before a reply is given', `to ${id}`);
    heard = line.parse({ session, id, at: now(), reply });
    memory.hear(heard);
    points.pass('after a reply is given', `to ${id}`);
  }
  if (!heard) throw new Error('There was no reply.');
  return heard;
}

/** What is pushed to sessions: remembered, and handed to whoever waits for it. */
export function pushes({ memory, points, now }: Pick<Surroundings, 'memory' | 'points' | 'now'>) {
  const waiting = new Map<string, (heard: Heard) => void>();
  return {
    async take(reply: Reply): Promise<void> {
      points.pass('before a reply is given', 'pushed');
      const heard = line.parse({ session: reply.session, id: 'push', at: now(), reply });
      memory.hear(heard);
      points.pass('after a reply is given', 'pushed');
      waiting.get(reply.session)?.(heard);
    },
    next: (session: string) =>
      new Promise<Heard>((resolve) => {
        const known = memory.get(session, 'push');
        if (known) resolve(known);
        else waiting.set(session, resolve);
      }),
  };
}
