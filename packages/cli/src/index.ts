export { main } from './main.ts';
export { openProject, signaturesOf, workflowsIn } from './project.ts';
