import { existsSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '@parley/engine';
import { openDesk } from '@parley-workflows/backend/desk';
import { epcisDocument } from './backend/epcis.ts';
import { FREIGHT } from './backend/freight.ts';

// node scripts/run-ts.mjs workflows/supply-chain/events.ts [FOLDER] [SHIPMENT]: what was captured of goods, as an EPCIS 2.0 document.
const [folder = '.parley/data/supply-chain', shipment] = process.argv.slice(2);
if (!existsSync(path.join(folder, FREIGHT.file))) {
  console.error(`There is no ${FREIGHT.file} in ${folder}: hold a conversation first, or name another folder.`);
  process.exit(2);
}
const { signal } = new AbortController();
const now = systemClock.now();
const { db } = openDesk(FREIGHT, { folder })({ session: 'events', idempotencyKey: 'events', attempt: 1, signal, now });
console.log(JSON.stringify(epcisDocument(db, now, shipment), null, 2));
