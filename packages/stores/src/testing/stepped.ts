/** What is asked before each request of a client, by the operation's name. It may wait, or throw in place of the request. */
export type Gate = (operation: string) => Promise<void> | void;

/** A process that stops before its request number `k`, counted from 0: nothing it asks for after that is heard. */
export function stopsAt(k: number): { readonly gate: Gate; readonly stopped: () => boolean } {
  let count = 0;
  return {
    gate() {
      if (count++ >= k) throw new Error('Stopped.');
    },
    stopped: () => count > k,
  };
}

/** Something that runs, one request at a time, when it is let. */
export interface Runner {
  readonly gate: Gate;
  /** Starts it; the promise resolves when it is over. */
  run(work: () => Promise<unknown>): void;
}

/**
 * Runs several things that make requests in every order in which these can follow each other. `world` sets one run up, starts its
 * runners, and gives what to look at when all are over. Gives how many orders there are.
 */
export async function everyInterleaving(
  runners: number,
  world: (runners: readonly Runner[]) => Promise<() => Promise<void>>,
): Promise<number> {
  /** Which of those that wait went on, at each point where there was more than one, and how many waited. */
  let path: { chosen: number; of: number }[] = [];
  for (let count = 1; ; count++) {
    const steps = Array.from({ length: runners }, () => new Steps());
    const look = await world(steps);
    let depth = 0;
    for (;;) {
      await Promise.all(steps.map((step) => step.still()));
      const waiting = steps.filter((step) => step.waits());
      if (waiting.length === 0) break;
      let chosen = 0;
      if (waiting.length > 1) {
        const point = path[depth] ?? { chosen: 0, of: waiting.length };
        path[depth++] = point;
        chosen = point.chosen;
      }
      waiting[chosen]?.go();
    }
    await look();
    while (path.length > 0 && path.at(-1)?.chosen === (path.at(-1)?.of ?? 0) - 1) path = path.slice(0, -1);
    const last = path.at(-1);
    if (!last) return count;
    last.chosen++;
  }
}

class Steps implements Runner {
  #waiting: (() => void) | undefined;
  #over = true;
  #changed: () => void = () => undefined;

  readonly gate: Gate = () =>
    new Promise((go) => {
      // Before and after what is looked at, requests go through.
      if (this.#over) return go();
      this.#waiting = go;
      this.#changed();
    });

  run(work: () => Promise<unknown>): void {
    this.#over = false;
    const over = () => {
      this.#over = true;
      this.#changed();
    };
    work().then(over, over);
  }

  waits(): boolean {
    return this.#waiting !== undefined;
  }

  go(): void {
    const go = this.#waiting;
    this.#waiting = undefined;
    go?.();
  }

  /** Resolves when it waits or is over. */
  async still(): Promise<void> {
    while (!this.#over && !this.#waiting) {
      await new Promise<void>((changed) => {
        this.#changed = changed;
      });
    }
  }
}
