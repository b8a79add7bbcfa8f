import { styleText } from 'node:util';
import { describeProblem, ParleyError, WorkflowError } from '@parley/workflow';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** A text in a style, where standard output is a terminal that shows colours and NO_COLOR is not set. */
export function styled(style: Style, text: string): string {
  return process.stdout.isTTY && process.env['NO_COLOR'] === undefined ? styleText(style, text) : text;
}

/** A style of `styled`, or a sign that a terminal obeys instead of showing it. */
const UNSEEN = /(\p{Cc})\[(?:1|2|22|31|32|33|36|39)m|[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu;
const ESCAPE = '\u001B';

/**
 * A text as a terminal may have it: what a caller, a tool or a file put into it can move no cursor, set no title and turn
 * no text around. Each such character becomes �; styles, line ends and tabs stay.
 */
export function harmless(text: string): string {
  return text.replace(UNSEEN, (found, begins: string | undefined) => {
    if (begins === ESCAPE || found === '\n' || found === '\t') return found;
    return `\uFFFD${found.slice(1)}`;
  });
}

export function print(text: string): void {
  process.stdout.write(`${harmless(text)}\n`);
}

/** Says something beside what goes to standard output. */
export function printBeside(text: string): void {
  process.stderr.write(`${harmless(text)}\n`);
}

/** For programs: the same data, with what a terminal would obey written as JSON's escapes. */
export function printJson(data: unknown): void {
  const escaped = (found: string) =>
    found === '\n' ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}${found.slice(1)}`;
  process.stdout.write(`${JSON.stringify(data, null, 2).replace(UNSEEN, escaped)}\n`);
}

/** How often it is said in a pipe how far work is that may take hours, in milliseconds. */
const STEADILY = 30_000;

/** Says how far long work is, on a terminal's standard error; in a pipe it says nothing, or `steadily` a line now and then. */
export function progress(what: string, total: number, pipe?: 'steadily'): { step(more?: string): void; done(): void } {
  const shows = process.stderr.isTTY && total > 1;
  let count = 0;
  let last = shows ? 0 : Date.now();
  return {
    step(more = '') {
      count += 1;
      const now = Date.now();
      if (now - last < (shows ? 100 : STEADILY) || !(shows || pipe)) return;
      last = now;
      const text = harmless(`${what} ${count}/${total}${more}`);
      process.stderr.write(shows ? `\r${text}\u001b[K` : `${text}\n`);
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
