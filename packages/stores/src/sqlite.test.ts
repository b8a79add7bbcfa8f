import { expect, it } from '@jest/globals';
import { openSqliteStore } from './sqlite.ts';
it('works', async () => {
  const s = openSqliteStore(':memory:');
  await s.commit({ session: 'a', expects: 0, workflow: 'w', version: 'v', status: 'active', working: false, at: 5, events: [{ seq: 1, at: 5, type: 't', data: { x: 1 } }], snapshot: {}, timers: { set: [{timer:'t',due:4}], cancelled: [] }, reply: { id: 'r', reply: 'x' } });
  expect([await s.load('a'), await s.events('a'), await s.reply('a', 'r'), await s.sessions(), await s.nextTimer(), await s.dueTimers(4,1), await s.working()]).toEqual(0);
});
