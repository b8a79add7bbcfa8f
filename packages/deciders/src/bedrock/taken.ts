import type { Feature } from './failure.ts';
import type { ModelRow, Strategy } from './models.ts';

/** What of a row a model turned out not to take, for as long as the process lives: the row promises too much. */
export class Taken {
  readonly #not = new Map<string, Set<Feature>>();

  /** A model answered once it was asked without these. */
  without(model: string, features: Iterable<Feature>): void {
    const not = this.#not.get(model) ?? new Set();
    for (const feature of features) not.add(feature);
    if (not.size > 0) this.#not.set(model, not);
  }

  /** The row as far as the model takes it, without what is put aside for now. Undefined where no strategy is left. */
  of(
    model: string,
    row: ModelRow,
    aside: ReadonlySet<Feature>,
  ): { readonly row: ModelRow; readonly strategy: Strategy } | undefined {
    const not = (feature: Feature) => aside.has(feature) || this.#not.get(model)?.has(feature) === true;
    const [strategy] = row.strategies.filter((strategy) => strategy === 'json' || !not(strategy));
    if (strategy === undefined) return undefined;
    const { temperature, effort, cache, ...rest } = row;
    return {
      strategy,
      row: {
        ...rest,
        ...(temperature === undefined || not('temperature') ? {} : { temperature }),
        ...(effort === undefined || not('effort') ? {} : { effort }),
        ...(cache === undefined || not('cache') ? {} : { cache }),
      },
    };
  }
}
