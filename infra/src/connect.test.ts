import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { afterContact, chatsIn, checkFlow, connectChat, contactEnded } from '@parley/connect';
import { createEngine, systemClock } from '@parley/engine';
import { createMachine } from '@parley/machine';
import { memoryStore, openDynamoStore } from '@parley/stores';
import { compileWorkflow, sourceOf } from '@parley/workflow';
import { z } from 'zod';
import { flowEvent } from '../../packages/connect/src/block/testing/events.ts';
import { clientsOf } from '../../packages/connect/src/chat/testing/clients.ts';
import { connectService } from '../../packages/connect/src/chat/testing/service.ts';
import { notification, publishing, snsEvent, TOPIC } from '../../packages/connect/src/chat/testing/sns.ts';
import { asking, desk, door, transferred } from '../../packages/connect/src/testing/desk.ts';
import { readSettings } from '../../packages/stepfunctions/src/lambda/settings.ts';
import { newClient, startLocalDynamo } from '../../packages/stores/src/testing/local-dynamo.ts';
import { dev } from '../environments/dev.ts';
import { example } from '../environments/example.ts';
import { type Environment, environment } from './environment.ts';
import { afterContacts, chatsIn as mayInChats, permissionsOf } from './permissions.ts';
import { stubBundles } from './testing/bundles.ts';
import { ACCOUNT, rolesOf, type Synthesized, synthesized } from './testing/template.ts';

let bundles: string;
let made: Synthesized;

beforeAll(async () => {
  bundles = stubBundles();
  made = await synthesized(example, bundles);
});

afterAll(() => rmSync(bundles, { recursive: true, force: true }));

