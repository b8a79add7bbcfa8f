/** What a running function asks of the world outside, and waits for. */
export interface Request {
  readonly op: string;
  readonly args: readonly unknown[];
}

/** What it is given for that. */
export type Given = { readonly value: unknown } | { readonly error: unknown };

/** What a function sees of the world: it asks, and looks at the time. Nothing else may make a difference to it. */
export interface Outside {
  readonly ask: (op: string, ...args: unknown[]) => Promise<unknown>;
  readonly now: () => number;
}

/** A function as it is started. The same `key` is the same function with the same input. */
export interface Beginning {
  readonly key: string;
  readonly run: (outside: Outside) => Promise<unknown>;
}

/** More than any function asks for: it goes round. */
const ENDLESS = 120;

/**
 * A point in a run of a real, unchanged async function: after it was given certain answers at certain times. As it sees nothing
 * else, all runs with the same answers are at the same point. So a function is a graph of points, which is found out by running
 * it, each part once; and an exploration can go back to a point without running it anew.
 */
export class Point {
  readonly id: number;
  /** What it waits for, by the number of the request in its run. */
  readonly pending: ReadonlyMap<number, Request>;
  /** What it came to, where it is over. */
  readonly outcome: Given | undefined;
  readonly #run: Run;
  readonly #path: readonly Step[];
  readonly #known = new Map<string, Point>();
  /** The run itself, until it has gone on from here. */
  #live: Run | undefined;
  static #count = 0;

  private constructor(run: Run, path: readonly Step[]) {
    this.id = ++Point.#count;
    this.#run = run;
    this.#live = run;
    this.#path = path;
    this.pending = new Map(run.pending);
    this.outcome = run.outcome;
  }

  static async begin(beginning: Beginning, now: number): Promise<Point> {
    return new Point(await Run.begin(beginning, now), []);
  }

  /** Where it comes to when request `n` is answered; undefined where that is not known yet. */
  known(n: number, key: string, now: number): Point | undefined {
    return this.#known.get(`${n} ${now} ${key}`);
  }

  /** Finds out. `key` stands for what is given. */
  async after(n: number, key: string, given: Given, now: number): Promise<Point> {
    const known = this.known(n, key, now);
    if (known) return known;
    const step = { n, given, now };
    const path = [...this.#path, step];
    if (path.length > ENDLESS) throw new Error(`It goes round: ${this.#run.beginning.key}`);
    const run = this.#live ?? (await this.#again());
    this.#live = undefined;
    await run.take(step);
    const point = new Point(run, path);
    this.#known.set(`${n} ${now} ${key}`, point);
    return point;
  }

  async #again(): Promise<Run> {
    const run = await Run.begin(this.#run.beginning, this.#run.began);
    for (const step of this.#path) await run.take(step);
    return run;
  }
}

interface Step {
  readonly n: number;
  readonly given: Given;
  readonly now: number;
}

/** One run of a function. */
class Run {
  readonly beginning: Beginning;
  readonly began: number;
  readonly pending = new Map<number, Request>();
  outcome: Given | undefined;
  readonly #answers = new Map<number, (given: Given) => void>();
  #count = 0;
  #now: number;

  private constructor(beginning: Beginning, now: number) {
    this.beginning = beginning;
    this.began = now;
    this.#now = now;
  }

  static async begin(beginning: Beginning, now: number): Promise<Run> {
    const run = new Run(beginning, now);
    beginning.run({ ask: (op, ...args) => run.#ask(op, args), now: () => run.#now }).then(
      (value) => {
        run.outcome = { value };
      },
      (error: unknown) => {
        run.outcome = { error };
      },
    );
    await still();
    return run;
  }

  async take({ n, given, now }: Step): Promise<void> {
    this.#now = now;
    this.pending.delete(n);
    this.#answers.get(n)?.(given);
    await still();
  }

  #ask(op: string, args: readonly unknown[]): Promise<unknown> {
    const n = this.#count++;
    this.pending.set(n, { op, args });
    return new Promise((resolve, reject) => {
      this.#answers.set(n, (given) => ('error' in given ? reject(given.error) : resolve(given.value)));
    });
  }
}

/** Resolves when all that can go on without an answer has gone on. */
const still = () => new Promise<void>((resolve) => setImmediate(resolve));
