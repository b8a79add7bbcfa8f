import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Store } from '@parley/engine';
import { encryptingCodec, type KeyPlaces, keysIn, kmsCodec, openDynamoStore, openSqliteStore } from '@parley/stores';
import { ParleyError } from '@parley/workflow';

/** What a command is told of where sessions are kept. */
export interface StoreChoice {
  /** A file, or `dynamodb:TABLE`. */
  readonly store: string;
  /** Of a table: id, alias or ARN of the KMS key. Left out: PARLEY_KEY, as the functions of a deployment have it. */
  readonly key?: string;
}

/**
 * Opens a store that is there: looking for a session makes none. Throws ParleyError `cli/no-store`; `cli/no-key` where it is not said
 * which key of KMS a table is encrypted with.
 */
export async function openStore({ store: file, key = process.env['PARLEY_KEY'] }: StoreChoice): Promise<Store> {
  const table = tableIn(file);
  if (table !== undefined && key !== undefined) return openDynamoStore({ table, codec: kmsCodec({ key }) });
  if (table !== undefined) {
    throw new ParleyError('cli/no-key', `It is not said which key of KMS the table ${table} is encrypted with.`, {
      fix: 'Give --key alias/NAME, or set PARLEY_KEY as it is set for the functions of the deployment.',
    });
  }
  if (existsSync(file)) return makeStore(file);
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
