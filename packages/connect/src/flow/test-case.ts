import type { RecordedEvent, Recording } from '@parley/replay';
import { placeholder } from './generate.ts';

/**
 * A request to CreateTestCase, as far as the instance does not matter. `Content` is the testing language, version
 * 2019-10-30: https://docs.aws.amazon.com/connect/latest/devguide/testing-language.html
 */
export interface TestCase {
  readonly Name: string;
  readonly Description: string;
  readonly EntryPoint: object;
  readonly Status: 'PUBLISHED';
  readonly Content: string;
}

export type MadeTestCase = { readonly made: TestCase } | { readonly left: string };

interface Observation {
  readonly Identifier: string;
  readonly Event: object;
  readonly Actions: readonly object[];
  readonly Transitions: { readonly NextObservations: readonly string[] };
}

/** A contact of a test is not let into a queue, where a person of ours would take it: the test ends before. */
const END = { Type: 'EndTest' };

/**
 * Makes a test case of Connect's own out of a recording: what was said to the caller is waited for, by its meaning, and
 * what the caller did is done again. `left` says why of one none can be made. `${FlowId}` in it is the flow's id.
 */
export function testCaseOf(recording: Recording, file: string, language = 'en-US'): MadeTestCase {
  const { events, channel, workflow } = recording;
  const hinder = events.map(({ type }) => HINDERS[type]).find((why) => why !== undefined);
  if (recording.imported !== undefined || workflow === undefined)
    return { left: 'it was imported, and no workflow ran it' };
  if (hinder !== undefined) return { left: hinder };
  const turns = turnsOf(events);
  if (turns.length === 0) return { left: 'nothing was said in it' };

  const observations: Observation[] = [
    { ...observation(0, { Type: 'TestInitiated', Properties: {} }, []), Transitions: next(1) },
  ];
  for (const [index, { heard, does }] of turns.entries()) {
    const number = index + 1;
    // The last thing said in a turn is the question: what comes before may be spoken in one breath with it.
    const text = heard.at(-1) ?? '';
    const event = { Type: 'MessageReceived', Properties: { Text: text, MatchingCriteria: { Type: 'Similarity' } } };
    const last = index === turns.length - 1;
    const actions = does === undefined ? [] : [action(`act-${number}`, 'SendInstruction', instruction(does, language))];
    const ends = last ? [...actions, action(`end-${number}`, 'TestControl', { Command: END })] : actions;
    observations.push({
      ...observation(number, event, chained(ends)),
      Transitions: last ? { NextObservations: [] } : next(number + 1),
    });
  }
  const name = `${workflow} ${recording.session}`.replace(/[^\w .-]+/g, ' ').slice(0, 127);
  return {
    made: {
      Name: name,
      Description: `Made from ${file} by parley flow --tests.`,
      EntryPoint:
        channel === 'voice'
          ? { Type: 'VOICE_CALL', VoiceCallEntryPointParameters: { FlowId: placeholder('FlowId') } }
          : { Type: 'CHAT', ChatEntryPointParameters: { FlowId: placeholder('FlowId') } },
      Status: 'PUBLISHED',
      Content: JSON.stringify({ Version: '2019-10-30', Metadata: {}, Observations: observations }),
    },
  };
}

/** What a simulated caller can't do, or what a test can't bring about. */
const HINDERS: { readonly [type in RecordedEvent['type']]?: string } = {
  'caller.silent': 'the caller says nothing in it, which a test can not do',
  'person.said': 'a person of ours speaks in it',
  'signal.received': 'it waits for a signal from outside',
  'timer.fired': 'it waits for a time to be up',
};

type Does = Extract<RecordedEvent, { type: 'caller.said' | 'caller.pressed' | 'caller.left' }>;

/** What is heard until the caller does something, and what that is; of the last, nothing. */
function turnsOf(
  events: readonly RecordedEvent[],
): readonly { readonly heard: readonly string[]; readonly does: Does | undefined }[] {
  const turns: { heard: string[]; does: Does | undefined }[] = [];
  let heard: string[] = [];
  for (const event of events) {
    if (event.type === 'agent.said' || event.type === 'filler.said') heard.push(event.text);
    if (event.type !== 'caller.said' && event.type !== 'caller.pressed' && event.type !== 'caller.left') continue;
    const before = turns.at(-1);
    // Said before anything was answered: to a test it is part of the turn before.
    if (heard.length > 0) turns.push({ heard, does: event });
    else if (before?.does?.type === 'caller.said' && event.type === 'caller.said') {
      before.does = { ...before.does, text: `${before.does.text} ${event.text}` };
    }
    heard = [];
  }
  if (heard.length > 0) turns.push({ heard, does: undefined });
  return turns;
}

function instruction(does: Does, language: string): object {
  return { Actor: 'Customer', Instruction: instructed(does, language) };
}

function instructed(does: Does, LanguageCode: string): object {
  switch (does.type) {
    case 'caller.pressed':
      return { Type: 'DtmfInput', Properties: { Value: does.keys } };
    case 'caller.said':
      return { Type: 'TextUtterance', Properties: { Text: does.text, LanguageCode } };
    case 'caller.left':
      return { Type: 'Disconnect' };
  }
}

const action = (Identifier: string, Type: string, parameters: object) => ({
  Identifier,
  Type,
  Parameters: { ActionType: Type, ...parameters },
  Transitions: {},
});

/** Each action leads to the next. */
function chained(actions: readonly ReturnType<typeof action>[]): readonly object[] {
  return actions.map((one, index) => {
    const following = actions[index + 1];
    return following ? { ...one, Transitions: { NextAction: following.Identifier } } : one;
  });
}

function observation(
  number: number,
  event: { readonly Type: string; readonly Properties: object },
  Actions: readonly object[],
) {
  return {
    Identifier: `turn-${number}`,
    Event: { Identifier: `event-${number}`, Type: event.Type, Actor: 'System', Properties: event.Properties },
    Actions,
  };
}

const next = (number: number) => ({ NextObservations: [`turn-${number}`] });
