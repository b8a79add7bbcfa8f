import { type Json, ParleyError } from '@parley/workflow';

/** Somebody else has gone on with this session since it was read. The engine reads it again and tries anew. */
export class ConflictError extends ParleyError {
  constructor(session: string, expects: number) {
    super('store/conflict', `Session ${session} is no longer at commit ${expects}.`, {
      fix: 'Two processes may be running the same session: let only one host run it.',
    });
    this.name = 'ConflictError';
  }
}

/**
 * The store could not read or keep something: a full disk, a locked or damaged file, a key that is not here, a table out of
 * reach. Nothing of the commit was kept; but where it is `store/unavailable`, nobody could tell: the session is to be read again.
 */
export class StoreError extends ParleyError {
  constructor(
    code:
      | 'store/full'
      | 'store/locked'
      | 'store/damaged'
      | 'store/newer'
      | 'store/key'
      | 'store/access'
      | 'store/missing'
      | 'store/throttled'
      | 'store/unavailable'
      | 'store/failed',
    message: string,
    fix: string,
    cause: unknown,
  ) {
    super(code, message, { fix, cause });
    this.name = 'StoreError';
  }
}

/** A decider could not answer. `by` is what it says of its work, as in a decision: models, tokens, cost, attempts. */
export class DeciderError extends ParleyError {
  readonly by: { readonly [key: string]: Json };

  constructor(
    code: string,
    message: string,
    by: { readonly [key: string]: Json },
    more: { fix?: string; cause?: unknown } = {},
  ) {
    super(code, message, more);
    this.name = 'DeciderError';
    this.by = by;
  }
}
