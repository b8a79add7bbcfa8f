import { open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { keptWorkflow, knownOf, type StoredSession } from '@parley/engine';
import { compileWorkflow, ParleyError, type Program } from '@parley/workflow';
import { customerOf } from './customer.ts';
import { type Holding, holdingOf, shown, workflowsFolder, workflowsIn } from './project.ts';
import { recordingsAt } from './recordings.ts';
import type { KeptStore } from './several-stores.ts';
import { dataFolder, openStore, type StoreChoice, storeFiles, tableIn } from './store.ts';
import { print, printJson, progress, styled } from './terminal.ts';

export interface ForgetOptions extends StoreChoice {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** What there is of a customer. */
interface Found {
  readonly sessions: readonly (StoredSession & { readonly by: string })[];
  /** Files. */
  readonly recordings: readonly string[];
  readonly backEnds: readonly (Holding & { readonly workflow: string })[];
  /** Sessions that could not be looked through, and why. */
  readonly unread: readonly { readonly session: string; readonly code: string }[];
}

/**
 * Removes all there is of a customer: sessions of the store, their recordings in the workflows' folders, and what the back
 * ends of the workflows hold. Exit code 1 where something of them is left, as in a dry run.
 */
export async function forget(given: string, options: ForgetOptions): Promise<number> {
  if (given.trim().length < 3) {
    throw new ParleyError('cli/no-customer', 'This is too short to tell a customer by.', {
      fix: "Give an e-mail address, a phone number, a customer's id, or a session's.",
    });
  }
  const store = await openStore(options);
  try {
    const found = await find(store, given, options.store);
    const something = found.sessions.length + found.recordings.length + found.backEnds.length > 0;
    if (!options.json) tell(found, something);
    const removed = something && !options.dryRun && (options.yes || (await agreed()));
    if (removed) await remove(store, found);
    if (options.json) printJson(summary(found, removed));
    else if (removed) print(`Removed: ${counts(found)}.`);
    else if (something) print('Nothing was removed.');
    return (something && !removed) || found.unread.length > 0 ? 1 : 0;
  } finally {
    await store.close();
  }
}

async function find(store: KeptStore, given: string, storeFile: string): Promise<Found> {
  const here = await workflowsFolder();
  const files = here === undefined ? [] : await workflowsIn(here);
  const backEnds = await held(files, storeFile, given);
  const customers = [given, ...backEnds.flatMap(({ names = [] }) => names)].map(customerOf);
  const programs = new Map<string, Program | undefined>();
  const sessions: (StoredSession & { by: string })[] = [];
  const unread: { session: string; code: string }[] = [];
  const all = await store.sessions();
  const bar = progress('Looking through the sessions', all.length);
  for (const one of all) {
    const { session, version } = one;
    try {
      if (!programs.has(version)) programs.set(version, await programOf(store, one));
      const program = programs.get(version);
      const looked = { session, program, known: knownOf(one), events: await store.events(session) };
      const by = customers.map((customer) => customer.findIn(looked)).find((found) => found !== undefined);
      if (by !== undefined) sessions.push({ ...one, by });
      else if (!program) unread.push({ session, code: 'engine/version-lost' });
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      if (session === given) sessions.push({ ...one, by: 'its name' });
      else unread.push({ session, code: error.code });
    }
    bar.step();
  }
  bar.done();
  const names = new Set([given, ...sessions.map(({ session }) => session)]);
  return {
    sessions,
    unread,
    recordings: (await Promise.all(files.map((file) => recordingsOf(path.dirname(file), names)))).flat(),
    backEnds,
  };
}

/** Undefined where its files are not in the store, or can't be made out any more: what is sensitive can't be told then. */
async function programOf(store: KeptStore, session: StoredSession): Promise<Program | undefined> {
  try {
    return compileWorkflow(await keptWorkflow(store, session));
  } catch (error) {
    if (error instanceof ParleyError && !error.code.startsWith('store/')) return undefined;
    throw error;
  }
}

async function recordingsOf(folder: string, sessions: ReadonlySet<string>): Promise<readonly string[]> {
  const recordings = path.join(folder, 'recordings');
  if (!(await stat(recordings).catch(() => undefined))) return [];
  const files: string[] = [];
  for (const file of await recordingsAt(recordings)) {
    const session = await sessionOf(file);
    if (session !== undefined && sessions.has(session)) files.push(file);
  }
  return files;
}

/** The session that the first line of a recording names; the rest may be long. */
async function sessionOf(file: string): Promise<string | undefined> {
  const handle = await open(file);
  try {
    for await (const line of handle.readLines()) {
      const header: unknown = JSON.parse(line);
      const named = typeof header === 'object' && header !== null && 'session' in header ? header.session : undefined;
      return typeof named === 'string' ? named : undefined;
    }
  } catch {
    // It is no recording.
  } finally {
    await handle.close().catch(() => undefined);
  }
  return undefined;
}

async function held(files: readonly string[], storeFile: string, given: string): Promise<Found['backEnds']> {
  const backEnds: (Holding & { workflow: string })[] = [];
  // What stands in for back ends here is not what those of a deployment are.
  const stores = tableIn(storeFile) === undefined ? storeFiles(storeFile) : [];
  for (const [file, folder] of files.flatMap((one) => foldersOf(stores, one).map((folder) => [one, folder] as const))) {
    // Where no conversation was had, the back end is as it was delivered.
    if (!(await stat(folder).catch(() => undefined))) continue;
    const holding = await holdingOf(path.dirname(file), { folder }, given);
    if (holding && Object.values(holding.found).some((count) => count > 0)) {
      backEnds.push({ ...holding, workflow: path.basename(path.dirname(file)) });
    }
  }
  return backEnds;
}

/** Where the back end of the workflow in this file keeps its data, beside any of these stores. */
const foldersOf = (stores: readonly string[], file: string): readonly string[] => [
  ...new Set(stores.map((store) => dataFolder(store, file))),
];

/** If something goes wrong, what is left is found again: recordings by the sessions, sessions by the names in the back ends. */
async function remove(store: KeptStore, { sessions, recordings, backEnds }: Found): Promise<void> {
  for (const file of recordings) await rm(file, { force: true });
  await store.remove(...sessions.map(({ session }) => session));
  for (const { remove } of backEnds) await remove();
}

async function agreed(): Promise<boolean> {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) {
    throw new ParleyError('cli/not-agreed', 'Nothing is removed that nobody has agreed to.', {
      fix: 'Look at it with --dry-run, then say --yes.',
    });
  }
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(?:es)?$/i.test((await lines.question('Remove all of this for good? [y/N] ')).trim());
  } finally {
    lines.close();
  }
}

