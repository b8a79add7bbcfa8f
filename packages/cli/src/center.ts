import path from 'node:path';
import {
  type Center,
  type CenterWorkflow,
  type Demo,
  type DemoCaller,
  demoCallers,
  embed,
  hintsBeside,
  outwardLater,
  ownBackEnds,
  startCenter,
  startDemo,
  watchedStore,
  whenEnded,
} from '@parley/center';
import { type Decider, type Guard, type LogEntry, Machines, signaturesOf } from '@parley/engine';
import { createMachine } from '@parley/machine';
import type { Shape } from '@parley/stepfunctions';
import { compileWorkflow, ParleyError } from '@parley/workflow';
import open from 'open';
import { type DeciderChoice, makeDecider, makeGuard } from './decider.ts';
import { openLocalStepFunctions } from './local-stepfunctions.ts';
import { conversationsOf, findWorkflow, loadTools, openProject, workflowsFolder, workflowsIn } from './project.ts';
import { makeStore } from './store.ts';
import { backEndOf, makeFolder } from './talk.ts';
import { print, printBeside, styled } from './terminal.ts';

export interface CenterChoice extends DeciderChoice {
  readonly port: number;
  readonly host: 'embedded' | 'stepfunctions';
  readonly shape: Shape;
  /** The folder that sessions are kept in, each workflow's in a store of its own. */
  readonly data: string;
  readonly fresh?: boolean;
  /** Callers call by themselves. */
  readonly demo?: boolean;
  /** Who leads chats. */
  readonly chat: 'lex' | 'bot';
  readonly open: boolean;
}

