// Runs a TypeScript file of this repository: node scripts/run-ts.mjs FILE [ARGUMENTS]
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { register } from 'tsx/esm/api';

const [file, ...rest] = process.argv.slice(2);
if (file === undefined) throw new Error('Name the file to run.');
process.argv = [process.execPath, path.resolve(file), ...rest];
register();
await import(pathToFileURL(path.resolve(file)).href);
