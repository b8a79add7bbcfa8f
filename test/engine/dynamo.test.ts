import { expect, it, jest } from '@jest/globals';
import { createEngine, type Engine, type Reply } from '@parley/engine';
import { openDynamoStore } from '@parley/stores';
import { ModelDynamo } from '../../packages/stores/src/testing/model-dynamo.ts';
import { type Gate, stopsAt } from '../../packages/stores/src/testing/stepped.ts';
import { desk, deskTools, literalDecider, said, started } from './desk.ts';

jest.setTimeout(300_000);

const events = [started, said('cancel'), said('orderId=W1234567'), said('yes'), said('bye')];

/** An engine on a table, as a process of its own. `keys`: with which keys the order was cancelled. */
async function processOn(dynamo: ModelDynamo, keys: string[], gate?: Gate) {
  const store = await openDynamoStore({ table: 'parley', client: dynamo.client(gate) });
  const tools = deskTools({ cancel: async (_, key) => void keys.push(key) });
  const engine = createEngine({ workflows: [desk], store, decider: literalDecider, tools });
  const send = (engine: Engine, index: number): Promise<Reply> => {
    const [event] = events.slice(index);
    if (!event) throw new Error('There is no such event.');
    return engine.turn({ session: 's1', id: `e${index}`, event });
  };
  return { store, engine, send: (index: number) => send(engine, index) };
}

it('a process that is killed between any two requests to DynamoDB: another goes on, nothing said is lost, nothing is done twice', async () => {
  const dynamo = new ModelDynamo();
  const whole = await processOn(dynamo, []);
  const expected: Reply[] = [];
  for (const index of events.keys()) expected.push(await whole.send(index));
  const journal = (await whole.store.events('s1')).map(({ type }) => type);
  expect(journal.filter((type) => type === 'caller.said')).toHaveLength(4);
  expect(journal).toContain('tool.returned');
  await whole.engine.close();

  let k = 0;
  for (; ; k++) {
    const dynamo = new ModelDynamo();
    const keys: string[] = [];
    const { gate, stopped } = stopsAt(k);
    const first = await processOn(dynamo, keys, gate);
    const second = await processOn(dynamo, keys);
    const replies: Reply[] = [];
    let dead = false;
    for (const index of events.keys()) {
      if (!dead) {
        const reply = await first.send(index).catch(() => undefined);
        if (reply) {
          replies.push(reply);
          continue;
        }
        dead = true;
        await first.engine.close().catch(() => undefined);
        await second.engine.start();
      }
      // The event again, and those that follow.
      replies.push(await second.send(index));
    }
    expect(replies).toStrictEqual(expected);
    const kept = await second.store.events('s1');
    expect(kept.map(({ seq }) => seq)).toStrictEqual(kept.map((_, index) => index + 1));
    expect(kept.map(({ type }) => type)).toStrictEqual(journal);
    expect(await second.store.load('s1')).toMatchObject({ status: 'ended', working: false });
    expect(await second.store.working()).toStrictEqual([]);
    expect(await second.store.nextTimer()).toBeUndefined();
    // The tool may have been asked again, but with the same key.
    expect(new Set(keys).size).toBe(1);
    await second.engine.close();
    if (!stopped()) break;
  }
  expect(k).toBeGreaterThan(15);
});