const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${rest}`;
const contacts = (workflow: string) => {
  const found = example.connect[workflow];
  if (!found) throw new Error(`${workflow} is not on Connect.`);
  return found;
};
const { instance } = contacts('support');

/** The functions that Connect and Lex call. */
const FUNCTIONS = [
  ...['lex', 'block', 'ended'].map((one) => `support-${one}`),
  ...['lex', 'block', 'joined', 'notified', 'pushed', 'ended'].map((one) => `supply-chain-${one}`),
];

/** The resources of a type by their logical ids: a reference to one is its id. */
const ids = (type: string) => [...made.all].filter(([, one]) => one.Type === type).map(([id]) => id);
const aliasOf = (workflow: string, kind: string) => {
  const [found, ...others] = ids('AWS::Lambda::Alias').filter((id) => id.startsWith(`Connect${workflow}${kind}live`));
  if (!found || others.length > 0) throw new Error(`There is not one alias of ${workflow} ${kind}.`);
  return found;
};

describe('the functions that Connect and Lex call', () => {
  it('are those of the workflows that are on Connect, and of none where none is', async () => {
    const names = made.of('AWS::Lambda::Function').map((one) => one['FunctionName']);
    expect(names.filter((name) => String(name).match(/support|supply|healthcare/)).toSorted()).toEqual(
      FUNCTIONS.map((name) => `parley-example-${name}`).toSorted(),
    );
    const without = await synthesized(dev, bundles);
    expect(dev.connect).toEqual({});
    for (const { Type } of without.all.values()) expect(Type).not.toMatch(/^AWS::(Connect|Lex)::/);
    expect(without.of('AWS::Lambda::Function')).toHaveLength(6);
  });

  it('are told which workflow they are of, and which topic, as they read it', () => {
    const told = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.string()) }) });
    for (const name of FUNCTIONS) {
      const one = made.one('AWS::Lambda::Function', 'FunctionName', `parley-example-${name}`);
      const { Variables } = told.parse(one).Environment;
      expect(readSettings(Variables)).toMatchObject({ prefix: 'parley-example', shapes: { support: 'per-turn' } });
      const [, workflow, kind = ''] = /^(.*)-(\w+)$/.exec(name) ?? [];
      expect(Variables).toMatchObject({ PARLEY_WORKFLOW: workflow });
      const topic = /joined|notified|pushed/.test(kind) ? arn('sns', `parley-example-${workflow}-chat`) : undefined;
      expect(Variables['PARLEY_TOPIC']).toBe(topic);
    }
  });

  it('have less time than those who call them', () => {
    const seconds = (name: string) =>
      made.one('AWS::Lambda::Function', 'FunctionName', `parley-example-${name}`)['Timeout'];
    // Lex gives up after 30 s, a flow after 8.
    expect(seconds('support-lex')).toBeLessThan(30);
    // Whoever hears that a contact is over has no such time.
    expect(seconds('support-ended')).toBeGreaterThan(35);
    for (const name of ['support-block', 'supply-chain-block', 'supply-chain-joined'])
      expect(seconds(name)).toBeLessThan(8);
    // A chat is answered within 25 s, after 10 in which somebody else may have died over it.
    expect(seconds('supply-chain-notified')).toBeGreaterThan(35);
  });

  it('are kept warm as the environment says, where callers on the phone wait for them', () => {
    const warm = (workflow: string, kind: string) =>
      made.all.get(aliasOf(workflow, kind))?.Properties['ProvisionedConcurrencyConfig'];
    expect([warm('supplychain', 'lex'), warm('supplychain', 'block')]).toEqual([
      { ProvisionedConcurrentExecutions: 1 },
      { ProvisionedConcurrentExecutions: 1 },
    ]);
    expect([warm('supplychain', 'joined'), warm('support', 'lex')]).toEqual([undefined, undefined]);
  });
});

/** What is for contacts, whose ids nobody knows before. */
const CONTACTS = new Set(['Chats', 'ChatContacts', 'EndedContacts', 'Tasks', 'CallsBack']);

describe('what they may do', () => {
  it('is named: no action by wildcard, and a resource only where there is none to name', () => {
    for (const [role, statements] of rolesOf(made)) {
      for (const { Sid, Action, Resource } of statements) {
        expect([role, Sid, Action.filter((action) => action.includes('*'))]).toEqual([role, Sid, []]);
        const wild = Resource.filter((one) => one.includes('*'));
        if (Sid === 'Speak' || Sid === 'LogDelivery') expect(wild).toEqual(['*']);
        else if (CONTACTS.has(Sid)) expect(wild).toEqual([`${instance}/contact/*`]);
        else if (Sid === 'Executions')
          expect(wild.every((one) => /:execution:parley-example-[a-z-]+:\*$/.test(one))).toBe(true);
        else expect([role, Sid, wild]).toEqual([role, Sid, []]);
      }
    }
  });

  it('is to start and look at the executions of their own workflow, and no other', () => {
    const reached = (name: string) =>
      (rolesOf(made).get(`What parley-example-${name} may do`) ?? [])
        .filter(({ Action }) => Action.some((action) => action.startsWith('states:')))
        .flatMap(({ Resource }) => Resource);
    for (const name of FUNCTIONS) {
      const own = name.slice(0, name.lastIndexOf('-'));
      // Who only posts what a session says has nothing to do with executions.
      expect(reached(name).length > 0).toBe(!name.endsWith('-pushed'));
      for (const one of reached(name)) expect(one).toMatch(new RegExp(`:parley-example-${own}(:\\*)?$`));
    }
    const asked = (name: string) =>
      (rolesOf(made).get(`What parley-example-${name} may do`) ?? []).flatMap(({ Action }) => Action);
    expect(asked('support-lex')).toContain('states:StartSyncExecution');
    expect(asked('supply-chain-lex')).toContain('states:StartExecution');
  });

  it('is to take part in chats, and to do something after contacts, for those that do', () => {
    const having = [...rolesOf(made)].flatMap(([role, all]) => {
      const asked = all.flatMap(({ Action }) => Action.filter((one) => one.startsWith('connect:')));
      return asked.length === 0 ? [] : [[role.replace(/^What parley-example-(.*) may do$/, '$1'), asked.toSorted()]];
    });
    const chats = ['CreateParticipant', 'StartContactStreaming', 'UpdateContactAttributes'];
    const after = ['StartOutboundVoiceContact', 'StartTaskContact', 'TagContact'];
    const named = (actions: readonly string[]) => actions.map((action) => `connect:${action}`);
    expect(having).toEqual([
      ['supply-chain-joined', named(chats)],
      ['supply-chain-notified', named(chats)],
      ['supply-chain-pushed', named(['UpdateContactAttributes'])],
      ['supply-chain-ended', named(after)],
      ['support-ended', named(after)],
    ]);
  });

  it('is to tell who pushes of a session, for those that go on with one though nobody waits', () => {
    const telling = [...rolesOf(made)].flatMap(([role, all]) => {
      const pushed = all.find(({ Sid }) => Sid === 'Pushed');
      return pushed ? [[role.replace(/^What parley-example-(.*) may do$/, '$1'), pushed]] : [];
    });
    const pushed = {
      Sid: 'Pushed',
      Action: ['lambda:InvokeFunction'],
      Resource: [arn('lambda', 'function:parley-example-supply-chain-pushed')],
    };
    expect(telling).toMatchObject(['decide', 'call', 'finish', 'tick'].map((name) => [name, pushed]));
    for (const one of made.of('AWS::Lambda::Function'))
      expect(one).toMatchObject({ Environment: { Variables: { PARLEY_PUSHED: '["supply-chain"]' } } });
  });

  it('is, for calls back and tasks, to send them to the people of the queues of the workflow', () => {
    const statements = rolesOf(made).get('What parley-example-support-ended may do') ?? [];
    const [people, ...others] = ids('AWS::Connect::ContactFlow').filter((id) =>
      id.startsWith('Connectsupportpeopleof'),
    );
    expect(others).toEqual([]);
    const flow = `${people}.ContactFlowArn`;
    expect(statements.find(({ Sid }) => Sid === 'Tasks')?.Resource).toEqual([flow, `${instance}/contact/*`]);
    expect(statements.find(({ Sid }) => Sid === 'CallsBack')?.Resource).toEqual([
      instance,
      `${instance}/contact/*`,
      flow,
    ]);
  });

  it('is all that is asked of Connect after a contact', async () => {
    const allowed = afterContacts(instance, ['f']).flatMap(({ actions }) => actions);
    expect([...(await ending())].toSorted()).toEqual(allowed.toSorted());
  });

  it('is all that a chat from its first word to its last asks AWS for', async () => {
    const asked = await chatting();
    const reach = { table: 't', key: 'k', here: { partition: 'aws', region: 'us-east-1', account: ACCOUNT } };
    const none = {
      contacts: ['m'],
      turns: ['m'],
      executions: ['e'],
      models: [],
      guardrails: [],
      pushed: [],
      tools: [],
    };
    const allowed = [...permissionsOf('turn', { ...reach, ...none }), ...mayInChats(instance)].flatMap(
      ({ actions }) => actions,
    );
    expect([...asked].filter((action) => !allowed.includes(action))).toEqual([]);
    // And nothing of Connect beyond that.
    expect([...asked].filter((action) => action.startsWith('connect:')).toSorted()).toEqual(
      mayInChats(instance)
        .flatMap(({ actions }) => actions)
        .toSorted(),
    );
  });
});

describe('what Connect and Lex are told', () => {
  const flow = z.object({
    Name: z.string(),
    Content: z.string(),
    InstanceArn: z.string(),
    Type: z.literal('CONTACT_FLOW'),
  });
  const flows = () => made.of('AWS::Connect::ContactFlow').map((one) => flow.parse(one));

  it('is a flow in which nothing is left to put in, and in which nothing is wrong', () => {
    expect(
      flows()
        .map(({ Name }) => Name)
        .toSorted(),
    ).toEqual([
      'parley-example-supply-chain',
      ...['claims', 'docks', 'exceptions', 'logistics', 'purchasing'].map(
        (queue) => `parley-example-supply-chain-people-${queue}`,
      ),
      'parley-example-support',
      'parley-example-support-people-support',
    ]);
    for (const { Name, Content, InstanceArn } of flows()) {
      expect(InstanceArn).toBe(instance);
      expect(Content).not.toContain('${');
      const { problems } = checkFlow(Content, `${Name}.json`);
      // Deployed it is of one instance: that is what it is for.
      expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    }
  });

  it('is which functions, which bot and which queues', () => {
    const action = z.object({
      Actions: z.array(z.object({ Type: z.string(), Parameters: z.record(z.string(), z.unknown()) })),
    });
    const named = (workflow: string, type: string, parameter: string) => {
      const { Content = '' } = flows().find(({ Name }) => Name === `parley-example-${workflow}`) ?? {};
      return action
        .parse(JSON.parse(Content))
        .Actions.filter(({ Type }) => Type === type)
        .map(({ Parameters }) => Parameters[parameter]);
    };
    const [supplyChainBot, supportBot] = ids('AWS::Lex::BotAlias').toSorted();
    expect(new Set(named('support', 'InvokeLambdaFunction', 'LambdaFunctionARN'))).toEqual(
      new Set([aliasOf('support', 'block')]),
    );
    expect(new Set(named('supply-chain', 'InvokeLambdaFunction', 'LambdaFunctionARN'))).toEqual(
      new Set([aliasOf('supplychain', 'block'), aliasOf('supplychain', 'joined')]),
    );
    for (const [workflow, bot] of [
      ['support', supportBot],
      ['supply-chain', supplyChainBot],
    ] as const) {
      const [talk] = named(workflow, 'ConnectParticipantWithLexBot', 'LexV2Bot');
      expect(talk).toEqual({ AliasArn: `${bot}.Arn` });
      const queues = named(workflow, 'UpdateContactTargetQueue', 'QueueId');
      expect(queues.toSorted()).toEqual(Object.values(contacts(workflow).queues).toSorted());
    }
    expect(named('support', 'MessageParticipant', 'Text')).toContain('Hello. This conversation may be recorded.');
    expect(named('supply-chain', 'UpdateContactTextToSpeechVoice', 'TextToSpeechVoice')).toEqual(['Matthew']);
  });

  it('is which of them belong to the instance, each of which it may call, from there only', () => {
    // Others are called by SNS and EventBridge.
    const permission = z.object({
      FunctionName: z.string(),
      Principal: z.string(),
      SourceArn: z.string(),
      SourceAccount: z.string().optional(),
    });
    const permissions = made.of('AWS::Lambda::Permission').map((one) => permission.parse(one));
    const of = (Principal: string) => permissions.filter((one) => one.Principal === Principal);
    const called = [
      aliasOf('support', 'block'),
      aliasOf('supplychain', 'block'),
      aliasOf('supplychain', 'joined'),
    ].toSorted();
    const associated = (type: string) =>
      made
        .of('AWS::Connect::IntegrationAssociation')
        .filter(({ IntegrationType, InstanceId }) => IntegrationType === type && InstanceId === instance)
        .map(({ IntegrationArn }) => String(IntegrationArn))
        .toSorted();
    expect(associated('LAMBDA_FUNCTION')).toEqual(called);
    expect(associated('LEX_BOT')).toEqual(
      ids('AWS::Lex::BotAlias')
        .map((id) => `${id}.Arn`)
        .toSorted(),
    );
    expect(
      of('connect.amazonaws.com')
        .map(({ FunctionName }) => FunctionName)
        .toSorted(),
    ).toEqual(called);
    for (const one of of('connect.amazonaws.com'))
      expect(one).toMatchObject({ SourceArn: instance, SourceAccount: ACCOUNT });
    // A hook may be called by the alias of its own workflow's bot.
    const hooks = of('lexv2.amazonaws.com').map(({ FunctionName, SourceArn, SourceAccount }) => [
      FunctionName,
      SourceArn.replace(/FlowBotAlias.*/, ''),
      SourceAccount,
    ]);
    expect(hooks.toSorted()).toEqual([
      [aliasOf('supplychain', 'lex'), 'Connectsupplychain', ACCOUNT],
      [aliasOf('support', 'lex'), 'Connectsupport', ACCOUNT],
    ]);
    expect(of('sns.amazonaws.com')).toHaveLength(1);
    expect(permissions).toHaveLength(called.length + hooks.length + 1 + of('events.amazonaws.com').length);
  });

  it('is the hook of each bot, by its alias, on a version that stays when the next one comes', () => {
    for (const [, one] of [...made.all].filter(([, { Type }]) => Type === 'AWS::Lex::BotVersion')) {
      expect(one).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
    const hooks = made.of('AWS::Lex::BotAlias').map((one) => JSON.stringify(one));
    expect(hooks).toHaveLength(2);
    for (const workflow of ['support', 'supplychain']) {
      expect(hooks.filter((one) => one.includes(`"LambdaArn":"${aliasOf(workflow, 'lex')}"`))).toHaveLength(1);
    }
  });
});

