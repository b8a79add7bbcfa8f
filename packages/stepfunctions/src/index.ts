export type { LocalFunction, LocalFunctions } from './interpreter/lambda.ts';
export {
  type LocalStepFunctions,
  type LocalStepFunctionsOptions,
  startLocalStepFunctions,
} from './interpreter/local.ts';
