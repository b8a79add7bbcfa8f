import { ParleyError, type Program, type ToolSignatures } from '@parley/workflow';
import { type ActorScope, assign, createActor, setup } from 'xstate';
import { type Behaviour, behaviourOf, type Params } from './behaviour.ts';
import { type Configuration, configure, type Named, type Transition } from './configuration.ts';
import { type Context, EMPTY, type Memory, type Move } from './context.ts';
import { type Effect, EVENT_TYPES, type SessionEvent } from './event.ts';
import type { QuestionPlan } from './question.ts';
import { START } from './way.ts';

/** Where a session is: plain JSON, small, without what was said. It belongs to one version of one workflow. */
export interface Snapshot {
  /** The format's version. */
  readonly parley: 1;
  readonly workflow: string;
  readonly version: string;
  /** The step it rests on; `(start)` before the first event. */
  readonly step: string;
  readonly ended: boolean;
  readonly memory: Memory;
}

/** What one event brought about. */
export interface StepResult {
  readonly snapshot: Snapshot;
  /** What the machine asks of the world, in order. */
  readonly effects: readonly Effect[];
  /** The steps entered, in order, and the places in the file that led there. */
  readonly moves: readonly Move[];
  /** False where the event meant nothing here: a stale answer, a second hang-up. Nothing has changed then. */
  readonly taken: boolean;
}

/** A workflow as an XState machine. Make one with `createMachine` and keep it: it is worked out once. */
export interface Machine {
  readonly program: Program;
  /** The XState configuration as JSON: opens in Stately's editor. */
  readonly configuration: Configuration;
  /** What is asked at each step that a decider answers. */
  readonly questions: ReadonlyMap<string, QuestionPlan>;
  /** Where every session begins. */
  readonly initial: Snapshot;
  readonly step: (snapshot: Snapshot, event: SessionEvent) => StepResult;
  /** The words of the open question (or what is to be decided), and those for a caller who has to wait here. */
  readonly words: (snapshot: Snapshot) => { readonly asked: string; readonly meanwhile: string };
}

/** More steps in a row than this is a fault of Parley's: the machine's own bound comes long before. */
const MAX_ITERATIONS = 20_000;

