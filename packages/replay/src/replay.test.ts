import { describe, expect, it } from '@jest/globals';
import { createMachine, type Machine } from '@parley/machine';
import { compileWorkflow, sourceOf } from '@parley/workflow';
import { describeDivergence, groupByDivergence, summarize } from './divergence.ts';
import { type Recording, readRecording, writeRecording } from './recording.ts';
import { decisionsOf, type RecordedDecision, type ReplayResult, replay, replayAgainst } from './replay.ts';
import { AT, record } from './testing/record.ts';

const SHOP = `workflow: shop
title: A shop
otherwise: handoff
variables:
  orderId: { type: string, ask: And the order number? }
  order: { from: orders.get }
  carrier: { from: carriers.get }
interrupts:
  human: { when: asks for a person, to: handoff }
steps:
  welcome:
    say: Thanks for calling.
    then: need
  need:
    ask: What can I do for you?
    choices:
      track: { when: wants to know where an order is, to: identify }
      wait: { when: wants to be told later, to: later }
      bye: { when: needs nothing more, to: done }
    unclear: I can look up an order.
    silent: Are you there?
    otherwise: handoff
  identify:
    form: [orderId]
    intro: I need one thing.
    then: lookup
  lookup:
    parallel:
      - { call: orders.get, with: { id: =$orderId }, save: order }
      - { call: carriers.get, with: { order: =$orderId }, save: carrier }
    then: tell
    failed: { retry: 1, to: handoff }
  tell:
    say: 'Order {{ $order.id }} is on its way.'
    then: need
  later:
    wait: { for: 1h }
    then: identify
  handoff:
    transfer: { queue: tier2, brief: true }
  done:
    end: { say: Goodbye., outcome: solved }
`;

const machineOf = (text: string): Machine => createMachine(compileWorkflow(sourceOf(text)));
const shop = machineOf(SHOP);

/** The shop's workflow with one piece of its text in place of another. */
const edited = (from: string, to: string): Machine => {
  expect(SHOP).toContain(from);
  return machineOf(SHOP.replace(from, to));
};

/** A call that finds out where an order is. */
const tracked = record(shop, 'tracked', [
  { said: 'where is my order' },
  { chose: 'track' },
  { said: 'W1' },
  { chose: 'answered', values: { orderId: 'W1' } },
  { returned: { id: 'W1' } },
  { returned: { name: 'UPS' } },
  { silent: true },
  { said: 'bye' },
  { chose: 'bye' },
]);

/** A call that is put through to a person. */
const handedOff = record(shop, 'handed-off', [{ said: 'a person please' }, { chose: 'human' }]);

/** A call that waits an hour. */
const waited = record(shop, 'waited', [{ said: 'later' }, { chose: 'wait' }, { fired: true }]);

const lineOf = (text: string, part: string) => text.slice(0, text.indexOf(part)).split('\n').length;
const diverged = (result: ReplayResult) => {
  if (result.outcome === 'same') throw new Error('It did not diverge.');
  return result;
};

/** The recording with one line of its file in place of another. */
function doctored(recording: Recording, from: string, to: string): Recording {
  const text = writeRecording(recording);
  expect(text).toContain(from);
  return readRecording(text.replace(from, to), 'a.jsonl');
}

