import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { offlineDecider } from '@parley/deciders';
import { createEngine, manualClock, type Reply, type TurnRequest } from '@parley/engine';
import { openSqliteStore } from '@parley/stores';
import { loadWorkflow } from '@parley/workflow';
import freightTools from './tools.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const START = Date.UTC(2026, 10, 24, 15, 30);
const HOUR = 3_600_000;

/** Of all processes together: an id that comes again gets the reply it had. */
let events = 0;
let folder: string;
let clock: ReturnType<typeof manualClock>;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'call-back-'));
  clock = manualClock(START);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A process of its own: another engine on the same files. */
async function start() {
  const store = openSqliteStore(path.join(folder, 'sessions.sqlite'));
  let heard: (reply: Reply) => void;
  /** The next thing that is said without the caller having said anything. */
  const pushed = new Promise<Reply>((resolve) => {
    heard = resolve;
  });
  const engine = createEngine({
    workflows: [await loadWorkflow(path.join(here, 'workflow.yaml'), 'workflow.yaml')],
    store,
    decider: offlineDecider(),
    tools: freightTools({ folder, today: '2026-11-24' }),
    clock,
    push: async (reply) => heard(reply),
  });
  await engine.start();
  const send = (event: TurnRequest['event']) => engine.turn({ session: 's1', id: `e${++events}`, event });
  const say = (text: string) => send({ type: 'caller.said', text });
  const stop = async () => {
    await engine.close();
    await store.close();
  };
  return { send, say, pushed, stop };
}

/** A caller has the carrier asked; then the process ends. */
async function askTheCarrier(): Promise<void> {
  const before = await start();
  await before.send({ type: 'session.started', workflow: 'supply-chain', contact: { id: 'c1', channel: 'chat' } });
  await before.say('where is S2000005, ZIP 97209');
  expect(await before.say('yes')).toMatchObject({ rest: 'wait', step: 'await_carrier' });
  await before.stop();
}

describe("a carrier's call back", () => {
  it('is waited for across a restart', async () => {
    await askTheCarrier();
    await clock.advance(3 * HOUR);
    const after = await start();
    expect(await after.say('any news?')).toMatchObject({ rest: 'wait' });
    const data = { found: 'moving', place: 'Boise', day: '2026-11-27' };
    const reply = await after.send({ type: 'signal.received', name: 'carrier_called', data });
    expect(reply).toMatchObject({ rest: 'caller', step: 'need' });
    expect(reply.say.join(' ')).toContain('are in Boise and should arrive by November 27, 2026');
    await after.stop();
  });

  it('that does not come is over after four hours, also where nobody was there when they ended', async () => {
    await askTheCarrier();
    await clock.advance(5 * HOUR);
    const after = await start();
    const reply = await after.pushed;
    expect(reply).toMatchObject({ rest: 'transfer', transfer: { queue: 'exceptions' } });
    expect(reply.say[0]).toContain('has not called back in time');
    await after.stop();
  });

  it('is not waited for by a caller who wants a person', async () => {
    await askTheCarrier();
    const after = await start();
    expect(await after.say('let me talk to a person')).toMatchObject({ rest: 'transfer' });
    await after.stop();
  });

  it.each([[{ found: 'eaten' }], ['it is fine']])('that makes no sense (%j) is a case for a person', async (data) => {
    await askTheCarrier();
    const after = await start();
    const reply = await after.send({ type: 'signal.received', name: 'carrier_called', data });
    expect(reply).toMatchObject({ rest: 'transfer', transfer: { queue: 'exceptions' } });
    await after.stop();
  });
});
