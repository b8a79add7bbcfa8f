import signatures from 'parley:signatures';
import makers from 'parley:tools';
import { handlersOf } from '../functions/handlers.ts';
import { guardOf } from './deciding.ts';
import { handlerOf } from './handler.ts';
import { pusherOf } from './pusher.ts';

/** Lambda's *call*: a tool does its work. */
export const handler = handlerOf(
  'call',
  {
    signatures,
    guard: guardOf,
    pusher: pusherOf,
    tools: ({ data }) =>
      Object.fromEntries(
        Object.entries(makers).map(([workflow, make]) => [
          workflow,
          make(data === undefined ? {} : { folder: `${data}/${workflow}` }),
        ]),
      ),
  },
  ({ world }, event) => handlersOf(world).call(event),
);
