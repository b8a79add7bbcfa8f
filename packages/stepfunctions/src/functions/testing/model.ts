import {
  type Clock,
  type Commit,
  ConflictError,
  type Decider,
  defineTool,
  Machines,
  type Reply,
  readReply,
  type Store,
  type StoredSession,
  type Tools,
  type TurnRequest,
} from '@parley/engine';
import { memoryStore } from '@parley/stores';
import type { Json, WorkflowSource } from '@parley/workflow';
import { z } from 'zod';
import { compileToStepFunctions, type Shape } from '../../compiler/compile.ts';
import { deliver } from '../deliver.ts';
import type { ExecutionState, Executions, Pinned } from '../executions.ts';
import { handlersOf } from '../handlers.ts';
import type { Told } from '../hosted.ts';
import { tick } from '../tick.ts';
import { turn } from '../turn.ts';
import type { World } from '../world.ts';
import { type Execution, Walker } from './execution.ts';
import type { Model, Way } from './exploration.ts';
import { Contents, type Kept } from './kept.ts';
import { type Beginning, type Given, type Outside, Point, type Request } from './process.ts';

/** The functions that are explored: the real ones, or sabotaged copies. */
export interface Functions {
  readonly handlersOf: typeof handlersOf;
  readonly turn: typeof turn;
  readonly tick: typeof tick;
  readonly deliver: typeof deliver;
}

export const FUNCTIONS: Functions = { handlersOf, turn, tick, deliver };

/** What goes wrong, each at most so often in one schedule, at any point. */
export interface Faults {
  /** A function stops where it is. An execution calls it again; so does a caller's channel. */
  readonly stops: number;
  /** A function is called again though it is still at work. */
  readonly doubles: number;
  /** An execution gives up waiting for a function, which is still at work or has stopped. */
  readonly late: number;
  /** An execution ends as it is: it failed, was stopped, is too old. */
  readonly dies: number;
  /** The token of an execution that waits becomes another that nobody has. */
  readonly lost: number;
  /** Time goes by though something else could happen. */
  readonly hasty: number;
}

export interface Scenario {
  readonly shape: Shape;
  readonly source: WorkflowSource;
  /** What the contact does. `after`: the events it has had the answer to before. */
  readonly events: readonly {
    readonly id: string;
    readonly event: TurnRequest['event'];
    readonly after?: readonly string[];
  }[];
  readonly faults?: Partial<Faults>;
  /** What is said without a turn is pushed: by whoever did it, or by another function; or the caller is where nothing reaches them. */
  readonly pushes?: 'here' | 'elsewhere' | 'unreached';
  /** Up to when time goes by of itself where nothing else can happen, in milliseconds from the beginning; then the tick comes. */
  readonly until?: number;
  /** How often the tick comes at most when nothing else can happen. */
  readonly ticks?: number;
  /** Where the session may end up, by step. */
  readonly ends?: readonly string[];
}

const NO_FAULTS: Faults = { stops: 0, doubles: 0, late: 0, dies: 0, lost: 0, hasty: 0 };
const START = Date.UTC(2026, 10, 24, 12);
const MINUTE = 60_000;
const SESSION = 's';

type Role =
  | { readonly of: 'caller'; readonly index: number }
  | {
      readonly of: 'task';
      readonly execution: string;
      readonly entry: number;
      readonly branch: number;
      readonly attempt: number;
    }
  | { readonly of: 'tick' }
  | { readonly of: 'pusher' };

/** A function under way. */
interface Running {
  readonly role: Role;
  readonly point: Point;
  /** The commit that it may not know of yet, when it waits for news: those after it are news. */
  readonly since: number;
}

interface State {
  readonly now: number;
  readonly kept: Kept;
  readonly running: readonly Running[];
  readonly executions: readonly Execution[];
  /** Which events of the contact are sent, and which are answered. */
  readonly sent: readonly boolean[];
  /** The events of the contact that nobody waits for any more. */
  readonly gone: readonly string[];
  readonly answers: { readonly [id: string]: string };
  /** The keys that writes were begun with. */
  readonly keys: readonly string[];
  /** What was pushed. */
  readonly pushed: readonly string[];
  readonly faults: Faults;
  readonly ticks: number;
}

