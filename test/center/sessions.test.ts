import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { watchedStore } from '@parley/center';
import { type JournalEvent, knownOf } from '@parley/engine';
import { readRecording, replay } from '@parley/replay';
import { memoryStore } from '@parley/stores';
import type { Json, Program } from '@parley/workflow';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { SessionView } from '../../packages/center/src/desk/session-view.ts';
import {
  boardMessage,
  drawing,
  madeRecording,
  sessionMessage,
} from '../../packages/center/src/desk/sessions-messages.ts';
import { Frames } from './frames.ts';
import { openWatching, recordingsOf, type Watching } from './watching.ts';
import type { WorkflowName } from './workflows.ts';

const NAMES: readonly WorkflowName[] = ['support', 'supply-chain', 'healthcare-intake'];

/** What took place in a session. */
interface Played {
  readonly workflow: WorkflowName;
  readonly session: string;
  /** As the store has it. */
  readonly events: readonly JournalEvent[];
  /** Values of the caller's. */
  readonly canaries: readonly string[];
  readonly brought: readonly string[];
}

let folder: string;
let center: Watching;
const played = new Map<string, Played>();
/** Everything that came over a socket or as an answer, by the session it was asked for. */
const seen = new Map<string, string[]>();
const keep = (of: string, text: string) => void seen.set(of, [...(seen.get(of) ?? []), text]);
const watched: { readonly board: Frames<z.infer<typeof boardMessage>>; close(): void }[] = [];

/** Opens a socket of the center's, and keeps all it sends. */
function open<S extends z.ZodType>(at: string, schema: S) {
  const frames = new Frames<z.output<S>>();
  const socket = new WebSocket(`ws://127.0.0.1:${center.port}${at}`);
  socket.on('message', (data) => {
    keep(new URLSearchParams(at.split('?')[1]).get('session') ?? '', String(data));
    frames.put(schema.parse(JSON.parse(String(data))));
  });
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  return { frames, closed, close: () => socket.close() };
}

async function ask(
  at: string,
  body: { readonly session?: string; readonly [key: string]: unknown },
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${center.endpoint}${at}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  keep(body.session ?? '', text);
  return { status: response.status, body: JSON.parse(text) };
}

/**
 * The values of a session that are the caller's: those of sensitive variables, and what looks like an address or a number. `brought`: those that
 * the caller gave, who may not be known by them for a moment. (A free hour, say, that a tool names is theirs only once they take it.)
 */
function canariesOf(program: Program, vars: { readonly [name: string]: Json }, events: readonly JournalEvent[]) {
  const all = new Set<string>();
  const brought = new Set<string>();
  const add = (value: Json | undefined, to: readonly Set<string>[]) => {
    if (typeof value === 'string' && value.length >= 4) for (const set of to) set.add(value);
    else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) add(one, to);
  };
  for (const [name, value] of Object.entries(vars)) if (program.variables.get(name)?.sensitive) add(value, [all]);
  for (const { type, data } of events) {
    const own = type.startsWith('caller.') || type === 'session.started' ? [all, brought] : [all];
    if (type === 'model.decided' && typeof data['values'] === 'object' && data['values'] !== null)
      for (const [name, value] of Object.entries(data['values']))
        if (program.variables.get(name)?.sensitive) add(value, [all, brought]);
    for (const [found] of JSON.stringify(data).matchAll(/[\w.+-]+@[\w-]+\.\w+|\+\d{8,}|\b424242\b/g)) add(found, own);
  }
  // What the workflow says itself tells nothing of a caller.
  const words = JSON.stringify(program.source).toLowerCase();
  const told = (values: Set<string>) => [...values].filter((value) => !words.includes(value.toLowerCase()));
  return { canaries: told(all), brought: told(brought) };
}