/** A workflow behind the contact center, and what ends it. */
interface Behind {
  readonly workflow: CenterWorkflow;
  /** Who calls it in the demo. */
  readonly callers: readonly DemoCaller[];
  start(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the local contact center with these workflows (all there are, if none is named), and runs it until it is told to stop. */
export async function center(names: readonly string[], options: CenterChoice): Promise<number> {
  const files = await filesOf(names);
  const [decider, guard] = [await makeDecider(options), await makeGuard(options)];
  await makeFolder(options.data);
  const behind: Behind[] = [];
  let opened: Center | undefined;
  let ended: (event: object) => Promise<void> = async () => undefined;
  let demo: Demo | undefined;
  try {
    for (const file of files)
      behind.push(await behindOf(file, options, { decider, guard, isDemo: (session) => demo?.has(session) ?? false }));
    const started = await startCenter({
      workflows: behind.map(({ workflow }) => workflow),
      port: options.port,
      pages: { host: options.host, decider: options.decider ?? 'offline' },
      log,
      contactEvent: (event) => ended(event),
    }).catch((cause: unknown) => Promise.reject(taken(cause, options.port)));
    opened = started;
    ended = whenEnded(
      started,
      behind.map(({ workflow }) => workflow),
      log,
    );
    for (const one of behind) await one.start();
    const address = started.endpoint;
    print(`The contact center is open: ${styled('cyan', address)}`);
    print(`  ${address}/        call or chat`);
    print(`  ${address}/watch   see sessions as they run`);
    print(`  ${address}/agent   take callers who are put through to a person`);
    print(
      styled('dim', `Workflows: ${behind.map(({ workflow }) => workflow.program.name).join(', ')}. Ctrl-C closes it.`),
    );
    if (options.demo) demo = play(started, behind);
    if (options.open && mayOpen()) await open(address).catch(() => undefined);
    await stopped();
    return 0;
  } finally {
    demo?.stop();
    await opened?.close();
    for (const one of behind) await one.close();
  }
}

function play(center: Center, behind: readonly Behind[]): Demo {
  const callers = behind.flatMap((one) => one.callers);
  if (callers.length === 0) {
    throw new ParleyError('cli/no-callers', 'There is nobody for the demo to play.', {
      fix: 'Its callers come from the `conversations.ts` beside a workflow: see workflows/support.',
    });
  }
  print(styled('dim', 'Callers of the demo call by themselves, each with a back end of their own.'));
  return startDemo({ center, callers });
}

async function filesOf(names: readonly string[]): Promise<readonly string[]> {
  if (names.length > 0) return Promise.all(names.map(findWorkflow));
  const folder = await workflowsFolder();
  const files = folder === undefined ? [] : await workflowsIn(folder);
  if (files.length > 0) return files;
  throw new ParleyError('cli/no-workflow', 'There is no workflow here.', {
    fix: 'Run it where a folder workflows/ is, or give the path of a workflow file.',
  });
}

interface Around {
  readonly decider: Decider;
  readonly guard: Guard | 'none';
  /** Whether a session is one of the demo's. */
  readonly isDemo: (session: string) => boolean;
}

async function behindOf(
  file: string,
  { data, host, shape, chat, demo, fresh = false }: CenterChoice,
  { decider, guard, isDemo }: Around,
): Promise<Behind> {
  const name = path.basename(path.dirname(file));
  const place = path.join(data, `${name}.sqlite`);
  const folder = await backEndOf(file, { store: place, fresh });
  const project = await openProject(file, { folder });
  const { source } = project;
  const anew = async () => (await loadTools(project.folder, {})) ?? {};
  const tools = demo ? ownBackEnds(project.tools ?? {}, anew, isDemo) : (project.tools ?? {});
  const conversations = demo ? await conversationsOf(project.folder) : undefined;
  const hints = await hintsBeside(file);
  const recordings = path.join(path.dirname(file), 'recordings');
  const store = makeStore(place);
  try {
    switch (host) {
      case 'embedded': {
        const signatures = signaturesOf(tools);
        const machine = createMachine(compileWorkflow(source, signatures), signatures);
        const called = machine.program.name;
        const flow = { chat };
        const { engine, workflow } = embed({
          name: called,
          source: machine,
          tools,
          store,
          recordings,
          decider,
          guard,
          flow,
          log,
        });
        return {
          workflow: { ...workflow, hints },
          callers: demoCallers(called, conversations),
          start: () => engine.start(),
          close: async () => {
            await engine.close();
            await store.close();
          },
        };
      }
      case 'stepfunctions': {
        const watched = watchedStore(store);
        const wrong = (line: string) => printBeside(styled('yellow', `${name}: ${line}`));
        const local = await openLocalStepFunctions({ store: watched.store, decider, guard, shape, log: wrong, wrong });
        const { program } = await local.put(source, tools);
        // As `embed` does it. Words come whole: functions are asked one after the other.
        const outward = chat === 'bot' ? outwardLater() : undefined;
        const { push, reaches } = outward?.through ?? {};
        const running = local.run({ ...(push ? { push } : {}), ...(reaches ? { reaches } : {}) });
        const machines = new Machines([], tools, store, guard);
        const sessions = { ...watched, machine: machines.of.bind(machines), recordings };
        return {
          workflow: {
            program,
            door: running.turn,
            sessions,
            flow: { chat },
            hints,
            ...(outward ? { pushesTo: outward.is } : {}),
          },
          callers: demoCallers(program.name, conversations),
          start: async () => undefined,
          close: async () => {
            running.close();
            await local.close();
            await store.close();
          },
        };
      }
    }
  } catch (error) {
    await store.close();
    throw error;
  }
}

function log({ level, code, message, session }: LogEntry): void {
  const of = session === undefined ? '' : ` (${session})`;
  printBeside(styled(level === 'error' ? 'red' : level === 'warn' ? 'yellow' : 'dim', `${code}: ${message}${of}`));
}

function taken(cause: unknown, port: number): unknown {
  if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) return cause;
  return new ParleyError('cli/port-taken', `Something else listens at port ${port} already.`, {
    fix: 'Is a contact center open already? Else give another port: --port 7400; 0 takes any that is free.',
    cause,
  });
}

/** A browser is opened for somebody who sits before it: not in a pipe, on CI, or at the other end of a connection. */
function mayOpen(): boolean {
  const { CI, SSH_CONNECTION, DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (!process.stdout.isTTY || CI !== undefined || SSH_CONNECTION !== undefined) return false;
  return process.platform !== 'linux' || DISPLAY !== undefined || WAYLAND_DISPLAY !== undefined;
}

/** Resolves when it is told to stop: by Ctrl-C, or whoever ends processes. */
function stopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}
