import { environment } from '../src/environment.ts';

/** The instance of the example. `aws connect list-instances` and `list-queues` tell those of an account. */
const instance = 'arn:aws:connect:us-east-1:123456789012:instance/00000000-0000-4000-8000-000000000001';
const queue = (number: number) =>
  `${instance}/queue/00000000-0000-4000-8000-0000000001${String(number).padStart(2, '0')}`;

/**
 * An example of a deployment with Amazon Connect, with made-up ARNs: copy its `connect` into an environment of your own. It is synthesized
 * by the tests, and never deployed.
 */
export const example = environment({
  prefix: 'parley-example',
  region: 'us-east-1',
  protected: false,
  shapes: { support: 'per-turn' },
  logDays: 7,
  connect: {
    // Calls and chats by Lex; once a person is on the line, Connect records.
    support: {
      instance,
      queues: { support: queue(1) },
      greeting: 'Hello. This conversation may be recorded.',
      record: 'agent',
    },
    // Chats by a bot of our own; one of the functions that callers on the phone wait for is always warm.
    'supply-chain': {
      instance,
      queues: {
        logistics: queue(2),
        docks: queue(3),
        claims: queue(4),
        exceptions: queue(5),
        purchasing: queue(6),
      },
      voice: 'Matthew',
      chat: 'bot',
      warm: 1,
    },
  },
});
