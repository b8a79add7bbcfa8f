export { flowBlock, type FlowBlockOptions, type NestedAnswer, type StringMap } from './block/block.ts';
export { type EntryOptions, type FrontDoor, type LambdaContext, type Words, WORDS } from './front-door.ts';
export { briefText, type GoingOn, type Rest } from './going-on.ts';
export type { LexAnswer } from './lex/answer.ts';
export { lexHook, type LexHookOptions } from './lex/hook.ts';
export { LISTENING_ATTRIBUTES, type Listening, listeningAfter } from './listening.ts';
export { MAX_MESSAGE, MAX_MESSAGES, type Message, saidBy, spoken, written } from './speech/messages.ts';
