/** Something that changes, shown by React's `useSyncExternalStore`. */
export abstract class Changing<V> {
  readonly #listeners = new Set<() => void>();
  #view: V;

  constructor(view: V) {
    this.#view = view;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly view = (): V => this.#view;

  protected change(view: Partial<V>): void {
    this.#view = { ...this.#view, ...view };
    for (const listener of [...this.#listeners]) listener();
  }
}