describe('the end of a contact', () => {
  it('is told to the functions by the instance, each with the people it may send somebody to', () => {
    expect(made.of('AWS::Events::Rule')).toHaveLength(2);
    for (const workflow of ['support', 'supply-chain']) {
      const called = `parley-example-${workflow}-ended`;
      const rule = made.one('AWS::Events::Rule', 'Name', called);
      expect(rule).toMatchObject({
        EventPattern: {
          source: ['aws.connect'],
          'detail-type': ['Amazon Connect Contact Event'],
          detail: { eventType: ['DISCONNECTED'], instanceArn: [instance] },
        },
        Targets: [{ Arn: `${called}.Arn` }],
      });
      expect(made.of('AWS::Lambda::Permission')).toContainEqual(
        expect.objectContaining({ FunctionName: `${called}.Arn`, Principal: 'events.amazonaws.com' }),
      );
      const told = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.string()) }) });
      const { Variables } = told.parse(made.one('AWS::Lambda::Function', 'FunctionName', called)).Environment;
      const { queues } = contacts(workflow);
      expect(JSON.parse(Variables['PARLEY_PEOPLE'] ?? '')).toEqual(
        Object.fromEntries(
          Object.entries(queues).map(([queue, arn]) => [
            queue,
            { queue: arn, flow: expect.stringMatching(/\.ContactFlowArn$/) },
          ]),
        ),
      );
      expect(Object.keys(queues)).toContain(Variables['PARLEY_CALL_BACK']);
      expect(Variables['PARLEY_INSTANCE']).toBe(instance);
    }
  });
});

