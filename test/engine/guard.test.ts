import { afterEach, describe, expect, it } from '@jest/globals';
import {
  createEngine,
  type Engine,
  type EngineOptions,
  type Guard,
  type Inspection,
  type LogEntry,
  manualClock,
  maskEvents,
  signaturesOf,
} from '@parley/engine';
import { createMachine } from '@parley/machine';
import { readRecording, recordingOf, replay, writeRecording } from '@parley/replay';
import { memoryStore } from '@parley/stores';
import { compileWorkflow, sourceOf, type ToolSignatures } from '@parley/workflow';
import { desk, deskTools, literalDecider, said, started } from './desk.ts';

const guarded = sourceOf(
  desk.text
    .replace('title: Orders', 'title: Orders\nmodels: { guardrail: { id: ymj6rhd0f2ow, version: 2, to: withheld } }')
    .replace('  goodbye:', '  withheld:\n    transfer: { queue: guarded }\n  goodbye:'),
);

let engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines) await engine.close();
  engines = [];
});

type Blocks = (inspection: Pick<Inspection, 'what' | 'tool'>) => boolean;

function setUp(blocks: Blocks, options: Partial<EngineOptions> = {}) {
  const log: LogEntry[] = [];
  const asked: Inspection[] = [];
  const ran: string[] = [];
  const store = memoryStore();
  const guard: Guard = {
    check: async (inspection) => {
      asked.push(inspection);
      return { passed: !blocks(inspection), by: { latency: 12, policies: ['topic'] } };
    },
  };
  const tools = deskTools({
    get: async () => {
      ran.push('get');
      return 'shipped';
    },
    cancel: async () => void ran.push('cancel'),
  });
  const engine = createEngine({
    workflows: [guarded],
    store,
    decider: literalDecider,
    tools,
    guard,
    clock: manualClock(0),
    log: (entry) => void log.push(entry),
    ...options,
  });
  engines.push(engine);
  let count = 0;
  const send = (event: Parameters<Engine['turn']>[0]['event']) =>
    engine.turn({ session: 's1', id: `e${++count}`, event });
  const track = async () => {
    await send(started);
    await send(said('track'));
    return send(said('orderId=W1234567'));
  };
  const cancel = async () => {
    await send(started);
    await send(said('cancel'));
    await send(said('orderId=W1234567'));
    return send(said('yes'));
  };
  return { engine, store, log, asked, ran, track, cancel, tools };
}

describe('a workflow that names a guardrail', () => {
  it('has every call looked at, with the models it names, and goes on where all pass', async () => {
    const { asked, track } = setUp(() => false);
    expect(await track()).toMatchObject({ say: ['It is shipped.', 'What can I do for you?'] });
    const about = { session: 's1', workflow: 'desk', tool: 'orders.get' };
    expect(asked).toMatchObject([
      { ...about, what: 'input', data: { orderId: 'W1234567' } },
      { ...about, what: 'output', data: { status: 'shipped' } },
    ]);
    expect(asked[0]?.models.guardrail).toMatchObject({ id: 'ymj6rhd0f2ow', version: '2', to: 'withheld' });
  });

  it('goes to the door of the guardrail where arguments are blocked: the tool has not run', async () => {
    const { ran, track } = setUp(({ what }) => what === 'input');
    expect(await track()).toMatchObject({ rest: 'transfer', transfer: { queue: 'guarded', brief: { done: [] } } });
    expect(ran).toEqual([]);
  });

  it('tells the person who takes over what was done, where only the result of a write was blocked', async () => {
    const { ran, cancel } = setUp(({ what }) => what === 'output');
    expect(await cancel()).toMatchObject({ transfer: { queue: 'guarded', brief: { done: ['orders.cancel'] } } });
    expect(ran).toEqual(['cancel']);
  });

  it('does so where the guard fails, and the log says that nobody looked', async () => {
    const guard: Guard = { check: () => Promise.reject(new Error('W1234567')) };
    const { log, ran, track } = setUp(() => false, { guard });
    expect(await track()).toMatchObject({ transfer: { queue: 'guarded' } });
    expect(ran).toEqual([]);
    expect(log).toEqual([
      {
        level: 'error',
        code: 'engine/unseen',
        message: 'What orders.get was to be given could not be looked at (error), and is not used.',
        session: 's1',
      },
    ]);
  });

  it('leads there when the decider says that its decision was blocked', async () => {
    const { DeciderError } = await import('@parley/engine');
    const { track } = setUp(() => false, {
      decider: {
        name: 'blocked',
        decide: () => Promise.reject(new DeciderError('decider/guardrail', 'The guardrail stepped in.', {})),
      },
    });
    await expect(track()).resolves.toMatchObject({ transfer: { queue: 'guarded' } });
  });
});

