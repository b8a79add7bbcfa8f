import { offlineDecider } from '@parley/deciders';
import { createEngine } from '@parley/engine';
import { openSqliteStore } from '@parley/stores';
import { loadWorkflow } from '@parley/workflow';
import supportTools from '../../workflows/support/tools.ts';

const workflows = [await loadWorkflow('workflows/support/workflow.yaml')];
const store = openSqliteStore(':memory:');
const engine = createEngine({ workflows, store, decider: offlineDecider(), tools: supportTools({}) });
const contact = { id: 'c1', channel: 'chat' as const };
const hello = await engine.turn({
  session: 's1',
  id: '1',
  event: { type: 'session.started', workflow: 'support', contact },
});
const next = await engine.turn({ session: 's1', id: '2', event: { type: 'caller.said', text: 'Where is my order?' } });
console.log([...hello.say, ...next.say].join('\n'));
await engine.close();
await store.close();
