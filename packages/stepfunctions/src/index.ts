export { Execution } from './interpreter/execution.ts';