function tell({ sessions, recordings, backEnds, unread }: Found, something: boolean): void {
  if (!something) print('There is nothing of them here.');
  for (const { session, workflow, status, startedAt, by } of sessions) {
    const started = new Date(startedAt).toISOString().slice(0, 19).replace('T', ' ');
    print(`session    ${session}  ${started}  ${status}  ${workflow} ${styled('dim', `(by ${by})`)}`);
  }
  for (const file of recordings) print(`recording  ${shown(file)}`);
  for (const { workflow, found } of backEnds) print(`back end   ${workflow}: ${listed(found)}`);
  for (const { session, code } of unread) {
    print(styled('yellow', `unread     ${session} (${code}): whether it is theirs can't be told`));
  }
}

function counts({ sessions, recordings, backEnds }: Found): string {
  return [
    of(sessions.length, 'session'),
    of(recordings.length, 'recording'),
    ...backEnds.map(({ workflow, found }) => `of ${workflow} ${listed(found)}`),
  ].join(', ');
}

const of = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

const listed = (found: Holding['found']) =>
  Object.entries(found)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ');

function summary({ sessions, recordings, backEnds, unread }: Found, removed: boolean) {
  return {
    removed,
    sessions: sessions.map(({ session, workflow, status, startedAt, by }) => ({
      session,
      workflow,
      status,
      started: new Date(startedAt).toISOString(),
      by,
    })),
    recordings: recordings.map(shown),
    backEnds: backEnds.map(({ workflow, found }) => ({ workflow, found })),
    unread,
  };
}