/** A scenario as a model: the contact, its executions and a store, and the real functions between them. */
export function modelOf(scenario: Scenario, functions: Functions = FUNCTIONS): Model<State> {
  const { shape, source, events, pushes, until = 10_000, ticks = 5, ends } = scenario;
  const allowed: Faults = { ...NO_FAULTS, ...scenario.faults };
  const contents = new Contents();
  const begun = new Map<string, Point>();
  const machines = new Machines([source], TOOLS, memoryStore(), 'none');
  const { program } = machines.named(/^workflow: *(\S+)/m.exec(source.text)?.[1] ?? '');
  const signatures = Object.fromEntries(Object.entries(TOOLS).map(([name, tool]) => [name, tool.signature]));
  const { name, version } = program;
  const releases = { of: async () => ({ workflow: name, version, stateMachine: 'arn' }) };
  const names = { ask: 'ask', decide: 'decide', call: 'call', finish: 'finish' };
  const walker = new Walker(compileToStepFunctions(program, { shape, functions: names, tools: signatures }));

  return { initial, key: keyOf, ways, end };

  // ---- states

  function initial(): Promise<State> {
    return settled({
      now: START,
      kept: contents.of({ events: [], replies: {}, timers: {} }),
      running: [],
      executions: [],
      sent: events.map(() => false),
      gone: [],
      answers: {},
      keys: [],
      pushed: [],
      faults: allowed,
      ticks,
    });
  }

  function keyOf(state: State): string {
    const { now, kept, running, executions, sent, gone, answers, keys, pushed, faults, ticks } = state;
    const commits = kept.session?.revision ?? 0;
    const runs = running
      .map(({ role, point, since }) => `${JSON.stringify(role)} ${point.id} ${commits > since}`)
      .sort();
    return JSON.stringify([
      now,
      kept.id,
      runs,
      executions,
      sent,
      gone,
      Object.keys(answers),
      keys,
      pushed,
      faults,
      ticks,
    ]);
  }

  // ---- what can happen

  async function ways(state: State): Promise<readonly Way<State>[]> {
    const found: Way<State>[] = [];
    const way = async (name: string, to: State, fault = false) => {
      found.push({ name, to: await settled(to), fault });
    };
    for (const [at, { role, point, since }] of state.running.entries()) {
      for (const [n, request] of point.pending) {
        if (!enabled(state, request, since)) continue;
        await way(`${nameOf(role)}: ${request.op}`, await performed(state, at, n, request));
      }
    }
    for (const execution of state.executions) {
      if (!waits(execution) || dueOf(execution) > state.now) continue;
      const next = await walker.failed(execution, 0, 'States.Timeout', state.now);
      await way(`${execution.name} has waited long enough`, await called(replaced(state, next), execution.name));
    }
    if (found.length === 0) {
      const next = nextTime(state);
      if (next !== undefined) await way('time goes by', { ...state, now: next });
      else if (!rests(state) && state.ticks > 0) {
        const now = state.now + MINUTE;
        await way('the tick', await spawned({ ...state, now, ticks: state.ticks - 1 }, { of: 'tick' }));
      }
    }
    await faulty(state, way);
    return found;
  }

  async function faulty(state: State, way: (name: string, to: State, fault: boolean) => Promise<void>): Promise<void> {
    const { faults } = state;
    const without = (fault: keyof Faults): Faults => ({ ...faults, [fault]: faults[fault] - 1 });
    if (faults.stops > 0) {
      for (const [at, { role }] of state.running.entries()) {
        const rest = { ...state, running: state.running.toSpliced(at, 1), faults: without('stops') };
        await way(`${nameOf(role)} stops`, await stopped(rest, role), true);
        const { id = '' } = (role.of === 'caller' && events[role.index]) || {};
        if (id !== '')
          await way(`${nameOf(role)} stops, and nobody asks again`, { ...rest, gone: [...state.gone, id] }, true);
      }
    }
    for (const execution of state.executions) {
      if (execution.status !== 'running') continue;
      if (faults.dies > 0) {
        const next = replaced({ ...state, faults: without('dies') }, { ...execution, status: 'over', tries: [] });
        await way(`${execution.name} dies`, next, true);
        await way(`${execution.name} dies with its functions`, silenced(next, execution.name), true);
      }
      for (const [branch, one] of execution.tries.entries()) {
        if (one.result !== undefined) continue;
        const works = state.running.some(({ role }) => isTry(role, execution, branch));
        if (faults.doubles > 0 && works && one.attempt < one.attempts) {
          const next = replaced({ ...state, faults: without('doubles') }, walker.again(execution, branch));
          await way(`${execution.name} calls ${one.function} again`, await called(next, execution.name), true);
        }
        if (faults.late > 0 && one.token === undefined) {
          const over = await walker.failed(execution, branch, 'States.Timeout', state.now);
          const next = replaced({ ...state, faults: without('late') }, over);
          await way(`${execution.name} gives up ${one.function}`, await called(next, over.name), true);
          const silent = await called(silenced(next, over.name), over.name);
          await way(`${execution.name} gives up ${one.function}, which has stopped`, silent, true);
        }
        if (faults.lost > 0 && one.token !== undefined && !works) {
          const tries = execution.tries.map((one) => ({ ...one, token: `${one.token} lost` }));
          await way(
            `${execution.name} loses its token`,
            replaced({ ...state, faults: without('lost') }, { ...execution, tries }),
            true,
          );
        }
      }
    }
    const next = nextTime(state);
    if (
      faults.hasty > 0 &&
      next !== undefined &&
      state.running.some(({ point, since }) =>
        [...point.pending.values()].some((request) => enabled(state, request, since)),
      )
    ) {
      await way('time goes by', { ...state, now: next, faults: without('hasty') }, true);
    }
  }

  /** The functions that an execution has called have all stopped. */
  function silenced(state: State, name: string): State {
    const running = state.running.filter(({ role }) => role.of !== 'task' || role.execution !== name);
    return { ...state, running };
  }

  /** A function has stopped: whoever waits for it calls it again. */
  async function stopped(state: State, role: Role): Promise<State> {
    if (role.of === 'caller') return sending(state, role.index);
    // What told it does not wait for it: the tick tells it again.
    const execution = role.of === 'task' ? current(state, role) : undefined;
    if (!execution || role.of !== 'task') return state;
    const next = await walker.failed(execution, role.branch, 'States.TaskFailed', state.now);
    return called(replaced(state, next), execution.name);
  }

  function enabled({ kept, now, executions }: State, { op, args }: Request, since: number): boolean {
    if (op === 'news') return (kept.session?.revision ?? 0) > since || now >= Number(args[0]);
    if (op === 'ran') return executions.find(({ name }) => name === args[0])?.status !== 'running';
    return true;
  }

  /** When the next thing happens by itself. */
  function nextTime({ now, running, executions }: State): number | undefined {
    const times = [
      ...running.flatMap(({ point }) =>
        [...point.pending.values()].flatMap(({ op, args }) => (op === 'news' ? [Number(args[0])] : [])),
      ),
      ...executions.filter(waits).map(dueOf),
    ].filter((time) => time > now && time <= START + until);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  // ---- functions

  /** A function is begun. */
  async function spawned(state: State, role: Role, payload?: Json): Promise<State> {
    const beginning = beginningOf(role, payload);
    const key = `${state.now} ${beginning.key}`;
    const point = begun.get(key) ?? (await Point.begin(beginning, state.now));
    begun.set(key, point);
    return { ...state, running: [...state.running, { role, point, since: state.kept.session?.revision ?? 0 }] };
  }

  async function sending(state: State, index: number): Promise<State> {
    const sent = state.sent.map((one, at) => one || at === index);
    return spawned({ ...state, sent }, { of: 'caller', index });
  }

  function beginningOf(role: Role, payload: Json | undefined): Beginning {
    switch (role.of) {
      case 'caller': {
        const { id, event } = events[role.index] ?? { id: '', event: { type: 'caller.left' as const } };
        return {
          key: `turn ${id}`,
          run: (outside) => functions.turn(worldOf(outside), { session: SESSION, id, event }),
        };
      }
      case 'tick':
        return {
          key: 'tick',
          run: (outside) => {
            const world = worldOf(outside);
            return functions.tick(world);
          },
        };
      case 'pusher':
        return {
          key: 'pusher',
          run: (outside) => functions.deliver({ ...worldOf(outside), ...pushing(outside.ask) }, SESSION),
        };
      case 'task': {
        const { name, input } = calling.parse(payload);
        return {
          key: `${name} ${JSON.stringify(input)}`,
          run: (outside) => functions.handlersOf(worldOf(outside))[name](input),
        };
      }
    }
  }

  /** Does what a function asks for, and lets it go on. */
  async function performed(state: State, at: number, n: number, request: Request): Promise<State> {
    const one = state.running[at];
    if (!one) return state;
    const { state: next, given, key } = await done(state, request, one.role);
    const point = await one.point.after(n, key, given, next.now);
    const since = request.op === 'news' ? (next.kept.session?.revision ?? 0) : one.since;
    const running = next.running.map((other) => (other === one ? { ...one, point, since } : other));
    return { ...next, running };
  }

  async function done(
    state: State,
    { op, args }: Request,
    role: Role,
  ): Promise<{ state: State; given: Given; key: string }> {
    const { kept, now } = state;
    const as = (value: unknown, next = state) => ({ state: next, given: { value }, key: JSON.stringify(value) ?? '' });
    switch (op) {
      case 'load':
        return { state, given: { value: kept.session }, key: `${kept.id}` };
      case 'reply':
        return as(kept.replies[String(args[0])]);
      case 'events':
        return { state, given: { value: kept.events }, key: `${kept.id}` };
      case 'dueTimers':
        return as(
          Object.entries(kept.timers)
            .filter(([, due]) => due <= now)
            .map(([timer, due]) => ({ session: SESSION, timer, due })),
        );
      case 'working':
        return as(kept.session?.working ? [SESSION] : []);
      case 'commit': {
        try {
          const next = contents.commit(kept, asCommit.parse(args[0]));
          checkKept(next);
          checkGivenUp(state, kept, next, role);
          return as(undefined, { ...state, kept: next });
        } catch (error) {
          if (!(error instanceof ConflictError)) throw error;
          return { state, given: { error }, key: 'conflict' };
        }
      }
      case 'news':
      case 'ran':
        return as(undefined);
      case 'pusher':
        return as(undefined, await spawned(state, { of: 'pusher' }));
      case 'push':
        if (pushes === 'unreached') throw new Error('What does not reach the caller was pushed.');
        return as(undefined, { ...state, pushed: [...state.pushed, ...words(args[0])] });
      case 'write':
        return as(undefined, { ...state, keys: [...new Set([...state.keys, String(args[0])])].sort() });
      case 'start': {
        const [name, told] = args;
        if (state.executions.some((one) => one.name === name)) return as(undefined);
        return as(undefined, await startedAs(state, String(name), asJson(told)));
      }
      case 'run': {
        const name = `x${state.executions.length + 1}`;
        return as(name, await startedAs(state, name, asJson(args[0])));
      }
      case 'state': {
        const found = state.executions.find(({ name }) => name === args[0]);
        const answer: ExecutionState = found?.status ?? 'none';
        return as(answer);
      }
      case 'goOn': {
        const execution = state.executions.find(
          (one) => waits(one) && one.tries.some(({ token }) => token === args[0]),
        );
        if (!execution) return as(false);
        const next = await walker.answered(execution, 0, {}, now);
        return as(true, await called(replaced(state, next), execution.name));
      }
      default:
        throw new Error(`Nobody knows what ${op} is.`);
    }
  }

  // ---- executions

  async function startedAs(state: State, name: string, input: Json): Promise<State> {
    const execution = await walker.begin(name, input, state.now);
    return called({ ...state, executions: [...state.executions, execution] }, name);
  }

  function replaced(state: State, execution: Execution): State {
    const executions = state.executions.map((one) => (one.name === execution.name ? execution : one));
    return { ...state, executions };
  }

  /** The execution that waits for this call of a function; undefined where none does any more. */
  function current({ executions }: State, role: Extract<Role, { of: 'task' }>): Execution | undefined {
    return executions.find(
      (one) => one.name === role.execution && one.status === 'running' && isTry(role, one, role.branch),
    );
  }

  /** Begins the functions that an execution waits for and that are not begun yet. */
  async function called(state: State, name: string): Promise<State> {
    const execution = state.executions.find((one) => one.name === name);
    if (!execution) return state;
    let next = replaced(state, walker.begun(execution));
    for (const [branch, { called, attempt, function: name, payload: input }] of execution.tries.entries()) {
      if (called) continue;
      const role: Role = { of: 'task', execution: execution.name, entry: execution.entry, branch, attempt };
      next = await spawned(next, role, { name, input });
    }
    return next;
  }

  /** Takes what functions came to that are over. */
  async function settled(given: State): Promise<State> {
    let state = given;
    for (;;) {
      const over = state.running.find(({ point }) => point.outcome);
      const { outcome } = over?.point ?? {};
      if (!over || !outcome) break;
      state = { ...state, running: state.running.filter((one) => one !== over) };
      state = await tookOutcome(state, over.role, outcome);
    }
    // The contact's events go out when what they wait for is there: when they are taken in is for others to say.
    for (const [index, { after = [] }] of events.entries()) {
      if (state.sent[index] || !after.every((id) => id in state.answers || state.gone.includes(id))) continue;
      state = await sending(state, index);
    }
    return state;
  }

  async function tookOutcome(state: State, role: Role, outcome: Given): Promise<State> {
    switch (role.of) {
      case 'caller': {
        const { id } = events[role.index] ?? { id: '' };
        if ('error' in outcome) {
          // Of a session whose first event was never taken, nobody knows.
          if (state.kept.session || !state.gone.includes('e1'))
            throw new Error(`A turn threw ${String(outcome.error)}.`);
          return { ...state, gone: [...state.gone, id] };
        }
        const answer = JSON.stringify(outcome.value);
        if ((state.answers[id] ?? answer) !== answer)
          throw new Error(`${id} was answered in two ways: ${state.answers[id]} and ${answer}`);
        if (state.kept.replies[id] !== answer) throw new Error(`The answer to ${id} is not kept.`);
        return { ...state, answers: { ...state.answers, [id]: answer } };
      }
      case 'tick': {
        const failed = 'error' in outcome ? outcome.error : ticked.parse(outcome.value).failed[0];
        if (failed !== undefined) throw new Error(`The tick failed: ${JSON.stringify(failed)}${String(failed)}.`);
        return state;
      }
      case 'pusher':
        if ('error' in outcome) throw new Error(`The push failed: ${String(outcome.error)}.`);
        return state;
      case 'task': {
        const execution = current(state, role);
        if (!execution) return state;
        if ('error' in outcome) {
          const next = await walker.failed(execution, role.branch, 'States.TaskFailed', state.now);
          return called(replaced(state, next), execution.name);
        }
        // It has its token: who has that lets it go on.
        if (execution.tries[role.branch]?.token !== undefined) return state;
        const result = asJson(outcome.value);
        checkOrder(execution, result, state);
        const next = await walker.answered(execution, role.branch, result, state.now);
        return called(replaced(state, next), execution.name);
      }
    }
  }

  // ---- what always holds

  /** What the contact said is in the journal at most once. */
  function checkKept({ events: journal }: Kept): void {
    const heard = journal.flatMap(({ type, data }) => (type === 'caller.said' ? [data['text']] : []));
    if (new Set(heard).size < heard.length) throw new Error('An event is in the journal twice.');
    if (journal.some(({ seq }, index) => seq !== index + 1)) throw new Error('The journal has a gap.');
  }

  /** What an execution gives up is under way where it is, and nowhere else. */
  function checkGivenUp(state: State, before: Kept, after: Kept, role: Role): void {
    if (role.of !== 'task') return;
    const execution = current(state, role);
    const failed = after.events
      .slice(before.events.length)
      .some(({ data }) => String(data['message']).includes('The function that'));
    const { host } = snapshot.parse(JSON.parse(before.session?.snapshot ?? '{"work":[]}'));
    if (!failed || !execution || !host) return;
    if (execution.parley.hop !== host.made) throw new Error(`${execution.name} gave up what is none of its own.`);
  }

  /** An execution goes forward, and where nothing went wrong it leaves nothing out. */
  function checkOrder({ name, parley }: Execution, result: Json, { executions }: State): void {
    const to = hopOf(result);
    if (to === undefined) return;
    if (to <= parley.hop) throw new Error(`${name} went back from move ${parley.hop} to ${to}.`);
    if (shape === 'per-contact' && executions.length === 1 && to !== parley.hop + 1) {
      throw new Error(`${name} went from move ${parley.hop} to ${to}, and left out what is between.`);
    }
  }

  /** Nothing is left to be done. */
  function rests(state: State): boolean {
    return whyNot(state) === undefined;
  }

  function whyNot({ kept, executions, running, sent, gone, answers }: State): string | undefined {
    if (running.length > 0) return `${running.map(({ role }) => nameOf(role)).join(', ')} waits for something.`;
    const missing = events.find(({ id }, index) => sent[index] && !(id in answers) && !gone.includes(id));
    if (missing) return `${missing.id} was never answered.`;
    const { host, work } = snapshot.parse(JSON.parse(kept.session?.snapshot ?? '{"work":[]}'));
    if (work.length > 0) return 'Work is left.';
    if (!host) return undefined;
    const ended = kept.session?.status === 'ended';
    const waiting = executions.filter(waits);
    for (const { name, tries, parley } of waiting) {
      // One that was taken to be over and is not costs nothing, and ends when its task is too old.
      if (name !== `x${host.execution.number}`) continue;
      if (ended) return `${name} waits though its session is over.`;
      if (host.hops.some(({ n }) => n > parley.hop)) return `${name} waits though its session has gone on.`;
      const [one] = tries;
      const lost = one?.token === undefined || !host.token?.tokens.includes(one.token);
      if (lost && !one?.token?.endsWith('lost')) return `${name} waits with a token that nobody knows.`;
    }
    if (kept.session?.working) return 'The session is marked as at work.';
    return undefined;
  }

  function end(state: State): void {
    const why = whyNot(state);
    if (why !== undefined) throw new Error(why);
    const unsent = events.findIndex((_, index) => !state.sent[index]);
    if (unsent >= 0) throw new Error(`${events[unsent]?.id} could not be sent.`);
    const { kept, answers, keys } = state;
    const writes = new Set(keys);
    if (writes.size > 1) throw new Error(`A write was begun with ${writes.size} keys.`);
    const heard = kept.events.filter(({ type }) => type === 'caller.said').length;
    const said = new Set(events.flatMap(({ id, event }) => (event.type === 'caller.said' && id in answers ? [id] : [])))
      .size;
    if (heard < said && kept.session?.status !== 'ended')
      throw new Error('An event was answered and is not in the journal.');
    checkTold(state);
    const step = snapshot.parse(JSON.parse(kept.session?.snapshot ?? '{"work":[]}')).machine?.step;
    if (ends && step !== undefined && !ends.includes(step)) throw new Error(`It came to ${step}.`);
  }

  /** What came later than the last answer is pushed; or it is still owed, where it does not reach the caller. */
  function checkTold({ kept, answers, pushed }: State): void {
    const last = answers[events.findLast(({ id }) => id in answers)?.id ?? ''];
    if (last === undefined || pushes === undefined) return;
    const { machine, owed = [] } = snapshot.parse(JSON.parse(kept.session?.snapshot ?? '{"work":[]}'));
    const before = readReply(last, SESSION).rest;
    if ((before !== 'work' && before !== 'wait') || machine?.memory.waiting.for === 'timer') return;
    if (pushes === 'unreached' ? owed.length === 0 : pushed.length === 0)
      throw new Error('What came later was never told.');
  }

  // ---- the world of a function

  function worldOf({ ask, now }: Outside): World {
    // Only what waits for time by itself: a decision's limit, the pause before a tool is tried again. They don't come.
    const clock: Clock = { now, after: () => () => undefined };
    const unused = async () => {
      throw new Error('Nobody asks for this.');
    };
    const store: Store = {
      load: async () => asSession.parse(await ask('load')),
      reply: async (_, id) => asText.parse(await ask('reply', id)),
      commit: async (commit) => void (await ask('commit', commit)),
      events: unused,
      dueTimers: async () => asTimers.parse(await ask('dueTimers')),
      working: async () => asTexts.parse(await ask('working')),
      nextTimer: unused,
      sessions: unused,
      remove: unused,
      sweep: unused,
      keepWorkflow: unused,
      workflow: unused,
      close: unused,
    };
    const executions: Executions = {
      start: async ({ execution }: Pinned, at: Told) => void (await ask('start', `x${execution}`, at)),
      goOn: async (token) => (await ask('goOn', token)) === true,
      state: async ({ execution }) => {
        const state = await ask('state', `x${execution}`);
        return z.enum(['running', 'failed', 'over', 'none']).parse(state);
      },
      run: async (_, at) => {
        const name = await ask('run', at);
        await ask('ran', name);
      },
    };
    return {
      shape: () => shape,
      store,
      decider,
      tools: () => toolsOf(ask),
      guard: 'none',
      clock,
      machines,
      releases,
      executions,
      news: async (_, until) => void (await ask('news', until)),
      unseen: () => undefined,
      ...outwardOf(ask),
    };
  }

  /** How what no turn waits for gets to the caller, in the world of most functions. */
  function outwardOf(ask: Outside['ask']): Pick<World, 'push' | 'reaches' | 'pusher'> {
    if (pushes === undefined) return {};
    switch (pushes) {
      case 'here':
        return pushing(ask);
      case 'elsewhere':
        return { pusher: () => async () => void (await ask('pusher')) };
      case 'unreached':
        return { ...pushing(ask), reaches: async () => false };
    }
  }
}

const pushing = (ask: Outside['ask']): Pick<World, 'push'> => ({
  push: async (reply: Reply) => void (await ask('push', reply)),
});

const decider: Decider = {
  name: 'literal',
  decide: async ({ heard = '', choices }) => ({
    choice: choices.find(({ name }) => name === heard)?.name ?? 'unclear',
    values: {},
    confidence: 1,
  }),
};

/** A tool that reads, and one that writes. */
const look = defineTool({
  about: 'Looks something up',
  effect: 'reads',
  input: z.object({}),
  output: z.object({}),
  run: async () => ({}),
});
const book = defineTool({
  about: 'Books something',
  effect: 'writes',
  input: z.object({}),
  output: z.object({}),
  run: async () => ({}),
});
const TOOLS: Tools = { look, book };

/** The tools, where a write tells of each attempt. */
const toolsOf = (ask: Outside['ask']): Tools => ({
  look,
  book: {
    ...book,
    call: async (input, context) => {
      await ask('write', context.idempotencyKey);
      return book.call(input, context);
    },
  },
});

const asSession = z.custom<StoredSession | undefined>();
const asCommit = z.custom<Commit>();
const asText = z.string().optional();
const asTexts = z.array(z.string());
const calling = z.object({ name: z.enum(['ask', 'decide', 'call', 'finish']), input: z.unknown() });
const ticked = z.object({ failed: z.array(z.unknown()) });
const asTimers = z.array(z.object({ session: z.string(), timer: z.string(), due: z.number() }));
const snapshot = z.object({
  machine: z.object({ step: z.string(), memory: z.object({ waiting: z.object({ for: z.string() }) }) }).optional(),
  work: z.array(z.unknown()),
  owed: z.array(z.unknown()).optional(),
  host: z
    .object({
      hops: z.array(z.object({ n: z.int() })),
      made: z.int(),
      execution: z.object({ number: z.int() }),
      token: z.object({ tokens: z.array(z.string()) }).optional(),
    })
    .optional(),
});

const anyJson = z.json();
const json = z.custom<Json>((value) => anyJson.safeParse(value).success);
const asJson = (value: unknown): Json => json.parse(JSON.parse(JSON.stringify(value)));

const moved = z.object({ parley: z.object({ hop: z.int() }) });
const hopOf = (result: Json): number | undefined => {
  const read = moved.safeParse(result);
  return read.success ? read.data.parley.hop : undefined;
};

const words = (reply: unknown): readonly string[] => {
  const { say, rest } = readReply(JSON.stringify(reply), SESSION);
  return [...say, rest];
};

const waits = ({ status, tries }: Execution) =>
  status === 'running' && tries.length === 1 && tries[0]?.token !== undefined && tries[0].result === undefined;

const dueOf = ({ at, parley }: Execution) => at + parley.wait * 1_000;

const isTry = (role: Role, { name, entry, tries }: Execution, branch: number) =>
  role.of === 'task' &&
  role.execution === name &&
  role.entry === entry &&
  role.branch === branch &&
  role.attempt === tries[branch]?.attempt;

function nameOf(role: Role): string {
  switch (role.of) {
    case 'caller':
      return `turn ${role.index + 1}`;
    case 'task':
      return `${role.execution} task ${role.entry}.${role.branch}, attempt ${role.attempt}`;
    case 'tick':
      return 'the tick';
    case 'pusher':
      return 'the pusher';
  }
}
