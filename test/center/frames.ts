/** What has come in, in order, and what is waited for of it. */
export class Frames<T> {
  readonly all: T[] = [];
  #taken = 0;
  readonly #waiting = new Set<() => void>();

  put(frame: T): void {
    this.all.push(frame);
    for (const look of [...this.#waiting]) look();
  }

  /** The first that is so, of those after the one that was waited for last. It may have come already. */
  async next(isSo: (frame: T) => boolean): Promise<T> {
    const [found] = (await this.upTo(isSo)).slice(-1);
    if (found === undefined) throw new Error('What was found is gone.');
    return found;
  }

  /** All up to the first that is so, that one included. */
  async upTo(isSo: (frame: T) => boolean): Promise<readonly T[]> {
    for (;;) {
      const index = this.all.findIndex((frame, at) => at >= this.#taken && isSo(frame));
      if (index >= 0) {
        const found = this.all.slice(this.#taken, index + 1);
        this.#taken = index + 1;
        return found;
      }
      await new Promise<void>((resolve) => {
        const look = () => {
          this.#waiting.delete(look);
          resolve();
        };
        this.#waiting.add(look);
      });
    }
  }
}
