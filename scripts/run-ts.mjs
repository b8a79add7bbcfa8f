// Runs a TypeScript file of this repository: node scripts/run-ts.mjs FILE [ARGUMENTS]
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { register } from 'tsx/esm/api';

const [file, ...rest] = process.argv.slice(2);
if (file === undefined) throw new Error('Name the file to run.');
process.argv = [process.execPath, path.resolve(file), ...rest];
// Node 26 deprecates how tsx registers its hooks, which is nothing to whoever runs the script.
const { noDeprecation } = process;
process.noDeprecation = true;
register();
process.noDeprecation = noDeprecation;
await import(pathToFileURL(path.resolve(file)).href);
