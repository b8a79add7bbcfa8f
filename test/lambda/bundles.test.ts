import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { offlineDecider } from '@parley/deciders';
import { createEngine, type JournalEvent, type TurnRequest } from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { z } from 'zod';
import { CONVERSATIONS } from '../../workflows/support/conversations.ts';
import supportTools from '../../workflows/support/tools.ts';
import { bundle, type Deployment, deploy, deployedWorkflow } from './deployment.ts';

jest.setTimeout(600_000);

let bundles = '';
beforeAll(async () => {
  bundles = await bundle();
});

/** What a caller does in a conversation of the support workflow. Each has an order of its own, as all share the shop. */
const eventsOf = (conversation: string): readonly TurnRequest['event'][] => [
  { type: 'session.started', workflow: 'support', contact: { id: 'c1', channel: 'chat' } },
  ...(CONVERSATIONS.find(({ name }) => name === conversation)?.lines ?? []).map(
    (text) => ({ type: 'caller.said', text: String(text) }) as const,
  ),
];

/** The same conversation in the embedded engine. */
async function embedded(session: string, events: readonly TurnRequest['event'][]) {
  const store = memoryStore();
  const engine = createEngine({
    workflows: [await deployedWorkflow()],
    store,
    decider: offlineDecider(),
    tools: supportTools({}),
    guard: 'none',
  });
  const replies = [];
  for (const [index, event] of events.entries()) replies.push(await engine.turn({ session, id: `e${index}`, event }));
  await engine.close();
  return { replies, journal: await store.events(session) };
}

const pathOf = (journal: readonly JournalEvent[]) =>
  journal.map(({ type, data }) => [type, data['path'] ?? data['step']]);

describe.each(['per-contact', 'per-turn'] as const)('the bundles, %s', (shape) => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await deploy(bundles, shape);
  });
  afterAll(() => deployment.close());

  it('have a conversation as the embedded engine has it', async () => {
    const events = eventsOf('cancel-in-one-breath');
    const expected = await embedded('s1', events);
    const replies: unknown[] = [];
    for (const [index, event] of events.entries()) replies.push(await deployment.send('s1', `e${index}`, event));
    expect(replies).toEqual(expected.replies);
    expect(replies.at(-1)).toMatchObject({ rest: 'end' });
    expect(pathOf(await deployment.journal('s1'))).toEqual(pathOf(expected.journal));
  });

  it('go on where a process is killed in the middle of a turn', async () => {
    const events = eventsOf('late-shipping-refunded');
    const expected = await embedded('s2', events);
    for (const [index, event] of events.entries()) {
      // Another function than in the turn before.
      const name = (['turn', 'decide', 'call', 'ask'] as const)[index % 4];
      deployment.lambda.killNext(`parley-test-${name}`, 2);
      const id = `e${index}`;
      // A contact whose event was lost sends it again.
      const reply = await deployment.send('s2', id, event).catch(() => deployment.send('s2', id, event));
      expect(reply).toEqual(expected.replies[index]);
    }
    expect(deployment.lambda.killed).toBeGreaterThan(2);
    expect(pathOf(await deployment.journal('s2'))).toEqual(pathOf(expected.journal));
  });

  it('write lines that are JSON, with no word or value of the caller', async () => {
    await expect(
      deployment.send('s3', 'e1', { type: 'caller.said', text: 'I am maya.chen@example.com' }),
    ).rejects.toThrow('engine/unknown-session');
    await deployment.lambda.invoke('parley-test-tick', {});
    const { out, error } = deployment.lambda.written;
    const lines = out.split('\n').filter(Boolean);
    const read = lines.map((line) => z.record(z.string(), z.json()).parse(JSON.parse(line)));
    expect(read.filter((line) => 'TurnLatency' in line).length).toBeGreaterThanOrEqual(10);
    expect(read).toContainEqual(expect.objectContaining({ StuckSessions: 0 }));
    expect(out + error).not.toMatch(/maya|chen|aisha|rahman|example|W100000|424242|cancel|lamp/i);
  });
});
