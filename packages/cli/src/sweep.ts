import { openStore, type StoreChoice } from './store.ts';
import { print, printJson } from './terminal.ts';

/** Removes the sessions whose time is up, as an engine does that runs, and leaves no trace of them in the file. */
export async function sweep(options: StoreChoice & { readonly json?: boolean }): Promise<number> {
  const store = await openStore(options);
  try {
    const removed = await store.sweep(Date.now(), true);
    if (options.json) printJson({ removed });
    else print(`Removed ${removed.length} ${removed.length === 1 ? 'session' : 'sessions'} whose time was up.`);
    return 0;
  } finally {
    await store.close();
  }
}
