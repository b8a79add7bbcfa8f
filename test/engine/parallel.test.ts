import { expect, it } from '@jest/globals';
import { createEngine, defineTool, type Tools } from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { sourceOf } from '@parley/workflow';
import { z } from 'zod';
import { gate, literalDecider } from './desk.ts';

const workflow = sourceOf(`
workflow: both
otherwise: person
busy: One moment.
variables:
  one: { from: a.get }
  two: { from: b.get }
steps:
  look:
    parallel:
      - { call: a.get, save: one }
      - { call: b.get, save: two }
    then: tell
  tell:
    end: '{{ $one.text }} and {{ $two.text }}.'
  person:
    transfer: { queue: people }
`);

it('the tools of a parallel step run at once', async () => {
  const begun = [gate(), gate()] as const;
  // Each answers only when the other has begun: one after the other they would wait for ever.
  const tool = (text: string, own: ReturnType<typeof gate>, other: ReturnType<typeof gate>) =>
    defineTool({
      about: 'Waits for the other',
      effect: 'reads',
      input: z.object({}),
      output: z.object({ text: z.string() }),
      run: async () => {
        own.open();
        await other.opened;
        return { text };
      },
    });
  const tools: Tools = { 'a.get': tool('One', begun[0], begun[1]), 'b.get': tool('two', begun[1], begun[0]) };
  const engine = createEngine({ workflows: [workflow], store: memoryStore(), decider: literalDecider, tools });
  const started = { type: 'session.started', workflow: 'both', contact: { id: 'c', channel: 'chat' } } as const;
  expect(await engine.turn({ session: 's', id: '1', event: started })).toMatchObject({
    say: ['One and two.'],
    rest: 'end',
  });
  await engine.close();
});
