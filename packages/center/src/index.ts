export {
  type Center,
  type CenterOptions,
  type CenterWorkflow,
  type Sessions,
  type Signal,
  startCenter,
} from './center.ts';
export type { Outward } from './chat-bot.ts';
export type { Channel, Item, Reason, Role, Stage } from './contact.ts';
export { ownBackEnds } from './demo/back-ends.ts';
export { type DemoCaller, type DemoLine, demoCallers } from './demo/callers.ts';
export { type Demo, type DemoOptions, startDemo } from './demo/demo.ts';
export type { DeskOptions } from './desk/desk.ts';
export { hintsBeside } from './desk/hints.ts';
export { type WatchedStore, watchedStore } from './desk/watched-store.ts';
export { type Embedded, type EmbeddedOptions, embed, outwardLater } from './embed.ts';
export type { Phone, Sound } from './phone.ts';
export type { Agent, Callback, Queue, QueueSettings, Queues, Waiting } from './queues.ts';
export type { Notice } from './streaming.ts';
export { whenEnded } from './when-ended.ts';
