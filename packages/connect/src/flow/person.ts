import { type Action, type GeneratedFlow, placeholder } from './generate.ts';
import { laidOut } from './layout.ts';

/** What is said to somebody who is called back, before they wait for one of ours. */
const WORDS = 'Hello. You asked to be called back. I am putting you through to a colleague.';

/**
 * A contact flow that brings a contact to the people of a queue and nothing else: for calls back (which hear `words` first) and for tasks. The queue is the parameter
 * `QueueArn`: it is deployed once for each queue.
 */
export function generatePersonFlow({ words = WORDS }: { readonly words?: string } = {}): GeneratedFlow {
  const bye = 'Hang up';
  const action = (
    Identifier: string,
    Type: string,
    Parameters: Action['Parameters'],
    NextAction?: string,
    errors: readonly (readonly [ErrorType: string, NextAction: string])[] = [],
  ): Action => ({
    Identifier,
    Type,
    Parameters,
    Transitions: {
      ...(NextAction === undefined ? {} : { NextAction }),
      ...(errors.length === 0 ? {} : { Errors: errors.map(([ErrorType, next]) => ({ NextAction: next, ErrorType })) }),
    },
  });
  const channel = action('On the phone', 'Compare', { ComparisonValue: '$.Channel' }, 'Queue', [
    ['NoMatchingCondition', 'Queue'],
  ]);
  const called = { NextAction: 'Words', Condition: { Operator: 'Equals', Operands: ['VOICE'] } } as const;
  const actions: readonly Action[] = [
    action('Quiet logs', 'UpdateFlowLoggingBehavior', { FlowLoggingBehavior: 'Disabled' }, 'On the phone'),
    { ...channel, Transitions: { ...channel.Transitions, Conditions: [called] } },
    action('Words', 'MessageParticipant', { Text: words }, 'Queue', [['NoMatchingError', 'Queue']]),
    action('Queue', 'UpdateContactTargetQueue', { QueueId: placeholder('QueueArn') }, 'Transfer', [
      ['NoMatchingError', bye],
    ]),
    action('Transfer', 'TransferContactToQueue', {}, bye, [
      ['QueueAtCapacity', bye],
      ['NoMatchingError', bye],
    ]),
    action(bye, 'DisconnectParticipant', {}),
  ];
  return {
    flow: laidOut(actions, []),
    parameters: new Map([['QueueArn', { about: 'the queue whose people take the calls back and the tasks' }]]),
  };
}
