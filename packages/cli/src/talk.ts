import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import {
  createEngine,
  type Engine,
  type JournalEvent,
  Mask,
  type Reply,
  StoreError,
  type TurnRequest,
} from '@parley/engine';
import { isComposedAt } from '@parley/replay';
import { compileWorkflow, type Json, ParleyError } from '@parley/workflow';
import { type DeciderChoice, makeDecider, makeGuard } from './decider.ts';
import { findWorkflow, openProject, signaturesOf } from './project.ts';
import { dataFolder, makeStore, onlyAFile } from './store.ts';
import { print, styled } from './terminal.ts';

export interface TalkOptions extends DeciderChoice {
  readonly store: string;
  readonly session?: string;
  readonly voice?: boolean;
  readonly fresh?: boolean;
  readonly quiet?: boolean;
}

const COLOURS = { info: 'dim', warn: 'yellow', error: 'red' } as const;

const HELP = `  Type what the caller says. An empty line is silence.
  /press 1   the caller presses a key        /where   the step it rests on
  /signal NAME [JSON]   a signal comes        /quit    the caller hangs up`;

/** Opens a conversation with a workflow: in a terminal as it is typed, else from the lines of standard input. */
export async function talk(name: string, options: TalkOptions): Promise<number> {
  onlyAFile(
    options.store,
    'An engine goes on with all sessions of its store, and those of a table are gone on with by Step Functions.',
  );
  // Looked for before anything is written.
  const file = await findWorkflow(name);
  const decider = await makeDecider(options);
  const guard = await makeGuard(options);
  await makeFolder(path.dirname(options.store));
  const folder = dataFolder(options.store, file);
  if (options.fresh) await rm(folder, { recursive: true, force: true });
  await makeFolder(folder);
  const project = await openProject(file, { folder });
  const store = makeStore(options.store);
  const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const voice = options.voice ? 'voice' : 'chat';
  const session = options.session ?? `${project.name}-${randomUUID().slice(0, 8)}`;
  const resumed = options.session === undefined ? undefined : await store.load(session);

  const engine: Engine = createEngine({
    workflows: [project.source],
    store,
    decider,
    tools: project.tools ?? {},
    guard,
    push: async (reply) => show(reply),
    stream: (of, words) => {
      if (of === session) agent(words);
    },
    log: ({ level, code, message }) => print(styled(COLOURS[level], `  ${code}: ${message}`)),
    watch: (of, event) => {
      if (of === session && !options.quiet) explain(event);
    },
  });
  const program = compileWorkflow(project.source, signaturesOf(project.tools));
  const mask = new Mask(program);
  let over = false;
  let step = '';

  const lines = createInterface({ input: process.stdin, ...(terminal ? { output: process.stdout } : {}) });
  const typed = lines[Symbol.asyncIterator]();
  try {
    if (resumed && resumed.workflow !== program.name) {
      throw new ParleyError('cli/other-workflow', `The session ${session} is one of ${resumed.workflow}.`, {
        fix: `Go on with \`parley talk ${resumed.workflow} --session ${session}\`, or give another --session.`,
      });
    }
    if (terminal) print(styled('dim', `${program.title} (session ${session}; /help for help)\n`));
    if (program.models.guardrail !== undefined && guard === 'none' && !options.quiet)
      print(styled('dim', '  The guardrail of this workflow does not look on: it does with --decider bedrock.'));
    if (resumed) recall(await store.events(session), resumed.working);
    await engine.start();
    if (resumed) {
      over = resumed.status === 'ended';
      if (over) print(styled('dim', 'This session has ended.'));
      else if (!resumed.working && !options.quiet) print(styled('dim', `  ⏸ at ${step}`));
    } else {
      await send({
        type: 'session.started',
        workflow: program.name,
        contact: { id: session, channel: voice },
      });
    }
    while (!over) {
      if (terminal) process.stdout.write(styled('cyan', 'you › '));
      const next = await typed.next();
      if (next.done) {
        await send({ type: 'caller.left' });
        break;
      }
      if (!terminal) print(styled('cyan', `you › ${next.value}`));
      await take(next.value.trim());
    }
    return 0;
  } finally {
    lines.close();
    await engine.close();
    await store.close();
  }

  async function take(line: string): Promise<void> {
    const [command = '', ...rest] = line.split(/\s+/);
    switch (command) {
      case '/help':
        return print(styled('dim', HELP));
      case '/where':
        return print(styled('dim', `  at ${step}`));
      case '/quit':
        await send({ type: 'caller.left' });
        over = true;
        return;
      case '/press':
        if (!/^[0-9*#]+$/.test(rest.join(''))) return print(styled('dim', '  The keys are 0 to 9, * and #: /press 1'));
        return send({ type: 'caller.pressed', keys: rest.join('') });
      case '/signal':
        return send({ type: 'signal.received', name: rest[0] ?? '', data: dataOf(rest.slice(1).join(' ')) });
      default:
        if (line.startsWith('/')) return print(styled('dim', `  There is no ${command}.\n${HELP}`));
        return send(line === '' ? { type: 'caller.silent' } : { type: 'caller.said', text: line });
    }
  }

  async function send(event: TurnRequest['event']): Promise<void> {
    try {
      await show(await engine.turn({ session, id: randomUUID(), event }));
    } catch (error) {
      // The lines that follow in a pipe answer questions that would not be asked: it ends here, and can be gone on with.
      if (!(error instanceof ParleyError) || (error instanceof StoreError && !terminal)) throw error;
      const fix = error.fix === undefined ? '' : ` ${error.fix}`;
      print(styled('red', `  ${error.code}: ${error.message}${fix}`));
    }
  }

  function agent(text: string): void {
    print(`${styled('bold', program.name)} › ${text}`);
  }

  async function show(reply: Reply): Promise<void> {
    step = reply.step;
    for (const text of reply.say.slice(reply.streamed ?? 0)) agent(text);
    switch (reply.rest) {
      case 'caller':
        if (!options.quiet) print(styled('dim', `  ⏸ at ${reply.step}`));
        break;
      case 'wait':
        print(styled('dim', `  ⏳ waiting at ${reply.step}`));
        break;
      case 'work':
        print(styled('dim', `  … still at work at ${reply.step}`));
        break;
      case 'transfer':
        over = true;
        print(styled('dim', `  ☎ transferred to ${reply.transfer.queue}`));
        if (reply.transfer.brief && !options.quiet) {
          const { summary, from, identity, done, known } = reply.transfer.brief;
          print(styled('dim', `    brief: ${mask.text(summary)} · came from ${from} · identity ${identity}`));
          if (done.length > 0) print(styled('dim', `    done: ${done.join(', ')}`));
          const facts = Object.entries(known).map(
            ([name, value]) => `${variable(name)} = ${JSON.stringify(mask.show(name, value))}`,
          );
          if (facts.length > 0) print(styled('dim', `    known: ${facts.join(', ')}`));
        }
        break;
      case 'end':
        over = true;
        print(styled('dim', `  ■ ended: ${reply.end.outcome}`));
        break;
    }
  }

  /** What goes on behind the conversation, with sensitive values hidden. */
  function explain(event: JournalEvent): void {
    mask.see(event);
    const { data } = event;
    const say = (text: string) => print(styled('dim', `  ${text}`));
    switch (event.type) {
      case 'model.decided': {
        const values =
          typeof data['values'] === 'object' && data['values'] !== null ? Object.entries(data['values']) : [];
        const filled = values
          .map(([name, value]) => `${variable(name)} = ${JSON.stringify(mask.show(name, value))}`)
          .join(', ');
        const why = typeof data['why'] === 'string' ? `: ${String(mask.quoting(data['why']))}` : '';
        const sure = typeof data['confidence'] === 'number' ? ` (${data['confidence'].toFixed(2)})` : '';
        say(`◆ decided ${String(data['choice'])}${sure}${why}${filled === '' ? '' : ` [${filled}]`}`);
        break;
      }
      case 'model.composed':
        say(`◆ worded ${JSON.stringify(mask.quoting(data['text'] ?? ''))}`);
        break;
      case 'agent.said':
        if (data['instead'] !== undefined)
          say(`◆ not said, for the ${String(data['instead'])} in it: the written text is`);
        break;
      case 'model.failed':
        // Who has no words of their own fails at nothing.
        if (data['code'] === 'decider/no-words') break;
        say(`◆ no ${isComposedAt(program, data['step']) ? 'words' : 'decision'}: ${String(data['code'])}`);
        break;
      case 'tool.called':
        say(`⚙ ${String(data['tool'])} …`);
        break;
      case 'tool.failed':
        say(`⚙ failed: ${String(data['code'])}`);
        break;
      case 'timer.set':
        say('⏲ timer set');
        break;
      default:
        break;
    }
  }

  /** What was said before. Of a turn that was cut off, the engine itself says the rest. */
  function recall(events: readonly JournalEvent[], cutOff: boolean): void {
    const last = events.findLastIndex(({ type }) => type.startsWith('caller.') || type === 'filler.said');
    for (const [index, event] of events.entries()) {
      mask.see(event);
      const { text, keys, path: steps } = event.data;
      if (Array.isArray(steps)) step = String(steps.at(-1) ?? step);
      if (cutOff && index > last) continue;
      if (event.type === 'caller.said') print(styled('cyan', `you › ${String(text)}`));
      if (event.type === 'caller.pressed') print(styled('cyan', `you › /press ${String(keys)}`));
      if (event.type === 'agent.said' || event.type === 'filler.said') agent(String(text));
    }
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new ParleyError('cli/no-folder', `The folder ${folder} can't be made${why}.`, {
      fix: 'Make room for it there, or name another place with --store.',
      cause,
    });
  }
}

/** A variable as it is named to a person: one of a part as its steps are, `prove/code`. */
const variable = (name: string) => name.replaceAll('__', '/');

/** What was typed as JSON, or as the text it is. */
function dataOf(typed: string): Json {
  try {
    return typed === '' ? null : JSON.parse(typed);
  } catch {
    return typed;
  }
}
