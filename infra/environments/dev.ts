import { environment } from '../src/environment.ts';

/** To try things out: nothing is kept when it is deleted, and little costs anything at rest. */
export const dev = environment({
  prefix: 'parley-dev',
  region: 'us-east-1',
  protected: false,
  shapes: { support: 'per-turn' },
  logDays: 7,
});
