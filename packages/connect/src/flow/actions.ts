/**
 * What Connect asks of each kind of action, as data. From the pages of the flow language in Connect's developer guide
 * (contact-actions, participant-actions, flow-control-actions, interactions) and of the blocks in its administrator
 * guide. Where a page and the service are known to differ, the service counts: it says "Action is missing required
 * error" for the errors under `requires`.
 */
export interface ActionRule {
  /** The errors that need a branch: without one Connect refuses the flow. */
  readonly requires: readonly string[];
  /** The errors that may have a branch besides. */
  readonly allows: readonly string[];
  /** Whether there is a way on beside errors and conditions. `ends`: it has no way on, and may have no branches at all. */
  readonly next: 'required' | 'optional' | 'ends';
  /** The results that need a condition each, or `any` where results vary; left out: conditions are refused. */
  readonly conditions?: readonly string[] | 'any';
  /** The flow's work may be over here: the contact goes to a queue, an agent, another flow. */
  readonly handsOver?: true;
  /** Time passes at it: words are spoken, the caller is listened to. */
  readonly pauses?: true;
  /** How often one comes by is counted. */
  readonly counts?: true;
  /** The only channel where it does something. */
  readonly channel?: 'voice' | 'chat';
  readonly parameters?: readonly ParameterRule[];
  /** Groups of parameters of which exactly one, or at most one, may be given. */
  readonly oneOf?: readonly string[];
  readonly atMostOneOf?: readonly string[];
}

export interface ParameterRule {
  /** With dots for what lies inside. */
  readonly name: string;
  readonly required?: true;
  /** Whole numbers, from and to. Exports write them as strings. */
  readonly between?: readonly [number, number];
  readonly values?: readonly string[];
  /** It has to be a reference such as `$.Attributes.number`. */
  readonly reference?: true;
  /** At most so many entries. */
  readonly entries?: number;
  /** A name it is often given by mistake. */
  readonly not?: string;
}

const CATCH_ALL = ['NoMatchingError'];
const plain: ActionRule = { requires: CATCH_ALL, allows: [], next: 'required' };
const optional: ActionRule = { requires: [], allows: CATCH_ALL, next: 'required' };
const MESSAGE = ['PromptId', 'Text', 'SSML', 'Media'];
const THREE_DAYS = 259_200;
const SEVEN_DAYS = 604_800;
const MANY = Number.MAX_SAFE_INTEGER;

