import { createHash } from 'node:crypto';

/** What becomes of a task that waits for its token. */
export interface Callback {
  succeed(output: string): void;
  fail(error: string | undefined, cause: string | undefined): void;
  beat(): void;
}

/** The tokens of all executions: each is answered once at most. */
export class Tokens {
  readonly #waiting = new Map<string, Callback>();
  readonly #over = new Set<string>();

  /** A new token for an attempt at a state, the same whenever the same execution comes to it. */
  issue(execution: string, event: number, attempt: number, callback: Callback): string {
    const token = createHash('sha512').update(`${execution} ${event} ${attempt}`).digest('base64url');
    this.#waiting.set(token, callback);
    return token;
  }

  /** Nobody waits for this token any more. */
  retire(token: string): void {
    if (this.#waiting.delete(token)) this.#over.add(token);
  }

  /** Who waits for a token; `over` where somebody did once, `unknown` where nobody ever has. */
  find(token: string): Callback | 'over' | 'unknown' {
    return this.#waiting.get(token) ?? (this.#over.has(token) ? 'over' : 'unknown');
  }
}
