import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Sample, soak } from './soak.ts';
import { verdicts } from './verdict.ts';

/** npm run soak -- [--hours 1] [--sessions 1000] [--seed 1]: simulated traffic; does the process or its file grow? */
const { values } = parseArgs({
  options: { hours: { type: 'string' }, sessions: { type: 'string' }, seed: { type: 'string' } },
});
const number = z.coerce.number().positive();
const hours = number.parse(values.hours ?? 1);
const sessions = number.int().parse(values.sessions ?? 1_000);
const seed = number.int().parse(values.seed ?? 1);

const HEAD = [
  'minute',
  'live',
  'turns',
  'turns/s',
  'heap MiB',
  'RSS MiB',
  'file MiB',
  'log MiB',
  'bytes/turn',
  'handles',
];
const folder = mkdtempSync(path.join(tmpdir(), 'parley-soak-'));
let before = 0;
const row = ({ minute, live, turns, seconds, heap, rss, database, log, handles }: Sample): string => {
  const mebi = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  const cells = [
    String(minute),
    String(live),
    String(turns),
    (turns / seconds).toFixed(0),
    ...[heap, rss, database, log].map(mebi),
    ((database - before) / turns).toFixed(0),
    String(handles),
  ];
  before = database;
  return cells.map((cell, index) => cell.padStart(HEAD[index]?.length ?? 0)).join('  ');
};
try {
  console.log(`${hours} simulated hours, ${sessions} sessions at once, seed ${seed}\n${HEAD.join('  ')}`);
  const { samples, counts, complaints } = await soak({
    folder,
    minutes: Math.round(hours * 60),
    sessions,
    seed,
    sampled: (sample) => console.log(row(sample)),
  });
  const { started, ended, turns, pushed, ends } = counts;
  console.log(`\n${started} sessions, ${ended} ended, ${turns} turns, ${pushed} replies pushed`);
  for (const [how, count] of ends) console.log(`  ${count} ${how}`);
  for (const { code, message } of complaints.slice(0, 10)) console.log(`  ${code}: ${message}`);
  for (const { of, value, limit, holds } of verdicts(samples)) {
    console.log(`${holds ? 'ok    ' : 'FAILED'}  ${of}: ${value} (${limit})`);
    if (!holds) process.exitCode = 1;
  }
  if (started !== ended || complaints.length > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
