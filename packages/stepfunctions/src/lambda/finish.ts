import signatures from 'parley:signatures';
import { handlersOf } from '../functions/handlers.ts';
import { handlerOf } from './handler.ts';
import { pusherOf } from './pusher.ts';

/** Lambda's *finish*: another function failed or was late. */
export const handler = handlerOf('finish', { signatures, pusher: pusherOf }, ({ world }, event) =>
  handlersOf(world).finish(event),
);
