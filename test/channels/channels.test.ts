import { describe, expect, it, jest } from '@jest/globals';
import { contacts, NAMES } from './channels.ts';
import { PACKAGES, partsIn } from './parts.ts';
import { SABOTAGES, searchFor } from './sabotage.ts';

jest.setTimeout(300_000);

/** `npm run channels` runs others, and many more. */
const SEED = 1;
const CONTACTS = 15;
/** How many contacts a sabotage may go unnoticed for. */
const PATIENCE = 60;

describe.each(NAMES.map((name) => [name]))('%s', (channel) => {
  it('takes each message once, in order, and answers it once, whatever is lost, late or there twice', async () => {
    const { figures, findings } = await contacts(await partsIn(PACKAGES), channel, SEED, CONTACTS);
    expect(findings).toEqual([]);
    // It was tried, and most came through.
    const mishaps = [...figures.counts].filter(([what]) => !what.startsWith('came to'));
    expect(mishaps.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(CONTACTS);
    expect(figures.counts.get('came to over') ?? 0).toBeGreaterThan(CONTACTS / 2);
  });
});

describe('a sabotage is found:', () => {
  it.each(SABOTAGES.map((one) => [`${one.channel}: ${one.name}`, one] as const))('%s', async (_, one) => {
    expect(await searchFor(one, PATIENCE)).toBeDefined();
  });
});
