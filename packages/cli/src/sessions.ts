import { type JournalEvent, keptWorkflow, maskEvents } from '@parley/engine';
import { compileWorkflow } from '@parley/workflow';
import type { KeptStore } from './several-stores.ts';
import { noSession, openStore, type StoreChoice } from './store.ts';
import { print, printJson, styled } from './terminal.ts';

export interface SessionsOptions extends StoreChoice {
  readonly workflow?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** Lists the sessions of a store, or shows one, with its sensitive values hidden. */
export async function sessions(session: string | undefined, options: SessionsOptions): Promise<number> {
  const store = await openStore(options);
  try {
    return session === undefined ? await list(store, options) : await show(store, session, options);
  } finally {
    await store.close();
  }
}

async function list(store: KeptStore, { workflow, limit, json }: SessionsOptions): Promise<number> {
  const found = await store.sessions({ limit, ...(workflow === undefined ? {} : { workflow }) });
  const rows = found.map(({ session, workflow, version, status, seq, startedAt, updatedAt }) => ({
    session,
    workflow,
    version: version.slice(0, 12),
    status,
    events: seq,
    started: new Date(startedAt).toISOString(),
    updated: new Date(updatedAt).toISOString(),
  }));
  if (json) printJson(rows);
  else if (rows.length === 0) print('No sessions yet.');
  else {
    const width = Math.max(...rows.map(({ session }) => session.length));
    for (const { session, workflow, status, events, started } of rows) {
      print(
        `${session.padEnd(width)}  ${started.slice(0, 19).replace('T', ' ')}  ${status.padEnd(6)}  ${workflow}, ${events} events`,
      );
    }
  }
  return 0;
}

async function show(store: KeptStore, session: string, { json }: SessionsOptions): Promise<number> {
  const found = await store.load(session);
  if (!found) throw noSession(session);
  // The version the session is on, since the file may have been edited: without it, it can't be told what is sensitive.
  const program = compileWorkflow(await keptWorkflow(store, found));
  const events = maskEvents(program, await store.events(session));
  if (json) {
    printJson(events.map(({ seq, at, type, data }) => ({ seq, at, type, ...data })));
    return 0;
  }
  print(`${session}: ${found.workflow} ${found.version.slice(0, 12)}, ${found.status}`);
  const start = events[0]?.at ?? found.startedAt;
  for (const event of events) for (const line of lines(event, start)) print(line);
  return 0;
}

function lines({ at, type, data }: JournalEvent, start: number): readonly string[] {
  const time = styled('dim', `${((at - start) / 1000).toFixed(1).padStart(7)} s  `);
  const path = Array.isArray(data['path']) ? styled('dim', `             → ${data['path'].join(' → ')}`) : undefined;
  const line = (text: string) => [time + text, ...(path === undefined ? [] : [path])];
  const text = String(data['text'] ?? data['keys'] ?? '');
  switch (type) {
    case 'caller.said':
    case 'caller.pressed':
      return line(styled('cyan', `caller  ${text}`));
    case 'agent.said':
    case 'filler.said': {
      const instead = data['instead'];
      return line(
        `agent   ${text}${instead === undefined ? '' : styled('yellow', `  (in place of the model's, for the ${String(instead)})`)}`,
      );
    }
    case 'model.decided': {
      const values = JSON.stringify(data['values']);
      return line(styled('dim', `decided ${String(data['choice'])}${values === '{}' ? '' : ` ${values}`}`));
    }
    case 'model.composed':
      return line(styled('dim', `worded  ${text}`));
    case 'tool.called':
      return line(styled('dim', `calls   ${String(data['tool'])} ${JSON.stringify(data['input'])}`));
    case 'tool.returned':
      return line(styled('dim', `returns ${JSON.stringify(data['output'])}`));
    case 'tool.failed':
    case 'model.failed':
      return line(styled('yellow', `failed  ${String(data['code'])}`));
    case 'session.transferred':
      return line(`→ ${String(data['queue'])} ${JSON.stringify(data['brief'] ?? {})}`);
    case 'session.ended':
      return line(`■ ${String(data['outcome'])}`);
    case 'model.asked':
    case 'words.asked':
      return [];
    default:
      return line(styled('dim', type));
  }
}
