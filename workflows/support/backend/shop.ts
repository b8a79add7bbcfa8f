import type { BackEnd } from '@parley-workflows/backend/desk';
import { IDENTITY_TABLES } from '@parley-workflows/backend/identity';
import type { Troubles } from '@parley-workflows/backend/trouble';
import { DAYS, seed } from './seed.ts';
import { TABLES } from './tables.ts';

/** The shop: `shop.sqlite` in the folder of a place. */
export const SHOP: BackEnd = { file: 'shop.sqlite', tables: [TABLES, IDENTITY_TABLES], fill: seed, days: DAYS };

/** Orders that make any tool given them misbehave. */
export const TROUBLES: Troubles = {
  W9999991: 'hangs',
  W9999992: 'throws',
  W9999993: 'slow',
  W9999994: 'loses_reply',
};