const RULES = {
  // Contact actions
  CompleteOutboundCall: { ...optional, pauses: true, channel: 'voice' },
  CreateCase: { ...plain, allows: ['ContactNotLinked'] },
  CreateContact: plain,
  CreatePersistentContactAssociation: { ...plain, channel: 'chat' },
  CreateTask: {
    ...plain,
    parameters: [{ name: 'DelaySeconds', between: [1, 518_400] }],
    atMostOneOf: ['DelaySeconds', 'ScheduledTime'],
  },
  CreateWisdomSession: { ...plain, parameters: [{ name: 'WisdomAssistantArn', required: true }] },
  DequeueContactAndTransferToQueue: {
    requires: ['QueueAtCapacity', 'NoMatchingError'],
    allows: [],
    next: 'optional',
    handsOver: true,
    atMostOneOf: ['QueueId', 'AgentId'],
  },
  EndFlowModuleExecution: { requires: [], allows: [], next: 'ends' },
  GetCase: { ...plain, allows: ['ContactNotLinked', 'MultipleFound', 'NoneFound'] },
  InvokeFlowModule: {
    ...plain,
    conditions: 'any',
    pauses: true,
    parameters: [{ name: 'FlowModuleId', required: true }],
  },
  ResumeContact: optional,
  RouteContactToAgent: { requires: [], allows: CATCH_ALL, next: 'optional', conditions: 'any', pauses: true },
  StartOutboundChatContact: plain,
  StartOutboundEmailContact: plain,
  TagContact: { ...plain, parameters: [{ name: 'Tags', required: true, entries: 6 }] },
  UntagContact: { ...plain, parameters: [{ name: 'TagKeys', required: true }] },
  TransferContactToAgent: { requires: [], allows: [], next: 'ends', channel: 'voice' },
  TransferContactToQueue: {
    requires: ['QueueAtCapacity', 'NoMatchingError'],
    allows: [],
    next: 'optional',
    handsOver: true,
  },
  UpdateCase: { ...plain, allows: ['ContactNotLinked'] },
  UpdateContactAttributes: {
    ...plain,
    parameters: [
      { name: 'Attributes', required: true },
      { name: 'TargetContact', values: ['Current', 'Related'] },
    ],
  },
  UpdateContactCallbackNumber: {
    requires: ['InvalidCallbackNumber', 'CallbackNumberNotDialable'],
    allows: [],
    next: 'required',
    channel: 'voice',
    parameters: [{ name: 'CallbackNumber', required: true, reference: true }],
  },
  UpdateContactData: { ...plain, parameters: [{ name: 'TargetContact', values: ['Current', 'Related'] }] },
  UpdateContactEventHooks: { ...plain, parameters: [{ name: 'EventHooks', required: true, entries: 1 }] },
  UpdateContactMediaProcessing: {
    requires: ['NoMatchingError', 'ChannelMismatch'],
    allows: [],
    next: 'required',
    channel: 'chat',
  },
  UpdateContactMediaStreamingBehavior: {
    ...plain,
    channel: 'voice',
    parameters: [{ name: 'MediaStreamingState', required: true, values: ['Enabled', 'Disabled'] }],
  },
  UpdateContactRecordingAndAnalyticsBehavior: {
    requires: ['NoMatchingError', 'ChannelMismatch'],
    allows: ['InFlightRedactionConfigurationFailed'],
    next: 'required',
    oneOf: ['VoiceBehavior', 'ChatBehavior', 'ScreenRecordingBehavior'],
  },
  // The service refuses any error branch of it.
  UpdateContactRecordingBehavior: {
    requires: [],
    allows: [],
    next: 'required',
    parameters: [{ name: 'RecordingBehavior', required: true }],
  },
  UpdateContactRoutingBehavior: {
    requires: [],
    allows: [],
    next: 'required',
    parameters: [{ name: 'QueuePriority', between: [1, MANY] }],
    atMostOneOf: ['QueuePriority', 'QueueTimeAdjustmentSeconds'],
  },
  UpdateContactRoutingCriteria: plain,
  UpdateContactTargetQueue: { ...plain, atMostOneOf: ['QueueId', 'AgentId'] },
  UpdateContactTextToSpeechVoice: {
    ...optional,
    channel: 'voice',
    parameters: [{ name: 'TextToSpeechVoice', required: true }],
  },
  UpdatePreviousContactParticipantState: { ...plain, channel: 'voice' },

  // Participant actions
  AuthenticateParticipant: {
    requires: CATCH_ALL,
    allows: [],
    next: 'optional',
    conditions: 'any',
    pauses: true,
    channel: 'chat',
  },
  ConnectParticipantWithLexBot: {
    requires: ['NoMatchingCondition', 'NoMatchingError'],
    allows: ['InputTimeLimitExceeded'],
    next: 'optional',
    conditions: 'any',
    pauses: true,
    parameters: [{ name: 'LexTimeoutSeconds.Text', between: [60, SEVEN_DAYS] }],
    oneOf: ['LexV2Bot.AliasArn', 'LexBot.Name'],
    atMostOneOf: MESSAGE,
  },
  DisconnectParticipant: { requires: [], allows: [], next: 'ends' },
  // What it needs hangs on whether the input is kept: see `check`.
  GetParticipantInput: {
    requires: CATCH_ALL,
    allows: [],
    next: 'optional',
    conditions: 'any',
    pauses: true,
    channel: 'voice',
    parameters: [
      { name: 'InputTimeLimitSeconds', between: [1, 180] },
      { name: 'StoreInput', values: ['True', 'False'] },
      { name: 'DTMFConfiguration.InterdigitTimeLimitSeconds', between: [1, 20] },
    ],
    atMostOneOf: MESSAGE,
  },
  MessageParticipant: { ...optional, pauses: true, oneOf: MESSAGE },
  MessageParticipantIteratively: {
    requires: [],
    allows: CATCH_ALL,
    next: 'optional',
    conditions: 'any',
    handsOver: true,
    pauses: true,
    parameters: [
      { name: 'Messages', required: true },
      { name: 'InterruptFrequencySeconds', between: [1, MANY] },
    ],
  },
  ShowView: {
    requires: ['NoMatchingCondition', 'NoMatchingError', 'TimeLimitExceeded'],
    allows: [],
    next: 'optional',
    conditions: 'any',
    pauses: true,
    parameters: [
      { name: 'ViewResource', required: true },
      { name: 'InvocationTimeLimitSeconds', required: true, between: [1, MANY] },
    ],
  },
  TransferParticipantToThirdParty: {
    requires: CATCH_ALL,
    allows: ['CallFailed', 'ConnectionTimeLimitExceeded'],
    next: 'optional',
    handsOver: true,
    pauses: true,
    channel: 'voice',
    parameters: [{ name: 'ThirdPartyPhoneNumber', required: true }],
  },

  // Flow control
  CheckHoursOfOperation: { requires: CATCH_ALL, allows: [], next: 'optional', conditions: ['True', 'False'] },
  CheckMetricData: {
    requires: ['NoMatchingError', 'NoMatchingCondition'],
    allows: [],
    next: 'optional',
    conditions: 'any',
    parameters: [
      {
        name: 'MetricType',
        required: true,
        values: [
          'NumberOfAgentsAvailable',
          'NumberOfAgentsStaffed',
          'NumberOfAgentsOnline',
          'OldestContactInQueueAgeSeconds',
          'NumberOfContactsInQueue',
        ],
      },
    ],
    atMostOneOf: ['QueueId', 'AgentId'],
  },
  CheckOutboundCallStatus: {
    requires: CATCH_ALL,
    allows: [],
    next: 'optional',
    conditions: 'any',
    pauses: true,
    channel: 'voice',
  },
  CheckSegmentMembership: { requires: CATCH_ALL, allows: ['NoMatchingCondition'], next: 'optional', conditions: 'any' },
  CheckVoiceId: {
    requires: CATCH_ALL,
    allows: ['NoMatchingCondition'],
    next: 'optional',
    conditions: 'any',
    pauses: true,
    channel: 'voice',
  },
  Compare: {
    requires: ['NoMatchingCondition'],
    allows: [],
    next: 'optional',
    conditions: 'any',
    parameters: [{ name: 'ComparisonValue', required: true }],
  },
  DistributeByPercentage: { requires: ['NoMatchingCondition'], allows: [], next: 'optional', conditions: 'any' },
  EndFlowExecution: { requires: [], allows: [], next: 'ends' },
  GetMetricData: { ...plain, atMostOneOf: ['QueueId', 'AgentId'] },
  Loop: {
    requires: [],
    allows: CATCH_ALL,
    next: 'optional',
    conditions: ['ContinueLooping', 'DoneLooping'],
    counts: true,
    parameters: [{ name: 'LoopCount', required: true, between: [0, 100] }],
  },
  StartVoiceIdStream: { ...plain, channel: 'voice' },
  TransferToFlow: {
    requires: CATCH_ALL,
    allows: [],
    next: 'optional',
    handsOver: true,
    parameters: [{ name: 'ContactFlowId', required: true }],
  },
  UpdateFlowAttributes: { ...plain, parameters: [{ name: 'FlowAttributes', required: true }] },
  UpdateFlowLoggingBehavior: {
    requires: [],
    allows: [],
    next: 'required',
    parameters: [{ name: 'FlowLoggingBehavior', required: true, values: ['Enabled', 'Disabled'] }],
  },
  Wait: {
    requires: CATCH_ALL,
    allows: ['ParticipantNotFound'],
    next: 'optional',
    conditions: 'any',
    pauses: true,
    parameters: [{ name: 'TimeLimitSeconds', required: true, between: [1, SEVEN_DAYS], not: 'TimeoutSeconds' }],
  },

  // Interactions
  AssociateContactToCustomerProfile: plain,
  CreateCallbackContact: {
    ...plain,
    parameters: [
      { name: 'InitialCallDelaySeconds', required: true, between: [1, THREE_DAYS] },
      { name: 'MaximumConnectionAttempts', required: true, between: [1, MANY] },
      { name: 'RetryDelaySeconds', required: true, between: [1, THREE_DAYS] },
    ],
    atMostOneOf: ['QueueId', 'AgentId'],
  },
  CreateCustomerProfile: plain,
  EvaluateDataTableValues: { ...plain, parameters: [{ name: 'DataTableId', required: true }] },
  GetCalculatedAttributesForCustomerProfile: {
    ...plain,
    requires: ['NoneFoundError', 'NoMatchingError'],
    allows: ['MultipleFoundError'],
  },
  GetCustomerProfile: { ...plain, requires: ['MultipleFoundError', 'NoneFoundError', 'NoMatchingError'] },
  GetCustomerProfileObject: {
    ...plain,
    requires: ['NoneFoundError', 'NoMatchingError'],
    allows: ['MultipleFoundError'],
  },
  InvokeLambdaFunction: {
    ...plain,
    parameters: [
      { name: 'LambdaFunctionARN', required: true },
      { name: 'InvocationTimeLimitSeconds', required: true, between: [1, 8] },
      { name: 'InvocationType', values: ['SYNCHRONOUS', 'ASYNCHRONOUS'] },
      { name: 'ResponseValidation.ResponseType', values: ['STRING_MAP', 'JSON'] },
    ],
  },
  ListDataTableValues: plain,
  LoadContactContent: plain,
  UpdateCustomerProfile: plain,
  UpsertDataTableValues: plain,
} as const satisfies { readonly [type: string]: ActionRule };