describe('the topic of chats', () => {
  it('is encrypted by the key, which Connect may use for it, and takes what comes from the instance', () => {
    const topic = made.one('AWS::SNS::Topic', 'TopicName', 'parley-example-supply-chain-chat');
    expect(topic).toMatchObject({ KmsMasterKeyId: expect.stringMatching(/Key.*\.Arn$/), SignatureVersion: '2' });
    const policies = made.of('AWS::SNS::TopicPolicy').map((one) => JSON.stringify(one));
    const [policy = ''] = policies.filter((one) => one.includes('connect.amazonaws.com'));
    expect(policy).toContain(`"ArnEquals":{"aws:SourceArn":"${instance}"}`);
    expect(policy).toContain(`"aws:SourceAccount":"${ACCOUNT}"`);
    expect(policy).toContain('"aws:SecureTransport":"false"');
    const key = z.object({
      KeyPolicy: z.object({ Statement: z.array(z.looseObject({ Principal: z.looseObject({}) })) }),
    });
    const [{ KeyPolicy } = { KeyPolicy: { Statement: [] } }] = made.of('AWS::KMS::Key').map((one) => key.parse(one));
    expect(KeyPolicy.Statement.filter(({ Principal }) => Principal['Service'] === 'connect.amazonaws.com')).toEqual([
      {
        Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
        Effect: 'Allow',
        Principal: { Service: 'connect.amazonaws.com' },
        Resource: '*',
        Condition: {
          StringEquals: { 'kms:EncryptionContext:aws:sns:topicArn': arn('sns', 'parley-example-supply-chain-chat') },
        },
      },
    ]);
  });

  it('has its notifications taken; what can not be is kept, and told of', () => {
    expect(made.of('AWS::SNS::Subscription')).toMatchObject([
      { Protocol: 'lambda', Endpoint: 'parley-example-supply-chain-notified.Arn' },
    ]);
    expect(made.one('AWS::Lambda::Function', 'FunctionName', 'parley-example-supply-chain-notified')).toMatchObject({
      DeadLetterConfig: { TargetArn: 'parley-example-supply-chain-notified-dead-letters.Arn' },
    });
    // One that is older than an hour would be refused as no notification of this time.
    const configured = made.of('AWS::Lambda::EventInvokeConfig');
    // The tick tells of it again as long as it is owed.
    expect(configured).toContainEqual(
      expect.objectContaining({
        FunctionName: 'parley-example-supply-chain-pushed',
        MaximumEventAgeInSeconds: 60,
        MaximumRetryAttempts: 0,
      }),
    );
    expect(configured).toContainEqual(
      expect.objectContaining({
        FunctionName: 'parley-example-supply-chain-notified',
        MaximumEventAgeInSeconds: 3600,
        Qualifier: '$LATEST',
      }),
    );
  });
});

