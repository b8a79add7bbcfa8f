import { contact, type Scenario } from './deployment.ts';
import { broken } from './check.ts';
import { faultsOf, describeFault, type Fault } from './faults.ts';
const want = process.argv.slice(2);
for (const shape of ['per-contact','per-turn'] as const) for (const [channel, thinks] of [['chat',0],['voice',5000]] as const) {
  const s: Scenario = {shape, channel, thinks};
  if (want.length && !want.includes(`${shape}/${channel}`)) continue;
  const t=performance.now();
  const base = await contact(s);
  console.log(shape, channel, thinks, await broken(base), base.steps.length, base.last?.rest);
  const ops = new Map<string, number>(); for (const x of base.steps) { const k=`${x.of} ${x.run}`; ops.set(k,(ops.get(k)??0)+1); }
  const steps = base.steps.filter((x) => x.of !== 'tick' || (ops.get(`${x.of} ${x.run}`)??0) > 1);
  const faults = faultsOf(steps);
  let n=0; const groups = new Map<string, string[]>(); let person=0, missed=0; const nores: string[]=[];
  for (const f of faults) {
    n++;
    let w: readonly string[]; let o;
    try { o = await contact(s,[f]); w = await broken(o); } catch (e) { w=[String(e)]; }
    if (o?.missed.length) missed++;
    if (o && o.last?.rest !== 'end') { person++; nores.push(`${describeFault(f)}: ${o.last?.rest} ${o.last?.step} ${o.executions}`); }
    for (const x of w) { const k = `${x} [${f.kind}]`; groups.set(k,[...(groups.get(k)??[]), describeFault(f)]); }
  }
  console.log(shape, channel, faults.length, 'runs', Math.round(performance.now()-t)+'ms', 'person', person, 'missed', missed);
  for (const [k,v] of groups) console.log('  ✗', k, v.length, v.slice(0,4).join('; '));
  if (process.env.P) for (const x of nores) console.log('    p', x);
}
