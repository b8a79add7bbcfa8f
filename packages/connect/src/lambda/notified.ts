import signatures from 'parley:signatures';
import { z } from 'zod';
import { readMessage } from '../chat/item.ts';
import { partOfChat } from './chat.ts';
import { entryOf } from './entry.ts';

const delivery = z.object({ Records: z.tuple([z.object({ Sns: z.object({ Message: z.string() }) })]) });

/** Lambda's *notified*: what SNS tells of a chat. */
export const handler = entryOf('notified', signatures, {
  // Nobody has looked yet at who signed it: it only says by which version an answer would be asked for.
  session: (event) => readMessage(delivery.safeParse(event).data?.Records[0].Sns.Message ?? '')?.contact ?? '',
  make: partOfChat('notified'),
});
