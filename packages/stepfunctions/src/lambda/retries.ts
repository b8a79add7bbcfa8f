import { StandardRetryStrategy } from '@smithy/core/retry';

/** How often a request is made, all in all. */
const ATTEMPTS = 5;

type Refresh = StandardRetryStrategy['refreshRetryTokenForRetry'];

/** The SDK's standard retries, which tell of each request that AWS throttled: also of those that went well in the end. */
export class CountedRetries extends StandardRetryStrategy {
  readonly #throttled: () => void;

  constructor(throttled: () => void, attempts = ATTEMPTS) {
    super(attempts);
    this.#throttled = throttled;
  }

  override refreshRetryTokenForRetry(...[token, info]: Parameters<Refresh>): ReturnType<Refresh> {
    if (info.errorType === 'THROTTLING') this.#throttled();
    return super.refreshRetryTokenForRetry(token, info);
  }
}
