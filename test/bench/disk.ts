import { statSync } from 'node:fs';
import path from 'node:path';
import { encryptingCodec, keysIn, openSqliteStore } from '@parley/stores';
import { DatabaseSync } from '@photostructure/sqlite';
import { engineOn } from './conversation.ts';
import { inFolder } from './folder.ts';
import { type Peer, parley } from './peer.ts';
import type { Result, Row } from './report.ts';
import { install, langgraph } from './yardsticks/langgraph.ts';
import { payload, rawSqlite } from './yardsticks/raw-sqlite.ts';

const SESSIONS = 100;
const TURNS = 20;
const RAW = 'raw SQLite, the same texts';

/** The bytes of a turn on disk: the file of 100 sessions of 20 turns once it is closed, and once it is compacted. */
export async function bench(): Promise<readonly Result[]> {
  return inFolder(async (folder) => {
    const file = (name: string) => path.join(folder, name);
    const store = openSqliteStore(file('parley.sqlite'));
    const codec = encryptingCodec(keysIn({ file: file('key') }));
    const encrypted = openSqliteStore(file('encrypted.sqlite'), { codec });
    const found = [
      await bytes(rawSqlite(RAW, file('raw.sqlite'), await payload(), 'grouped'), file('raw.sqlite'), TURNS),
      await bytes(
        parley('Parley', engineOn(store), () => store.close()),
        file('parley.sqlite'),
        TURNS,
      ),
      await bytes(
        parley('Parley, encrypted', engineOn(encrypted), () => encrypted.close()),
        file('encrypted.sqlite'),
        TURNS,
      ),
    ];
    if (install()) {
      for (const durability of ['sync', 'exit'] as const) {
        const peer = await langgraph(folder, durability, 'NORMAL');
        // One of its turns is part of the start.
        found.push(await bytes(peer, file(`langgraph-${durability}-NORMAL.sqlite`), TURNS - 1));
      }
    }
    const unit = found[0]?.compact ?? Number.NaN;
    const rows = found.map(({ name, whole, compact }): Row => {
      const target = {
        of: 'the bytes of a turn in the file as it is',
        value: whole,
        limit: 1024,
        bound: 'at most',
      } as const;
      return {
        name,
        value: compact,
        unit: 'bytes a turn',
        ratio: compact / unit,
        more: `before VACUUM ${Math.round(whole).toLocaleString('en-US')}`,
        ...(name.startsWith('Parley') ? { targets: [target] } : {}),
      };
    });
    return [{ title: 'On disk', yardstick: RAW, rows }];
  });
}

async function bytes(peer: Peer, file: string, turns: number) {
  await peer.start(SESSIONS);
  await peer.turns(turns);
  await peer.close();
  const a = () => statSync(file).size / (SESSIONS * TURNS);
  sql(file, 'PRAGMA wal_checkpoint(TRUNCATE)');
  const whole = a();
  sql(file, 'VACUUM; PRAGMA wal_checkpoint(TRUNCATE)');
  return { name: peer.name, whole, compact: a() };
}

function sql(file: string, statements: string): void {
  const db = new DatabaseSync(file);
  db.exec(statements);
  db.close();
}
