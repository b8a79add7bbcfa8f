import signatures from 'parley:signatures';
import { readLexEvent } from '../lex/event.ts';
import { lexHook } from '../lex/hook.ts';
import { entryOf } from './entry.ts';

/** Lambda's *lex*: the code hook of a workflow's Lex bot. */
export const handler = entryOf('lex', signatures, {
  session: (event) => {
    const { sessionState, sessionId } = readLexEvent(event);
    return sessionState.sessionAttributes['parley_session'] || sessionId;
  },
  make: lexHook,
});
