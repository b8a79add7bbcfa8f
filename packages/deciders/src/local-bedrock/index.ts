export {
  type Answer,
  type Block,
  fails,
  type Misbehaviour,
  type Reply,
  type StopReason,
  says,
  uses,
} from './answer.ts';
export { offlineAnswerer, recordedAnswerer } from './answerers.ts';
export type { ErrorName, StreamErrorName } from './errors.ts';
export type { Guardrail, GuardrailAsked, Verdict } from './guardrail.ts';
export type { ModelRules } from './models.ts';
export {
  type EndedRequest,
  type LocalBedrock,
  type LocalBedrockOptions,
  type SeenRequest,
  startLocalBedrock,
} from './server.ts';
export type { Answerer, Asked } from './service.ts';
