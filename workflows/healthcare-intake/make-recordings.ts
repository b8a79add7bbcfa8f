import { makeRecordings } from '../make-recordings.ts';
import { CONVERSATIONS } from './conversations.ts';
import clinicTools from './tools.ts';

// node scripts/run-ts.mjs workflows/healthcare-intake/make-recordings.ts
await makeRecordings(import.meta.dirname, clinicTools, CONVERSATIONS);
