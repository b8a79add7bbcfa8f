import { bench as expressions } from './expressions.ts';
import { bench as replays } from './replays.ts';
import { bench as turns } from './turns.ts';

/** Every benchmark, one after the other. Figures are medians of interleaved rounds; trust the ratios. */
for (const bench of [expressions, turns, replays]) {
  await bench();
  console.log();
}
