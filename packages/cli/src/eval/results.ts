import { closeSync, existsSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { ParleyError } from '@parley/workflow';
import { z } from 'zod';

const count = z.number().min(0);

/** What a model answered at a place: whether it is what was recorded, never what a caller said. */
const resultSchema = z.object({
  /** The place, the model and the strategy asked for. */
  key: z.string(),
  /** For whoever reads the file. */
  place: z.string(),
  step: z.string(),
  model: z.string(),
  /** The choice; left out where it failed. */
  choice: z.string().exactOptional(),
  values: z.enum(['none', 'same', 'other']).exactOptional(),
  failed: z.string().exactOptional(),
  /** Milliseconds. */
  latency: count,
  tokens: z.object({ input: count, output: count, cacheRead: count, cacheWrite: count }).exactOptional(),
  /** USD; left out where it is not known. */
  cost: count.exactOptional(),
  /** What it counts for under a cap: the cost, or as much as it may have been. */
  spent: count,
});
export type Result = z.output<typeof resultSchema>;

const HEADER = JSON.stringify({ parley: 1, evaluation: true });

/** Results in a JSON Lines file, each written as it comes. Of a run that was killed at any point, all but the last line are whole. */
export class Results {
  readonly #file: number;
  readonly #known = new Map<string, Result>();
  /** Where the next line goes. */
  #position = 0;

  /**
   * Opens the results of a file, which is made if there is none; `fresh` begins anew.
   *
   * @throws ParleyError `cli/not-results` where the file holds something else, which is left as it is.
   */
  constructor(file: string, fresh: boolean) {
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    // What a killed run left behind the last whole line.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    const [header, ...lines] = whole.split('\n');
    if (header !== HEADER && !HEADER.startsWith(text)) {
      throw new ParleyError('cli/not-results', `${file} does not hold results of an evaluation.`, {
        fix: 'Name another file with --output.',
      });
    }
    mkdirSync(path.dirname(file), { recursive: true });
    this.#file = openSync(file, existsSync(file) ? 'r+' : 'w+');
    if (fresh || header !== HEADER) {
      ftruncateSync(this.#file, 0);
      this.#write(HEADER);
      return;
    }
    const kept = Buffer.byteLength(whole);
    ftruncateSync(this.#file, kept);
    this.#position = kept;
    for (const line of lines) {
      const result = resultSchema.safeParse(parse(line));
      if (result.success) this.#known.set(result.data.key, result.data);
    }
  }

  get(key: string): Result | undefined {
    return this.#known.get(key);
  }

  add(result: Result): void {
    this.#known.set(result.key, result);
    this.#write(JSON.stringify(result));
  }

  close(): void {
    fsyncSync(this.#file);
    closeSync(this.#file);
  }

  #write(line: string): void {
    this.#position += writeSync(this.#file, `${line}\n`, this.#position);
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
