import signatures from 'parley:signatures';
import { executionsOf } from './executions.ts';
import { front } from './front.ts';
import { handlerOf } from './handler.ts';

/** Lambda's *turn*, the front door: takes `{ session, id, event }` and gives the reply. */
export const handler = handlerOf('turn', { signatures, executions: executionsOf }, front);
