import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Store } from '@parley/engine';
import { encryptingCodec, type KeyPlaces, keysIn, kmsCodec, openDynamoStore, openSqliteStore } from '@parley/stores';
import { ParleyError } from '@parley/workflow';
import { type KeptStore, severalStores } from './several-stores.ts';

/** What a command is told of where sessions are kept. */
export interface StoreChoice {
  /** A file, or `dynamodb:TABLE`. */
  readonly store: string;
  /** Of a table: id, alias or ARN of the KMS key. Left out: PARLEY_KEY, as the functions of a deployment have it. */
  readonly key?: string;
}

/** Where `talk` keeps sessions, unless it is told; and where the contact center does, each workflow's in a file of its own. */
export const SESSIONS = '.parley/sessions.sqlite';
export const CENTER = '.parley/center';

/** The files that `--store` means, as far as they are there: if it is left out, those of the contact center too. */
export function storeFiles(store: string): readonly string[] {
  const beside = store === SESSIONS && existsSync(CENTER) ? readdirSync(CENTER) : [];
  const center = beside.filter((name) => name.endsWith('.sqlite')).sort();
  return [store, ...center.map((name) => path.join(CENTER, name))].filter((file) => existsSync(file));
}

/**
 * Opens a store that is there, or those that are meant: looking for a session makes none. Throws ParleyError `cli/no-store`; `cli/no-key` where it is not said
 * which key of KMS a table is encrypted with.
 */
export async function openStore({ store: file, key = process.env['PARLEY_KEY'] }: StoreChoice): Promise<KeptStore> {
  const table = tableIn(file);
  if (table !== undefined && key !== undefined) return openDynamoStore({ table, codec: kmsCodec({ key }) });
  if (table !== undefined) {
    throw new ParleyError('cli/no-key', `It is not said which key of KMS the table ${table} is encrypted with.`, {
      fix: 'Give --key alias/NAME, or set PARLEY_KEY as it is set for the functions of the deployment.',
    });
  }
  const [first, ...more] = storeFiles(file);
  if (first !== undefined)
    return more.length === 0 ? makeStore(first) : severalStores([makeStore(first), ...more.map(makeStore)]);
  throw new ParleyError('cli/no-store', `There is no store at ${file}.`, {
    fix: 'Have a conversation first (`parley talk support`), or name the file with --store.',
  });
}

/** The name of the DynamoDB table that `--store` means, or undefined where it means a file. */
export const tableIn = (store: string): string | undefined => /^dynamodb:(.+)$/.exec(store)?.[1];

/** Refuses a table where only a file will do, and says why. Throws ParleyError `cli/no-file`. */
export function onlyAFile(store: string, why: string): void {
  if (tableIn(store) === undefined) return;
  throw new ParleyError('cli/no-file', why, { fix: 'Name a file with --store, or leave it out.' });
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
