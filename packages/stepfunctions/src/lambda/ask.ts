import { handlersOf } from '../functions/handlers.ts';
import signatures from 'parley:signatures';
import { executionsOf } from './executions.ts';
import { handlerOf } from './handler.ts';

/** Lambda's *ask*: an execution waits for the contact. */
export const handler = handlerOf('ask', { signatures, executions: executionsOf }, ({ world }, event) =>
  handlersOf(world).ask(event),
);
