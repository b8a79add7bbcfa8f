import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createEngine,
  type Engine,
  manualClock,
  maskEvents,
  type Reply,
  type Store,
  type TurnRequest,
} from '@parley/engine';
import { recordingOf, redact, replay, writeRecording } from '@parley/replay';
import { addKey, encryptingCodec, keysIn, openSqliteStore } from '@parley/stores';
import { sourceOf } from '@parley/workflow';
import { composed, errorWith, LAB, labDecider, labTools } from './lab.ts';
import { type Channel, MARKS, marksIn } from './marks.ts';

const START = Date.UTC(2026, 0, 5, 15);

/** The channels whose marks are in what the journal keeps: all, but for what is dropped before it gets there. */
const DROPPED: ReadonlySet<Channel> = new Set<Channel>([
  'an error that a tool throws',
  'what a tool returned that is not valid',
  'an error that the decider throws',
  'an error that the store throws',
  'an error that whoever is pushed to throws',
  'an event that is none',
]);
const KEPT = (Object.keys(MARKS) as Channel[]).filter((channel) => !DROPPED.has(channel));

const SESSIONS = ['s1', 's2', 's3'];

/** A store that fails when it is told to, with an error that tells what it was given. */
function failing(store: Store, fails: { now: boolean }): Store {
  return new Proxy(store, {
    get(target, name, receiver) {
      const own: unknown = Reflect.get(target, name, receiver);
      if (typeof own !== 'function') return own;
      if (name !== 'commit') return own.bind(target);
      return async (commit: unknown) => {
        if (fails.now) throw errorWith(MARKS['an error that the store throws'], JSON.stringify(commit));
        return own.call(target, commit);
      };
    },
  });
}

