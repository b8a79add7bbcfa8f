import { z } from 'zod';

/** Answers `GET /desk/center`: what the contact center is. */
export const centerInfo = z.object({
  instanceId: z.string(),
  /** When it was started, in milliseconds since the epoch: contacts of before are lost. */
  started: z.number(),
  host: z.string(),
  decider: z.string(),
  workflows: z.array(z.object({ name: z.string(), title: z.string(), flowId: z.string(), hints: z.array(z.string()) })),
});
export type CenterInfo = z.infer<typeof centerInfo>;