describe('a replay with the version it was recorded with', () => {
  it.each([
    ['tracked', tracked, 10],
    ['handed off', handedOff, 3],
    ['waited', waited, 4],
  ])('is the same: %s', (_, recording, inputs) => {
    const read = readRecording(writeRecording(recording), 'a.jsonl');
    expect(replay(shop, read)).toEqual({ outcome: 'same', inputs });
    expect(replayAgainst(shop, read)).toEqual({ outcome: 'same', inputs });
  });

  it.each([
    ['a word', 'Thanks for calling.', 'Thanks for ringing.', 'words', 'agent.said'],
    ['a step', '["welcome","need"]', '["welcome","lookup"]', 'differently', 'step.entered'],
    [
      'a question',
      /"question":"\w+"/.exec(writeRecording(tracked))?.[0] ?? '',
      '"question":"0"',
      'unknown',
      'model.asked',
    ],
    ['the input of a tool', '"input":{"id":"W1"}', '"input":{"id":"W2"}', 'unknown', 'tool.called'],
    ['a tool without its input', '"input":{"id":"W1"}', '"input":{}', 'unknown', 'tool.called'],
    ['the id of a call', '"call":"c3","tool"', '"call":"c9","tool"', 'differently', 'tool.called'],
    ['the choices', '"track","wait"', '"wait","track"', 'unknown', 'model.asked'],
    ['the end', '"outcome":"solved"', '"outcome":"lost"', 'differently', 'session.ended'],
  ])('finds %s that was recorded otherwise', (_, from, to, kind, type) => {
    const recording = doctored(tracked, from, to);
    const { divergence } = diverged(replay(shop, recording));
    expect(divergence).toMatchObject({ kind, expected: { type } });
    expect(divergence.line).toBe(lineOf(writeRecording(recording), to));
  });

  it('finds the due time of a timer that was recorded otherwise', () => {
    const { divergence } = diverged(replay(shop, doctored(waited, '"due":3602000', '"due":3602001')));
    expect(divergence).toMatchObject({ kind: 'differently', expected: { type: 'timer.set', due: AT + 3_602_001 } });
  });

  it('finds a brief that was recorded otherwise', () => {
    const other = diverged(replay(shop, doctored(handedOff, '"from":"need"', '"from":"welcome"')));
    expect(other.divergence).toMatchObject({ kind: 'differently', expected: { type: 'session.transferred' } });
    const words = diverged(replay(shop, doctored(handedOff, '"summary":"A shop"', '"summary":"The shop"')));
    expect(words.divergence).toMatchObject({ kind: 'words', expected: { type: 'session.transferred' } });
  });

  it('finds an output that is missing from the recording, and one that is too many', () => {
    const calls = (index: number) =>
      tracked.events.flatMap((e, at) => (e.type === 'tool.called' ? [at] : []))[index] ?? 0;
    const second = calls(1);
    const less = { ...tracked, events: tracked.events.filter((_, at) => at !== second) };
    expect(diverged(replay(shop, less)).divergence).toMatchObject({
      kind: 'unknown',
      expected: undefined,
      came: { type: 'tool.called', tool: 'carriers.get' },
    });
    const more = {
      ...tracked,
      events: tracked.events.flatMap((event, at) => (at === second ? [event, event] : [event])),
    };
    expect(diverged(replay(shop, more)).divergence).toMatchObject({
      kind: 'differently',
      expected: { type: 'tool.called' },
      came: undefined,
    });
    const other = diverged(replayAgainst(shop, { ...more, version: 'other' })).divergence;
    expect(other).toMatchObject({ kind: 'differently', expected: { type: 'tool.called' }, came: undefined });
  });

  it('finds the last words after the end, which another version may say there', () => {
    const events = [...tracked.events.slice(0, -2), ...tracked.events.slice(-2).reverse()];
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['session.ended', 'agent.said']);
    const { divergence } = diverged(replay(shop, { ...tracked, events }));
    expect(divergence).toMatchObject({ kind: 'differently', expected: { type: 'session.ended' } });
    expect(replayAgainst(shop, { ...tracked, events, version: 'other' }).outcome).toBe('same');
  });

  it('finds things that come in another order', () => {
    const events = [...tracked.events];
    const at = events.findIndex(({ type }) => type === 'tool.called');
    events.splice(at, 2, ...events.slice(at, at + 2).reverse());
    expect(diverged(replay(shop, { ...tracked, events })).divergence.kind).toBe('unknown');
  });

  it('finds an event that means nothing to the machine', () => {
    const { divergence } = diverged(
      replay(shop, doctored(tracked, '"decision":"d1","choice"', '"decision":"d7","choice"')),
    );
    expect(divergence).toMatchObject({
      kind: 'differently',
      step: 'need',
      expected: { type: 'model.decided' },
      came: undefined,
      place: { line: lineOf(SHOP, '  need:\n') },
    });
  });

  it('passes over what the host said to a caller who had to wait', () => {
    const at = tracked.events.findIndex(({ type }) => type === 'tool.called') + 1;
    const events = [...tracked.events];
    events.splice(at, 0, { type: 'filler.said', at: AT, step: 'lookup', text: 'One moment.' });
    expect(replay(shop, { ...tracked, events }).outcome).toBe('same');
  });

  it('refuses a recording of another version, and a conversation that no workflow ran', () => {
    const other = edited('Thanks for calling.', 'Welcome.');
    expect(() => replay(other, tracked)).toThrow(expect.objectContaining({ code: 'recording/other-version' }));
    const imported: Recording = { session: 's', channel: 'voice', start: AT, imported: 'contact-lens', events: [] };
    expect(() => replay(shop, imported)).toThrow(expect.objectContaining({ code: 'recording/imported' }));
    expect(() => replayAgainst(shop, imported)).toThrow(expect.objectContaining({ code: 'recording/imported' }));
  });
});

