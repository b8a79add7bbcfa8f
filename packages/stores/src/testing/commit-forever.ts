// Commits turns of many sessions to the store in the file it is given, and prints each when it is acknowledged:
// "SESSION SEQ". It never ends by itself.
import { writeSync } from 'node:fs';
import { openSqliteStore } from '../sqlite.ts';

const [, , file = ''] = process.argv;
const store = openSqliteStore(file);

async function run(session: string): Promise<void> {
  for (let seq = 0; ; seq += 2) {
    await store.commit({
      session,
      expects: seq / 2,
      workflow: 'support',
      version: 'v1',
      status: 'active',
      working: false,
      at: seq,
      events: [seq + 1, seq + 2].map((seq) => ({ seq, at: seq, type: 'caller.said', data: { seq } })),
      snapshot: JSON.stringify({ seq: seq + 2, padding: 'x'.repeat(2000) }),
      reply: { id: `${seq + 2}`, reply: `${seq + 2}` },
      timers: { set: [{ timer: `${seq + 2}`, due: seq + 2 }], cancelled: [`${seq}`] },
    });
    writeSync(1, `${session} ${seq + 2}\n`);
  }
}

await Promise.all(Array.from({ length: 10 }, (_, index) => run(`session-${index}`)));
