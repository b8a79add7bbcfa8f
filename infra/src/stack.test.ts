import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dynamoTable } from '@parley/stores';
import { App } from 'aws-cdk-lib';
import { z } from 'zod';
import { requireRight } from '../../packages/stepfunctions/src/compiler/lint.ts';
import { readSettings } from '../../packages/stepfunctions/src/lambda/settings.ts';
import { dev } from '../environments/dev.ts';
import { prod } from '../environments/prod.ts';
import { environment } from './environment.ts';
import { FUNCTIONS } from './names.ts';
import { tasksOf } from './seconds.ts';
import { stubBundles } from './testing/bundles.ts';
import { ACCOUNT, rolesOf, type Synthesized, synthesized } from './testing/template.ts';

let bundles: string;
let production: Synthesized;
let development: Synthesized;
/** What the two leave out. */
let other: Synthesized;

beforeAll(async () => {
  bundles = stubBundles();
  production = await synthesized(prod, bundles);
  development = await synthesized(dev, bundles);
  other = await synthesized(
    environment({
      ...dev,
      decider: 'offline',
      turn: { reserved: 100, provisioned: 10 },
      alarms: { ...dev.alarms, emails: ['oncall@example.com'] },
      tools: [
        { actions: ['secretsmanager:GetSecretValue'], resources: [arn('secretsmanager', 'secret:orders-a1b2c3')] },
      ],
    }),
    bundles,
  );
});

afterAll(() => rmSync(bundles, { recursive: true, force: true }));

