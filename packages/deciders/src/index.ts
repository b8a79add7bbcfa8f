export { type BedrockOptions, bedrockDecider } from './bedrock/bedrock.ts';
export { mostItMayCost } from './bedrock/bound.ts';
export { type BedrockAccess, bedrockClient, checkAccess } from './bedrock/client.ts';
export { type BedrockGuardOptions, bedrockGuard } from './bedrock/guardrail.ts';
export {
  bareModel,
  findModel,
  type ModelRow,
  modelRows,
  type OwnRow,
  STRATEGIES,
  type Strategy,
} from './bedrock/models.ts';
export { costOf, type Price, priceOf, type Sum, sumOf } from './bedrock/price.ts';
export {
  type Answer,
  type Block,
  fails,
  type Misbehaviour,
  type Reply,
  type StopReason,
  says,
  uses,
} from './local-bedrock/answer.ts';
export { offlineAnswerer, recordedAnswerer } from './local-bedrock/answerers.ts';
export type { ErrorName, StreamErrorName } from './local-bedrock/errors.ts';
export type { Guardrail, GuardrailAsked, Verdict } from './local-bedrock/guardrail.ts';
export type { ModelRules } from './local-bedrock/models.ts';
export {
  type EndedRequest,
  type LocalBedrock,
  type LocalBedrockOptions,
  type SeenRequest,
  startLocalBedrock,
} from './local-bedrock/server.ts';
export type { Answerer, Asked } from './local-bedrock/service.ts';
export { offlineDecider } from './offline/offline.ts';
export { recordedDecider } from './recorded.ts';
