import { styleText } from 'node:util';
import { describeProblem, ParleyError, WorkflowError } from '@parley/workflow';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** A text in a style, where standard output is a terminal that shows colours and NO_COLOR is not set. */
export function styled(style: Style, text: string): string {
  return process.stdout.isTTY && process.env['NO_COLOR'] === undefined ? styleText(style, text) : text;
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(data: unknown): void {
  print(JSON.stringify(data, null, 2));
}

/** Says how far long work is, on a terminal's standard error; says nothing in a pipe. */
export function progress(what: string, total: number): { step(): void; done(): void } {
  const shows = process.stderr.isTTY && total > 1;
  let count = 0;
  let last = 0;
  return {
    step() {
      count += 1;
      const now = Date.now();
      if (!shows || now - last < 100) return;
      last = now;
      process.stderr.write(`\r${what} ${count}/${total}\u001b[K`);
    },
    done() {
      if (shows) process.stderr.write('\r\u001b[K');
    },
  };
}

/** An error as a person reads it: what happened, where, what to do. */
export function describeError(error: unknown): string {
  if (error instanceof WorkflowError) return error.problems.map(describeProblem).join('\n');
  if (!(error instanceof ParleyError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
  const { place, code, message, fix } = error;
  const where = place ? `${place.file}:${place.line}:${place.column}  ` : '';
  return `${where}${code}\n    ${message}${fix === undefined ? '' : `\n    ${fix}`}`;
}
