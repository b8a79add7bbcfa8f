import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import {
  type EngineOptions,
  type JournalEvent,
  Mask,
  type Reply,
  type Store,
  type StoredSession,
  StoreError,
  type TurnRequest,
} from '@parley/engine';
import { isComposedAt } from '@parley/replay';
import { type Json, ParleyError, type Program } from '@parley/workflow';
import { print, styled } from './terminal.ts';

/** What the host of a conversation tells, as the engine does. */
export type Ears = Required<Pick<EngineOptions, 'push' | 'stream' | 'log' | 'watch'>>;

/** What runs the session of a conversation. */
export interface Host {
  start(): Promise<void>;
  turn(request: TurnRequest): Promise<Reply>;
  /** After each reply was shown. */
  shown?(): Promise<void>;
  close(): Promise<void>;
}

export interface Conversation {
  readonly program: Program;
  readonly session: string;
  readonly channel: 'voice' | 'chat';
  readonly quiet: boolean;
  readonly store: Pick<Store, 'events'>;
  /** The session, where it has begun before. */
  readonly resumed?: StoredSession | undefined;
  readonly lines: Lines;
  readonly host: (ears: Ears) => Host | Promise<Host>;
}

/** What is typed in a terminal, or comes in by a pipe. */
export class Lines {
  readonly terminal = process.stdin.isTTY === true && process.stdout.isTTY === true;
  readonly #lines = createInterface({ input: process.stdin, ...(this.terminal ? { output: process.stdout } : {}) });
  readonly #typed = this.#lines[Symbol.asyncIterator]();
  #first: string | undefined;

  /** The next line; undefined where there are no more. */
  async next(): Promise<string | undefined> {
    const first = this.#first;
    this.#first = undefined;
    if (first !== undefined) return first;
    const { value, done } = await this.#typed.next();
    return done ? undefined : value;
  }

  /** Puts a line back, to be the next one. */
  back(line: string): void {
    this.#first = line;
  }

  close(): void {
    this.#lines.close();
  }
}

const COLOURS = { info: 'dim', warn: 'yellow', error: 'red' } as const;

const HELP = `  Type what the caller says. An empty line is silence.
  /press 1   the caller presses a key        /where   the step it rests on
  /signal NAME [JSON]   a signal comes        /quit    the caller hangs up`;

/** Has one conversation: what the caller says comes from the lines, what goes on is printed. */
export async function converse(conversation: Conversation): Promise<void> {
  const { program, session, store, resumed, lines, quiet } = conversation;
  const { terminal } = lines;
  const host = await conversation.host({
    push: async (reply) => show(reply),
    stream: (of, words) => {
      if (of === session) agent(words);
    },
    log: ({ level, code, message }) => print(styled(COLOURS[level], `  ${code}: ${message}`)),
    watch: (of, event) => {
      if (of === session && !quiet) explain(event);
    },
  });
  const mask = new Mask(program);
  let over = false;
  let step = '';

  try {
    if (resumed) recall(await store.events(session), resumed.working);
    await host.start();
    if (resumed) {
      over = resumed.status === 'ended';
      if (over) print(styled('dim', 'This session has ended.'));
      else if (!resumed.working && !quiet) print(styled('dim', `  ⏸ at ${step}`));
    } else {
      const contact = { id: session, channel: conversation.channel };
      await send({ type: 'session.started', workflow: program.name, contact });
    }
    while (!over) {
      if (terminal) process.stdout.write(styled('cyan', 'you › '));
      const line = await lines.next();
      if (line === undefined) {
        await send({ type: 'caller.left' });
        break;
      }
      if (!terminal) print(styled('cyan', `you › ${line}`));
      await take(line.trim());
    }
  } finally {
    await host.close();
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
      await show(await host.turn({ session, id: randomUUID(), event }));
      await host.shown?.();
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
        if (!quiet) print(styled('dim', `  ⏸ at ${reply.step}`));
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
        if (reply.transfer.brief && !quiet) {
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
