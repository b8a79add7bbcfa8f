import { makeRecordings } from '../make-recordings.ts';
import { CONVERSATIONS } from './conversations.ts';
import freightTools from './tools.ts';

// node scripts/run-ts.mjs workflows/supply-chain/make-recordings.ts
await makeRecordings(import.meta.dirname, freightTools, CONVERSATIONS);