/** Makes the machine of a workflow. `tools`: what each tool requires and grants; those left out require nothing. */
export function createMachine(program: Program, tools: ToolSignatures = {}): Machine {
  const behaviour = behaviourOf(program, tools);
  const configuration = configure(program, behaviour.ways);
  const xstate = build(behaviour, configuration);

  // XState's own `transition()` builds an actor for each event. Nothing here runs in the actor, so one serves for all.
  const actor = createActor(xstate);
  const scope: ActorScope<ReturnType<typeof xstate.resolveState>, SessionEvent> = {
    self: actor,
    id: actor.id,
    sessionId: actor.sessionId,
    logger: () => undefined,
    defer: () => undefined,
    emit: () => undefined,
    system: actor.system,
    stopChild: () => undefined,
    actionExecutor: () => undefined,
  };
  type State = ReturnType<typeof xstate.resolveState>;

  /** A snapshot that this machine made: it keeps XState's own, so that going on from it need not resolve it anew. */
  class Made implements Snapshot {
    readonly parley = 1;
    readonly workflow = program.name;
    readonly version = program.version;
    readonly step: string;
    readonly ended: boolean;
    readonly memory: Memory;
    readonly #state: State;

    constructor(state: State) {
      this.step = String(state.value);
      this.ended = state.status === 'done';
      this.memory = memoryOf(state.context);
      this.#state = Object.assign(state, { context: contextOf(this.memory) });
    }

    static stateOf(snapshot: Snapshot): State {
      if (#state in snapshot) return snapshot.#state;
      return xstate.resolveState({ value: snapshot.step, context: contextOf(snapshot.memory) });
    }
  }

  const initial = new Made(xstate.resolveState({ value: START, context: contextOf(EMPTY) }));

  return { program, configuration, questions: behaviour.plans, initial, step, words };

  function words({ step, memory }: Snapshot) {
    return behaviour.wordsAt({ ...EMPTY, ...memory }, step);
  }

  function step(snapshot: Snapshot, event: SessionEvent): StepResult {
    if (snapshot.version !== program.version) {
      throw new ParleyError(
        'machine/other-version',
        `The session is on version ${snapshot.version.slice(0, 12)} of ${snapshot.workflow}; this is version ${program.version.slice(0, 12)}.`,
        { fix: 'A session keeps the version it started on: compile that one and go on with it.' },
      );
    }
    if (!EVENT_TYPES.has(event.type)) {
      throw new ParleyError('machine/unknown-event', 'This is not an event of a session.', {
        fix: `Send one of ${[...EVENT_TYPES].join(', ')}.`,
      });
    }
    if (snapshot.ended) return { snapshot, effects: [], moves: [], taken: false };
    const before = Made.stateOf(snapshot);
    const after = xstate.transition(before, event, scope);
    if (after.context === before.context) return { snapshot, effects: [], moves: [], taken: false };
    const { effects, moves } = after.context;
    const next = new Made(after);
    return { snapshot: next, effects, moves, taken: true };
  }
}

/**
 * The XState machine of a configuration. The actions of a transition or an entry become one `assign`, and what a guard
 * or action needs to know is looked up here: each assignment costs XState a new snapshot, each event most of its time.
 */
function build(behaviour: Behaviour, configuration: Configuration) {
  const guardsByName: { readonly [name: string]: Guard } = behaviour.guards;
  const actionsByName: { readonly [name: string]: Action } = behaviour.actions;

  const guard = ({ type, params }: Named) => {
    const holds = found(guardsByName, type);
    const known = read(params);
    return ({ context, event }: Now) => holds(context, event, known);
  };
  const doing = (actions: readonly Named[]) => {
    const all = actions.map(({ type, params }) => [found(actionsByName, type), read(params)] as const);
    return assign<Context, SessionEvent, undefined, SessionEvent, never>(({ context, event }) => {
      const after = { ...context };
      for (const [action, known] of all) Object.assign(after, action(after, event, known));
      return after;
    });
  };
  const transition = ({ guard: named, actions, ...rest }: Transition) => ({
    ...rest,
    ...(named ? { guard: guard(named) } : {}),
    ...(actions ? { actions: doing(actions) } : {}),
  });
  const states = Object.entries(configuration.states).map(([name, { entry, always, on, tags = [], ...rest }]) => {
    const events = Object.entries(on ?? {}).map(
      ([event, transitions]) => [event, transitions.map(transition)] as const,
    );
    const state = {
      ...rest,
      tags: [...tags],
      ...(entry ? { entry: doing(entry) } : {}),
      ...(always ? { always: always.map(transition) } : {}),
      on: Object.fromEntries(events),
    };
    return [name, state] as const;
  });
  return setup({ types: { context: EMPTY, events: START_EVENT } }).createMachine({
    id: configuration.id,
    version: configuration.version,
    description: configuration.description,
    initial: configuration.initial,
    context: EMPTY,
    states: Object.fromEntries(states),
    options: { maxIterations: MAX_ITERATIONS },
  });
}

interface Now {
  readonly context: Context;
  readonly event: SessionEvent;
}
type Guard = (context: Context, event: SessionEvent, params: Params) => boolean;
type Action = (context: Context, event: SessionEvent, params: Params) => Partial<Context>;

function read(params: Named['params']): Params {
  const { way = '', step = '', code, choice, keys = '', name = '', interrupt = '' } = params;
  return { way, step, code, choice, keys, name, interrupt };
}

/** What the configuration names is always there: both are ours. */
function found<T>(all: { readonly [name: string]: T }, name: string): T {
  const one = Object.hasOwn(all, name) ? all[name] : undefined;
  if (one === undefined) throw new Error(`The configuration names ${name}, which there is not.`);
  return one;
}

const START_EVENT: SessionEvent = { type: 'session.started', at: 0, contact: { id: '', channel: 'chat' } };

/** Written out, as copies by `...` cost more than all the rest of a step. */
function memoryOf(context: Context): Memory {
  const { vars, identity, waiting, ids, turns, tries, hops, confirmed, done, early, channel, asked, at } = context;
  return { vars, identity, waiting, ids, turns, tries, hops, confirmed, done, early, channel, asked, at };
}

function contextOf(memory: Memory): Context {
  const { vars, identity, waiting, ids, turns, tries, hops, confirmed, done, early, channel, asked, at } = memory;
  const remembered = { vars, identity, waiting, ids, turns, tries, hops, confirmed, done, early, channel, asked, at };
  return { ...remembered, effects: [], moves: [] };
}
