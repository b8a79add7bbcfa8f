import { environment } from '../src/environment.ts';

/** Real callers. */
export const prod = environment({
  prefix: 'parley-prod',
  region: 'us-east-1',
  protected: true,
  // Voice: the pause before an answer is what Express is for. The others keep their graph in the console, one execution a contact.
  shapes: { support: 'per-turn' },
  shift: { type: 'CANARY', percentage: 10, minutes: 10 },
  tracing: true,
  logDays: 90,
});
