import { type ConditionBranch, type ErrorBranch, type FlowAction, type Target, target } from './flow.ts';
import { at, field, itemsOf, type Json, type Member, plainly, textOf } from './json.ts';

/** The types of the form of before 2020, and what they are in the flow language; `type/target` where the target decides. */
const TYPES: { readonly [type: string]: string } = {
  AssistantBlock: 'CreateWisdomSession',
  CheckAttribute: 'Compare',
  CheckHoursOfOperation: 'CheckHoursOfOperation',
  CreateTask: 'CreateTask',
  CreateWisdomSession: 'CreateWisdomSession',
  Disconnect: 'DisconnectParticipant',
  'Dial/PhoneNumber': 'TransferParticipantToThirdParty',
  EndFlowExecution: 'EndFlowExecution',
  EndFlowModuleExecution: 'EndFlowModuleExecution',
  'GetUserInput/Digits': 'GetParticipantInput',
  'GetUserInput/Lex': 'ConnectParticipantWithLexBot',
  InvokeExternalResource: 'InvokeLambdaFunction',
  InvokeFlowModule: 'InvokeFlowModule',
  Loop: 'Loop',
  LoopPrompts: 'MessageParticipantIteratively',
  PlayPrompt: 'MessageParticipant',
  Resume: 'EndFlowExecution',
  SetAttributes: 'UpdateContactAttributes',
  SetCallBackNumber: 'UpdateContactCallbackNumber',
  SetContactData: 'UpdateContactData',
  SetEventHook: 'UpdateContactEventHooks',
  SetLoggingBehavior: 'UpdateFlowLoggingBehavior',
  SetQueue: 'UpdateContactTargetQueue',
  SetRecordingBehavior: 'UpdateContactRecordingBehavior',
  SetVoice: 'UpdateContactTextToSpeechVoice',
  StoreUserInput: 'GetParticipantInput',
  'Transfer/Agent': 'TransferContactToAgent',
  'Transfer/ContactFlow': 'TransferToFlow',
  'Transfer/Flow': 'TransferToFlow',
  'Transfer/PhoneNumber': 'TransferParticipantToThirdParty',
  'Transfer/Queue': 'TransferContactToQueue',
  Wait: 'Wait',
};

/** What the branches are called in the flow language. */
const ERRORS: { readonly [condition: string]: string } = {
  AtCapacity: 'QueueAtCapacity',
  Error: 'NoMatchingError',
  InvalidNumber: 'InvalidCallbackNumber',
  NoMatch: 'NoMatchingCondition',
  NotDialable: 'CallbackNumberNotDialable',
  Timeout: 'InputTimeLimitExceeded',
};
const RESULTS: { readonly [condition: string]: string } = { Looping: 'ContinueLooping', Complete: 'DoneLooping' };
const PARAMETERS: { readonly [name: string]: string } = {
  FunctionArn: 'LambdaFunctionARN',
  TimeLimit: 'InvocationTimeLimitSeconds',
  Timeout: 'InputTimeLimitSeconds',
};

/** The actions of a flow in the form of before 2020, as the flow language would have them. */
export function legacyActions(modules: Json | undefined): readonly FlowAction[] {
  return itemsOf(modules).flatMap((module) => (module.kind === 'object' ? [legacyAction(module)] : []));
}

function legacyAction(module: Json): FlowAction {
  const written = textOf(field(module, 'type'));
  const aim = textOf(field(module, 'target'));
  const type = written === undefined ? undefined : (known(TYPES, `${written}/${aim}`) ?? known(TYPES, written));
  let next: Target | undefined;
  const errors: ErrorBranch[] = [];
  const conditions: ConditionBranch[] = [];
  for (const branch of itemsOf(field(module, 'branches'))) {
    const condition = textOf(field(branch, 'condition')) ?? '';
    const leads = target(branch, 'transition');
    const error = known(ERRORS, condition);
    if (condition === 'Success') next = leads;
    else if (error !== undefined) errors.push({ ...leads, error });
    else {
      const value = field(branch, 'conditionValue');
      const operand = value ? plainly(value) : (known(RESULTS, condition) ?? condition);
      conditions.push({ ...leads, operator: textOf(field(branch, 'conditionType')) ?? 'Equals', operands: [operand] });
    }
  }
  return {
    identifier: textOf(field(module, 'id')),
    title: written,
    type: type ?? written,
    parameters: parametersOf(field(module, 'parameters'), written, module),
    next,
    errors,
    conditions,
    at: field(module, 'id')?.at ?? module.at,
  };
}

/** The list of named parameters as an object; attributes under `Attributes`. */
function parametersOf(list: Json | undefined, type: string | undefined, module: Json): Json {
  const attributes: Member[] = [];
  const members: Member[] = [];
  for (const parameter of itemsOf(list)) {
    const name = textOf(field(parameter, 'name')) ?? '';
    const key = textOf(field(parameter, 'key'));
    const value = field(parameter, 'value');
    if (!value) continue;
    const space = textOf(field(parameter, 'namespace'));
    if (type === 'SetAttributes' && key !== undefined)
      attributes.push({ key, at: value.at, value: named(value, space) });
    else members.push({ key: known(PARAMETERS, name) ?? name, at: value.at, value: named(value, space) });
  }
  const place = list?.at ?? module.at;
  if (attributes.length > 0) {
    members.push({ key: 'Attributes', at: place, value: { kind: 'object', at: place, members: attributes } });
  }
  return { kind: 'object', at: place, members };
}

/** A value out of a namespace is a reference; the other form has `$.` before it. */
function named(value: Json, space: string | undefined): Json {
  return value.kind === 'string' && space !== undefined ? { ...value, value: `$.${space}.${value.value}` } : value;
}

/** The type that the file says the flow is of. */
export const legacyMetadata = (json: Json): string | undefined =>
  textOf(at(json, 'metadata.type')) ?? textOf(field(json, 'type'));

const known = (table: { readonly [key: string]: string }, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;
