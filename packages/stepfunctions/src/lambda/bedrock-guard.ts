export { bedrockClient, bedrockGuard } from '@parley/deciders';
