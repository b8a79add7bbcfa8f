import signatures from 'parley:signatures';
import { readBlockEvent } from '../block/event.ts';
import { partOfChat } from './chat.ts';
import { entryOf } from './entry.ts';

/** Lambda's *joined*: the function of the flow's block that lets the bot into a chat. */
export const handler = entryOf('joined', signatures, {
  session: (event) => readBlockEvent(event).contact,
  make: partOfChat('joined'),
});
