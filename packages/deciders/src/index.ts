export { offlineDecider } from './offline/offline.ts';
export { recordedDecider } from './recorded.ts';
export { type BedrockOptions, bedrockDecider } from './bedrock/bedrock.ts';
export { type BedrockAccess, bedrockClient, checkAccess } from './bedrock/client.ts';
export { findModel, type ModelRow, modelRows, type OwnRow } from './bedrock/models.ts';
export { costOf, type Price, priceOf, type Sum, sumOf } from './bedrock/price.ts';
