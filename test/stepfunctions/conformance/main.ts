import { conformance } from './command.ts';

/** npm run conformance -- [--endpoint URL] [--tasks-port N] …: README.md has the rest. */
process.exitCode = await conformance(process.argv.slice(2), (line) => console.log(line));
