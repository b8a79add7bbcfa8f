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
    const { push, reaches, quiet } = chatOf(options, way);
    return async (event) => {
      const { session } = owed.parse(event);
      await quiet(session);
      await deliver({ ...way.world, push, reaches }, session);
    };
  },
});
