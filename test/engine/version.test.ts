import { expect, it } from '@jest/globals';
import { createEngine } from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { desk, deskTools, literalDecider } from './desk.ts';

it('a session whose version the store has not is refused, not guessed at', async () => {
  const store = memoryStore();
  const options = {
    store: { ...store, keepWorkflow: async () => undefined },
    decider: literalDecider,
    tools: deskTools({}),
  };
  const first = createEngine({ ...options, workflows: [desk] });
  const contact = { id: 'c', channel: 'chat' } as const;
  await first.turn({ session: 's', id: '1', event: { type: 'session.started', workflow: 'desk', contact } });
  await first.close();
  const edited = { ...desk, text: desk.text.replace('Hello.', 'Good day.') };
  const next = createEngine({ ...options, workflows: [edited] });
  await expect(
    next.turn({ session: 's', id: '2', event: { type: 'caller.said', text: 'track' } }),
  ).rejects.toMatchObject({
    code: 'engine/version-lost',
    fix: 'Open the store the session began in.',
  });
  await next.close();
});
