import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import { javaRandom, type Random, uuid } from './random.ts';

/** Under this name, which no expression can say, an evaluation carries what its functions need. */
export const EVALUATION = '\u0000evaluation';

/** What the functions of one evaluation have from outside: random numbers and the time. */
export class Evaluation {
  readonly random: Random;
  readonly now: () => number;
  depth = 0;
  began = 0;

  constructor(random: Random, now: () => number) {
    this.random = random;
    this.now = now;
  }

  /** The same world, for another expression. */
  begin(): Evaluation {
    const one = new Evaluation(this.random, this.now);
    one.began = performance.now();
    return one;
  }

  static in(environment: jsonata.Environment): Evaluation {
    const found: unknown = environment.lookup(EVALUATION);
    if (found instanceof Evaluation) return found;
    throw new Error('An expression was evaluated without its evaluation.');
  }
}

/** An error as JSONata's own functions throw it. */
class FunctionError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** AWS refuses a range of more elements. */
const LONGEST_RANGE = 360_145;

const HASHES: { readonly [name: string]: string } = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/**
 * Gives an expression the functions that Step Functions adds to JSONata (developer guide, "JSONata functions provided by
 * Step Functions"), and the time by the clock of the execution.
 */
export function registerFunctions(expression: jsonata.Expression): void {
  expression.registerFunction('partition', partition, '<xn?:a>');
  expression.registerFunction('range', range, '<nnn?:x>');
  expression.registerFunction('hash', hash, '<s?s?:s>');
  expression.registerFunction('parse', parse, '<s?:x>');
  expression.registerFunction(
    'random',
    function random(seed: number | undefined) {
      return seed === undefined ? Evaluation.in(this.environment).random() : javaRandom(Math.trunc(seed));
    },
    '<n?:n>',
  );
  expression.registerFunction(
    'uuid',
    function make() {
      return uuid(Evaluation.in(this.environment).random);
    },
    '<:s>',
  );
  expression.registerFunction(
    'millis',
    function millis() {
      return Evaluation.in(this.environment).now();
    },
    '<:n>',
  );
  expression.registerFunction(
    'now',
    function now(picture: string | undefined, timezone: string | undefined) {
      return format.evaluate(undefined, { millis: Evaluation.in(this.environment).now(), picture, timezone });
    },
    '<s?s?:s>',
  );
}

const format = jsonata('$fromMillis($millis, $picture, $timezone)');

function partition(list: unknown, size: number | undefined): unknown {
  if (list === undefined) return undefined;
  if (list === null)
    throw new FunctionError('T0412', 'Argument 1 of function "partition" must be an array of undefined');
  const items = Array.isArray(list) ? list : [list];
  const length = size === undefined ? items.length : Math.trunc(size);
  if (length < 0) throw new FunctionError('D3137', 'Second argument must be zero or greater');
  if (items.length === 0 || length === 0) return undefined;
  const parts: unknown[] = [];
  for (let i = 0; i < items.length; i += length) parts.push(items.slice(i, i + length));
  return parts;
}

function range(first: number, last: number, by: number | undefined): unknown {
  const [start, end, step] = [Math.trunc(first), Math.trunc(last), Math.trunc(by ?? 0)];
  if (step === 0 || Math.sign(end - start) === -Math.sign(step)) return undefined;
  const length = Math.floor((end - start) / step) + 1;
  if (length > LONGEST_RANGE) {
    throw new Error('Expression evaluation memory limit exceeded: Check for excessive memory usage');
  }
  const numbers = Array.from({ length }, (_, i) => start + i * step);
  return numbers.length === 1 ? numbers[0] : numbers;
}

function hash(text: string | undefined, algorithm: string | undefined): string | undefined {
  if (text === undefined || algorithm === undefined) return undefined;
  const name = Object.hasOwn(HASHES, algorithm) ? HASHES[algorithm] : undefined;
  if (name === undefined) {
    throw new FunctionError('D3137', `Invalid algorithm: use one of ${Object.keys(HASHES).join(', ')}`);
  }
  return createHash(name).update(text).digest('hex');
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new FunctionError('D3137', 'Invalid JSON');
  }
}
