import { parseArgs } from 'node:util';
import { contacts, NAMES } from './channels.ts';
import { PACKAGES, partsIn } from './parts.ts';
import { SABOTAGES, SLOW, searchFor } from './sabotage.ts';

/**
 * npm run channels [-- --seed N --contacts N --channel NAME | --sabotage]: contacts by every channel, each of which does to what passes through it
 * what such a channel may do. `--sabotage` breaks the code on purpose, to see that it is found.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    contacts: { type: 'string', default: '200' },
    channel: { type: 'string' },
    sabotage: { type: 'boolean', default: false },
  },
});

if (values.sabotage) {
  for (const one of [...SABOTAGES, ...SLOW]) {
    const found = await searchFor(one, 300);
    console.log(`${found ? `found after ${found.contacts} contacts` : 'NOT FOUND'}: ${one.channel}, ${one.name}`);
    if (!found) process.exitCode = 1;
  }
} else {
  const parts = await partsIn(PACKAGES);
  for (const channel of NAMES) {
    if (values.channel !== undefined && values.channel !== channel) continue;
    const { figures, findings } = await contacts(parts, channel, Number(values.seed), Number(values.contacts));
    console.log(`${channel}, seeds from ${values.seed} on, ${values.contacts} contacts: ${figures}.`);
    for (const { seed, wrong } of findings) {
      process.exitCode = 1;
      console.log(`  seed ${seed}`);
      for (const { invariant, what } of wrong) console.log(`    ${invariant}: ${what}`);
    }
  }
}