it('an alarm looks at the functions of each workflow, and at the dead letters of its chats', () => {
  const alarm = z.object({ AlarmName: z.string(), Metrics: z.array(z.unknown()).optional() });
  const all = made.of('AWS::CloudWatch::Alarm').map((one) => alarm.parse(one));
  const own = all.filter(({ AlarmName }) => /-connect$|notified|pushed|ended/.test(AlarmName));
  expect(own.map(({ AlarmName }) => AlarmName.replace('parley-example-', '')).toSorted()).toEqual([
    'supply-chain-connect',
    'supply-chain-ended-dead-letters',
    'supply-chain-notified-dead-letters',
    'supply-chain-pushed-dead-letters',
    'support-connect',
    'support-ended-dead-letters',
  ]);
  // An alarm takes ten metrics, beside the expression that puts them together.
  for (const { Metrics = [] } of all) expect(Metrics.length).toBeLessThanOrEqual(11);
});

describe('an environment is refused', () => {
  const least = { prefix: 'parley-test', region: 'us-east-1', protected: false, logDays: 7 };
  const with_ = (connect: object): Environment =>
    environment({ ...least, connect: z.record(z.string(), z.any()).parse(connect) });
  const support = { instance, queues: contacts('support').queues };
  const other = instance.replace('000000000001', '000000000009');

  it.each([
    ['an instance that is none', { ...support, instance: 'acme' }],
    [
      'a queue of another instance',
      { ...support, queues: { support: `${other}/queue/00000000-0000-4000-8000-000000000101` } },
    ],
    ['an instance of another region', { instance: instance.replace('us-east-1', 'eu-central-1'), queues: {} }],
    ['a parameter there is not', { ...support, hours: 'always' }],
  ])('that names %s', (_, given) => {
    expect(() => with_({ support: given })).toThrow(expect.objectContaining({ code: 'infra/environment' }));
  });

  it.each([
    ['a workflow that there is not', { suport: support }, 'suport'],
    ['too few queues', { support: { ...support, queues: {} } }, 'the queue support'],
    [
      'a queue that nobody comes to',
      { support: { ...support, queues: { ...support.queues, sales: support.queues['support'] } } },
      'sales',
    ],
  ])('that names %s', async (_, given, what) => {
    await expect(synthesized(with_(given), bundles)).rejects.toMatchObject({
      code: 'infra/environment',
      message: expect.stringContaining(what),
    });
  });

  it('that has the conversation recorded and does not say so', async () => {
    const silent = with_({ support: { ...support, record: 'all', greeting: 'Hello.' } });
    await expect(synthesized(silent, bundles)).rejects.toMatchObject({ code: 'flow/not-disclosed' });
  });
});

