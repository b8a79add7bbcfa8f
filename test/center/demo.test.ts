import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Demo, type DemoCaller, demoCallers, ownBackEnds, startDemo } from '@parley/center';
import { offlineDecider } from '@parley/deciders';
import { manualClock } from '@parley/engine';
import { readRecording } from '@parley/replay';
import { CONVERSATIONS as healthcare } from '../../workflows/healthcare-intake/conversations.ts';
import { CONVERSATIONS as supply } from '../../workflows/supply-chain/conversations.ts';
import { CONVERSATIONS as support } from '../../workflows/support/conversations.ts';
import { type Opened, openCenter } from './open.ts';
import type { WorkflowName } from './workflows.ts';

const START = Date.UTC(2026, 10, 24, 15, 30);
/** As pseudo-random as a test needs, and the same each time. */
function numbers(): () => number {
  let seed = 7;
  return () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
}

let center: Opened | undefined;
let demo: Demo | undefined;
afterEach(async () => {
  demo?.stop();
  await center?.close();
  center = undefined;
  demo = undefined;
});

const CALLERS: readonly [WorkflowName, readonly DemoCaller[]][] = [
  ['support', demoCallers('support', support)],
  ['supply-chain', demoCallers('supply-chain', supply)],
  ['healthcare-intake', demoCallers('healthcare-intake', healthcare)],
];
const everyone = CALLERS.flatMap(([, callers]) => callers);
const decider = offlineDecider();

/** Lets the callers' time go by until it is so; what the center does in between has its turn. Its own time stands still: nothing is late there. */
async function pass(clock: ReturnType<typeof manualClock>, until: () => boolean): Promise<void> {
  while (!until()) {
    await clock.advance(250);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

interface Played {
  readonly caller: DemoCaller;
  readonly contact: string;
}

/** A contact center with each session of the demo in a back end of its own, and these callers. */
async function begin(callers: readonly DemoCaller[], atOnce = 4) {
  const opened = await openCenter(['support', 'supply-chain', 'healthcare-intake'], {
    clock: manualClock(START),
    decider,
    tools: (own, open) => ownBackEnds(own, open, (session) => demo?.has(session) ?? false),
  });
  center = opened;
  const clock = manualClock(START);
  const played: Played[] = [];
  const running = startDemo({
    center: opened,
    callers,
    clock,
    random: numbers(),
    atOnce,
    begun: (caller, contact) => played.push({ caller, contact }),
  });
  demo = running;
  return { opened, clock, played, running, stageOf: (contact = '') => opened.contacts.find(contact)?.stage };
}

const called = (...names: string[]) => everyone.filter(({ workflow, name }) => names.includes(`${workflow}/${name}`));

describe('the demo', () => {
  it('has callers of every workflow, and leaves out who is no caller alone', () => {
    for (const [, callers] of CALLERS) expect(callers.length).toBeGreaterThan(15);
    const names = everyone.map(({ name }) => name);
    expect(names).not.toContain('model-down');
    expect(names).not.toContain('code-guessed-again');
    expect(names).not.toContain('call-back-came');
    expect(demoCallers('support', { no: 'list' })).toEqual([]);
    expect(demoCallers('support', [{ name: 'odd', channel: 'fax', lines: ['x'] }])).toEqual([]);
  });

  it('plays callers of each workflow to where their recordings went, and once more, though they write', async () => {
    const callers = called(
      'support/cancel-in-one-breath',
      'support/refund-for-a-person',
      'support/keys-only',
      'supply-chain/track-in-a-hurry',
      'supply-chain/wrong-codes',
      'healthcare-intake/moved-and-cancelled',
      'healthcare-intake/silence',
    );
    expect(callers).toHaveLength(7);
    const { opened, clock, played } = await begin(callers);
    const ends = new Map<Played, string>();
    await pass(clock, () => {
      for (const one of played) {
        const { stage, queue } = opened.contacts.find(one.contact) ?? {};
        if (stage === 'queue' || stage === 'over') ends.set(one, queue?.name ?? 'over');
      }
      return callers.every((caller) => [...ends.keys()].filter((one) => one.caller === caller).length >= 2);
    });
    for (const [{ caller }, end] of ends) expect([caller.name, end]).toEqual([caller.name, recordedEnd(caller)]);
  });

  it('has callers answer an agent, thank and go, and hang up where nobody comes', async () => {
    const { opened, clock, played, stageOf } = await begin(called('support/refund-for-a-person'), 1);
    await pass(clock, () => stageOf(played[0]?.contact) === 'queue');
    const [first] = played;
    const agent = opened.queues.take(first?.contact ?? '', 'Ana');
    const answers: string[] = [];
    agent?.hear(({ ParticipantRole, Content }) => {
      if (ParticipantRole === 'CUSTOMER' && Content !== undefined) answers.push(Content);
    });
    for (let said = 1; said <= 4; said++) {
      agent?.say('And then?');
      await pass(clock, () => answers.length === said);
    }
    await pass(clock, () => stageOf(first?.contact) === 'over');
    expect(opened.contacts.find(first?.contact ?? '')?.ended?.reason).toBe('CUSTOMER_DISCONNECT');
    // The second one waits in vain.
    await pass(clock, () => stageOf(played[1]?.contact) === 'over');
    expect(opened.contacts.find(played[1]?.contact ?? '')?.agent).toBeUndefined();
    // Somebody gets a task for them, which does not wait for ever.
    const tasks = () => opened.contacts.all.filter(({ given }) => given.channel === 'TASK');
    await pass(clock, () => tasks().some(({ stage }) => stage === 'queue'));
    await pass(clock, () => tasks()[0]?.stage === 'over');
  });

  it('ends when it is told to: who is there hangs up, and nobody calls any more', async () => {
    const { opened, clock, played, running } = await begin(called('support/keys-only', 'healthcare-intake/silence'));
    await pass(clock, () => played.length === 4);
    running.stop();
    const none = () => opened.contacts.all.every(({ ended }) => ended);
    await pass(clock, none);
    await clock.advance(600_000);
    expect(played).toHaveLength(4);
    expect(none()).toBe(true);
  });
});

/** The queue that a caller's recording ended in, or `over`; undefined where there is no recording. */
function recordedEnd({ workflow, name }: DemoCaller): string | undefined {
  const file = new URL(`../../workflows/${workflow}/recordings/${name}.jsonl`, import.meta.url);
  try {
    const { events } = readRecording(readFileSync(file, 'utf8'), name);
    return events.find((event) => event.type === 'session.transferred')?.queue ?? 'over';
  } catch {
    return undefined;
  }
}
