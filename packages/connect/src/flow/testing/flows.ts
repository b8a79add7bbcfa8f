import { placeholder } from '../generate.ts';

/** A flow in the flow language, as loosely as files may hold one. */
export interface LooseFlow {
  Version?: unknown;
  StartAction?: unknown;
  Metadata?: unknown;
  Actions: LooseAction[];
}

export interface LooseAction {
  Identifier?: string;
  Type?: string;
  Parameters?: { [name: string]: unknown };
  Transitions?: {
    NextAction?: string;
    Errors?: { ErrorType?: string; NextAction?: string }[];
    Conditions?: { NextAction?: string; Condition?: { Operator?: string; Operands?: unknown[] } }[];
  };
}

const errors = (ways: { readonly [type: string]: string }) =>
  Object.entries(ways).map(([ErrorType, NextAction]) => ({ ErrorType, NextAction }));
const conditions = (ways: { readonly [operand: string]: string }) =>
  Object.entries(ways).map(([operand, NextAction]) => ({
    NextAction,
    Condition: { Operator: 'Equals', Operands: [operand] },
  }));

/** A small flow with nothing wrong: a menu asked three times at most, a function, hours, a queue. */
export function soundFlow(): LooseFlow {
  return {
    Version: '2019-10-30',
    StartAction: 'hello',
    Metadata: { ActionMetadata: { menu: { position: { x: 1, y: 2 }, friendlyName: 'Main menu' } } },
    Actions: [
      {
        Identifier: 'hello',
        Type: 'MessageParticipant',
        Parameters: { Text: 'Hello.' },
        Transitions: { NextAction: 'rounds' },
      },
      {
        Identifier: 'rounds',
        Type: 'Loop',
        Parameters: { LoopCount: '3' },
        Transitions: { NextAction: 'sorry', Conditions: conditions({ ContinueLooping: 'menu', DoneLooping: 'sorry' }) },
      },
      {
        Identifier: 'menu',
        Type: 'GetParticipantInput',
        Parameters: { Text: 'Press 1 or 2.', StoreInput: 'False', InputTimeLimitSeconds: '5' },
        Transitions: {
          NextAction: 'rounds',
          Conditions: conditions({ 1: 'look up', 2: 'queue' }),
          Errors: errors({ InputTimeLimitExceeded: 'rounds', NoMatchingCondition: 'rounds', NoMatchingError: 'sorry' }),
        },
      },
      {
        Identifier: 'look up',
        Type: 'InvokeLambdaFunction',
        Parameters: { LambdaFunctionARN: placeholder('Function'), InvocationTimeLimitSeconds: '8' },
        Transitions: { NextAction: 'compare', Errors: errors({ NoMatchingError: 'sorry' }) },
      },
      {
        Identifier: 'compare',
        Type: 'Compare',
        Parameters: { ComparisonValue: '$.External.status' },
        Transitions: {
          NextAction: 'sorry',
          Conditions: conditions({ known: 'queue' }),
          Errors: errors({ NoMatchingCondition: 'sorry' }),
        },
      },
      {
        Identifier: 'queue',
        Type: 'UpdateContactTargetQueue',
        Parameters: { QueueId: placeholder('Queue') },
        Transitions: { NextAction: 'hours', Errors: errors({ NoMatchingError: 'sorry' }) },
      },
      {
        Identifier: 'hours',
        Type: 'CheckHoursOfOperation',
        Parameters: {},
        Transitions: {
          NextAction: 'sorry',
          Conditions: conditions({ True: 'transfer', False: 'sorry' }),
          Errors: errors({ NoMatchingError: 'sorry' }),
        },
      },
      {
        Identifier: 'transfer',
        Type: 'TransferContactToQueue',
        Parameters: {},
        Transitions: { NextAction: 'sorry', Errors: errors({ QueueAtCapacity: 'sorry', NoMatchingError: 'sorry' }) },
      },
      {
        Identifier: 'sorry',
        Type: 'MessageParticipant',
        Parameters: { Text: 'Sorry. Goodbye.' },
        Transitions: { NextAction: 'bye', Errors: errors({ NoMatchingError: 'bye' }) },
      },
      { Identifier: 'bye', Type: 'DisconnectParticipant', Parameters: {}, Transitions: {} },
    ],
  };
}

/** The action of a flow that is called so. */
export function actionOf(flow: LooseFlow, identifier: string): Required<LooseAction> {
  const action = flow.Actions.find((one) => one.Identifier === identifier);
  if (!action?.Type || !action.Parameters || !action.Transitions) throw new Error(`There is no ${identifier}.`);
  return { Identifier: identifier, Type: action.Type, Parameters: action.Parameters, Transitions: action.Transitions };
}

/** A flow in the form of before 2020. */
export const LEGACY = {
  modules: [
    {
      id: 'hello',
      type: 'PlayPrompt',
      branches: [{ condition: 'Success', transition: 'menu' }],
      parameters: [{ name: 'Text', value: 'Hello.', namespace: null }],
      metadata: { position: { x: 1, y: 2 } },
    },
    {
      id: 'menu',
      type: 'GetUserInput',
      target: 'Digits',
      branches: [
        { condition: 'Evaluate', conditionType: 'Equals', conditionValue: '1', transition: 'queue' },
        { condition: 'Timeout', transition: 'bye' },
        { condition: 'NoMatch', transition: 'bye' },
        { condition: 'Error', transition: 'bye' },
      ],
      parameters: [{ name: 'Timeout', value: '5' }],
    },
    {
      id: 'queue',
      type: 'SetQueue',
      branches: [
        { condition: 'Success', transition: 'transfer' },
        { condition: 'Error', transition: 'bye' },
      ],
      parameters: [{ name: 'Queue', value: 'wanted', namespace: 'User Defined' }],
    },
    {
      id: 'transfer',
      type: 'Transfer',
      target: 'Queue',
      branches: [
        { condition: 'AtCapacity', transition: 'bye' },
        { condition: 'Error', transition: 'bye' },
      ],
      parameters: [],
    },
    { id: 'bye', type: 'Disconnect', branches: [], parameters: [] },
  ],
  version: '1',
  type: 'contactFlow',
  start: 'hello',
  metadata: { type: 'contactFlow', name: 'Hello' },
};
