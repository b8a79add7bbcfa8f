import { ParleyError } from '@parley/workflow';
import type { World } from '../functions/world.ts';
import { type Lines, linesTo } from './lines.ts';
import { type AwsSettings, type Parts, productionWorld } from './production.ts';
import { readSettings } from './settings.ts';

/** What AWS Lambda tells a function of the time it has. */
export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

/** A function of AWS Lambda. */
export type Handler = (event: unknown, context?: LambdaContext) => Promise<unknown>;

/** What the work of a function is done in. */
export interface Place {
  readonly world: World;
  readonly lines: Lines;
  /** For clients of AWS beside those of the world. */
  readonly aws: AwsSettings;
}

/**
 * A Lambda function of this name (`ask`). What it works with is made by its first event and kept for those after. An error leaves it by its
 * code: what AWS or a library says of one may quote what it was given, and Lambda writes all that is thrown to the log.
 */
export function handlerOf(
  name: string,
  parts: Parts,
  work: (place: Place, event: unknown, context: LambdaContext | undefined) => Promise<unknown>,
): Handler {
  let made: Promise<Place> | undefined;
  let lines = linesTo(write, '', Date.now);

  async function make(): Promise<Place> {
    const settings = readSettings(process.env);
    lines = linesTo(write, settings.prefix, Date.now);
    return { lines, ...(await productionWorld(name, settings, parts, lines)) };
  }

  return async (event, context) => {
    try {
      made ??= make();
      const place = await made.catch((error: unknown) => {
        made = undefined;
        throw error;
      });
      return await work(place, event, context);
    } catch (error) {
      const told = tellable(name, error);
      lines.note({ level: 'error', code: told.code, function: name, ...sessionOf(event), message: told.message });
      throw told;
    }
  };
}

/** Past what Lambda makes of the console: a line of metrics must stand alone. */
const write = (line: string): void => void process.stdout.write(`${line}\n`);

/** An error that may be told, with its code for Lambda's `errorType`. Its cause stays out: Lambda would write it down. */
function tellable(name: string, error: unknown): ParleyError {
  const { code, message, fix } = error instanceof ParleyError ? error : unexpected(name, error);
  const told = new ParleyError(code, message, fix === undefined ? {} : { fix });
  told.name = code;
  return told;
}

function unexpected(name: string, error: unknown): ParleyError {
  const kind = error instanceof Error && /^\w{1,60}$/.test(error.name) ? error.name : 'error';
  return new ParleyError('lambda/failed', `The function ${name} failed (${kind}).`, {
    fix: 'The same event may be sent again: what was kept before is whole, and nothing is done twice.',
  });
}

function sessionOf(event: unknown): { readonly session?: string } {
  const session = typeof event === 'object' && event !== null && 'session' in event ? event.session : undefined;
  return typeof session === 'string' ? { session } : {};
}