describe('marked values on every channel', () => {
  let folder = '';
  let engine: Engine;
  let store: Store;
  const log: unknown[] = [];
  const thrown: unknown[] = [];
  const pushed: Reply[] = [];
  const fails = { now: false };
  const pushFails = { now: false };

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'parley-privacy-'));
    const file = path.join(folder, 'key');
    addKey(file);
    const codec = encryptingCodec(keysIn({ file }));
    store = openSqliteStore(path.join(folder, 'sessions.sqlite'), { codec });
    const clock = manualClock(START);
    engine = createEngine({
      workflows: [sourceOf(LAB)],
      store: failing(store, fails),
      decider: labDecider,
      tools: labTools(),
      clock,
      log: (entry) => log.push(entry),
      push: async (reply) => {
        if (pushFails.now) throw errorWith(MARKS['an error that whoever is pushed to throws'], JSON.stringify(reply));
        pushed.push(reply);
      },
    });
    await engine.start();
    let count = 0;
    const turn = async (session: string, event: TurnRequest['event']) => {
      const running = (async () => engine.turn({ session, id: `e${++count}`, event }))();
      let over = false;
      running.then(
        () => {
          over = true;
        },
        () => {
          over = true;
        },
      );
      // Attempts at a call come after a pause.
      for (let waited = 0; !over && waited < 50; waited++) {
        await new Promise((resolve) => setImmediate(resolve));
        await clock.advance(100);
      }
      try {
        await running;
      } catch (error) {
        thrown.push(error);
      }
    };
    const said = (text: string) => turn('s1', { type: 'caller.said', text });
    const contact = {
      id: 'contact-1',
      channel: 'voice',
      address: MARKS['the address of the contact'],
      attributes: { account: MARKS['an attribute of the contact'] },
    } as const;
    await turn('s1', { type: 'session.started', workflow: 'lab', contact });
    await said(
      `my card is ${MARKS['words that no variable holds'].replace(/(\d{4})(?=\d)/g, '$1 ')}, and my results please`,
    );
    await said(MARKS['words that nothing was understood of']);
    await said(`it is ${MARKS['an answer that is not valid']}`);
    await said(`${MARKS['a name that was decided on']}, ottoline at brackenmail dot net, September 17th, 1958`);
    fails.now = true;
    await turn('s1', { type: 'caller.pressed', keys: MARKS['keys that were pressed'] });
    fails.now = false;
    await turn('s1', { type: 'caller.pressed', keys: MARKS['keys that were pressed'] });
    // What comes from outside may be anything.
    const strange: TurnRequest['event'] = JSON.parse(
      JSON.stringify({ type: 'caller.said', text: { said: MARKS['an event that is none'] } }),
    );
    await turn('s1', strange);
    const none: TurnRequest['event'] = JSON.parse(JSON.stringify({ type: MARKS['an event that is none'] }));
    await turn('s1', none);
    await turn('s1', { type: 'signal.received', name: 'result', data: MARKS['the data of a signal'] });
    await turn('s1', {
      type: 'signal.received',
      name: 'result',
      data: { by: MARKS['the data of a signal that nothing keeps'], count: 7 },
    });
    await said(`no, it is ${MARKS['a correction']}`);
    await said('yes');
    await turn('s3', { type: 'session.started', workflow: 'lab', contact: { ...contact, id: 'contact-3' } });
    await turn('s3', { type: 'caller.said', text: 'my results please' });
    await turn('s3', { type: 'caller.said', text: `throw ${MARKS['words that nothing was understood of']}` });
    // Another, whose timer fires while nobody can be pushed to.
    await turn('s2', { type: 'session.started', workflow: 'lab', contact: { ...contact, id: 'contact-2' } });
    await turn('s2', { type: 'caller.said', text: 'my results please' });
    await turn('s2', {
      type: 'caller.said',
      text: `${MARKS['a name that was decided on']}, ottoline at brackenmail dot net, September 17th, 1958`,
    });
    await turn('s2', { type: 'caller.pressed', keys: MARKS['keys that were pressed'] });
    pushFails.now = true;
    for (let hour = 0; hour < 3; hour++) {
      await clock.advance(3_600_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    pushFails.now = false;
  });
  afterAll(async () => {
    await engine.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const journal = () => store.events('s1');

  it('do come in on it', async () => {
    expect([...marksIn(JSON.stringify(await journal()))].sort()).toEqual([...KEPT].sort());
    const failures = (await journal()).filter(({ type }) => type.endsWith('.failed')).map(({ data }) => data['code']);
    expect(failures).toEqual(['not_found', 'error', 'invalid_output']);
    expect((await store.events('s2')).map(({ type }) => type)).toContain('timer.fired');
    expect((await store.events('s3')).map(({ type }) => type)).toContain('model.failed');
  });

  it('are in no line of the log', () => {
    const codes = log.map((entry) => JSON.stringify(entry));
    expect(codes.some((entry) => entry.includes('engine/failed'))).toBe(true);
    expect(marksIn(inspect(log, { depth: null }))).toEqual([]);
  });

  it('are in no error of ours that is thrown', () => {
    const ours = thrown.filter((error) => error instanceof Error && 'code' in error);
    expect(ours.length).toBeGreaterThanOrEqual(2);
    const told = ours.map((error) => inspect(error, { depth: null }).replaceAll(/^ +at .*$/gm, ''));
    expect(marksIn(told.join('\n'))).toEqual([]);
  });

  it('are in nothing that is shown of the session', async () => {
    const { program } = engine.machine('lab');
    for (const session of SESSIONS) {
      expect(marksIn(JSON.stringify(maskEvents(program, await store.events(session))))).toEqual([]);
    }
  });

  it('are in nothing that a model is to word, and in no words of its that are said', async () => {
    // What tells the name of the caller is not put to a model, though its variable is not sensitive.
    expect(new Set(composed.map(({ step }) => step))).toEqual(new Set(['counted']));
    expect(new Set(composed.map(({ facts }) => JSON.stringify(facts)))).toEqual(new Set(['{"count":"2"}']));
    const rows = (await journal()).filter(({ data }) => data['step'] === 'counted' || data['step'] === 'about');
    expect(marksIn(JSON.stringify(rows.filter(({ type }) => type === 'words.asked')))).toEqual([]);
    expect(marksIn(JSON.stringify(rows.filter(({ type }) => type === 'model.composed')))).not.toEqual([]);
    expect(rows.flatMap(({ type, data }) => (type === 'agent.said' ? [data] : []))).toEqual([
      { step: 'counted', text: 'Visits: 2.', instead: 'sensitive' },
      { step: 'about', text: 'There are some visits.' },
    ]);
  });

  it('are in no brief', async () => {
    const ends = (await journal()).filter(({ type }) => type === 'session.transferred');
    expect(ends).toHaveLength(1);
    expect(marksIn(JSON.stringify(ends))).toEqual([]);
  });

  it('are in no recording, which replays all the same', async () => {
    const machine = engine.machine('lab');
    for (const session of SESSIONS) {
      const about = { session, workflow: 'lab', version: machine.program.version };
      const { recording } = redact(machine, recordingOf(about, await store.events(session)));
      expect(replay(machine, recording).outcome).toBe('same');
      expect(marksIn(writeRecording(recording))).toEqual([]);
    }
  });

  it('are in no file of the store', () => {
    const files = readdirSync(folder);
    expect(files).toEqual(expect.arrayContaining(['sessions.sqlite', 'sessions.sqlite-wal']));
    for (const file of files)
      expect({ file, marks: marksIn(readFileSync(path.join(folder, file))) }).toEqual({ file, marks: [] });
  });
});

describe('a mark', () => {
  const encodings: readonly (readonly [string, (text: string) => string])[] = [
    ['as it is', (text) => text],
    ['in small letters', (text) => text.toLowerCase()],
    ['in base 64', (text) => Buffer.from(text).toString('base64')],
    ['in base 64 within more', (text) => Buffer.from(`{"a":"${text}"}`).toString('base64')],
    ['in base 64 for addresses', (text) => Buffer.from(`xx${text}`).toString('base64url')],
    ['in an address', (text) => encodeURIComponent(text)],
    ['in hexadecimal', (text) => Buffer.from(text).toString('hex')],
    ['spelled', (text) => [...text].join(', ')],
    ['in JSON', (text) => JSON.stringify({ text: [text] })],
  ];
  it.each(encodings)('is found %s', (_, encoded) => {
    for (const [channel, value] of Object.entries(MARKS)) {
      expect(marksIn(`before ${encoded(value)} after`)).toContain(channel);
      expect(marksIn(Buffer.from(`before ${encoded(value)} after`))).toContain(channel);
    }
  });

  it('is found as people say it', () => {
    expect(marksIn('five eight two one three')).toEqual(['keys that were pressed']);
    expect(marksIn('born on September 17th, 1958')).toEqual(['a date that was said']);
    expect(marksIn('ottoline at brackenmail dot net')).toContain('an e-mail address that was said');
    expect(marksIn('4929 7188, two six oh four 1375')).toEqual(['words that no variable holds']);
    expect(marksIn('dear Ottoline')).toContain('a name that was decided on');
    expect(marksIn('nothing of the kind')).toEqual([]);
  });
});
