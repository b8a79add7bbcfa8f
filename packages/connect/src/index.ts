export { type After, afterContact, type CallBack, type FollowUp } from './after/after.ts';
export { type Agreement, agreementsIn, type Promised, promisedCallBack } from './after/consent.ts';
export { contactEnded, type ContactEndedOptions } from './after/ended.ts';
export { flowBlock, type FlowBlockOptions, type NestedAnswer, type StringMap } from './block/block.ts';
export { type Chat, type ChatOptions, connectChat } from './chat/chat.ts';
export { wordsOf } from './chat/item.ts';
export type { YesNo } from './chat/picker.ts';
export { type ChatStore, chatsIn, memoryChats } from './chat/record.ts';
export { type Fetcher, signedText } from './chat/signature.ts';
export { connectTemplate, type Intent, intentsOf } from './flow/bot.ts';
export { type CheckedFlow, checkFlow } from './flow/check.ts';
export {
  CONTRACT,
  type ContactFlow,
  type FlowOptions,
  type GeneratedFlow,
  generateFlow,
  personQueueOf,
} from './flow/generate.ts';
export { generatePersonFlow } from './flow/person.ts';
export type { FlowProblem } from './flow/problem.ts';
export { type MadeTestCase, type TestCase, testCaseOf } from './flow/test-case.ts';
export { type EntryOptions, type FrontDoor, type LambdaContext, WORDS, type Words } from './front-door.ts';
export { briefText, type GoingOn, type Rest } from './going-on.ts';
export type { LexAnswer } from './lex/answer.ts';
export { type LexHookOptions, lexHook } from './lex/hook.ts';
export { LISTENING_ATTRIBUTES, type Listening, listeningAfter } from './listening.ts';
export { MAX_MESSAGE, MAX_MESSAGES, type Message, saidBy, spoken, written } from './speech/messages.ts';
