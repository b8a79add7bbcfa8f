import { z } from 'zod';

/** What agents and their contact center tell each other on the socket `/desk/agents?token=…&name=…`. Times in milliseconds since the epoch. */

const channel = z.enum(['VOICE', 'CHAT', 'TASK']);

/** Something said in a contact, or a note of what happened there. `draft`: what the agent's page called it when it sent it. */
const line = z.object({
  id: z.string(),
  at: z.number(),
  by: z.enum(['caller', 'bot', 'agent', 'note']),
  name: z.string(),
  text: z.string(),
  draft: z.string().optional(),
});
export type Line = z.infer<typeof line>;

const waiting = z.object({
  contact: z.string(),
  channel,
  since: z.number(),
  /** The caller's number, or the name of a task. */
  name: z.string().optional(),
  /** The first line of its brief. */
  summary: z.string().optional(),
  identity: z.string().optional(),
});
export type WaitingContact = z.infer<typeof waiting>;

const callback = z.object({ contact: z.string(), queue: z.string(), number: z.string(), due: z.number() });

const receipt = z.enum(['delivered', 'read']);

/** A contact that the agent has. */
const contact = z.object({
  contact: z.string(),
  channel,
  queue: z.string().optional(),
  /** The caller's number, or the name of a task. */
  name: z.string().optional(),
  description: z.string().optional(),
  begun: z.number(),
  attributes: z.record(z.string(), z.string()),
  lines: z.array(line),
  /** How far the agent's messages have come, by their ids. */
  receipts: z.record(z.string(), receipt),
  /** The caller is in it. A call that rings has none yet. */
  joined: z.boolean(),
  /** Why it is over. */
  over: z.string().optional(),
});
export type AgentContact = z.infer<typeof contact>;

/** What the contact center tells an agent. */
export const toAgent = z.discriminatedUnion('type', [
  /** Who waits, first come first, and who asked to be called back. */
  z.object({
    type: z.literal('desk'),
    now: z.number(),
    queues: z.array(z.object({ id: z.string(), name: z.string(), waiting: z.array(waiting) })),
    callbacks: z.array(callback),
  }),
  /** All contacts that the agent has: whenever the socket is opened. `started`: when the contact center was. */
  z.object({ type: z.literal('contacts'), started: z.number(), contacts: z.array(contact) }),
  z.object({ type: z.literal('contact'), contact }),
  z.object({ type: z.literal('line'), contact: z.string(), line }),
  /** The caller types. */
  z.object({ type: z.literal('typing'), contact: z.string() }),
  z.object({ type: z.literal('receipt'), contact: z.string(), message: z.string(), receipt }),
  z.object({ type: z.literal('joined'), contact: z.string() }),
  z.object({ type: z.literal('over'), contact: z.string(), reason: z.string() }),
  /** The agent has it no longer. */
  z.object({ type: z.literal('gone'), contact: z.string() }),
  /** `taken`: somebody else was first, or the caller is gone. `full`: the queue has no place. */
  z.object({ type: z.literal('refused'), contact: z.string(), why: z.enum(['taken', 'full']) }),
]);
export type ToAgent = z.infer<typeof toAgent>;

const Contact = z.string().min(1).max(100);

/** What an agent asks of the contact center. */
export const fromAgent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('take'), contact: Contact }),
  /** The same `draft` again is said once. */
  z.object({
    type: z.literal('say'),
    contact: Contact,
    draft: z.string().min(1).max(100),
    text: z.string().trim().min(1).max(1_024),
  }),
  z.object({ type: z.literal('typing'), contact: Contact }),
  z.object({ type: z.literal('read'), contact: Contact, message: z.string().min(1).max(100) }),
  z.object({ type: z.literal('end'), contact: Contact }),
  z.object({ type: z.literal('transfer'), contact: Contact, queue: z.string().max(500) }),
  /** A contact that is over is looked at no longer. */
  z.object({ type: z.literal('close'), contact: Contact }),
  /** Calls whoever asked for it in this contact. */
  z.object({ type: z.literal('call back'), contact: Contact }),
  /** The agent goes: their contacts go back to the head of their queues. */
  z.object({ type: z.literal('leave') }),
]);
export type FromAgent = z.infer<typeof fromAgent>;
