import { expect, it } from '@jest/globals';
import { checkFlow } from './check.ts';
import { generatePersonFlow } from './person.ts';

const { flow } = generatePersonFlow({ words: 'We call you back.' });
const actions = new Map(flow.Actions.map((action) => [action.Identifier, action]));
const errorsOf = (name: string) =>
  (actions.get(name)?.Transitions.Errors ?? []).map(({ ErrorType, NextAction }) => [ErrorType, NextAction]);

it('has nothing wrong with it', () => {
  expect(checkFlow(JSON.stringify(flow), 'people.json').problems).toEqual([]);
});

it('logs nothing of what is said', () => {
  expect(actions.get(flow.StartAction)).toMatchObject({
    Type: 'UpdateFlowLoggingBehavior',
    Parameters: { FlowLoggingBehavior: 'Disabled' },
  });
});

it('says its words to who is called, and not on a task', () => {
  expect(actions.get('On the phone')?.Transitions).toMatchObject({
    NextAction: 'Queue',
    Conditions: [{ NextAction: 'Words', Condition: { Operator: 'Equals', Operands: ['VOICE'] } }],
  });
  expect(actions.get('Words')).toMatchObject({
    Parameters: { Text: 'We call you back.' },
    Transitions: { NextAction: 'Queue' },
  });
});

it('ends where there is no such queue, or no place in it', () => {
  expect(errorsOf('Queue')).toEqual([['NoMatchingError', 'Hang up']]);
  expect(errorsOf('Transfer')).toEqual([
    ['QueueAtCapacity', 'Hang up'],
    ['NoMatchingError', 'Hang up'],
  ]);
});
