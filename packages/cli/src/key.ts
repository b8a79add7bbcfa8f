import { addKey, keysIn, nameOfKey } from '@parley/stores';
import { keyPlaces, onlyAFile } from './store.ts';
import { print } from './terminal.ts';

/** Lists the keys that a store is encrypted with, by names that tell nothing of them; with `new`, adds one that writes from now on. */
export async function key(options: { readonly store: string; readonly new?: boolean }): Promise<number> {
  onlyAFile(options.store, 'A table is encrypted with a key of KMS, which keeps it and changes it by itself.');
  const { file, given } = keyPlaces(options.store);
  if (options.new) addKey(file);
  const all = keysIn({ file, given }).all();
  const inFile = keysIn({ file }).all();
  const own = all.length - inFile.length;
  for (const [index, one] of all.entries()) {
    print(`${nameOfKey(one)}  ${index === 0 ? 'writes and reads' : 'reads'}  ${index < own ? 'PARLEY_KEY' : file}`);
  }
  if (all.length === 0) print(`There is no key yet: ${file} is made when something is first kept.`);
  if (options.new && own > 0) print('PARLEY_KEY goes on writing: the new key only reads until that is taken away.');
  return 0;
}
