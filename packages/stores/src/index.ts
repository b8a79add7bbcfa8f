export { type Codec, plainCodec } from './codec.ts';
export { memoryStore } from './memory.ts';
export { openSqliteStore, type SqliteOptions } from './sqlite.ts';
