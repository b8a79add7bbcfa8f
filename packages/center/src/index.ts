export { type Center, type CenterOptions, type CenterWorkflow, startCenter } from './center.ts';
export type { Channel, Item, Reason, Role, Stage } from './contact.ts';
export { type Embedded, type EmbeddedOptions, embed } from './embed.ts';
export type { Phone, Sound } from './phone.ts';
export type { Agent, Callback, Queue, QueueSettings, Queues, Waiting } from './queues.ts';
export type { Notice } from './streaming.ts';
