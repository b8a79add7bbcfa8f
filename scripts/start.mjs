// npm start [-- NAME…] [OPTIONS]: the contact center on this machine, with these workflows (all there are, if none is named).
// With lines on standard input, or --terminal: a conversation with a workflow, in this terminal.
import { fstatSync } from 'node:fs';

const given = process.argv.slice(2).filter((word) => word !== '--terminal');
const talks = process.argv.includes('--terminal') || (await hasLines());
process.argv = [process.execPath, 'parley', ...(talks ? ['talk', ...named(given)] : ['center', ...given])];
await import('../packages/cli/bin/parley.js');

/** Who talks names a workflow first. */
function named(words) {
  return words[0]?.startsWith('-') === false ? words : ['support', ...words];
}

/**
 * Whether there are lines on standard input: it is a file or a pipe, and something comes before it ends. A pipe that somebody holds open without
 * a word (as who starts programs does) has none.
 */
async function hasLines() {
  if (process.stdin.isTTY) return false;
  const PATIENCE = 2_000;
  const kind = fstatSync(0);
  if (kind.isFile()) return kind.size > 0;
  if (!kind.isFIFO() && !kind.isSocket()) return false;
  const { stdin } = process;
  return new Promise((resolve) => {
    const done = (lines) => {
      clearTimeout(late);
      stdin.off('readable', readable);
      stdin.off('end', end);
      if (!lines) stdin.unref?.();
      resolve(lines);
    };
    // What has come stays there for who reads it.
    const readable = () => {
      if (stdin.readableLength > 0) done(true);
    };
    const end = () => done(false);
    const late = setTimeout(() => done(false), PATIENCE);
    stdin.on('readable', readable);
    stdin.on('end', end);
  });
}
