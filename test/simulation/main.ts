import { parseArgs } from 'node:util';
import * as module from '@parley/engine';
import { SABOTAGES, searchFor } from './sabotage.ts';
import { type Figures, type Outcome, simulate } from './simulation.ts';

const HELP = `Runs the engine in simulated worlds and checks after every step what must always hold.

  npm run simulate -- --seed N                    one seed, with all that happens in it
  npm run simulate -- --sessions N [--seed BASE]  seeds from BASE on, until N sessions have run
  npm run simulate -- --sabotage all|WORDS        breaks the engine on purpose, to see that it is found`;

/** How many sessions a sabotage may go unnoticed for. */
const PATIENCE = 20_000;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    sessions: { type: 'string' },
    sabotage: { type: 'string' },
    help: { type: 'boolean' },
  },
});
const seed = whole('seed', values.seed);
const sessions = whole('sessions', values.sessions);

if (values.help) console.log(HELP);
else if (values.sabotage !== undefined) process.exitCode = await sabotage(values.sabotage, seed ?? 1);
else if (sessions !== undefined) process.exitCode = await many(sessions, seed ?? Date.now() % 1_000_000_000);
else if (seed !== undefined) process.exitCode = await one(seed);
else console.log(HELP);

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new RangeError(`--${name} is a whole number of at most nine digits.`);
}

async function one(seed: number): Promise<number> {
  const outcome = await simulate(seed, { module, trace: (line) => console.log(line) });
  console.log(JSON.stringify(outcome.figures));
  return report(outcome);
}

async function many(sessions: number, base: number): Promise<number> {
  console.log(`Simulating ${sessions} sessions from seed ${base} on.`);
  const started = performance.now();
  const total: { [figure: string]: number } = {};
  let failed = 0;
  let done = 0;
  let seed = base;
  for (; done < sessions; seed++) {
    const outcome = await simulate(seed, { module });
    failed += report(outcome);
    done += outcome.figures.sessions;
    add(total, outcome.figures);
    if (process.stderr.isTTY) process.stderr.write(`\r${done} sessions, ${failed} seeds failed `);
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  const { simulated = 0, ...figures } = total;
  const told = Object.entries(figures).map(([name, count]) => `${count} ${name}`);
  console.log(`${seed - base} seeds (${base} to ${seed - 1}): ${told.join(', ')}.`);
  console.log(
    `${Math.round(simulated / 3_600_000)} simulated hours in ${Math.round((performance.now() - started) / 1_000)} s.`,
  );
  console.log(failed === 0 ? 'Everything held.' : `${failed} seeds failed.`);
  return failed === 0 ? 0 : 1;
}

function report({ seed, violations }: Outcome): number {
  for (const { invariant, session, message } of violations)
    console.log(`seed ${seed}: ${invariant}${session === undefined ? '' : ` (${session})`}: ${message}`);
  return violations.length > 0 ? 1 : 0;
}

function add(total: { [figure: string]: number }, figures: Figures): void {
  for (const [name, count] of Object.entries(figures)) total[name] = (total[name] ?? 0) + count;
}

async function sabotage(name: string, base: number): Promise<number> {
  const chosen = SABOTAGES.filter((one) => name === 'all' || one.name.includes(name));
  if (chosen.length === 0)
    throw new RangeError(`There is no such sabotage. There are: ${SABOTAGES.map((one) => one.name).join('; ')}.`);
  let missed = 0;
  for (const one of chosen) {
    const found = await searchFor(one, base, PATIENCE);
    const broken = [...new Set(found?.violations.map(({ invariant }) => invariant))];
    if (!broken.includes(one.breaks)) missed += 1;
    console.log(
      found === undefined
        ? `MISSED after ${PATIENCE} sessions: ${one.name}`
        : `found after ${found.sessions} sessions, at seed ${found.seed} (${broken.join(', ')}): ${one.name}`,
    );
  }
  console.log(
    missed === 0 ? `All ${chosen.length} found.` : `${missed} of ${chosen.length} missed, or found as something else.`,
  );
  return missed === 0 ? 0 : 1;
}
