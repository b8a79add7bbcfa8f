import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Commit, DueTimer, EngineOptions } from '@parley/engine';
import type { Invariant } from './model.ts';
import type { Profile } from './profile.ts';
import type { Scheduler } from './scheduler.ts';
import { simulate } from './simulation.ts';
import type { EngineModule, Process } from './world.ts';

/** A change of a source: `find` must stand there exactly once. */
interface Patch {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A way to break something on purpose, to see that the simulation finds it. */
export interface Sabotage {
  readonly name: string;
  /** What is then found not to hold. */
  readonly breaks: Invariant;
  /** Where it shows at all, when few worlds are like that. */
  readonly worlds?: Partial<Profile>;
  readonly patches?: readonly Patch[];
  readonly ports?: (options: EngineOptions, scheduler: Scheduler, process: Process) => EngineOptions;
}

const live = 'engine/src/live.ts';
const state = 'engine/src/session-state.ts';
const engine = 'engine/src/engine.ts';
const work = 'engine/src/work.ts';
const patch = (file: string, find: string, replace: string): Patch => ({ file, find, replace });

/** Each breaks one thing that the engine, the machine or the store promises. */
export const SABOTAGES: readonly Sabotage[] = [
  {
    name: 'a number of the journal is left out',
    breaks: 'journal',
    patches: [patch(state, 'this.#seq += 1;', "this.#seq += type === 'timer.fired' ? 2 : 1;")],
  },
  {
    name: 'the store does not look whether somebody else has gone on',
    breaks: 'journal',
    ports: (options) => ({
      ...options,
      store: {
        ...options.store,
        commit: async (commit) => {
          const now = await options.store.load(commit.session);
          await options.store.commit({ ...commit, expects: now?.revision ?? 0 });
        },
      },
    }),
  },
  {
    name: 'the store does not see that somebody else has gone on, where no event tells of it',
    breaks: 'words',
    worlds: { sessions: 16, hosts: 2, impatient: 0.5, slow: 0.4, toolFails: 0.3 },
    ports: (options) => {
      const { store } = options;
      /** The last event of each session that this process knows of. */
      const known = new Map<string, number>();
      const load = async (session: string) => {
        const stored = await store.load(session);
        known.set(session, stored?.seq ?? 0);
        return stored;
      };
      const commit = async (commit: Commit) => {
        const { session, events, expects } = commit;
        const seq = known.get(session) ?? 0;
        const now = await store.load(session);
        await store.commit({ ...commit, expects: now?.seq === seq ? now.revision : expects });
        known.set(session, events.at(-1)?.seq ?? seq);
      };
      return { ...options, store: { ...store, load, commit } };
    },
  },
  {
    name: 'a tool runs though what it is given was blocked',
    breaks: 'guarded',
    worlds: { guardBlocks: 0.2 },
    patches: [patch(work, "if (!(await passes('input', input)))", "if (!(await passes('input', input)) && retry < 0)")],
  },
  {
    name: 'a result is used that was blocked',
    breaks: 'guarded',
    worlds: { guardBlocks: 0.2 },
    patches: [
      patch(work, "if (!(await passes('output', output)))", "if (!(await passes('output', output)) && retry < 0)"),
    ],
  },
  {
    name: 'what the guard was late about is used',
    breaks: 'guarded',
    worlds: { guardFails: 0.2 },
    patches: [patch(work, 'return { what, passed: false, code };', 'return { what, passed: true, code };')],
  },
  {
    name: 'a write whose result is withheld counts as not done',
    breaks: 'guarded',
    worlds: { guardBlocks: 0.2 },
    patches: [patch(work, "blocked('returned', attempt, effect === 'writes')", "blocked('returned', attempt, false)")],
  },
  {
    name: 'a session that could not be kept is gone on with',
    breaks: 'journal',
    worlds: { storeFails: 0.05, commitUnknown: 0 },
    patches: [patch(live, '} catch (error) {\n      this.drop(error);', '} catch (error) {')],
  },
  {
    name: 'the store says it is kept before it is',
    breaks: 'committed-first',
    ports: (options) => ({
      ...options,
      store: {
        ...options.store,
        commit: async (commit) => {
          options.store.commit(commit).catch(() => undefined);
        },
      },
    }),
  },
  {
    name: 'a reply leaves while its commit is under way',
    breaks: 'committed-first',
    patches: [patch(live, 'await this.#commit(reply);', 'this.#commit(reply).catch(() => undefined);')],
  },
  {
    name: 'words are handed out while their commit is under way',
    breaks: 'committed-first',
    worlds: { streams: true },
    patches: [
      patch(
        live,
        'this.#commit().then(\n      () => {\n        for',
        'this.#commit().catch(() => undefined);\n    Promise.resolve().then(\n      () => {\n        for',
      ),
    ],
  },
  {
    name: 'a reply tells that more was handed out than was',
    breaks: 'words',
    worlds: { streams: true },
    patches: [patch('engine/src/reply.ts', '{ streamed: texts.length }', '{ streamed: texts.length + 1 }')],
  },
  {
    name: 'the snapshot forgets how often a question was put',
    breaks: 'replay',
    patches: [
      patch(
        state,
        'machine: this.#snapshot,',
        'machine: { ...this.#snapshot, memory: { ...this.#snapshot.memory, tries: 0 } },',
      ),
    ],
  },
  {
    name: 'a timer that has fired fires again',
    breaks: 'stale',
    worlds: { sessions: 16, hosts: 1, crash: 0, impatient: 0.2, erratic: 0 },
    patches: [
      patch(
        'machine/src/behaviour.ts',
        "return waiting.for !== 'timer' || waiting.timer !== event.timer;",
        "return waiting.for !== 'timer';",
      ),
    ],
    ports: (options) => {
      const fired: DueTimer[] = [];
      const dueTimers = async (now: number, limit: number) => {
        fired.push(...(await options.store.dueTimers(now, limit)));
        return fired;
      };
      return { ...options, store: { ...options.store, dueTimers } };
    },
  },
  {
    name: 'an answer to a question that is not open any more counts',
    breaks: 'stale',
    worlds: { sessions: 16, slow: 0.4, impatient: 0.5, deciderFails: 0.2 },
    patches: [
      patch(
        'machine/src/behaviour.ts',
        "return !(waiting.for === 'decision' || waiting.for === 'words') || waiting.decision !== event.decision;",
        "return !(waiting.for === 'decision' || waiting.for === 'words');",
      ),
      patch(
        live,
        'if (this.#dead || !this.#state.settle(workId(effect))) return;',
        'this.#state.settle(workId(effect));',
      ),
    ],
  },
  {
    name: 'a decider may pick what was not offered',
    breaks: 'choices',
    patches: [
      patch('engine/src/decision.ts', 'if (!question.choices.some(({ name }) => name === choice))', 'if (false)'),
    ],
  },
  {
    name: 'a session goes on with the edited workflow',
    breaks: 'version',
    patches: [
      patch(
        'engine/src/machines.ts',
        'const known = this.#versions.get(version);',
        'const known = this.#current.get(workflow);',
      ),
      patch('machine/src/restore.ts', '|| read.data.version !== version', ''),
      patch('machine/src/machine.ts', 'if (snapshot.version !== program.version)', 'if (false)'),
    ],
  },
  {
    name: 'the workflow that a session began on is not kept',
    breaks: 'error',
    ports: (options) => ({ ...options, store: { ...options.store, keepWorkflow: async () => undefined } }),
  },
  {
    name: 'an event that comes again is taken again',
    breaks: 'same-reply',
    patches: [patch(engine, 'if (answered !== undefined && answered !== PENDING)', 'if (false)')],
  },
  {
    name: 'an event whose turn was cut off is taken again',
    breaks: 'taken-once',
    worlds: { sessions: 16, crash: 0.01, slow: 0.4, toolFails: 0.3, erratic: 0 },
    patches: [patch(engine, 'answered === PENDING ? undefined : contactEvent', 'contactEvent')],
  },
  {
    name: 'a commit in the middle of a turn does not say whose turn it is',
    breaks: 'taken-once',
    patches: [patch(live, ': under;', ': undefined;')],
  },
  {
    name: 'the reply is looked for before the session',
    breaks: 'same-reply',
    worlds: { sessions: 16, hosts: 2, impatient: 0.5 },
    patches: [
      patch(
        engine,
        'const stored = known ? undefined : await store.load(session);\n    const answered = await store.reply(session, id);',
        'const answered = await store.reply(session, id);\n    const stored = known ? undefined : await store.load(session);',
      ),
    ],
  },
  {
    name: 'a reply says something else when it is asked for again',
    breaks: 'same-reply',
    patches: [
      patch(engine, 'return readReply(answered, session);', 'return { ...readReply(answered, session), say: [] };'),
    ],
  },
  {
    name: 'turns of a session run side by side',
    breaks: 'in-order',
    patches: [patch(engine, 'before ? before.then(work, work) : work()', 'work()')],
  },
  {
    name: 'keys overtake words',
    breaks: 'in-order',
    patches: [
      patch(
        engine,
        'return exclusive(session, () => turn(request));',
        "return sleep(clock, request.event.type === 'caller.said' ? 1 : 0).then(() => exclusive(session, () => turn(request)));",
      ),
    ],
  },
  {
    name: 'words are lost when a turn takes long',
    breaks: 'words',
    worlds: { sessions: 16, slow: 0.4, toolFails: 0.3, impatient: 0.2 },
    patches: [patch(state, 'const said = wordsOf(owed, false);', 'const said = wordsOf([], false);')],
  },
  {
    name: 'what is pushed is forgotten before the channel has it',
    breaks: 'words',
    patches: [
      patch(
        live,
        'await push(this.#state.reply());',
        'const reply = this.#reply();\n    await this.#commit();\n    await push(reply);',
      ),
    ],
  },
  {
    name: 'words are pushed without a look whether another process has said them',
    breaks: 'words',
    worlds: { sessions: 16, hosts: 2, pushes: true, pushFails: 0.5 },
    patches: [
      patch(
        live,
        'this.#dirty = true;\n    await this.#commit();\n    if (this.#dead) throw this.#dead;\n    const { length }',
        'const { length }',
      ),
    ],
  },
  {
    name: 'what work comes to while its filler is being kept is forgotten',
    breaks: 'at-rest',
    worlds: { sessions: 16, hosts: 1, pushes: true, storeTakes: 2_000, slow: 0.4, impatient: 0, toolFails: 0.3 },
    patches: [patch(live, 'if (!rests && !this.busy) this.#restAlone();', '')],
  },
  {
    name: 'each attempt at a write has a key of its own',
    breaks: 'written-once',
    patches: [
      patch(
        'engine/src/work.ts',
        'now: clock.now(),',
        'now: clock.now(),\n          idempotencyKey: [session, call, attempt].join(),',
      ),
    ],
  },
  {
    name: 'a write runs before it is kept as begun',
    breaks: 'begun-first',
    patches: [
      patch(live, "if (tool?.signature.effect === 'writes')", 'if (false)'),
      patch('engine/src/work.ts', "if (guarding && effect === 'writes') await guarding.begins();", ''),
    ],
  },
  {
    name: 'a no is taken for a yes',
    breaks: 'required',
    patches: [
      patch(
        'machine/src/configuration.ts',
        ".no`, chose('no'), [take])",
        ".yes`, chose('no'), [take, named('confirm')])",
      ),
    ],
  },
  {
    name: 'a key answers a question that was not heard yet',
    breaks: 'stale',
    worlds: {
      sessions: 32,
      hosts: 1,
      crash: 0,
      storeFails: 0,
      toolFails: 0,
      deciderFails: 0,
      slow: 0.9,
      impatient: 0.9,
      erratic: 0,
    },
    patches: [patch('machine/src/behaviour.ts', "|| (waiting.for === 'decision' && waiting.early === true)", '')],
  },
  {
    name: 'a turn waits until all is done',
    breaks: 'in-time',
    patches: [patch(live, 'const late = () => resolve(!this.busy || this.dead);', 'const late = () => undefined;')],
  },
  {
    name: 'a timer that is set wakes nobody',
    breaks: 'timers',
    worlds: { sessions: 16, crash: 0, close: 0, storeFails: 0, commitUnknown: 0, pushFails: 0 },
    patches: [patch(engine, 'if (due < looks) wake.abort();', '')],
  },
  {
    name: 'timers are not kept',
    breaks: 'timers',
    patches: [patch(state, 'timers: { set: this.#set, ', 'timers: { set: [], ')],
  },
  {
    name: 'after a crash nothing is gone on with',
    breaks: 'at-rest',
    worlds: { sessions: 16, crash: 0.01, slow: 0.4, toolFails: 0.3, impatient: 0 },
    patches: [patch(engine, 'of await store.working())', 'of [])')],
  },
  {
    name: 'after a failure nothing is gone on with',
    breaks: 'at-rest',
    patches: [patch(engine, 'if (closed || mending.has(session)) return;', 'return;')],
  },
  {
    name: 'work that was under way is not begun again',
    breaks: 'at-rest',
    patches: [patch(live, 'for (const effect of this.#state.work.values()) this.#begin(effect);', '')],
  },
];

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs seeds from `base` on until what the sabotage breaks does not hold, or `patience` sessions have run. */
export async function searchFor(sabotage: Sabotage, base: number, patience: number) {
  const { ports, worlds } = sabotage;
  const options = { ...(ports ? { ports } : {}), ...(worlds ? { profile: worlds } : {}) };
  const { module, undo } = await sabotaged(sabotage);
  try {
    let sessions = 0;
    for (let seed = base; sessions < patience; seed++) {
      const { figures, violations } = await simulate(seed, { module, ...options });
      sessions += figures.sessions;
      // It may break other things on the way: what is looked for is what it is there to break.
      if (violations.some(({ invariant }) => invariant === sabotage.breaks)) return { seed, sessions, violations };
    }
    return undefined;
  } finally {
    await undo();
  }
}

/**
 * The engine with a sabotage done to a copy of its source; `undo` removes the copy. Throws where a source has changed
 * so that the sabotage doesn't fit it any more: then it is written anew.
 */
export async function sabotaged({
  name,
  patches = [],
}: Sabotage): Promise<{ module: EngineModule; undo: () => Promise<void> }> {
  await mkdir(path.join(root, '.parley'), { recursive: true });
  const folder = await mkdtemp(path.join(root, '.parley', 'sabotaged-'));
  for (const name of ['engine', 'machine']) {
    const source = path.join(root, 'packages', name, 'src');
    await cp(source, path.join(folder, name, 'src'), { recursive: true, filter: (file) => !file.endsWith('.test.ts') });
  }
  for (const { file, find, replace } of patches) {
    const target = path.join(folder, file);
    const parts = (await readFile(target, 'utf8')).split(find);
    if (parts.length !== 2) throw new Error(`The sabotage "${name}" no longer fits ${file}: ${find}`);
    await writeFile(target, parts.join(replace));
  }
  await useCopies(path.join(folder, 'engine', 'src'));
  const module: EngineModule = await import(pathToFileURL(path.join(folder, 'engine', 'src', 'index.ts')).href);
  return { module, undo: () => rm(folder, { recursive: true, force: true }) };
}

/** The copy of the engine runs on the copy of the machine. */
async function useCopies(folder: string): Promise<void> {
  for (const file of ['engine.ts', 'live.ts', 'machines.ts', 'session-state.ts']) {
    const target = path.join(folder, file);
    const text = await readFile(target, 'utf8');
    await writeFile(target, text.replaceAll("'@parley/machine'", "'../../machine/src/index.ts'"));
  }
}
