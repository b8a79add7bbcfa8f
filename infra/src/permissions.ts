import { dynamoTable, encryptionContext } from '@parley/stores';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Environment } from './environment.ts';
import type { Here, ModelAccess } from './models.ts';
import type { FunctionName } from './names.ts';

/** What the functions have to do with: ARNs. */
export interface Reach {
  readonly table: string;
  readonly key: string;
  readonly here: Here;
  /** State machines, without versions and aliases: an ARN stands for all of them (developer guide, "Authorization for versions and aliases"). */
  readonly contacts: readonly string[];
  readonly turns: readonly string[];
  /** The executions of `contacts`, which have names only when they start. */
  readonly executions: readonly string[];
  readonly models: readonly ModelAccess[];
  readonly guardrails: readonly string[];
  /** The functions that push to chats: who finds that a session is owed something tells them. */
  readonly pushed: readonly string[];
  readonly tools: Environment['tools'];
}

/** Of the table, what a session is read and gone on with by. Writes and removals of a batch are one action. */
const SESSION = ['GetItem', 'PutItem', 'BatchWriteItem', 'Query'];
/** What a session that begins where a removed one was takes besides. */
const BEGIN = ['DeleteItem'];
/** What the lists of sessions and the sweeps take besides. */
const LISTS = ['BatchGetItem', 'Scan'];

/** What each function may do, and nothing else: one function, one role. */
export function permissionsOf(name: FunctionName, reach: Reach): readonly PolicyStatement[] {
  const session = sessions(reach);
  switch (name) {
    case 'ask':
      return [...session, ...some('GoOn', ['states:SendTaskSuccess'], reach.contacts)];
    case 'decide':
      return [...session, ...models(reach.models), ...guards(reach), ...pushers(reach)];
    case 'call':
      return [
        ...session,
        ...guards(reach),
        ...pushers(reach),
        ...reach.tools.map(({ actions, resources }, index) => allow(`Tools${index + 1}`, actions, resources)),
      ];
    case 'finish':
      return [...session, ...pushers(reach)];
    case 'turn':
      return [
        allow('Session', onTable([...SESSION, ...BEGIN]), [reach.table]),
        ...encryption(reach),
        ...executions(reach),
      ];
    case 'tick':
      return [
        allow('Sessions', onTable([...SESSION, ...BEGIN, ...LISTS]), [reach.table]),
        allow(
          'Lists',
          ['dynamodb:Query'],
          Object.keys(dynamoTable.indexes).map((index) => `${reach.table}/index/${index}`),
        ),
        ...encryption(reach),
        ...executions(reach),
        ...pushers(reach),
      ];
  }
}

/** What a bot that takes part in chats may do with them: the Participant service takes its own tokens, and asks for no permission. */
export function chatsIn(instance: string): readonly PolicyStatement[] {
  const contacts = `${instance}/contact/*`;
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonconnect.html
  return [
    allow('Chats', ['connect:StartContactStreaming', 'connect:CreateParticipant'], [instance, contacts]),
    ...pushing(instance),
  ];
}

/** What it takes to post what comes later, and to leave the chat after that. */
export function pushing(instance: string): readonly PolicyStatement[] {
  return [allow('ChatContacts', ['connect:UpdateContactAttributes'], [`${instance}/contact/*`])];
}

/** What a function needs that goes on with sessions and nothing else. */
export const sessions = (reach: Reach): readonly PolicyStatement[] => [
  allow('Session', onTable(SESSION), [reach.table]),
  ...encryption(reach),
];

/** What is done with a contact that is over. `flows`: those that calls back and tasks come to. */
export function afterContacts(instance: string, flows: readonly string[]): readonly PolicyStatement[] {
  const contacts = `${instance}/contact/*`;
  return [
    allow('EndedContacts', ['connect:TagContact'], [contacts]),
    ...some('Tasks', ['connect:StartTaskContact'], flows.length === 0 ? [] : [...flows, contacts]),
    ...some(
      'CallsBack',
      ['connect:StartOutboundVoiceContact'],
      flows.length === 0 ? [] : [instance, contacts, ...flows],
    ),
  ];
}

/** To put what could not be done into a queue that is encrypted with the key. */
export function toQueue(queue: string, { key, here }: Pick<Reach, 'key' | 'here'>): readonly PolicyStatement[] {
  return [
    allow('DeadLetters', ['sqs:SendMessage'], [queue]),
    allow('DeadLettersKey', ['kms:GenerateDataKey', 'kms:Decrypt'], [key], {
      StringEquals: { 'kms:ViaService': `sqs.${here.region}.amazonaws.com` },
    }),
  ];
}

/** Traces belong to no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html */
export const traces = (more: readonly string[] = []) =>
  allow('Traces', ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', ...more], ['*']);

export function allow(
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  conditions: { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } } = {},
): PolicyStatement {
  return new PolicyStatement({ sid, actions: [...actions], resources: [...resources], conditions });
}

const some = (...[sid, actions, resources]: Parameters<typeof allow>) =>
  resources.length === 0 ? [] : [allow(sid, actions, resources)];

const onTable = (actions: readonly string[]) => actions.map((action) => `dynamodb:${action}`);

/** The store's own texts, and the table itself, which DynamoDB decrypts on behalf of whoever reads it. */
function encryption({ key, here }: Reach): readonly PolicyStatement[] {
  const context = Object.fromEntries(
    Object.entries(encryptionContext).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]),
  );
  return [
    allow('Texts', ['kms:GenerateDataKey', 'kms:Decrypt'], [key], { StringEquals: context }),
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    allow(
      'TableKey',
      ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:GenerateDataKey', 'kms:DescribeKey'],
      [key],
      { StringEquals: { 'kms:ViaService': `dynamodb.${here.region}.amazonaws.com` } },
    ),
  ];
}

/** To find what a session starts on, to start it, to let it go on, and to see whether it is over. */
const executions = ({ contacts, turns, executions }: Reach) => [
  allow('Releases', ['states:DescribeStateMachineAlias', 'states:DescribeStateMachine'], [...contacts, ...turns]),
  ...some('Contacts', ['states:StartExecution', 'states:SendTaskSuccess'], contacts),
  ...some('Executions', ['states:DescribeExecution'], executions),
  ...some('Turns', ['states:StartSyncExecution'], turns),
];

const pushers = ({ pushed }: Reach) => some('Pushed', ['lambda:InvokeFunction'], pushed);

function models(all: readonly ModelAccess[]): readonly PolicyStatement[] {
  // Words are streamed, decisions are not.
  const actions = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'];
  return all.flatMap(({ asked, behind, anywhere }, index) => {
    const byProfile = { 'bedrock:InferenceProfileArn': asked };
    return [
      allow(`Model${index + 1}`, actions, [asked]),
      ...(behind.length === 0 ? [] : [allow(`Model${index + 1}Regions`, actions, behind, { StringEquals: byProfile })]),
      ...(anywhere === undefined
        ? []
        : [
            allow(`Model${index + 1}Anywhere`, actions, [anywhere], {
              StringEquals: { ...byProfile, 'aws:RequestedRegion': 'unspecified' },
            }),
          ]),
    ];
  });
}

/** Decisions are looked at, and what tools are given and return. */
const guards = ({ guardrails }: Reach) => some('Guardrails', ['bedrock:ApplyGuardrail'], guardrails);
