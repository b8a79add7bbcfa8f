export { bedrockClient, bedrockDecider, modelRows } from '@parley/deciders';
