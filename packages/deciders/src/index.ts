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
export { offlineDecider } from './offline/offline.ts';
export { recordedDecider } from './recorded.ts';