const found = (text: string, canaries: readonly string[]) =>
  canaries.filter((canary) => text.toLowerCase().includes(canary.toLowerCase()));

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'parley-watched-'));
  center = await openWatching(NAMES, { recordings: folder });
  const { frames: board, close } = open('/desk/watch', boardMessage);
  watched.push({ board, close });
  await board.next(({ all }) => all);
  for (const workflow of NAMES) {
    for (const recording of recordingsOf(workflow)) {
      await center.play(workflow, recording);
      const { session } = recording;
      const found = await center.store(workflow).load(session);
      const events = await center.store(workflow).events(session);
      if (!found) throw new Error(`${session} is not kept.`);
      const { program } = await center.machine(workflow);
      played.set(`${workflow}/${session}`, {
        workflow,
        session,
        events,
        ...canariesOf(program, knownOf(found).vars, events),
      });
    }
  }
});
afterAll(async () => {
  for (const { close } of watched) close();
  await center.close();
  await rm(folder, { recursive: true });
});

describe('the sessions of all workflows', () => {
  it('are told as they run: each once as a whole, then what changed, then how it ended', async () => {
    const { frames, close } = open('/desk/watch', boardMessage);
    const { rows } = await frames.next(({ all }) => all);
    expect(rows).toHaveLength(played.size);
    for (const row of rows) {
      const one = played.get(`${row.workflow}/${row.session}`);
      const end = one?.events.at(-1);
      const result = end?.type === 'session.transferred' ? end.data['queue'] : end?.data['outcome'];
      expect({ row, is: [row.state, row.result] }).toEqual({
        row,
        is: [end?.type === 'session.transferred' ? 'person' : 'ended', result],
      });
    }
    close();
  });
});

describe('one session', () => {
  it('is told event by event: where it was, and what was known', async () => {
    for (const [name, { workflow, session, events }] of played) {
      const { frames, close } = open(
        `/desk/watch/session?${new URLSearchParams({ workflow, session })}`,
        sessionMessage,
      );
      const message = await frames.next(({ all }) => all);
      expect({ name, lost: message.lost }).toEqual({ name, lost: undefined });
      expect(message.events.map(({ seq, type }) => [seq, type])).toEqual(events.map(({ seq, type }) => [seq, type]));
      expect(message.events.at(-1)?.step).toBe(message.row.step);
      const known = new Set<string>();
      for (const { changed = {} } of message.events)
        for (const [name, value] of Object.entries(changed)) value === null ? known.delete(name) : known.add(name);
      const found = await center.store(workflow).load(session);
      const vars = found ? Object.keys(knownOf(found).vars) : [];
      expect([...known].sort()).toEqual(vars.filter((name) => found && knownOf(found).vars[name] !== null).sort());
      close();
    }
  });

  it('that is not there closes the socket', async () => {
    expect(await open('/desk/watch/session?workflow=support&session=nobody', z.never()).closed).toBe(4404);
    expect(await open('/desk/watch/session?workflow=nothing&session=nobody', z.never()).closed).toBe(4404);
    expect(await open('/desk/watch/session?workflow=support', z.never()).closed).toBe(4400);
  });
});

describe('a recording that is made of a session', () => {
  const wanted = { workflow: 'support', session: 'refund-lost' };

  it('is redacted, replays by the workflow as the session went, and is written once', async () => {
    const { status, body } = await ask('/desk/recording', { ...wanted, name: 'lost-refund' });
    expect(status).toBe(200);
    const { text, file = '' } = madeRecording.parse(body);
    expect(file).toBe(path.join(folder, 'support', 'lost-refund.jsonl'));
    const recording = readRecording(text, file);
    expect(recording.redacted).toBe(true);
    expect(replay(await center.machine('support'), recording)).toMatchObject({ outcome: 'same' });

    const again = await ask('/desk/recording', { ...wanted, name: 'lost-refund' });
    expect(again).toMatchObject({ status: 409, body: { Message: expect.stringContaining('already') } });
    expect(await readdir(path.join(folder, 'support'))).toEqual(['lost-refund.jsonl']);
  });

  it('is only taken away where it is given no name', async () => {
    const { body } = await ask('/desk/recording', wanted);
    expect(madeRecording.parse(body)).toEqual({ text: expect.any(String), replaced: expect.any(Object) });
  });

  it.each([
    ['a name that leads elsewhere', { ...wanted, name: '../../x' }, 409, 'cannot be called that'],
    ['a session that is not there', { ...wanted, session: 'nobody' }, 404, 'was not found'],
    ['a workflow that is not there', { ...wanted, workflow: 'nothing' }, 404, 'was not found'],
  ])('is not made of %s, which is said in words', async (_, body, status, words) => {
    expect(await ask('/desk/recording', body)).toMatchObject({
      status,
      body: { Message: expect.stringContaining(words) },
    });
  });
});

