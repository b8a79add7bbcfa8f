import signatures from 'parley:signatures';
import { flowBlock } from '../block/block.ts';
import { readBlockEvent } from '../block/event.ts';
import { entryOf } from './entry.ts';

/** Lambda's *block*: the function of the flow's block. */
export const handler = entryOf('block', signatures, {
  session: (event) => {
    const { parameters, contact } = readBlockEvent(event);
    return parameters['session'] || contact;
  },
  make: flowBlock,
});
