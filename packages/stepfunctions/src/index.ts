export {
  type CompileOptions,
  compileToStepFunctions,
  definitionText,
  type FunctionNames,
  type Shape,
  type StateMachine,
} from './compiler/compile.ts';
export { type Cost, costOfUsage, meanOf, type PriceTable, readPrices, type Usage, usageOf } from './cost/price.ts';
export { type Walk, walk } from './cost/walk.ts';
export { failureOf, type SfnAddress, sfnClient } from './deploy/client.ts';
export {
  type Deployment,
  deploy,
  type Moved,
  rollback,
  type Share,
  type Site,
} from './deploy/deploy.ts';
export { type ReleasesOptions, sfnReleases } from './deploy/releases.ts';
export {
  type Executions,
  type ExecutionState,
  executionName,
  type Pinned,
  sfnExecutions,
} from './functions/executions.ts';
export { recover } from './functions/follow.ts';
export { handlersOf } from './functions/handlers.ts';
export type { Told } from './functions/hosted.ts';
export type { Release, Releases } from './functions/releases.ts';
export { fire, type Ticked, tick } from './functions/tick.ts';
export { turn } from './functions/turn.ts';
export type { World } from './functions/world.ts';
export type { LocalFunction, LocalFunctions } from './interpreter/lambda.ts';
export {
  type LocalStepFunctions,
  type LocalStepFunctionsOptions,
  startLocalStepFunctions,
} from './interpreter/local.ts';