describe('a caller who may not be recorded', () => {
  it('is in no recording, which is said in words', async () => {
    const [any] = recordingsOf('support');
    if (!any) throw new Error('There are no recordings.');
    await center.play('support', any, { session: 'not-recorded', most: 1 });
    const kept = await center.store('support').load('not-recorded');
    if (!kept) throw new Error('It is not kept.');
    const objected = kept.snapshot.replace('"mayRecord":true', '"mayRecord":false');
    const { session, workflow, version, status, working, revision, updatedAt } = kept;
    await center.store('support').commit({
      ...{ session, workflow, version, status, working, at: updatedAt },
      ...{ expects: revision, events: [], snapshot: objected, timers: { set: [], cancelled: [] } },
    });
    expect(await ask('/desk/recording', { workflow, session })).toMatchObject({
      status: 409,
      body: { Message: expect.stringContaining('may not be recorded') },
    });
  });
});

describe('the drawing', () => {
  it('is of the version a session is on, whole or only what was gone through', async () => {
    const { version } = (await center.machine('support')).program;
    const whole = drawing.parse((await ask('/desk/drawing', { workflow: 'support', version })).body);
    const taken = [{ from: 'welcome', to: 'need' }];
    const part = drawing.parse((await ask('/desk/drawing', { workflow: 'support', version, taken })).body);
    expect(whole.steps.length).toBeGreaterThan(100);
    expect(part.steps.map(({ id }) => id)).toEqual(['welcome', 'need']);
    expect(await ask('/desk/drawing', { workflow: 'support', version: 'f00' })).toMatchObject({ status: 409 });
  });
});

describe('what a caller says of themselves', () => {
  it('is in nothing that is sent to a page', async () => {
    for (const { workflow, session } of played.values()) await ask('/desk/recording', { workflow, session });
    const all = new Set([...played.values()].flatMap(({ brought }) => brought));
    expect(all.size).toBeGreaterThan(100);
    for (const [name, { session, canaries }] of played) {
      const texts = seen.get(session) ?? [];
      expect({ name, answers: texts.length > 1, leaked: found(texts.join('\n'), canaries) }).toEqual({
        name,
        answers: true,
        leaked: [],
      });
    }
    expect(found((seen.get('') ?? []).join('\n'), [...all])).toEqual([]);
  });

  it('is not shown for a moment either, while it is not decided what it is', async () => {
    for (const [name, { workflow, session, events, brought }] of played) {
      const machine = await center.machine(workflow);
      const commits = center.commits(workflow).filter((commit) => commit.session === session);
      const { store, ...watch } = watchedStore(memoryStore());
      const view = new SessionView({ store, ...watch, machine: async () => machine }, session);
      const shown: string[] = [];
      for (const commit of commits) {
        await store.commit(commit);
        shown.push(JSON.stringify(await view.next()));
      }
      const text = shown.join('\n');
      expect({ name, leaked: found(text, brought) }).toEqual({ name, leaked: [] });
      // Words wait to be decided on before they are shown.
      const asked = events.some(
        ({ type }, index) => type === 'model.asked' && events[index - 1]?.type === 'caller.said',
      );
      expect({ name, waited: !asked || text.includes('"text":"[…]"') }).toEqual({ name, waited: true });
    }
  });
});
