import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Store } from '@parley/engine';
import { encryptingCodec, type KeyPlaces, keysIn, openSqliteStore } from '@parley/stores';
import { ParleyError } from '@parley/workflow';

/** Opens a store that is there: looking for a session makes none. Throws ParleyError `cli/no-store`. */
export function openStore(file: string): Store {
  if (existsSync(file)) return makeStore(file);
  throw new ParleyError('cli/no-store', `There is no store at ${file}.`, {
    fix: 'Have a conversation first (`parley talk support`), or name the file with --store.',
  });
}

/** Opens a store, which is made where there is none. What is kept in it is encrypted. */
export function makeStore(file: string): Store {
  return openSqliteStore(file, { codec: encryptingCodec(keysIn(keyPlaces(file))) });
}

/** Where the keys of a store are: in the environment, and in the file `key` beside it. */
export function keyPlaces(store: string): KeyPlaces & { readonly file: string } {
  return { file: path.join(path.dirname(store), 'key'), given: process.env['PARLEY_KEY'] };
}

/** The folder beside a store where the back end of the workflow in this file keeps its data. */
export function dataFolder(store: string, workflowFile: string): string {
  const name = path.basename(path.dirname(workflowFile)).replaceAll(/[^\w-]+/g, '_');
  return path.join(path.dirname(store), 'data', name);
}

/** The error of a session that is not in the store. */
export function noSession(session: string): ParleyError {
  return new ParleyError('cli/no-session', `There is no session ${session} in the store.`, {
    fix: '`parley sessions` lists those there are.',
  });
}
