import type { BackEnd } from '@parley-workflows/backend/desk';
import { IDENTITY_TABLES } from '@parley-workflows/backend/identity';
import type { Troubles } from '@parley-workflows/backend/trouble';
import { DAYS, seed } from './seed.ts';
import { TABLES } from './tables.ts';

/** Acme's shipments: `freight.sqlite` in the folder of a place. */
export const FREIGHT: BackEnd = { file: 'freight.sqlite', tables: [TABLES, IDENTITY_TABLES], fill: seed, days: DAYS };

/** Shipments that make any tool given them misbehave. */
export const TROUBLES: Troubles = {
  S9999991: 'hangs',
  S9999992: 'throws',
  S9999993: 'slow',
  S9999994: 'loses_reply',
};
