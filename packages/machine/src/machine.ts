import { ParleyError, type Program, type ToolSignatures } from '@parley/workflow';
import { type ActorScope, assign, createActor, setup } from 'xstate';
import { type Behaviour, behaviourOf, type Params } from './behaviour.ts';
import { type Configuration, configure, type Named, type Transition } from './configuration.ts';
import { type Context, contextOf, type Memory, type Move, memoryOf, NOTHING } from './context.ts';
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

  /** Whether the event at hand has had an action carried out. */
  let acted = false;
  // XState's own `transition()` builds an actor for each event. Nothing here runs in the actor, so one serves for all.
  const actor = createActor(xstate);
  const scope: ActorScope<State, SessionEvent> = {
    self: actor,
    id: actor.id,
    sessionId: actor.sessionId,
    logger: () => undefined,
    defer: () => undefined,
    emit: () => undefined,
    system: actor.system,
    stopChild: () => undefined,
    actionExecutor: ({ exec, info, params }) => {
      acted = true;
      exec?.(info, params);
    },
  };
  type State = ReturnType<typeof xstate.resolveState>;
  /** XState's snapshot of each step, to which an event only adds its context: resolving one costs more than going on from it. */
  const resting = new Map<string, State>();

  const initial = snapshotOf(START, false, contextOf(NOTHING));

  return { program, configuration, questions: behaviour.plans, initial, step, words };

  function snapshotOf(step: string, ended: boolean, context: Context): Snapshot {
    const { name: workflow, version } = program;
    return { parley: 1, workflow, version, step, ended, memory: memoryOf(context) };
  }

  function at(step: string): State {
    const known = resting.get(step) ?? xstate.resolveState({ value: step, context: contextOf(NOTHING) });
    resting.set(step, known);
    return known;
  }

  function words({ step, memory }: Snapshot) {
    return behaviour.wordsAt(contextOf(memory), step);
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
    acted = false;
    const before = { ...at(snapshot.step), context: contextOf(snapshot.memory) };
    const { value, status, context } = xstate.transition(before, event, scope);
    if (!acted) return { snapshot, effects: [], moves: [], taken: false };
    const { effects, moves } = context;
    return { snapshot: snapshotOf(String(value), status === 'done', context), effects, moves, taken: true };
  }
}

/**
 * The XState machine of a configuration. Its actions change the context that they are given, which is one event's own,
 * copied from the snapshot before: XState's `assign` makes a new snapshot each time, which took half the time of a step.
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
    return ({ context, event }: Now) => {
      for (const [action, known] of all) action(context, event, known);
    };
  };
  // What a state does on entry is done by every transition that leads there: one action less each time.
  const transition = ({ guard: named, actions = [], target, reenter }: Transition) => {
    const all = [...actions, ...(configuration.states[target ?? '']?.entry ?? [])];
    return {
      ...(target === undefined ? {} : { target }),
      ...(reenter ? { reenter } : {}),
      ...(named ? { guard: guard(named) } : {}),
      ...(all.length === 0 ? {} : { actions: doing(all) }),
    };
  };
  // Where nothing is assigned and the state is the one before, XState takes it that no way is open any more.
  const again = assign<Context, SessionEvent, undefined, SessionEvent, never>({});
  const onward = (from: string, one: Transition) => {
    const { actions, ...rest } = transition(one);
    return one.target === from && actions ? { ...rest, actions: [again, actions] } : transition(one);
  };
  const states = Object.entries(configuration.states).map(([name, { type, always, on }]) => {
    const events = Object.entries(on ?? {}).map(
      ([event, transitions]) => [event, transitions.map(transition)] as const,
    );
    const state = {
      ...(type ? { type } : {}),
      ...(always ? { always: always.map((one) => onward(name, one)) } : {}),
      on: Object.fromEntries(events),
    };
    return [name, state] as const;
  });
  return setup({ types: { context: contextOf(NOTHING), events: START_EVENT } }).createMachine({
    id: configuration.id,
    version: configuration.version,
    description: configuration.description,
    initial: configuration.initial,
    context: contextOf(NOTHING),
    states: Object.fromEntries(states),
    options: { maxIterations: MAX_ITERATIONS },
  });
}

interface Now {
  readonly context: Context;
  readonly event: SessionEvent;
}
type Guard = (context: Context, event: SessionEvent, params: Params) => boolean;
type Action = (context: Context, event: SessionEvent, params: Params) => void;

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
