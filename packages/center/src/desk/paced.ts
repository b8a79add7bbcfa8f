/** Work that is done soon after it is asked for, never twice at once, and no more often than every `interval` milliseconds. */
export interface Paced {
  /** Has it done once more. */
  ask(): void;
  /** Nothing is done any more. */
  stop(): void;
}

/** Paces `run`, which must not reject. */
export function paced(interval: number, run: () => Promise<void>): Paced {
  let wanted = false;
  let busy = false;
  let stopped = false;
  const go = async () => {
    busy = true;
    while (wanted && !stopped) {
      wanted = false;
      await run();
      await new Promise((resolve) => setTimeout(resolve, interval).unref());
    }
    busy = false;
  };
  return {
    ask() {
      wanted = true;
      if (!busy) void go();
    },
    stop() {
      stopped = true;
    },
  };
}
