import signatures from 'parley:signatures';
import { deliver } from '@parley/stepfunctions/lambda';
import { z } from 'zod';
import { chatOf } from './chat.ts';
import { entryOf } from './entry.ts';

const owed = z.object({ session: z.string().min(1) });

/** Lambda's *pushed*: a session is owed something, and no turn waits for it. If its caller is in a chat with the bot, it is posted there. */
export const handler = entryOf('pushed', signatures, {
  session: (event) => owed.parse(event).session,
  make: (options, way) => {
    const { push, reaches } = chatOf(options, way);
    return (event) => deliver({ ...way.world, push, reaches }, owed.parse(event).session);
  },
});
