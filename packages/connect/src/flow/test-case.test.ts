import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent, Recording } from '@parley/replay';
import { testCaseOf } from './test-case.ts';

const said = (text: string): RecordedEvent => ({ type: 'caller.said', at: 0, text });
const agent = (text: string): RecordedEvent => ({ type: 'agent.said', at: 0, step: 'need', text });

function recordingOf(events: readonly RecordedEvent[], more: Partial<Recording> = {}): Recording {
  const contact = { id: 'c', channel: 'voice' } as const;
  const started: RecordedEvent = { type: 'session.started', at: 0, contact };
  return {
    session: 's1',
    workflow: 'tea',
    version: 'v',
    channel: 'voice',
    start: 0,
    events: [started, ...events],
    ...more,
  };
}

function contentOf(recording: Recording) {
  const result = testCaseOf(recording, 's1.jsonl');
  if ('left' in result) throw new Error(result.left);
  return { ...result.made, content: JSON.parse(result.made.Content) };
}

describe('a test case of Connect', () => {
  const recording = recordingOf([
    agent('Welcome.'),
    agent('Tea or coffee?'),
    said('tea'),
    agent('How many cups?'),
    { type: 'caller.pressed', at: 0, keys: '2' },
    agent('Two cups of tea. Goodbye.'),
    { type: 'session.ended', at: 0, step: 'done', outcome: 'ordered' },
  ]);

  it('waits for each question by its meaning, and does what the caller did', () => {
    const { content } = contentOf(recording);
    expect(content.Version).toBe('2019-10-30');
    const summary = content.Observations.map(
      ({
        Event,
        Actions,
      }: {
        Event: { Type: string; Properties: { Text?: string } };
        Actions: readonly { Type: string; Parameters: { Instruction?: unknown } }[];
      }) => [
        Event.Type,
        Event.Properties.Text,
        ...Actions.map(({ Type, Parameters }) => Parameters.Instruction ?? Type),
      ],
    );
    expect(summary).toEqual([
      ['TestInitiated', undefined],
      [
        'MessageReceived',
        'Tea or coffee?',
        { Type: 'TextUtterance', Properties: { Text: 'tea', LanguageCode: 'en-US' } },
      ],
      ['MessageReceived', 'How many cups?', { Type: 'DtmfInput', Properties: { Value: '2' } }],
      ['MessageReceived', 'Two cups of tea. Goodbye.', 'TestControl'],
    ]);
  });

  it('leads from each observation to the next, and ends before anybody is put in a queue', () => {
    const { content } = contentOf(recording);
    const names = content.Observations.map(({ Identifier }: { Identifier: string }) => Identifier);
    const next = content.Observations.map(
      ({ Transitions }: { Transitions: { NextObservations: readonly string[] } }) => Transitions.NextObservations,
    );
    expect(next).toEqual([...names.slice(1).map((name: string) => [name]), []]);
    expect(content.Observations.at(-1).Actions.at(-1).Parameters).toEqual({
      ActionType: 'TestControl',
      Command: { Type: 'EndTest' },
    });
  });

  it('begins by a call or a chat, with the flow open', () => {
    expect(contentOf(recording).EntryPoint).toEqual({
      Type: 'VOICE_CALL',
      VoiceCallEntryPointParameters: { FlowId: `\${FlowId}` },
    });
    expect(contentOf({ ...recording, channel: 'chat' }).EntryPoint).toEqual({
      Type: 'CHAT',
      ChatEntryPointParameters: { FlowId: `\${FlowId}` },
    });
  });

  it('hangs up where the caller did, and says in one what was said in two', () => {
    const { content } = contentOf(
      recordingOf([agent('Yes?'), said('tea'), said('please'), agent('How many?'), { type: 'caller.left', at: 0 }]),
    );
    const instructions = content.Observations.flatMap(
      ({
        Actions,
      }: {
        Actions: readonly { Parameters: { Instruction?: { Type: string; Properties?: { Text?: string } } } }[];
      }) => Actions.flatMap(({ Parameters }) => Parameters.Instruction ?? []),
    );
    expect(instructions).toMatchObject([
      { Type: 'TextUtterance', Properties: { Text: 'tea please' } },
      { Type: 'Disconnect' },
    ]);
  });
});

describe('what no test case is made of', () => {
  it.each<[string, Recording, RegExp]>([
    ['silence', recordingOf([agent('Yes?'), { type: 'caller.silent', at: 0 }]), /says nothing/],
    ['a signal', recordingOf([agent('Wait.'), { type: 'signal.received', at: 0, name: 'x', data: null }]), /signal/],
    ['a timer', recordingOf([agent('Wait.'), { type: 'timer.fired', at: 0, timer: 't' }]), /time to be up/],
    ['an import', recordingOf([agent('Yes?')], { imported: 'contact-lens' }), /imported/],
    ['nothing said', recordingOf([]), /nothing was said/],
  ])('is told of %s', (_, recording, why) => {
    expect(testCaseOf(recording, 'x.jsonl')).toEqual({ left: expect.stringMatching(why) });
  });
});
