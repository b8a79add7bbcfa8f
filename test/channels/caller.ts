import type { Random } from '../simulation/random.ts';

/** Something to say, and what is heard once it is answered. */
export interface Line {
  readonly says: string;
  readonly hears: string;
}

/** What a caller has to say, in order: notes to be taken at once, or to be asked about first. */
export function linesOf(random: Random, count: number, asked = true): readonly Line[] {
  const lines: Line[] = [];
  for (let number = 1; number <= count; number++) {
    const note = `N${String(number).padStart(3, '0')}`;
    const noted = `Noted ${note}.`;
    if (asked && random.chance(0.5))
      lines.push(
        { says: `add note=${note}`, hears: `Note ${note}?` },
        { says: 'yes', hears: `Is ${note} final?` },
        { says: 'yes', hears: noted },
      );
    else lines.push({ says: `put note=${note}`, hears: noted });
  }
  return [...lines, { says: 'bye', hears: 'Goodbye.' }];
}

/** Who says one thing after the other, each when the one before is answered. */
export class Caller {
  readonly lines: readonly Line[];
  /** All that was heard, in order. */
  readonly heard: string[] = [];
  /** How much of it has been said. */
  said = 0;
  /** What was said and answered, and the answer did not come through: the caller was told of a problem instead. */
  readonly lost = new Set<Line>();
  #since: string[] = [];
  #silences = 0;

  constructor(lines: readonly Line[]) {
    this.lines = lines;
  }

  hear(text: string): void {
    this.heard.push(text);
    this.#since.push(text);
  }

  /**
   * What the caller says now that it is their turn; undefined: nothing, as what was said last is not answered yet. Told of a problem,
   * they go on from what they are asked: `taken` tells whether the session has taken what they said last, as an answer alone would.
   */
  says(taken: number): string | undefined {
    const last = this.lines[this.said - 1];
    const since = this.#since.join(' ');
    // Who is asked to does so.
    if (last && since.includes('say it again')) {
      this.#since = [];
      return last.says;
    }
    const trouble = since.includes('problem on our side') && taken < this.said;
    const lost = since.includes('problem on our side') && taken >= this.said;
    if (last && !since.includes(last.hears)) {
      if (lost) this.lost.add(last);
      else if (trouble) this.said -= 1;
      else {
        this.#silences += 1;
        return undefined;
      }
    }
    this.#since = [];
    this.#silences = 0;
    const next = this.lines[this.said];
    if (next) this.said += 1;
    return next?.says;
  }

  /** Nothing more comes of it: somebody would have hung up long ago. */
  get stuck(): boolean {
    return this.#silences > 20;
  }
}
