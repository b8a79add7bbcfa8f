export type { Configuration } from './configuration.ts';
export type { Memory, Move, Pending, Waiting } from './context.ts';
export * from './event.ts';
export { createMachine, type Machine, type Snapshot, type StepResult } from './machine.ts';
export { type Offer, offered, type QuestionPlan, type QuestionStep } from './question.ts';
export { restoreSnapshot } from './restore.ts';
export type { Refusal } from './words/words.ts';