/** Has a chat with the real clients, which is put through to a person. Gives what they asked AWS for, by the names of IAM. */
async function chatting(): Promise<ReadonlySet<string>> {
  const asked = new Set<string>();
  const note = (service: string, command = '') => asked.add(`${service}:${command.replace(/Command$/, '')}`);
  const [dynamo, service] = await Promise.all([startLocalDynamo(), connectService({ clock: systemClock })]);
  const client = newClient(dynamo.endpoint);
  const { connect, participants } = clientsOf(service, (work) => work());
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        note('dynamodb', commandName);
        return next(args);
      },
    { step: 'initialize' },
  );
  connect.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        note('connect', commandName);
        return next(args);
      },
    { step: 'initialize' },
  );
  const store = await openDynamoStore({ table: await dynamo.table(), client });
  const chat = connectChat({
    door: door(asking('which'), transferred),
    workflow: desk,
    connect,
    participants,
    topic: TOPIC,
    chats: chatsIn(store),
    fetcher: publishing,
  });
  service.startChat('c1');
  const begins = flowEvent({}, { ContactId: 'c1', InitialContactId: 'c1', Channel: 'CHAT' });
  expect(await chat.joined(begins)).toMatchObject({ parley_rest: 'caller' });
  const item = service.write('c1', 'a person, please');
  await chat.notified(snsEvent(notification(JSON.stringify(item), Date.now())));
  expect(service.attributes.get('c1')).toMatchObject({ parley_rest: 'transfer' });
  await store.close();
  await Promise.all([service.close(), dynamo.close()]);
  return asked;
}

