import { z } from 'zod';

/** What the benchmark, the process of the contact center and the process of the callers say to each other. */

/** Where callers find a contact center, or what stands in for one. */
export const place = z.object({ endpoint: z.string(), instanceId: z.string(), flow: z.string() });
export type Place = z.output<typeof place>;

/** So many chats at once, of so many turns each; before each message a caller thinks up to so many milliseconds. */
export const crowd = z.object({ place, chats: z.number(), turns: z.number(), thinks: z.number() });
export type Crowd = z.output<typeof crowd>;

/** By contact: the milliseconds of each turn, in order. */
export const times = z.record(z.string(), z.array(z.number()));
export type Times = z.output<typeof times>;

/** The milliseconds that the front door and the decider took of each turn, and the bytes of the heap when all is over. */
export const spent = z.object({ door: times, decider: times, heap: z.number() });
export type Spent = z.output<typeof spent>;
