import type { Clock } from '@parley/engine';
import type { Json } from '@parley/workflow';
import type { Branch, Definition, QueryLanguage, State } from './definition.ts';
import { languageOf } from './definition.ts';
import { Halted, StatesError } from './error.ts';
import type { History, HistoryEvent } from './history.ts';
import { told } from './history.ts';
import type { JsonObject } from './json.ts';
import type { Sight } from './jsonata.ts';
import { Evaluation } from './jsonata-functions.ts';
import type { PathSight } from './jsonpath.ts';
import type { Lambda } from './lambda.ts';
import type { Random } from './random.ts';
import { type Held, Scope } from './scope.ts';
import type { Tokens } from './tokens.ts';

/** What all of one execution shares. */
export interface Shared {
  readonly machine: Definition;
  /** The execution's ARN. */
  readonly arn: string;
  readonly region: string;
  readonly clock: Clock;
  readonly lambda: Lambda;
  readonly tokens: Tokens;
  readonly history: History;
  readonly random: Random;
  /** `Execution` and `StateMachine` of the context object. */
  readonly context: JsonObject;
  readonly held: Held;
}

/** States that tell of it when they are left off in the middle. */
const ABORTABLE: ReadonlySet<State['Type']> = new Set(['Task', 'Wait', 'Parallel', 'Map']);

/** A way through the states of a machine, a branch or an iteration: one state after the other. */
export class Flow {
  readonly shared: Shared;
  readonly branch: Branch;
  readonly scope: Scope;
  readonly signal: AbortSignal;
  /** `Map` of the context object, inside of an iteration. */
  readonly item: JsonObject | undefined;
  /** The event before the next one. */
  previous: number;
  /** The state it is in. */
  here: State['Type'] | undefined;
  /** The flows inside of that state. */
  inner: readonly Flow[] = [];
  readonly #controller = new AbortController();

  constructor(
    shared: Shared,
    branch: Branch,
    from: { around: JsonObject; previous: number; item?: JsonObject | undefined; signal?: AbortSignal },
  ) {
    this.shared = shared;
    this.branch = branch;
    this.scope = new Scope(from.around, shared.held);
    this.previous = from.previous;
    this.item = from.item;
    this.signal = from.signal ? AbortSignal.any([from.signal, this.#controller.signal]) : this.#controller.signal;
  }

  /** A flow inside of the state that this one is in. */
  within(branch: Branch, item: JsonObject | undefined): Flow {
    const flow = new Flow(this.shared, branch, {
      around: this.scope.visible,
      previous: this.previous,
      item: item ?? this.item,
      signal: this.signal,
    });
    this.inner = [...this.inner, flow];
    return flow;
  }

  /** Adds an event after the last one of this flow. Throws Halted where the flow is over. */
  add(type: string, details?: HistoryEvent['details']): void {
    this.previous = this.aside(type, this.previous, details);
  }

  /** Adds an event, without going on from it; gives its number. */
  aside(type: string, previous: number, details?: HistoryEvent['details']): number {
    if (this.signal.aborted) throw new Halted();
    return this.shared.history.add(type, previous, details);
  }

  /** Tells of the states that are left off, from the inside out. */
  tellAborted(previous: number): void {
    for (const flow of this.inner) flow.tellAborted(previous);
    if (this.here !== undefined && ABORTABLE.has(this.here)) this.aside(`${this.here}StateAborted`, previous);
    this.here = undefined;
    this.inner = [];
  }

  halt(): void {
    this.#controller.abort();
    this.scope.close();
  }
}

/** One stay in a state: from its entry to its exit, attempts at it included. */
export class Visit {
  readonly flow: Flow;
  readonly name: string;
  readonly state: State;
  readonly language: QueryLanguage;
  readonly input: Json;
  /** The event of its entry, and the one before that. */
  readonly entered: number;
  readonly before: number;
  readonly #at: string;
  readonly #evaluation: Evaluation;
  retries = 0;
  token: string | undefined;

  constructor(flow: Flow, name: string, state: State, input: Json) {
    const { clock, machine, random } = flow.shared;
    this.flow = flow;
    this.name = name;
    this.state = state;
    this.language = languageOf(machine, state);
    this.input = input;
    this.before = flow.previous;
    flow.here = state.Type;
    flow.add(`${state.Type}StateEntered`, { stateEnteredEventDetails: { name, ...told('input', input) } });
    this.entered = flow.previous;
    this.#at = new Date(clock.now()).toISOString();
    this.#evaluation = new Evaluation(random, () => clock.now());
  }

  /** How the causes begin that Step Functions itself gives. */
  get prefix(): string {
    return `An error occurred while executing the state '${this.name}' (entered at the event id #${this.entered}). `;
  }

  /** The context object. */
  context(item: JsonObject | undefined = this.flow.item): JsonObject {
    const { Type } = this.state;
    const retried = Type === 'Task' || Type === 'Parallel' || Type === 'Map';
    return {
      ...this.flow.shared.context,
      State: { EnteredTime: this.#at, Name: this.name, ...(retried ? { RetryCount: this.retries } : {}) },
      ...(this.token === undefined ? {} : { Task: { Token: this.token } }),
      ...(item ? { Map: item } : {}),
    };
  }

  /** What its expressions see. `more`: the result, or the error. */
  sight(more: JsonObject = {}, item?: JsonObject): Sight {
    return {
      variables: { ...this.flow.scope.visible, states: { input: this.input, ...more, context: this.context(item) } },
      evaluation: this.#evaluation,
      prefix: this.prefix,
    };
  }

  /** What its paths see. */
  pathSight(data: Json, item?: JsonObject): PathSight {
    return { data, context: this.context(item), variables: this.flow.scope.visible, prefix: this.prefix };
  }

  /** An error that Step Functions itself gives. */
  wrong(error: string, words: string, location?: string): StatesError {
    return new StatesError(error, this.prefix + words, location === undefined ? {} : { location });
  }

  /** Tells the history of an expression that failed, once. */
  tell(error: StatesError): void {
    if (error.location === undefined || error.error === undefined || error.reason === undefined) return;
    this.flow.previous = this.flow.aside('EvaluationFailed', this.before, {
      evaluationFailedEventDetails: {
        error: error.error,
        cause: error.reason,
        location: error.location,
        state: this.name,
      },
    });
    error.location = undefined;
  }
}