describe('an engine', () => {
  it('is told who looks, where a workflow names a guardrail', () => {
    const options = { workflows: [guarded], store: memoryStore(), decider: literalDecider, tools: deskTools({}) };
    expect(() => createEngine(options)).toThrow(
      expect.objectContaining({ code: 'engine/no-guard', place: expect.objectContaining({ line: 4 }) }),
    );
    expect(() => createEngine({ ...options, workflows: [desk] })).not.toThrow();
  });

  it('may be told that nobody does', async () => {
    const { track, ran } = setUp(() => true, { guard: 'none' });
    expect(await track()).toMatchObject({ say: ['It is shipped.', 'What can I do for you?'] });
    expect(ran).toEqual(['get']);
  });

  it('asks no guard where the workflow names none', async () => {
    const { track, asked } = setUp(() => true, { workflows: [desk] });
    expect(await track()).toMatchObject({ say: ['It is shipped.', 'What can I do for you?'] });
    expect(asked).toEqual([]);
  });

  it('whose sessions began on a guarded version lets nothing pass unseen', async () => {
    const store = memoryStore();
    const first = setUp(() => false, { store });
    await first.engine.turn({ session: 's1', id: 'a', event: started });
    await first.engine.turn({ session: 's1', id: 'b', event: said('track') });
    await first.engine.close();
    const options = { workflows: [desk], store, decider: literalDecider, tools: first.tools, clock: manualClock(0) };
    const next = createEngine(options);
    engines.push(next);
    const reply = await next.turn({ session: 's1', id: 'c', event: said('orderId=W1234567') });
    expect(reply).toMatchObject({ transfer: { queue: 'guarded' } });
    expect(first.ran).toEqual([]);
  });
});

describe('what guards said', () => {
  const checks = [
    { what: 'input', passed: true, by: { latency: 12, policies: ['topic'] } },
    { what: 'output', passed: false, by: { latency: 12, policies: ['topic'] } },
  ];

  async function recorded() {
    const { store, cancel, tools } = setUp(({ what }) => what === 'output');
    await cancel();
    const signatures: ToolSignatures = signaturesOf(tools);
    const program = compileWorkflow(guarded, signatures);
    const rows = await store.events('s1');
    const recording = recordingOf({ session: 's1', workflow: program.name, version: program.version }, rows);
    return { rows, program, recording, machine: createMachine(program, signatures) };
  }
  const failedOf = (events: readonly { readonly type: string }[]) => events.find(({ type }) => type === 'tool.failed');

  it('is in the journal, and is shown', async () => {
    const { rows, program } = await recorded();
    expect(failedOf(rows)).toMatchObject({ data: { code: 'guardrail', done: true, checks } });
    expect(failedOf(maskEvents(program, rows))).toMatchObject({ data: { code: 'guardrail', done: true, checks } });
  });

  it('is in the recording, which reads as it was written, and replays', async () => {
    const { recording, machine } = await recorded();
    const read = readRecording(writeRecording(recording), 'a.jsonl');
    expect(failedOf(read.events)).toMatchObject({ code: 'guardrail', done: true, checks });
    expect(read.events).toEqual(recording.events);
    expect(replay(machine, read)).toMatchObject({ outcome: 'same' });
  });
});
