/** Where in a file: lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * The one family of errors Parley throws. `code` is for programs, `message` says what happened and
 * `fix` what to do. No message carries a value of a session.
 */
export class ParleyError extends Error {
  readonly code: string;
  readonly fix: string | undefined;
  readonly place: Place | undefined;

  constructor(code: string, message: string, more: { fix?: string; place?: Place; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'ParleyError';
    this.code = code;
    this.fix = more.fix;
    this.place = more.place;
  }
}
