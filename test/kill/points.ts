import { appendFileSync } from 'node:fs';
import type { Decider, Store, Tools } from '@parley/engine';
import { Database } from '@parley-workflows/backend/database';
import type { z } from 'zod';

/** The kinds of places where a process can be killed from inside. */
export const PLACES = [
  'starting and closing',
  'before a commit',
  'in a commit',
  'after a commit',
  'reading the store',
  'around a decision',
  'around a tool',
  "in a tool's own transaction",
  "after a tool's own commit",
  'before a reply is given',
  'after a reply is given',
] as const;
export type Place = (typeof PLACES)[number];

/** Where a process is to be ended: when it passes a place for the so-and-so-many-th time. */
export interface Point {
  readonly place: Place;
  readonly count: number;
}

/**
 * Counts all that the process does with the world, by place, and ends it at a point: nothing after that is run, no handler
 * and no `finally`. Where that was is added to `file` as `PLACE: WHAT`.
 */
export class Points {
  readonly passed = new Map<Place, number>(PLACES.map((place) => [place, 0]));
  readonly #last: Point | undefined;
  readonly #file: string;

  constructor(last: Point | undefined, file: string) {
    this.#last = last;
    this.#file = file;
  }

  pass(place: Place, what: string): void {
    const count = (this.passed.get(place) ?? 0) + 1;
    this.passed.set(place, count);
    if (this.#last?.place !== place || this.#last.count !== count) return;
    appendFileSync(this.#file, `${place}: ${what}\n`);
    process.kill(process.pid, 'SIGKILL');
  }

  /** What the store's database is told, statement by statement. */
  statement = (when: 'before' | 'after', sql: string): void => {
    const what = `${when} ${sql.replaceAll(/\s+/g, ' ').slice(0, 40)}`;
    const first = /^BEGIN/.test(sql) && when === 'before';
    const last = /^COMMIT/.test(sql) && when === 'after';
    const reads = /^SELECT/.test(sql);
    this.pass(first ? 'before a commit' : last ? 'after a commit' : reads ? 'reading the store' : 'in a commit', what);
  };

  store(store: Store): Store {
    return {
      load: (session) => store.load(session),
      reply: (session, id) => store.reply(session, id),
      commit: async (commit) => {
        this.pass('before a commit', 'asked for');
        await store.commit(commit);
        this.pass('after a commit', 'heard of');
      },
      events: (session, range) => store.events(session, range),
      dueTimers: (now, limit) => store.dueTimers(now, limit),
      nextTimer: () => store.nextTimer(),
      working: () => store.working(),
      sessions: (filter) => store.sessions(filter),
      remove: (...sessions) => store.remove(...sessions),
      sweep: (now, thorough) => store.sweep(now, thorough),
      keepWorkflow: (workflow) => store.keepWorkflow(workflow),
      workflow: (version) => store.workflow(version),
      close: () => store.close(),
    };
  }

  decider(decider: Decider): Decider {
    return {
      name: decider.name,
      decide: async (question) => {
        this.pass('around a decision', `before ${question.step}`);
        const decision = await decider.decide(question);
        this.pass('around a decision', `after ${question.step}`);
        return decision;
      },
    };
  }

  tools(tools: Tools): Tools {
    return Object.fromEntries(
      Object.entries(tools).map(([name, { signature, call }]) => [
        name,
        {
          signature,
          call: async (input, context) => {
            this.pass('around a tool', `before ${name}`);
            const output = await call(input, context);
            this.pass('around a tool', `after ${name}`);
            return output;
          },
        },
      ]),
    );
  }

  /** Counts what every shop does for a write: its transaction, and the statements in it. */
  shops(): void {
    const pass = this.pass.bind(this);
    const { run, transaction, once } = Database.prototype;
    // A shop is opened and filled outside of any write.
    let writing = false;
    Database.prototype.once = function <T>(key: string, request: unknown, answer: z.ZodType<T>, act: () => T): T {
      writing = true;
      try {
        return answer.parse(once.call(this, key, request, answer, act));
      } finally {
        writing = false;
      }
    };
    Database.prototype.run = function (sql, ...values) {
      if (writing) pass("in a tool's own transaction", `before ${sql.slice(0, 40)}`);
      const id = run.call(this, sql, ...values);
      if (writing) pass("in a tool's own transaction", `after ${sql.slice(0, 40)}`);
      return id;
    };
    Database.prototype.transaction = function <T>(work: () => T): T {
      const result: unknown = transaction.call(this, () => {
        if (writing) pass("in a tool's own transaction", 'after BEGIN');
        const given = work();
        if (writing) pass("in a tool's own transaction", 'before COMMIT');
        return given;
      });
      if (writing) pass("after a tool's own commit", 'before its answer');
      // What `transaction` returns is what `work` did; its type is lost in `call`.
      return result as T;
    };
  }
}