/** The types of action there are. */
export const ACTION_TYPES: readonly string[] = Object.keys(RULES);

/** What Connect asks of an action of this type; undefined where the type is not known. */
export const ruleOf = (type: string | undefined): ActionRule | undefined => TABLE.get(type ?? '');

const TABLE: ReadonlyMap<string, ActionRule> = new Map(Object.entries<ActionRule>(RULES));

/** Names that Connect's own pages, or people, use for a type that the service calls otherwise. */
export const CALLED_OTHERWISE: { readonly [wrong: string]: string } = {
  UnTagContact: 'UntagContact',
  UpdateRoutingCriteria: 'UpdateContactRoutingCriteria',
  PlayPrompt: 'MessageParticipant',
  Disconnect: 'DisconnectParticipant',
  GetUserInput: 'GetParticipantInput',
  StoreUserInput: 'GetParticipantInput',
  InvokeExternalResource: 'InvokeLambdaFunction',
  SetContactAttributes: 'UpdateContactAttributes',
  SetAttributes: 'UpdateContactAttributes',
  SetQueue: 'UpdateContactTargetQueue',
  SetVoice: 'UpdateContactTextToSpeechVoice',
  SetLoggingBehavior: 'UpdateFlowLoggingBehavior',
  SetRecordingBehavior: 'UpdateContactRecordingBehavior',
  SetEventHook: 'UpdateContactEventHooks',
  TransferToQueue: 'TransferContactToQueue',
  TransferToAgent: 'TransferContactToAgent',
  CheckAttribute: 'Compare',
  CheckContactAttributes: 'Compare',
  CheckStaffing: 'CheckMetricData',
  GetQueueMetrics: 'GetMetricData',
  LoopPrompts: 'MessageParticipantIteratively',
};

/** The operators of conditions. */
export const OPERATORS: readonly string[] = [
  'Equals',
  'TextStartsWith',
  'TextEndsWith',
  'TextContains',
  'NumberGreaterThan',
  'NumberGreaterOrEqualTo',
  'NumberLessThan',
  'NumberLessOrEqualTo',
];
