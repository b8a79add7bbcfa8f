import { makeRecordings } from '../make-recordings.ts';
import { CONVERSATIONS } from './conversations.ts';
import supportTools from './tools.ts';

// node scripts/run-ts.mjs workflows/support/make-recordings.ts
await makeRecordings(import.meta.dirname, supportTools, CONVERSATIONS);