const arn = (service: string, rest: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${rest}`;
const machine = (name: string) => arn('states', `stateMachine:parley-prod-${name}`);

describe('what roles may do', () => {
  it('is named: no action by wildcard, and a resource only where there is none to name', () => {
    for (const [role, statements] of rolesOf(production)) {
      for (const { Sid, Action, Resource } of statements) {
        expect([role, Sid, Action.filter((action) => action.includes('*'))]).toEqual([role, Sid, []]);
        const wild = Resource.filter((one) => one.includes('*'));
        if (Sid === 'Traces' || Sid === 'LogDelivery') expect(wild).toEqual(['*']);
        else if (Sid === 'Executions')
          expect(wild.every((one) => /:execution:parley-prod-[a-z-]+:\*$/.test(one))).toBe(true);
        else expect([role, Sid, wild]).toEqual([role, Sid, []]);
      }
    }
  });

  it('is one role for each function, each state machine and the schedule', () => {
    expect([...rolesOf(production).keys()].toSorted()).toEqual([
      'Lets parley-prod-tick be called every minute',
      'What parley-prod-ask may do',
      'What parley-prod-call may do',
      'What parley-prod-decide may do',
      'What parley-prod-finish may do',
      'What parley-prod-tick may do',
      'What parley-prod-turn may do',
      'What the executions of healthcare-intake may do',
      'What the executions of supply-chain may do',
      'What the executions of support may do',
    ]);
  });

  it('is, for ask, to read and keep a session and to send its token', () => {
    const statements = rolesOf(development).get('What parley-dev-ask may do') ?? [];
    expect(statements.flatMap(({ Action }) => Action).toSorted()).toEqual([
      'dynamodb:BatchWriteItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'kms:Decrypt',
      'kms:Decrypt',
      'kms:DescribeKey',
      'kms:Encrypt',
      'kms:GenerateDataKey',
      'kms:GenerateDataKey',
      'kms:ReEncryptFrom',
      'kms:ReEncryptTo',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'states:SendTaskSuccess',
    ]);
    expect(statements.find(({ Sid }) => Sid === 'GoOn')?.Resource).toEqual([
      arn('states', 'stateMachine:parley-dev-healthcare-intake'),
      arn('states', 'stateMachine:parley-dev-supply-chain'),
    ]);
    expect(statements.find(({ Sid }) => Sid === 'Session')?.Resource).toEqual(['parley-dev.Arn']);
  });

  it('is, with the key, what the store has encrypted, or what DynamoDB and SQS ask for', () => {
    for (const [role, statements] of rolesOf(production)) {
      for (const { Sid, Action, Condition } of statements) {
        if (!Action.some((action) => action.startsWith('kms:'))) continue;
        const allowed = [
          { StringEquals: { 'kms:EncryptionContext:purpose': 'parley store' } },
          { StringEquals: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } },
          { StringEquals: { 'kms:ViaService': 'sqs.us-east-1.amazonaws.com' } },
        ];
        expect({ role, Sid, allowed }).toEqual({ role, Sid, allowed: expect.arrayContaining([Condition]) });
      }
    }
  });

  it('is to ask the models that the workflows name, for decide alone, and not at all where it decides offline', () => {
    const bedrock = (of: Synthesized) =>
      [...rolesOf(of)].flatMap(([role, statements]) =>
        statements
          .filter(({ Action }) => Action.some((one) => one.startsWith('bedrock:')))
          .map((one) => ({ role, ...one })),
      );
    const asked = bedrock(production);
    expect(new Set(asked.map(({ role }) => role))).toEqual(new Set(['What parley-prod-decide may do']));
    expect(asked.filter(({ Condition }) => !Condition).flatMap(({ Resource }) => Resource)).toEqual([
      arn('bedrock', 'inference-profile/us.openai.gpt-6-sol'),
      arn('bedrock', 'inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0'),
      arn('bedrock', 'inference-profile/us.amazon.nova-2-lite-v1:0'),
    ]);
    // A model behind a profile may be asked by way of that profile only.
    const behind = asked.filter(({ Condition }) => Condition);
    expect(behind[0]?.Condition).toEqual({
      StringEquals: { 'bedrock:InferenceProfileArn': arn('bedrock', 'inference-profile/us.openai.gpt-6-sol') },
    });
    expect(behind[0]?.Resource).toEqual(
      ['us-east-1', 'us-east-2', 'us-west-2'].map(
        (region) => `arn:aws:bedrock:${region}::foundation-model/openai.gpt-6-sol`,
      ),
    );
    expect(bedrock(other)).toEqual([]);
  });

  it('is, for tools, what the environment says, and for call alone', () => {
    const having = [...rolesOf(other)].filter(([, all]) =>
      all.some(({ Action }) => Action.includes('secretsmanager:GetSecretValue')),
    );
    expect(having.map(([role]) => role)).toEqual(['What parley-dev-call may do']);
  });

  it('is, for executions, to call the functions of their shape', () => {
    const called = (workflow: string) =>
      rolesOf(production)
        .get(`What the executions of ${workflow} may do`)
        ?.find(({ Sid }) => Sid === 'Functions')?.Resource;
    const named = (...names: string[]) => names.map((name) => arn('lambda', `function:parley-prod-${name}`));
    expect(called('support')).toEqual(named('decide', 'call', 'finish'));
    expect(called('supply-chain')).toEqual(named('ask', 'decide', 'call', 'finish'));
  });

  it('is, for the front door, to start each shape as it is started', () => {
    const statements = rolesOf(production).get('What parley-prod-turn may do') ?? [];
    const resources = (action: string) =>
      statements.filter(({ Action }) => Action.includes(action)).flatMap(({ Resource }) => Resource);
    expect(resources('states:StartExecution')).toEqual([machine('healthcare-intake'), machine('supply-chain')]);
    expect(resources('states:StartSyncExecution')).toEqual([machine('support')]);
  });
});

describe('what is kept', () => {
  it('is in the table that the store goes by, which goes away by itself by its time', () => {
    const table = production.one('AWS::DynamoDB::Table', 'TableName', 'parley-prod');
    expect(table).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      TimeToLiveSpecification: { AttributeName: dynamoTable.ttl, Enabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
      GlobalSecondaryIndexes: Object.entries(dynamoTable.indexes).map(([IndexName, AttributeName]) => ({
        IndexName,
        KeySchema: [
          { AttributeName: 'shard', KeyType: 'HASH' },
          { AttributeName, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      })),
    });
  });

  it('can not be lost by mistake where it is protected, and goes with the stack where it is not', () => {
    const fate = ({ all }: Synthesized, type: string) =>
      [...all.values()].filter(({ Type }) => Type === type).map((one) => one['DeletionPolicy']);
    expect(production.of('AWS::DynamoDB::Table')).toMatchObject([
      { DeletionProtectionEnabled: true, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
    ]);
    expect(development.of('AWS::DynamoDB::Table')).toMatchObject([{ DeletionProtectionEnabled: false }]);
    for (const type of ['AWS::DynamoDB::Table', 'AWS::KMS::Key']) {
      expect([fate(production, type), fate(development, type)]).toEqual([['Retain'], ['Delete']]);
    }
    expect([production.stack.terminationProtection, development.stack.terminationProtection]).toEqual([true, false]);
  });

  it('is encrypted by a key that changes every year: logs, dead letters and alarms too', () => {
    expect(production.of('AWS::KMS::Key')).toMatchObject([{ EnableKeyRotation: true }]);
    expect(production.of('AWS::KMS::Alias')).toMatchObject([{ AliasName: 'alias/parley-prod' }]);
    const key = expect.stringMatching(/Key.*\.Arn$/);
    expect(production.of('AWS::Logs::LogGroup')).toHaveLength(9);
    for (const log of production.of('AWS::Logs::LogGroup'))
      expect(log).toMatchObject({ KmsKeyId: key, RetentionInDays: 90 });
    for (const log of development.of('AWS::Logs::LogGroup')) expect(log).toMatchObject({ RetentionInDays: 7 });
    for (const queue of production.of('AWS::SQS::Queue')) expect(queue).toMatchObject({ KmsMasterKeyId: key });
    for (const topic of production.of('AWS::SNS::Topic')) expect(topic).toMatchObject({ KmsMasterKeyId: key });
  });

  it('is encrypted for the logs of this deployment only', () => {
    const policy = z.object({
      KeyPolicy: z.object({ Statement: z.array(z.looseObject({ Sid: z.string().optional() })) }),
    });
    const [key] = production.of('AWS::KMS::Key').map((one) => policy.parse(one).KeyPolicy.Statement);
    expect(key?.find(({ Sid }) => Sid === 'Logs')).toMatchObject({
      Principal: { Service: 'logs.us-east-1.amazonaws.com' },
      Condition: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': [
            arn('logs', 'log-group:/aws/lambda/parley-prod-*'),
            arn('logs', 'log-group:/aws/vendedlogs/states/parley-prod-*'),
          ],
        },
      },
    });
  });
});

describe('the functions', () => {
  it('are six, each with a log of its own', () => {
    for (const name of FUNCTIONS) {
      expect(production.one('AWS::Lambda::Function', 'FunctionName', `parley-prod-${name}`)).toMatchObject({
        Runtime: 'nodejs22.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        TracingConfig: { Mode: 'Active' },
        LoggingConfig: { LogGroup: `/aws/lambda/parley-prod-${name}` },
      });
    }
  });

  it('are told what they need to know, as they read it', () => {
    const told = z.object({ Environment: z.object({ Variables: z.record(z.string(), z.string()) }) });
    for (const name of FUNCTIONS) {
      const { Environment } = told.parse(
        production.one('AWS::Lambda::Function', 'FunctionName', `parley-prod-${name}`),
      );
      expect(readSettings(Environment.Variables)).toEqual({
        prefix: 'parley-prod',
        table: 'parley-prod',
        key: expect.stringMatching(/Key.*\.Arn$/),
        stateMachines: machine(''),
        shapes: { support: 'per-turn' },
        pushed: [],
        decider: 'bedrock',
        workflows: '/opt/workflows',
        data: undefined,
      });
      // Those that are left out there are as they are by default on Lambda.
      expect(Object.keys(Environment.Variables)).not.toContain('PARLEY_WORKFLOWS');
    }
  });

  it('may take longer than the tasks that call them', () => {
    const seconds = z.object({ FunctionName: z.string(), Timeout: z.number() });
    const functions = new Map(
      production.of('AWS::Lambda::Function').map((one) => {
        const { FunctionName, Timeout } = seconds.parse(one);
        return [FunctionName, Timeout];
      }),
    );
    const tasks = definitions(production).flatMap(({ text }) => tasksOf(JSON.parse(text)));
    expect(tasks.length).toBeGreaterThan(50);
    for (const { called, seconds } of tasks) expect(functions.get(called)).toBeGreaterThan(seconds);
  });

  it('are called every minute, where it is about the tick; one that fails is told of, not repeated', () => {
    expect(production.of('AWS::Scheduler::Schedule')).toMatchObject([
      {
        ScheduleExpression: 'rate(1 minute)',
        Target: {
          Arn: 'parley-prod-tick.Arn',
          DeadLetterConfig: { Arn: 'parley-prod-tick-dead-letters.Arn' },
          RetryPolicy: { MaximumRetryAttempts: 0 },
        },
      },
    ]);
    expect(production.of('AWS::Lambda::EventInvokeConfig')).toMatchObject([{ MaximumRetryAttempts: 0 }]);
    for (const name of ['tick', 'turn']) {
      expect(production.one('AWS::Lambda::Function', 'FunctionName', `parley-prod-${name}`)).toMatchObject({
        DeadLetterConfig: { TargetArn: `parley-prod-${name}-dead-letters.Arn` },
      });
    }
  });

  it('are reserved and kept warm as the environment says', () => {
    const front = (of: Synthesized) => of.one('AWS::Lambda::Function', 'FunctionName', 'parley-dev-turn');
    expect(front(other)).toMatchObject({ ReservedConcurrentExecutions: 100 });
    expect(front(development)).not.toHaveProperty('ReservedConcurrentExecutions');
    const [warm] = other.of('AWS::Lambda::Alias');
    expect(warm).toMatchObject({ Name: 'live', ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 10 } });
    const [cold] = development.of('AWS::Lambda::Alias');
    expect(cold).toMatchObject({ Name: 'live' });
    expect(cold).not.toHaveProperty('ProvisionedConcurrencyConfig');
  });
});

describe('the state machines', () => {
  it('are of the shape that the environment says, and log where they went, never with what', () => {
    const type = (workflow: string) =>
      production.one('AWS::StepFunctions::StateMachine', 'StateMachineName', `parley-prod-${workflow}`);
    expect(type('support')).toMatchObject({ StateMachineType: 'EXPRESS' });
    expect(type('supply-chain')).toMatchObject({ StateMachineType: 'STANDARD' });
    expect(type('healthcare-intake')).toMatchObject({ StateMachineType: 'STANDARD' });
    for (const one of production.of('AWS::StepFunctions::StateMachine')) {
      expect(one).toMatchObject({
        LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
        TracingConfiguration: { Enabled: true },
      });
    }
  });

  it('have definitions that Step Functions takes, which call the functions of this deployment', () => {
    const all = definitions(production);
    expect(all.map(({ name }) => name).toSorted()).toEqual([
      'parley-prod-healthcare-intake',
      'parley-prod-supply-chain',
      'parley-prod-support',
    ]);
    const own = new Set(FUNCTIONS.map((name) => `parley-prod-${name}`));
    for (const { text, type } of all) {
      requireRight(text, type);
      for (const { called } of tasksOf(JSON.parse(text))) expect(own).toContain(called);
    }
  });

  it('have a version that bears the version of the workflow and stays when the next one comes', () => {
    const versions = [...production.all.values()].filter(
      ({ Type }) => Type === 'AWS::StepFunctions::StateMachineVersion',
    );
    expect(versions).toHaveLength(3);
    for (const version of versions) {
      expect(version).toMatchObject({
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: { Description: expect.stringMatching(/^[0-9a-f]{64}$/) },
      });
    }
  });

  it('are come to by an alias that a new version gets by steps, and loses when an alarm goes off', () => {
    const aliases = production.of('AWS::StepFunctions::StateMachineAlias');
    expect(aliases).toHaveLength(3);
    for (const alias of aliases) {
      expect(alias).toMatchObject({
        Name: 'live',
        DeploymentPreference: { Type: 'CANARY', Percentage: 10, Interval: 10 },
      });
    }
    expect(aliases).toContainEqual(
      expect.objectContaining({
        DeploymentPreference: expect.objectContaining({
          StateMachineVersionArn: expect.stringMatching(/^supportVersion.*\.Arn$/),
          Alarms: ['over-deadline', 'handed-by-failure', 'executions'].map((what) => `parley-prod-support-${what}`),
        }),
      }),
    );
    for (const alias of development.of('AWS::StepFunctions::StateMachineAlias')) {
      expect(alias).toMatchObject({ DeploymentPreference: { Type: 'ALL_AT_ONCE' } });
    }
  });

  it('change with a workflow, and so do the layer and the front door that is called, but no code', async () => {
    const edited = mkdtempSync(path.join(tmpdir(), 'parley-edited-'));
    cpSync(bundles, edited, { recursive: true });
    const file = path.join(edited, 'workflows', 'support', 'workflow.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('busy: One moment, please.', 'busy: Just a moment.'));
    const after = await synthesized(prod, edited);
    rmSync(edited, { recursive: true });
    const of = (stack: Synthesized, type: string, property: string) =>
      stack.of(type).map((one) => JSON.stringify(one[property]));
    const changed = (type: string, property: string) => {
      const before = of(production, type, property);
      return of(after, type, property).filter((one, index) => one !== before[index]).length;
    };
    expect(changed('AWS::Lambda::Function', 'Code')).toBe(0);
    expect(changed('AWS::Lambda::LayerVersion', 'Content')).toBe(1);
    expect(changed('AWS::StepFunctions::StateMachine', 'DefinitionS3Location')).toBe(1);
    expect(changed('AWS::StepFunctions::StateMachineVersion', 'Description')).toBe(1);
    const versionIds = ({ all }: Synthesized) =>
      [...all].filter(([, { Type }]) => Type === 'AWS::Lambda::Version').map(([id]) => id);
    expect(versionIds(after)).not.toEqual(versionIds(production));
  });
});

describe('the alarms', () => {
  it('are about what a contact center feels, and are told to the topic', () => {
    const alarm = z.object({ AlarmName: z.string(), AlarmActions: z.tuple([z.string()]), Threshold: z.number() });
    const all = production.of('AWS::CloudWatch::Alarm').map((one) => alarm.parse(one));
    expect(
      Object.fromEntries(all.map(({ AlarmName, Threshold }) => [AlarmName.replace('parley-prod-', ''), Threshold])),
    ).toEqual({
      ...Object.fromEntries(
        ['healthcare-intake', 'supply-chain', 'support'].flatMap((workflow) => [
          [`${workflow}-over-deadline`, 5],
          [`${workflow}-handed-by-failure`, 3],
          [`${workflow}-handed`, 20],
          [`${workflow}-executions`, 1],
        ]),
      ),
      stuck: 1,
      throttled: 10,
      'functions-throttled': 10,
      'table-throttled': 10,
      'front-door': 1,
      'no-tick': 1,
      'turn-dead-letters': 1,
      'tick-dead-letters': 1,
    });
    for (const { AlarmActions } of all) expect(AlarmActions).toEqual([expect.stringContaining('AlarmsTopic')]);
  });

  it('do not go off on a quiet line, but for a tick that is missing', () => {
    const missing = z.object({ AlarmName: z.string(), TreatMissingData: z.string() });
    for (const one of production.of('AWS::CloudWatch::Alarm')) {
      const { AlarmName, TreatMissingData } = missing.parse(one);
      expect([AlarmName, TreatMissingData]).toEqual([
        AlarmName,
        AlarmName.endsWith('no-tick') ? 'breaching' : 'notBreaching',
      ]);
    }
  });

  it('look at what the functions count, of the workflow', () => {
    expect(
      production.one('AWS::CloudWatch::Alarm', 'AlarmName', 'parley-prod-support-handed-by-failure'),
    ).toMatchObject({
      Namespace: 'Parley',
      MetricName: 'HandedToPersonByFailure',
      Statistic: 'Sum',
      Period: 300,
      Dimensions: [
        { Name: 'Prefix', Value: 'parley-prod' },
        { Name: 'Workflow', Value: 'support' },
      ],
    });
  });

  it('reach people, where the environment names some', () => {
    expect(other.of('AWS::SNS::Subscription')).toMatchObject([{ Protocol: 'email', Endpoint: 'oncall@example.com' }]);
  });
});

it('a stack is far from the limits of CloudFormation: 500 resources, a megabyte', () => {
  expect(production.all.size).toBeLessThan(200);
  expect(JSON.stringify([...production.all]).length).toBeLessThan(300_000);
});

it('a shape for a workflow that there is not is refused', async () => {
  const strange = environment({
    prefix: 'parley-test',
    region: 'us-east-1',
    protected: false,
    logDays: 7,
    shapes: { suport: 'per-turn' },
  });
  await expect(synthesized(strange, bundles)).rejects.toMatchObject({ code: 'infra/environment' });
});

/** The definitions of a stack's state machines, from the assets that are uploaded. */
function definitions({ stack, of }: Synthesized) {
  const app = stack.node.root;
  if (!(app instanceof App)) throw new Error('A stack is in an app.');
  const folder = app.synth().directory;
  const read = z.object({
    StateMachineName: z.string(),
    StateMachineType: z.enum(['STANDARD', 'EXPRESS']),
    DefinitionS3Location: z.object({ Key: z.string() }),
  });
  return of('AWS::StepFunctions::StateMachine').map((one) => {
    const { StateMachineName, StateMachineType, DefinitionS3Location } = read.parse(one);
    const text = readFileSync(path.join(folder, `asset.${DefinitionS3Location.Key}`), 'utf8');
    return { name: StateMachineName, type: StateMachineType, text };
  });
}
