import signatures from 'parley:signatures';
import { executionsOf } from './executions.ts';
import { handlerOf } from './handler.ts';
import { everyMinute } from './minute.ts';
import { pusherOf } from './pusher.ts';

/** Lambda's *tick*, which a schedule asks every minute. What it is given says nothing. */
export const handler = handlerOf('tick', { signatures, executions: executionsOf, pusher: pusherOf }, everyMinute);
