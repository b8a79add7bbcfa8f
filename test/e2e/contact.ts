// A contact with the support workflow, in a process of its own: node scripts/run-ts.mjs test/e2e/contact.ts FOLDER [KILL]
// It sends the same events with the same ids however often it is run, as a channel does that got no answer, and prints
// each reply as a line of JSON. KILL, such as `before 3` or `after 3`, ends the process at that commit.
import path from 'node:path';
import { offlineDecider } from '@parley/deciders';
import { createEngine, type Store, type TurnRequest } from '@parley/engine';
import { openSqliteStore } from '@parley/stores';
import { loadWorkflow } from '@parley/workflow';
import supportTools from '../../workflows/support/tools.ts';

const [folder = '', kill = ''] = process.argv.slice(2);

const said = (text: string): TurnRequest['event'] => ({ type: 'caller.said', text });
const EVENTS: readonly TurnRequest['event'][] = [
  { type: 'session.started', workflow: 'support', contact: { id: 'c1', channel: 'chat' } },
  said('please cancel order W1000001, my e-mail is maya.chen@example.com'),
  said('424242'),
  said('yes'),
  said("no, that's all"),
];

/** The store, which ends the process at a commit: nothing after it is run, no handler, no `finally`. */
function killing(store: Store): Store {
  let commits = 0;
  const end = (when: string) => {
    if (kill === `${when} ${commits}`) process.kill(process.pid, 'SIGKILL');
  };
  return {
    load: (session) => store.load(session),
    reply: (session, id) => store.reply(session, id),
    commit: async (commit) => {
      commits += 1;
      end('before');
      await store.commit(commit);
      end('after');
    },
    events: (session, range) => store.events(session, range),
    dueTimers: (now, limit) => store.dueTimers(now, limit),
    nextTimer: () => store.nextTimer(),
    working: () => store.working(),
    sessions: (filter) => store.sessions(filter),
    keepWorkflow: (workflow) => store.keepWorkflow(workflow),
    workflow: (version) => store.workflow(version),
    close: async () => {
      console.error(`${commits} commits`);
      await store.close();
    },
  };
}

const store = killing(openSqliteStore(path.join(folder, 'sessions.sqlite')));
const engine = createEngine({
  workflows: [await loadWorkflow('workflows/support/workflow.yaml')],
  store,
  decider: offlineDecider(),
  tools: supportTools({ folder, today: '2026-11-24' }),
});
await engine.start();
for (const [index, event] of EVENTS.entries()) {
  console.log(JSON.stringify(await engine.turn({ session: 's1', id: `e${index}`, event })));
}
await engine.close();
await store.close();
