import { createHash } from 'node:crypto';

/** The most characters of a state's name. */
const LONGEST = 80;

/** Gives states their names: a step's own name and what the state is for, cut with a hash where it is too long, and unique. */
export class Names {
  readonly #taken = new Map<string, string>();

  /** The name of a state: always the same for the same step and purpose, and for no other. */
  of(step: string, purpose?: string): string {
    const whole = purpose === undefined ? step : `${step}: ${purpose}`;
    const key = JSON.stringify([step, purpose]);
    const hash = createHash('sha256').update(key).digest('hex').slice(0, 8);
    const ending = `~${hash}${purpose === undefined ? '' : `: ${purpose}`}`;
    const cut = `${[...step].slice(0, LONGEST - ending.length).join('')}${ending}`;
    const name = [...whole].length <= LONGEST && (this.#taken.get(whole) ?? key) === key ? whole : cut;
    this.#taken.set(name, key);
    return name;
  }
}
