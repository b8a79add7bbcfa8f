import type { Json } from '@parley/workflow';
import type { StateOf } from './definition.ts';
import { isExpression } from './definition.ts';
import { StatesError } from './error.ts';
import { argumentsOf, checkSize, inputOf, wholeNumber } from './fields.ts';
import type { Flow, Visit } from './flow.ts';
import type { JsonObject } from './json.ts';
import { evaluateTo, fill } from './jsonata.ts';
import { fillPaths, pick } from './jsonpath.ts';

/** So many iterations of a Map run at a time where it does not say otherwise. */
const MOST_AT_ONCE = 40;

type RunFlow = (flow: Flow, input: Json) => Promise<Json>;

/** One attempt at a Parallel: runs its branches side by side; the first failure is its failure, and ends the others. */
export async function runBranches(visit: Visit, state: StateOf<'Parallel'>, run: RunFlow): Promise<Json> {
  const { flow } = visit;
  const input = await argumentsOf(visit, state);
  flow.inner = [];
  flow.add('ParallelStateStarted');
  const flows = state.Branches.map((branch) => flow.within(branch, undefined));
  let failure: StatesError | undefined;
  const outputs = await Promise.all(
    flows.map(async (one) => {
      try {
        return await run(one, input);
      } catch (error) {
        if (!failure && error instanceof StatesError) {
          failure = error;
          abort(flow, one);
          flow.add('ParallelStateFailed');
        }
        // The others are left off, and do not count.
        throw failure ?? error;
      }
    }),
  );
  flow.previous = Math.max(...flows.map(({ previous }) => previous));
  flow.inner = [];
  checkSize(outputs, visit.name);
  flow.aside('ParallelStateSucceeded', flow.previous);
  return outputs;
}

/** One attempt at an inline Map: runs its processor once for each item; the first failure is its failure, and ends the others. */
export async function iterate(visit: Visit, state: StateOf<'Map'>, run: RunFlow): Promise<Json> {
  const { flow, name } = visit;
  const items = await itemsOf(visit, state);
  const concurrency = await wholeNumber(visit, 'MaxConcurrency', state.MaxConcurrency, state.MaxConcurrencyPath);
  await wholeNumber(visit, 'ToleratedFailureCount', state.ToleratedFailureCount);
  await percentage(visit, state.ToleratedFailurePercentage);
  const processor = state.ItemProcessor ?? state.Iterator;
  if (!processor) throw visit.wrong('States.Runtime', 'The Map state has no ItemProcessor.');
  flow.inner = [];
  flow.add('MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });

  const started = flow.previous;
  const outputs: Json[] = [];
  let next = 0;
  let failure: StatesError | undefined;
  let succeeded = started;
  /** Takes one item after the other. */
  const work = async () => {
    let previous = started;
    while (next < items.length && !failure) {
      const index = next++;
      const item: JsonObject = { Item: { Index: index, Value: items[index] ?? null } };
      previous = flow.aside('MapIterationStarted', previous, { mapIterationStartedEventDetails: { name, index } });
      const one = flow.within(processor, item);
      one.previous = previous;
      try {
        outputs[index] = await run(one, await selected(visit, state, items[index] ?? null, item));
      } catch (error) {
        if (!failure && error instanceof StatesError) {
          failure = error;
          visit.tell(error);
          flow.aside('MapIterationFailed', one.previous, { mapIterationFailedEventDetails: { name, index } });
          abort(flow, one);
          flow.add('MapStateFailed');
        }
        throw failure ?? error;
      }
      previous = one.previous;
      succeeded = flow.aside('MapIterationSucceeded', previous, { mapIterationSucceededEventDetails: { name, index } });
      flow.inner = flow.inner.filter((other) => other !== one);
    }
  };
  const workers = Math.min(items.length, concurrency || MOST_AT_ONCE, MOST_AT_ONCE);
  await Promise.all(Array.from({ length: workers }, work));
  flow.previous = succeeded;
  checkSize(outputs, name);
  flow.aside('MapStateSucceeded', succeeded);
  return outputs;
}

/** Tells of every flow that is left off because one of them failed, and ends them. */
function abort(around: Flow, failed: Flow): void {
  around.previous = failed.previous;
  failed.tellAborted(failed.previous);
  for (const one of around.inner) {
    if (one === failed) continue;
    const index = indexOf(one);
    if (index !== undefined && around.here === 'Map') {
      around.aside('MapIterationAborted', failed.previous, { mapIterationAbortedEventDetails: index });
    }
    one.tellAborted(failed.previous);
  }
  for (const one of around.inner) one.halt();
  around.inner = [];
}

function indexOf({ item }: Flow): JsonObject | undefined {
  const found = item?.['Item'];
  return typeof found === 'object' && found !== null && 'Index' in found ? { index: found.Index } : undefined;
}

async function itemsOf(visit: Visit, state: StateOf<'Map'>): Promise<readonly Json[]> {
  const found = await itemsIn(visit, state);
  if (Array.isArray(found)) return found;
  const words = `Map state input must be an array but was: ${JSON.stringify(found)}`;
  throw visit.language === 'JSONata'
    ? visit.wrong('States.QueryEvaluationError', words, 'Items')
    : visit.wrong('States.Runtime', words);
}

async function itemsIn(visit: Visit, state: StateOf<'Map'>): Promise<Json> {
  if (visit.language === 'JSONPath')
    return pick(state.ItemsPath ?? '$', 'ItemsPath', visit.pathSight(inputOf(visit, state)));
  if (state.Items === undefined) return visit.input;
  return isExpression(state.Items)
    ? evaluateTo('array', state.Items, 'Items', visit.sight())
    : fill(state.Items, 'Items', visit.sight());
}

/** What an iteration is given: `ItemSelector`, or the item itself. */
async function selected(visit: Visit, state: StateOf<'Map'>, value: Json, item: JsonObject): Promise<Json> {
  if (visit.language === 'JSONata') {
    return state.ItemSelector === undefined ? value : fill(state.ItemSelector, 'ItemSelector', visit.sight({}, item));
  }
  const template = state.ItemSelector ?? state.Parameters;
  return template === undefined ? value : fillPaths(template, visit.pathSight(inputOf(visit, state), item));
}

async function percentage(visit: Visit, given: number | string | undefined): Promise<void> {
  if (!isExpression(given)) return;
  const value = await evaluateTo('number', given, 'ToleratedFailurePercentage', visit.sight());
  if (typeof value === 'number' && value >= 0 && value <= 100) return;
  throw visit.wrong(
    'States.QueryEvaluationError',
    `ToleratedFailurePercentage must be between 0 and 100 but was: ${JSON.stringify(value)}`,
    'ToleratedFailurePercentage',
  );
}
