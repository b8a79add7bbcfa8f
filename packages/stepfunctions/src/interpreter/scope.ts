import type { Json } from '@parley/workflow';
import { StatesError } from './error.ts';
import { DATA_LIMIT, type JsonObject, sizeOf } from './json.ts';

/** All variables of an execution together. */
const TOTAL_LIMIT = 10 * 1024 * 1024;

/** How many bytes the variables of an execution take. */
export interface Held {
  bytes: number;
}

/** The variables of a machine, a branch or an iteration. It sees those around it, and changes only its own. */
export class Scope {
  readonly #around: JsonObject;
  readonly #held: Held;
  readonly #sizes = new Map<string, number>();
  #own: JsonObject = {};
  #visible: JsonObject;

  constructor(around: JsonObject, held: Held) {
    this.#around = around;
    this.#held = held;
    this.#visible = around;
  }

  get visible(): JsonObject {
    return this.#visible;
  }

  /** Assigns variables, all at once. Throws StatesError where they are too large. That none belongs to a scope around this one is checked before. */
  assign(values: JsonObject, prefix: string): void {
    const sizes = new Map<string, number>();
    let assigned = 0;
    for (const [name, value] of Object.entries(values)) {
      const size = sizeOf(value);
      sizes.set(name, size);
      assigned += size;
    }
    let grown = this.#held.bytes;
    for (const [name, size] of sizes) grown += size - (this.#sizes.get(name) ?? 0);
    if (assigned > DATA_LIMIT || grown > TOTAL_LIMIT) {
      throw new StatesError(
        'States.DataLimitExceeded',
        `${prefix}The assigned variables have a size exceeding the maximum number of bytes service limit.`,
      );
    }
    this.#held.bytes = grown;
    for (const [name, size] of sizes) this.#sizes.set(name, size);
    this.#own = { ...this.#own, ...values };
    this.#visible = { ...this.#around, ...this.#own };
  }

  /** Gives back what the variables took. */
  close(): void {
    for (const size of this.#sizes.values()) this.#held.bytes -= size;
    this.#sizes.clear();
  }
}

/** The variables an `Assign` makes, as `stateExitedEventDetails` tells them: JSON texts. */
export const toldAssigned = (values: JsonObject): JsonObject => ({
  assignedVariables: Object.fromEntries(
    Object.entries(values).map(([name, value]): [string, Json] => [name, JSON.stringify(value)]),
  ),
  assignedVariablesDetails: { truncated: false },
});