describe('a replay against an edited workflow', () => {
  it('is the same where the edit makes no difference to the session', () => {
    const other = edited('outcome: solved', 'outcome: closed');
    expect(replayAgainst(other, handedOff)).toEqual({ outcome: 'same', inputs: 3 });
  });

  it('tells of other words, where they stand, and after how many events', () => {
    const other = edited('is on its way.', 'has left us.');
    const { divergence, words } = diverged(replayAgainst(other, tracked));
    expect(words).toBe(1);
    expect(divergence).toMatchObject({
      kind: 'words',
      step: 'tell',
      expected: { text: 'Order W1 is on its way.' },
      came: { text: 'Order W1 has left us.' },
      place: { file: 'workflow.yaml', line: lineOf(SHOP, 'Order {{'), column: 10 },
    });
  });

  it.each([
    ['the words for silence', 'Are you there?', 'Hello?', 'silent: Are', 13],
    ["a form's intro", 'I need one thing.', 'One thing first.', 'intro: I', 12],
    ['the last words', 'Goodbye.', 'Bye.', 'say: Goodbye', 17],
  ])('finds the place of %s', (_, from, to, line, column) => {
    const { divergence } = diverged(replayAgainst(edited(from, to), tracked));
    expect(divergence).toMatchObject({ kind: 'words', place: { line: lineOf(SHOP, line), column } });
  });

  it('goes on past other words to where it goes another way', () => {
    const other = machineOf(SHOP.replace('Thanks for calling.', 'Welcome.').replace('to: identify }', 'to: handoff }'));
    const { divergence, words } = diverged(replayAgainst(other, tracked));
    expect(words).toBe(1);
    expect(divergence).toMatchObject({
      kind: 'differently',
      step: 'need',
      expected: { type: 'step.entered', step: 'identify' },
      came: { type: 'step.entered', step: 'handoff' },
      place: { line: lineOf(SHOP, 'track:') },
    });
  });

  it('tells of words that are no longer said, and of new ones', () => {
    const less = diverged(replayAgainst(edited('say: Goodbye., ', ''), tracked)).divergence;
    expect(less).toMatchObject({ kind: 'words', step: 'done', expected: { text: 'Goodbye.' }, came: undefined });
    const more = edited('track: { when', 'track: { say: Of course., when');
    expect(diverged(replayAgainst(more, tracked)).divergence).toMatchObject({
      kind: 'words',
      came: { text: 'Of course.' },
      place: { line: lineOf(SHOP, 'track:') },
    });
  });

  it('cannot know how a question would be answered that has changed', () => {
    const { divergence } = diverged(replayAgainst(edited('needs nothing more', 'is content'), tracked));
    expect(divergence).toMatchObject({
      kind: 'unknown',
      step: 'need',
      expected: { type: 'model.asked' },
      came: { type: 'model.asked' },
      place: { line: lineOf(SHOP, '  need:\n') },
    });
  });

  it('cannot know what a tool would return that is called with something else', () => {
    const { divergence } = diverged(replayAgainst(edited('order: =$orderId', 'number: =$orderId'), tracked));
    expect(divergence).toMatchObject({
      kind: 'unknown',
      came: { type: 'tool.called', tool: 'carriers.get', input: { number: 'W1' } },
      place: { line: lineOf(SHOP, 'carriers.get, with') },
    });
  });

  it('answers the calls of a parallel step whatever their order, and whatever their ids', () => {
    const lines = SHOP.split('\n');
    const at = lines.findIndex((line) => line.includes('orders.get, with'));
    lines.splice(at, 2, ...lines.slice(at, at + 2).reverse());
    expect(replayAgainst(machineOf(lines.join('\n')), tracked)).toEqual({ outcome: 'same', inputs: 10 });
  });

  it('answers a timer, decision or call whose id has moved', () => {
    // As from a version that gave out its ids otherwise.
    const moved = writeRecording(tracked).replace(/"(d|c)(\d)"/g, (_, kind, id) => `"${kind}${Number(id) + 5}"`);
    expect(moved).toContain('"d6"');
    const recording = { ...readRecording(moved, 'a.jsonl'), version: 'other' };
    expect(replayAgainst(shop, recording)).toEqual({ outcome: 'same', inputs: 10 });
    const timer = readRecording(writeRecording(waited).replaceAll('"t2"', '"t9"'), 'a.jsonl');
    expect(replayAgainst(shop, { ...timer, version: 'other' })).toEqual({ outcome: 'same', inputs: 4 });
  });

  it('goes differently where a wait has another length', () => {
    const { divergence } = diverged(replayAgainst(edited('for: 1h', 'for: 2h'), waited));
    expect(divergence).toMatchObject({ kind: 'differently', step: 'later', came: { type: 'timer.set' } });
  });

  describe('where other choices can be picked', () => {
    const gated = (condition: string) => edited('track: { when', `track: { if: ${condition}, when`);
    const closing = (condition: string) => edited('wait: { when', `wait: { if: ${condition}, when`);
    const never = "$contact.id = 'nobody'";
    const always = "$contact.id = 'c1'";

    it('takes the recorded one where only others are gone', () => {
      expect(replayAgainst(closing(never), tracked).outcome).toBe('same');
    });

    it('cannot know what would be picked instead of it', () => {
      expect(diverged(replayAgainst(gated(never), tracked)).divergence.kind).toBe('unknown');
    });

    it('cannot know whether a new one would have been preferred', () => {
      const recording = record(closing(never), 'closed', [{ said: 'where is my order' }, { chose: 'track' }]);
      expect(diverged(replayAgainst(closing(always), recording)).divergence.kind).toBe('unknown');
    });
  });
});

