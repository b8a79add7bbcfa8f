export * from './clock.ts';
export type * from './decider.ts';
export * from './errors.ts';
export type * from './store.ts';
export * from './tool.ts';
