/** A cap on what is spent. What is under way counts with the most that it may cost. */
export class Budget {
  readonly #cap: number;
  #spent: number;
  #reserved = 0;
  #waiting: (() => void)[] = [];

  /** `cap` and what was `spent` before, in USD. Without a cap there is always room. */
  constructor(cap: number | undefined, spent: number) {
    this.#cap = cap ?? Number.POSITIVE_INFINITY;
    this.#spent = spent;
  }

  get spent(): number {
    return this.#spent;
  }

  /** Makes room for something that costs `most` at most; false where there is none, and what is under way leaves none either. */
  async take(most: number): Promise<boolean> {
    while (this.#spent + this.#reserved + most > this.#cap) {
      if (this.#reserved === 0) return false;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#reserved += most;
    return true;
  }

  /** What room was taken for is done, and this is what it cost. */
  settle(most: number, spent: number): void {
    this.#reserved -= most;
    // Of sums like 0.1 + 0.2 - 0.3 something may be left.
    if (this.#reserved < 1e-12) this.#reserved = 0;
    this.#spent += spent;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