describe('a divergence', () => {
  const other = edited('to: identify }', 'to: handoff }');
  const { divergence } = diverged(replayAgainst(other, tracked));

  it('is shown with the conversation before it, and the line that is responsible', () => {
    expect(describeDivergence(other, tracked, divergence, 'tracked.jsonl')).toBe(
      [
        'tracked goes differently, at need (tracked.jsonl:7)',
        '    agent   What can I do for you?',
        '    caller  where is my order',
        '    model   need: track',
        '  - recorded: goes to identify',
        '  + now:      goes to handoff',
        '  workflow.yaml:17:7',
        '    17 |       track: { when: wants to know where an order is, to: handoff }',
        '               ^',
      ].join('\n'),
    );
  });

  it('is shown with the words that differ', () => {
    const words = edited('Are you there?', 'Hello?');
    const result = diverged(replayAgainst(words, tracked));
    const shown = describeDivergence(words, tracked, result.divergence, 'tracked.jsonl');
    expect(shown).toContain('    caller  (silent)\n  - recorded: says "Are you there?"\n  + now:      says "Hello?"\n');
  });

  it('groups sessions that diverge alike, the largest group first', () => {
    const question = edited('needs nothing more', 'is content');
    const second = { ...tracked, session: 'second' };
    const results = [
      [question, handedOff],
      [other, tracked],
      [other, second],
    ] as const;
    const groups = groupByDivergence(
      results.map(([machine, recording]) => ({
        session: recording.session,
        divergence: diverged(replayAgainst(machine, recording)).divergence,
      })),
    );
    expect(groups).toEqual([
      {
        kind: 'differently',
        summary: 'need goes to handoff; recorded: it goes to identify',
        place: divergence.place,
        sessions: ['tracked', 'second'],
      },
      {
        kind: 'unknown',
        summary: 'the question at need is another, or offers other choices',
        place: { file: 'workflow.yaml', line: lineOf(SHOP, '  need:\n'), column: 3 },
        sessions: ['handed-off'],
      },
    ]);
  });

  it('is summed up without a value of the session', () => {
    const words = diverged(replayAgainst(edited('is on its way.', 'has left us.'), tracked)).divergence;
    expect(summarize(words)).toBe('other words at tell');
    const call = diverged(replayAgainst(edited('order: =$orderId', 'number: =$orderId'), tracked)).divergence;
    expect(summarize(call)).toBe('carriers.get is called with other input at lookup');
  });
});

