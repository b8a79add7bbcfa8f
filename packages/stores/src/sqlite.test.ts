import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from '@jest/globals';
import { storeConformance } from './conformance.ts';
import { openSqliteStore } from './sqlite.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'parley-stores-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const newFile = () => path.join(folder, `${++files}.db`);

storeConformance('the SQLite store', {
  open: async () => openSqliteStore(newFile()),
  reopen: async () => openSqliteStore(path.join(folder, `${files}.db`)),
});
storeConformance('the SQLite store in memory', { open: async () => openSqliteStore(':memory:') });
