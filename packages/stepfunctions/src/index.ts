export {
  type CompileOptions,
  compileToStepFunctions,
  definitionText,
  type FunctionNames,
  type Shape,
  type StateMachine,
} from './compiler/compile.ts';
export type { LocalFunction, LocalFunctions } from './interpreter/lambda.ts';
export {
  type LocalStepFunctions,
  type LocalStepFunctionsOptions,
  startLocalStepFunctions,
} from './interpreter/local.ts';