describe('the decisions of a recording', () => {
  /** What a decision looked back on, as the types of events. */
  const types = (decision: RecordedDecision | undefined) => decision?.before.map(({ type }) => type);

  it('are where they were asked for, with all that had happened by then', () => {
    const { decisions, replayed } = decisionsOf(shop, tracked);
    expect(replayed.outcome).toBe('same');
    const answers = decisions.map(({ answer, effect }) => [
      effect.step,
      effect.heard,
      answer.type === 'model.decided' ? answer.choice : answer.code,
    ]);
    expect(answers).toEqual([
      ['need', 'where is my order', 'track'],
      ['identify', 'W1', 'answered'],
      ['need', 'bye', 'bye'],
    ]);
    expect(types(decisions[0])).toEqual(['session.started', 'agent.said', 'agent.said', 'caller.said', 'model.asked']);
    const lines = writeRecording(tracked).split('\n');
    for (const { line, answer } of decisions) {
      expect(JSON.parse(lines[line - 1] ?? '')).toMatchObject({ type: 'model.decided', decision: answer.decision });
    }
  });

  it('do not look back on what was said while they were waited for', () => {
    const at = tracked.events.findIndex(({ type }) => type === 'model.asked') + 1;
    const filler = { type: 'filler.said', at: AT + 1_500, step: 'need', text: 'One moment.' } as const;
    const events = [...tracked.events.slice(0, at), filler, ...tracked.events.slice(at)];
    const { decisions } = decisionsOf(shop, { ...tracked, events });
    expect(types(decisions[0])).not.toContain('filler.said');
    expect(types(decisions[1])).toContain('filler.said');
  });

  it('of an edited workflow are those before it goes differently, by the ids they have there', () => {
    const machine = edited('say: Thanks for calling.', 'wait: { for: 1s }');
    expect(decisionsOf(machine, tracked).decisions).toEqual([]);
    const later = edited('bye: { when: needs nothing more, to: done }', 'bye: { when: needs no more, to: done }');
    expect(decisionsOf(later, handedOff).decisions).toEqual([]);
    const worded = edited('And the order number?', 'Which order?');
    const { decisions, replayed } = decisionsOf(worded, tracked);
    expect(replayed).toMatchObject({ outcome: 'diverged', divergence: { kind: 'words' } });
    expect(decisions).toHaveLength(3);
  });

  it('are none of a conversation that no workflow ran', () => {
    const { workflow: _, version: __, ...imported } = tracked;
    expect(() => decisionsOf(shop, imported)).toThrow(expect.objectContaining({ code: 'recording/imported' }));
  });
});
