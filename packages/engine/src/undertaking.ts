import { ParleyError } from '@parley/workflow';

/** One for all: without a reason each abort makes an exception with a stack, which costs more than the rest of a turn. */
const UNWANTED = new ParleyError('engine/unwanted', 'The answer is not wanted any more.');

/**
 * Something under way that is over when it is done or nobody wants it any more. Whoever does it is told by an
 * AbortSignal, which is made when it is asked for: few do, and it costs more than all else here.
 */
export class Undertaking {
  #over = false;
  #controller: AbortController | undefined;
  readonly #parts = new Set<Undertaking>();

  get over(): boolean {
    return this.#over;
  }

  /** Aborted when it is over. */
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#over) this.#controller.abort(UNWANTED);
    }
    return this.#controller.signal;
  }

  /** A part of it, which is over with it at the latest. */
  part(): Undertaking {
    const part = new Undertaking();
    if (this.#over) part.end();
    else this.#parts.add(part);
    return part;
  }

  /** It is over, and so is every part of it. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#controller?.abort(UNWANTED);
    for (const part of this.#parts) part.end();
    this.#parts.clear();
  }
}