/** Ends contacts with the real client: one is called back, one gets somebody a task. Gives what was asked of Connect. */
async function ending(): Promise<ReadonlySet<string>> {
  const asked = new Set<string>();
  const service = await connectService({ clock: systemClock });
  const { connect: client } = clientsOf(service, (work) => work());
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        asked.add(`connect:${commandName.replace(/Command$/, '')}`);
        return next(args);
      },
    { step: 'initialize' },
  );
  const machine = createMachine(compileWorkflow(sourceOf(BACK), {}), {});
  const store = memoryStore();
  const decider = { name: 'nobody', decide: () => Promise.reject(new Error('Nobody is to decide here.')) };
  const engine = createEngine({ workflows: [machine], store, tools: {}, decider });
  const ended = contactEnded({
    door: engine.turn,
    store,
    machineOf: async () => machine,
    after: afterContact({ client, instance: 'i1' }),
    callBack: { flow: 'f1', from: { queue: 'q1' } },
    followUp: () => 'f1',
  });
  for (const [session, keys] of [
    ['c1', ['1', '2025550123', '1']],
    ['c2', ['2']],
  ] as const) {
    const started = { type: 'session.started', workflow: 'back', contact: { id: session, channel: 'voice' } } as const;
    await engine.turn({ session, id: 'start', event: started });
    for (const [index, key] of keys.entries())
      await engine.turn({ session, id: `${index}`, event: { type: 'caller.pressed', keys: key } });
    const detail = { eventType: 'DISCONNECTED', contactId: session, channel: 'VOICE' };
    await ended({ 'detail-type': 'Amazon Connect Contact Event', detail });
  }
  await Promise.all([engine.close(), service.close()]);
  return asked;
}

const BACK = `
workflow: back
otherwise: person
variables:
  phone: { type: phone, ask: At which number? }
steps:
  need:
    ask: What can I do for you?
    choices:
      back: { when: wants to be called back, press: "1", to: which }
      person: { when: wants a person, press: "2", to: person }
  which: { form: [phone], then: sure }
  sure: { confirm: "Shall we call you back at {{ $phone }}?", yes: promised, no: promised }
  promised: { end: { say: We will., outcome: callback } }
  person: { transfer: { queue: people, brief: true } }
`;
