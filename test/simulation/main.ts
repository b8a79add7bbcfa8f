import * as module from '@parley/engine';
import { simulate } from './simulation.ts';

const seed = Number(process.argv[2] ?? 1);
const n = Number(process.argv[3] ?? 1);
const start = performance.now();
let sessions = 0;
const found = new Map<string, number>();
for (let s = seed; s < seed + n; s++) {
  const o = await simulate(s, { module, ...(n === 1 ? { trace: (line: string) => console.log(line) } : {}) });
  sessions += o.figures.sessions;
  if (o.violation) {
    const k = o.violation.invariant;
    found.set(k, (found.get(k) ?? 0) + 1);
    if ((found.get(k) ?? 0) <= 3) console.log(s, JSON.stringify(o.violation), o.figures.steps);
  }
  if (n === 1) console.log(o);
}
console.log(sessions, performance.now() - start, found);
