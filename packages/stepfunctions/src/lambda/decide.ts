import signatures from 'parley:signatures';
import { handlersOf } from '../functions/handlers.ts';
import { deciderOf } from './deciding.ts';
import { handlerOf } from './handler.ts';
import { pusherOf } from './pusher.ts';

/** Lambda's *decide*: what the caller meant, or how something is put into words. */
export const handler = handlerOf('decide', { signatures, decider: deciderOf, pusher: pusherOf }, ({ world }, event) =>
  handlersOf(world).decide(event),
);
