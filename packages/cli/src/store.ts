import { existsSync } from 'node:fs';
import type { Store } from '@parley/engine';
import { openSqliteStore } from '@parley/stores';
import { ParleyError } from '@parley/workflow';

/** Opens a store that is there: looking for a session makes none. Throws ParleyError `cli/no-store`. */
export function openStore(file: string): Store {
  if (existsSync(file)) return openSqliteStore(file);
  throw new ParleyError('cli/no-store', `There is no store at ${file}.`, {
    fix: 'Have a conversation first (`parley talk support`), or name the file with --store.',
  });
}

/** The error of a session that is not in the store. */
export function noSession(session: string): ParleyError {
  return new ParleyError('cli/no-session', `There is no session ${session} in the store.`, {
    fix: '`parley sessions` lists those there are.',
  });
}
