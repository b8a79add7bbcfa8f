// The benchmark's conversation on LangGraph.js, in a process of its own; see ../yardsticks/langgraph.ts.
// The state holds the last turn only, as Parley's does: with the whole transcript in it each turn would cost more.
// node worker.mjs FILE DURABILITY SYNCHRONOUS, then messages in: { start: SESSIONS } or { turns: COUNT }.
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import Database from 'better-sqlite3';

const [file, durability, synchronous] = process.argv.slice(2);
const db = new Database(file);
const saver = new SqliteSaver(db);
db.pragma('journal_mode = WAL');
db.pragma(`synchronous = ${synchronous}`);

const State = Annotation.Root({ heard: Annotation(), topic: Annotation(), say: Annotation(), asked: Annotation() });
const graph = new StateGraph(State)
  .addNode('decide', async ({ heard }) => ({ topic: heard.includes('parcel') ? 'parcel' : 'other' }))
  .addNode('tell', () => ({ say: 'Your parcel is on its way.' }))
  .addNode('other', () => ({ say: 'I can look that up.' }))
  .addNode('need', () => ({ asked: 'What else can I do for you?' }))
  .addEdge(START, 'decide')
  .addConditionalEdges('decide', ({ topic }) => (topic === 'parcel' ? 'tell' : 'other'))
  .addEdge('tell', 'need')
  .addEdge('other', 'need')
  .addEdge('need', END)
  .compile({ checkpointer: saver });

let round = 0;
let sessions = [];

async function turn(session) {
  const started = performance.now();
  const { say } = await graph.invoke(
    { heard: 'where is my parcel' },
    { configurable: { thread_id: session }, durability },
  );
  if (say !== 'Your parcel is on its way.') throw new Error('LangGraph has lost its way.');
  return performance.now() - started;
}

async function turns(session, count) {
  const took = [];
  for (let i = 0; i < count; i++) took.push(await turn(session));
  return took;
}

process.on('message', async (message) => {
  if ('start' in message) {
    round += 1;
    sessions = Array.from({ length: message.start }, (_, index) => `${round}-${index}`);
    // One turn each, so that there is something to load.
    await Promise.all(sessions.map(turn));
    process.send([]);
  } else {
    const took = await Promise.all(sessions.map((session) => turns(session, message.turns)));
    process.send(took.flat());
  }
});
process.on('disconnect', () => {
  db.close();
  process.exit();
});
process.send([]);
