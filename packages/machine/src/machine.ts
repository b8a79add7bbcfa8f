import { ParleyError, type Program, type ToolSignatures } from '@parley/workflow';
import { type ActorScope, assign, createActor, setup } from 'xstate';
import { type Behaviour, behaviourOf, type Params } from './behaviour.ts';
import { type Configuration, configure, type Named } from './configuration.ts';
import { type Context, EMPTY, type Memory, type Move } from './context.ts';
import type { Effect, SessionEvent } from './event.ts';
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

const EVENTS: ReadonlySet<string> = new Set<SessionEvent['type']>([
  'session.started',
  'caller.said',
  'caller.pressed',
  'caller.silent',
  'caller.left',
  'signal.received',
  'timer.fired',
  'model.decided',
  'model.failed',
  'tool.returned',
  'tool.failed',
]);

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

  /** The XState snapshots of snapshots this process has made: a replay goes on from them without resolving anew. */
  const live = new WeakMap<Snapshot, State>();

  const own = { parley: 1, workflow: program.name, version: program.version } as const;
  const initial: Snapshot = { ...own, step: START, ended: false, memory: memoryOf(EMPTY) };

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
    if (!EVENTS.has(event.type)) {
      throw new ParleyError('machine/unknown-event', 'This is not an event of a session.', {
        fix: `Send one of ${[...EVENTS].join(', ')}.`,
      });
    }
    if (snapshot.ended) return { snapshot, effects: [], moves: [], taken: false };
    const before =
      live.get(snapshot) ?? xstate.resolveState({ value: snapshot.step, context: { ...EMPTY, ...snapshot.memory } });
    const after = xstate.transition(before, event, scope);
    if (after.context === before.context) return { snapshot, effects: [], moves: [], taken: false };
    const { effects, moves } = after.context;
    const memory = memoryOf(after.context);
    const next: Snapshot = { ...own, step: String(after.value), ended: after.status === 'done', memory };
    live.set(next, { ...after, context: { ...memory, effects: [], moves: [] } });
    return { snapshot: next, effects, moves, taken: true };
  }
}

function build(behaviour: Behaviour, configuration: Configuration) {
  const guarded = (guard: Guard) => (now: { context: Context; event: SessionEvent }, params: Named['params']) =>
    guard(now.context, now.event, read(params));
  const acting = (action: Action) =>
    assign<Context, SessionEvent, Named['params'], SessionEvent, never>(({ context, event }, params) =>
      action(context, event, read(params)),
    );
  const guards = Object.entries<Guard>(behaviour.guards).map(([name, guard]) => [name, guarded(guard)] as const);
  const actions = Object.entries<Action>(behaviour.actions).map(([name, action]) => [name, acting(action)] as const);
  return setup({
    types: { context: EMPTY, events: START_EVENT },
    guards: Object.fromEntries(guards),
    actions: Object.fromEntries(actions),
  }).createMachine({ ...configuration, context: EMPTY, options: { maxIterations: MAX_ITERATIONS } });
}

type Guard = (context: Context, event: SessionEvent, params: Params) => boolean;
type Action = (context: Context, event: SessionEvent, params: Params) => Partial<Context>;

function read(params: Named['params']): Params {
  const { way = '', step = '', code, choice, keys = '', name = '', interrupt = '' } = params;
  return { way, step, code, choice, keys, name, interrupt };
}

const START_EVENT: SessionEvent = { type: 'session.started', at: 0, contact: { id: '', channel: 'chat' } };

function memoryOf({ effects: _, moves: __, ...memory }: Context): Memory {
  return memory;
}
