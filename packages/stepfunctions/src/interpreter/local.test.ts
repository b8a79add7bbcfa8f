import {
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DeleteStateMachineAliasCommand,
  DeleteStateMachineCommand,
  DeleteStateMachineVersionCommand,
  DescribeExecutionCommand,
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachineAliasesCommand,
  ListStateMachinesCommand,
  ListStateMachineVersionsCommand,
  PublishStateMachineVersionCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
  UpdateStateMachineAliasCommand,
  UpdateStateMachineCommand,
  ValidateStateMachineDefinitionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ManualClock, manualClock } from '@parley/engine';
import type { Json } from '@parley/workflow';
import { type LocalStepFunctions, startLocalStepFunctions } from './local.ts';
import { functionArn, INVOKE, NOW, only } from './testing/harness.ts';

const roleArn = 'arn:aws:iam::123456789012:role/r';
const prefix = 'arn:aws:states:us-east-1:123456789012:stateMachine:';

let local: LocalStepFunctions;
let client: SFNClient;
let clock: ManualClock;
let said: string[];
let tokens: string[];
let watched: [string, string][];

beforeEach(async () => {
  clock = manualClock(NOW);
  said = [];
  tokens = [];
  watched = [];
  local = await startLocalStepFunctions({
    clock,
    log: (line) => said.push(line),
    watch: (execution, { type }) => watched.push([execution, type]),
    functions: {
      echo: (event) => event,
      ask: (event) => void (typeof event === 'string' && tokens.push(event)),
    },
  });
  client = new SFNClient({
    endpoint: local.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    disableHostPrefix: true,
    maxAttempts: 1,
  });
});
afterEach(async () => {
  client.destroy();
  await local.close();
});

const text = (definition: { readonly [field: string]: Json }) =>
  JSON.stringify({ QueryLanguage: 'JSONata', ...definition });
const passing = (output: Json) => text(only({ Type: 'Pass', Output: output }));
const WAITING = text(only({ Type: 'Wait', Seconds: 60 }));
const ASKING = text(
  only({
    Type: 'Task',
    Resource: `${INVOKE}.waitForTaskToken`,
    Arguments: { FunctionName: functionArn('ask'), Payload: '{% $states.context.Task.Token %}' },
    TimeoutSeconds: 60,
    HeartbeatSeconds: 30,
  }),
);

const create = (
  name: string,
  definition: string,
  more: Partial<ConstructorParameters<typeof CreateStateMachineCommand>[0]> = {},
) => client.send(new CreateStateMachineCommand({ name, definition, roleArn, ...more }));
const begin = (machine: string, more: { name?: string; input?: string } = {}) =>
  client.send(new StartExecutionCommand({ stateMachineArn: prefix + machine, ...more }));
const describeExecution = (executionArn: string | undefined) =>
  client.send(new DescribeExecutionCommand({ executionArn }));
const refusal = (name: string, message: unknown = expect.any(String)) => expect.objectContaining({ name, message });

it('tells who watches of each event, of an Express execution too', async () => {
  await create('m', passing(1), { type: 'EXPRESS' });
  const { executionArn } = await client.send(new StartSyncExecutionCommand({ stateMachineArn: `${prefix}m` }));
  expect(watched).toEqual(
    ['ExecutionStarted', 'PassStateEntered', 'PassStateExited', 'ExecutionSucceeded'].map((type) => [
      executionArn,
      type,
    ]),
  );
});

it('says that production is AWS, in a line and in a header', async () => {
  expect(said).toEqual([
    `Step Functions at ${local.url}: a local interpreter for tests and development; production is AWS Step Functions.`,
  ]);
  const response = await fetch(local.url, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSStepFunctions.ListStateMachines' },
    body: '{}',
  });
  expect(response.headers.get('server')).toMatch(/production is AWS Step Functions/);
  expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.0');
});

it('needs a port that is free', async () => {
  const port = Number(new URL(local.url).port);
  await expect(startLocalStepFunctions({ port })).rejects.toMatchObject({ code: 'stepfunctions/port' });
});

it('refuses what it does not do', async () => {
  const ask = (target: string, body: string) =>
    fetch(local.url, { method: 'POST', headers: { 'x-amz-target': target }, body });
  const unknown = await ask('AWSStepFunctions.CreateActivity', '{}');
  expect([unknown.status, await unknown.json()]).toEqual([
    400,
    {
      __type: 'com.amazon.coral.validate#UnknownOperationException',
      message: "The local interpreter does not do 'AWSStepFunctions.CreateActivity'.",
    },
  ]);
  expect((await ask('AWSStepFunctions.toString', '{}')).status).toBe(400);
  expect((await ask('AWSStepFunctions.StartExecution', 'no json')).status).toBe(400);
});

describe('state machines', () => {
  it('are created, the same one again as often as asked', async () => {
    const made = await create('m', passing(1));
    expect(made).toMatchObject({ stateMachineArn: `${prefix}m`, creationDate: new Date(NOW) });
    expect(await create('m', passing(1))).toMatchObject({ stateMachineArn: `${prefix}m` });
    await expect(create('m', passing(2))).rejects.toEqual(
      refusal('StateMachineAlreadyExists', `State Machine Already Exists: '${prefix}m'`),
    );
    expect(await client.send(new DescribeStateMachineCommand({ stateMachineArn: `${prefix}m` }))).toMatchObject({
      name: 'm',
      definition: passing(1),
      roleArn,
      status: 'ACTIVE',
      type: 'STANDARD',
      creationDate: new Date(NOW),
      loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    });
  });

  it.each([
    ['bad name', passing(1), 'InvalidName', "Invalid Name: 'bad name'"],
    [
      'm',
      '{}',
      'InvalidDefinition',
      "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: [States, StartAt] at /'",
    ],
  ])('are refused: %s %s', async (name, definition, error, message) => {
    await expect(create(name, definition)).rejects.toEqual(refusal(error, message));
  });

  it('are validated without being created', async () => {
    const validate = (definition: string) => client.send(new ValidateStateMachineDefinitionCommand({ definition }));
    expect(await validate(passing(1))).toMatchObject({ result: 'OK', diagnostics: [], truncated: false });
    expect(await validate(passing('{% a %}'))).toMatchObject({
      result: 'FAIL',
      diagnostics: [
        {
          severity: 'ERROR',
          code: 'UNSUPPORTED_JSONATA_EXPRESSION',
          message: "Reference to 'a' at the top level is not supported.",
          location: '/States/Only/Output',
        },
      ],
    });
    expect(await client.send(new ListStateMachinesCommand())).toMatchObject({ stateMachines: [] });
  });

  it('are listed in pages, and deleted with what still runs', async () => {
    for (const name of ['a', 'b', 'c']) await create(name, WAITING);
    const first = await client.send(new ListStateMachinesCommand({ maxResults: 2 }));
    expect(first.stateMachines?.map(({ name }) => name)).toEqual(['a', 'b']);
    const { nextToken } = first;
    const second = await client.send(new ListStateMachinesCommand({ maxResults: 2, nextToken }));
    expect([second.stateMachines?.map(({ name }) => name), second.nextToken]).toEqual([['c'], undefined]);

    const { executionArn } = await begin('a');
    await client.send(new DeleteStateMachineCommand({ stateMachineArn: `${prefix}a` }));
    await client.send(new DeleteStateMachineCommand({ stateMachineArn: `${prefix}a` }));
    expect(await describeExecution(executionArn)).toMatchObject({ status: 'ABORTED' });
    await expect(begin('a')).rejects.toEqual(
      refusal('StateMachineDoesNotExist', `State Machine Does Not Exist: '${prefix}a'`),
    );
  });

  it('need their members', async () => {
    await expect(client.send(new DescribeStateMachineCommand({ stateMachineArn: undefined }))).rejects.toEqual(
      refusal(
        'ValidationException',
        "1 validation error detected: Value null at 'stateMachineArn' failed to satisfy constraint: Member must not be null",
      ),
    );
    await expect(client.send(new DescribeStateMachineCommand({ stateMachineArn: 'm' }))).rejects.toEqual(
      refusal('InvalidArn'),
    );
  });
});

describe('versions', () => {
  const update = (more: { definition?: string; publish?: boolean; versionDescription?: string }) =>
    client.send(new UpdateStateMachineCommand({ stateMachineArn: `${prefix}m`, ...more }));
  const versions = async () => {
    const { stateMachineVersions } = await client.send(
      new ListStateMachineVersionsCommand({ stateMachineArn: `${prefix}m` }),
    );
    return stateMachineVersions?.map(({ stateMachineVersionArn }) => stateMachineVersionArn);
  };
  const publish = (revisionId?: string) =>
    client.send(new PublishStateMachineVersionCommand({ stateMachineArn: `${prefix}m`, revisionId }));

  it('are published, each revision once', async () => {
    expect(await create('m', passing(1), { publish: true, versionDescription: 'first' })).toMatchObject({
      stateMachineVersionArn: `${prefix}m:1`,
    });
    expect((await publish()).stateMachineVersionArn).toBe(`${prefix}m:1`);
    const { revisionId, stateMachineVersionArn } = await update({ definition: passing(2), publish: true });
    expect(stateMachineVersionArn).toBe(`${prefix}m:2`);
    expect(await versions()).toEqual([`${prefix}m:2`, `${prefix}m:1`]);
    expect(await client.send(new DescribeStateMachineCommand({ stateMachineArn: `${prefix}m:1` }))).toMatchObject({
      stateMachineArn: `${prefix}m:1`,
      definition: passing(1),
      description: 'first',
    });
    await update({ definition: passing(3) });
    await expect(publish(revisionId)).rejects.toEqual(refusal('ConflictException'));
  });

  it('keep their numbers, and go on running what they were', async () => {
    await create('m', passing(1), { publish: true });
    await update({ definition: passing(2), publish: true });
    await client.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: `${prefix}m:2` }));
    await client.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: `${prefix}m:2` }));
    expect((await publish()).stateMachineVersionArn).toBe(`${prefix}m:3`);
    const { executionArn } = await begin('m:1');
    await clock.advance(0);
    expect(await describeExecution(executionArn)).toMatchObject({
      output: '1',
      stateMachineArn: `${prefix}m`,
      stateMachineVersionArn: `${prefix}m:1`,
    });
    expect(await client.send(new DescribeStateMachineForExecutionCommand({ executionArn }))).toMatchObject({
      definition: passing(1),
      stateMachineArn: `${prefix}m`,
    });
    await expect(begin('m:2')).rejects.toEqual(refusal('StateMachineDoesNotExist'));
  });

  it('have a description only where they are', async () => {
    await expect(create('m', passing(1), { versionDescription: 'd' })).rejects.toEqual(
      refusal('ValidationException', 'Version description can only be set when publish is true'),
    );
    await create('m', passing(1));
    await expect(update({})).rejects.toEqual(refusal('MissingRequiredParameter'));
  });
});

describe('aliases', () => {
  const route = (version: number, weight: number) => ({ stateMachineVersionArn: `${prefix}m:${version}`, weight });
  const alias = (name: string, routingConfiguration: ReturnType<typeof route>[], description?: string) =>
    client.send(new CreateStateMachineAliasCommand({ name, routingConfiguration, description }));
  beforeEach(async () => {
    await create('m', passing(1), { publish: true });
    await client.send(
      new UpdateStateMachineCommand({ stateMachineArn: `${prefix}m`, definition: passing(2), publish: true }),
    );
  });

  it('lead to a version, and are moved', async () => {
    expect(await alias('live', [route(1, 100)], 'd')).toMatchObject({ stateMachineAliasArn: `${prefix}m:live` });
    expect(await alias('live', [route(1, 100)], 'd')).toMatchObject({ stateMachineAliasArn: `${prefix}m:live` });
    await expect(alias('live', [route(2, 100)], 'd')).rejects.toEqual(refusal('ConflictException'));
    const before = await begin('m:live');
    await client.send(
      new UpdateStateMachineAliasCommand({
        stateMachineAliasArn: `${prefix}m:live`,
        routingConfiguration: [route(2, 100)],
      }),
    );
    const after = await begin('m:live');
    await clock.advance(0);
    expect(await describeExecution(before.executionArn)).toMatchObject({
      output: '1',
      stateMachineVersionArn: `${prefix}m:1`,
    });
    expect(await describeExecution(after.executionArn)).toMatchObject({
      output: '2',
      stateMachineVersionArn: `${prefix}m:2`,
      stateMachineAliasArn: `${prefix}m:live`,
    });
    expect(
      await client.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn: `${prefix}m:live` })),
    ).toMatchObject({ name: 'live', description: 'd', routingConfiguration: [route(2, 100)] });
  });

  it('share executions out by weight, the same name always the same way', async () => {
    await alias('canary', [route(1, 75), route(2, 25)]);
    const ran = async (name: string) => {
      const { executionArn } = await begin('m:canary', { name });
      await clock.advance(0);
      return (await describeExecution(executionArn)).output;
    };
    const outputs: unknown[] = [];
    for (let i = 0; i < 80; i++) outputs.push(await ran(`e${i}`));
    const second = outputs.filter((output) => output === '2').length;
    // 20 are expected of 80; this far off is seen less than once in a million times.
    expect(second).toBeGreaterThan(3);
    expect(second).toBeLessThan(45);
    await local.close();
  });

  it.each<[string, ReturnType<typeof route>[], string]>([
    ['live', [route(1, 70), route(2, 29)], 'Sum of routing configuration weights must equal 100. Received: [70, 29]'],
    [
      'live',
      [route(1, 50), route(1, 50)],
      `Routing configuration must contain distinct state machine version ARNs. Received: [${prefix}m:1, ${prefix}m:1]`,
    ],
    [
      'live',
      [{ stateMachineVersionArn: `${prefix}m`, weight: 100 }],
      `Routing configuration must contain state machine version ARNs. Received: [${prefix}m]`,
    ],
    [
      '123',
      [route(1, 100)],
      "1 validation error detected: Value '123' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$",
    ],
  ])('are refused: %s %j', async (name, routes, message) => {
    await expect(alias(name, routes)).rejects.toEqual(refusal('ValidationException', message));
  });

  it('keep their versions from being deleted, and are listed and deleted', async () => {
    await alias('live', [route(1, 100)]);
    await expect(
      client.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: `${prefix}m:1` })),
    ).rejects.toEqual(
      refusal(
        'ConflictException',
        'Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [live]',
      ),
    );
    const list = () => client.send(new ListStateMachineAliasesCommand({ stateMachineArn: `${prefix}m` }));
    expect((await list()).stateMachineAliases).toMatchObject([{ stateMachineAliasArn: `${prefix}m:live` }]);
    await client.send(new DeleteStateMachineAliasCommand({ stateMachineAliasArn: `${prefix}m:live` }));
    expect((await list()).stateMachineAliases).toEqual([]);
    await expect(
      client.send(new UpdateStateMachineAliasCommand({ stateMachineAliasArn: `${prefix}m:live`, description: 'd' })),
    ).rejects.toEqual(refusal('ResourceNotFound', 'Request references a resource that does not exist.'));
  });
});

describe('executions', () => {
  it('run, and tell what came of them', async () => {
    await create('m', text(only({ Type: 'Task', Resource: functionArn('echo'), Output: '{% $states.result.a %}' })));
    const { executionArn, startDate } = await begin('m', { name: 'e', input: '{ "a": 1 }' });
    expect([executionArn, startDate]).toEqual(['arn:aws:states:us-east-1:123456789012:execution:m:e', new Date(NOW)]);
    await clock.advance(5);
    expect(await describeExecution(executionArn)).toMatchObject({
      executionArn,
      stateMachineArn: `${prefix}m`,
      name: 'e',
      status: 'SUCCEEDED',
      startDate: new Date(NOW),
      stopDate: new Date(NOW),
      input: '{ "a": 1 }',
      output: '1',
      redriveStatus: 'NOT_REDRIVABLE',
      redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
    });
    await expect(describeExecution(`${executionArn}x`)).rejects.toEqual(refusal('ExecutionDoesNotExist'));
  });

  it('are the same one by the same name and input while they run, and none after', async () => {
    await create('m', WAITING);
    const { executionArn } = await begin('m', { name: 'e', input: '1' });
    expect((await begin('m', { name: 'e', input: '1' })).executionArn).toBe(executionArn);
    const taken = refusal('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
    await expect(begin('m', { name: 'e', input: '2' })).rejects.toEqual(taken);
    await clock.advance(60_000);
    expect((await describeExecution(executionArn)).status).toBe('SUCCEEDED');
    await expect(begin('m', { name: 'e', input: '1' })).rejects.toEqual(taken);
  });

  it.each([
    ['not json', 'InvalidExecutionInput'],
    [' ', 'InvalidExecutionInput'],
    [`"${'x'.repeat(262_143)}"`, 'ValidationException'],
  ])('need JSON of 256 KiB at most: %.20s', async (input, error) => {
    await create('m', WAITING);
    await expect(begin('m', { input })).rejects.toEqual(refusal(error));
  });

  it('are stopped', async () => {
    await create('m', WAITING);
    const { executionArn } = await begin('m');
    await clock.advance(1_000);
    expect(await client.send(new StopExecutionCommand({ executionArn, error: 'E', cause: 'c' }))).toMatchObject({
      stopDate: new Date(NOW + 1_000),
    });
    expect(await describeExecution(executionArn)).toMatchObject({
      status: 'ABORTED',
      error: 'E',
      cause: 'c',
      redriveStatus: 'REDRIVABLE',
    });
  });

  it('are listed, the newest first, by status and in pages', async () => {
    await create('m', text(only({ Type: 'Wait', Seconds: '{% $states.input %}' })));
    for (const [i, input] of ['1', '100', '2'].entries()) await begin('m', { name: `e${i}`, input });
    await clock.advance(10_000);
    const list = async (more: {
      statusFilter?: 'RUNNING' | 'SUCCEEDED';
      maxResults?: number;
      nextToken?: string | undefined;
    }) => {
      const page = await client.send(new ListExecutionsCommand({ stateMachineArn: `${prefix}m`, ...more }));
      return { names: page.executions?.map(({ name }) => name), nextToken: page.nextToken };
    };
    expect(await list({})).toEqual({ names: ['e2', 'e1', 'e0'], nextToken: undefined });
    expect((await list({ statusFilter: 'RUNNING' })).names).toEqual(['e1']);
    const first = await list({ maxResults: 2 });
    expect(first.names).toEqual(['e2', 'e1']);
    await begin('m', { name: 'newer', input: '1' });
    expect(await list({ maxResults: 2, nextToken: first.nextToken })).toEqual({ names: ['e0'], nextToken: undefined });
  });

  it('tell their history, in both directions and in pages', async () => {
    await create('m', passing('o'));
    const { executionArn } = await begin('m', { input: '1' });
    await clock.advance(0);
    const history = (more: {
      maxResults?: number;
      reverseOrder?: boolean;
      nextToken?: string | undefined;
      includeExecutionData?: boolean;
    }) => client.send(new GetExecutionHistoryCommand({ executionArn, ...more }));
    const { events } = await history({});
    expect(events?.[1]).toEqual({
      id: 2,
      previousEventId: 0,
      timestamp: new Date(NOW),
      type: 'PassStateEntered',
      stateEnteredEventDetails: { name: 'Only', input: '1', inputDetails: { truncated: false } },
    });
    const bare = await history({ includeExecutionData: false });
    expect(bare.events?.[1]?.stateEnteredEventDetails).toEqual({ name: 'Only' });
    const last = await history({ reverseOrder: true, maxResults: 3 });
    expect(last.events?.map(({ id }) => id)).toEqual([4, 3, 2]);
    const rest = await history({ reverseOrder: true, maxResults: 3, nextToken: last.nextToken });
    expect(rest.events?.map(({ id }) => id)).toEqual([1]);
  });
});

describe('Express executions', () => {
  it('run while the caller waits', async () => {
    await create('x', passing('{% $states.input.a %}'), { type: 'EXPRESS' });
    const run = (name: string) =>
      client.send(new StartSyncExecutionCommand({ stateMachineArn: `${prefix}x`, name, input: '{"a":1}' }));
    const first = await run('e');
    expect(first).toMatchObject({
      name: 'e',
      status: 'SUCCEEDED',
      output: '1',
      input: '{"a":1}',
      stateMachineArn: `${prefix}x`,
      billingDetails: { billedDurationInMilliseconds: 100, billedMemoryUsedInMB: 64 },
    });
    expect(first.executionArn).toMatch(/^arn:aws:states:us-east-1:123456789012:express:x:e:[\w-]+$/);
    expect((await run('e')).executionArn).not.toBe(first.executionArn);
    await expect(describeExecution(first.executionArn)).rejects.toEqual(refusal('ExecutionDoesNotExist'));
    await expect(client.send(new ListExecutionsCommand({ stateMachineArn: `${prefix}x` }))).rejects.toEqual(
      refusal('StateMachineTypeNotSupported'),
    );
  });

  it('tell their failure', async () => {
    await create('x', text({ StartAt: 'F', States: { F: { Type: 'Fail', Error: 'E', Cause: 'c' } } }), {
      type: 'EXPRESS',
    });
    const failed = await client.send(new StartSyncExecutionCommand({ stateMachineArn: `${prefix}x` }));
    expect(failed).toMatchObject({ status: 'FAILED', error: 'E', cause: 'c' });
  });

  it('are not to be had of a Standard machine', async () => {
    await create('m', passing(1));
    await expect(client.send(new StartSyncExecutionCommand({ stateMachineArn: `${prefix}m` }))).rejects.toEqual(
      refusal('StateMachineTypeNotSupported'),
    );
  });
});

describe('task tokens', () => {
  const asked = async () => {
    await create('m', ASKING);
    const { executionArn } = await begin('m');
    await clock.advance(0);
    return { executionArn, taskToken: tokens.at(-1) };
  };
  const timedOut = refusal('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
  const success = (taskToken: string | undefined, output = '{"b":2}') =>
    client.send(new SendTaskSuccessCommand({ taskToken, output }));

  it('bring an answer, once', async () => {
    const { executionArn, taskToken } = await asked();
    await success(taskToken);
    await expect(success(taskToken)).rejects.toEqual(timedOut);
    await expect(client.send(new SendTaskHeartbeatCommand({ taskToken }))).rejects.toEqual(timedOut);
    await clock.advance(0);
    expect(await describeExecution(executionArn)).toMatchObject({ status: 'SUCCEEDED', output: '{"b":2}' });
  });

  it('bring a failure', async () => {
    const { executionArn, taskToken } = await asked();
    await client.send(new SendTaskFailureCommand({ taskToken, error: 'E', cause: 'c' }));
    await clock.advance(0);
    expect(await describeExecution(executionArn)).toMatchObject({ status: 'FAILED', error: 'E', cause: 'c' });
  });

  it('are kept alive, until their time is over', async () => {
    const { executionArn, taskToken } = await asked();
    await clock.advance(29_000);
    await client.send(new SendTaskHeartbeatCommand({ taskToken }));
    await clock.advance(29_000);
    await client.send(new SendTaskHeartbeatCommand({ taskToken }));
    await clock.advance(2_000);
    expect(await describeExecution(executionArn)).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    await expect(success(taskToken)).rejects.toEqual(timedOut);
  });

  it('of an execution that was stopped are over', async () => {
    const { executionArn, taskToken } = await asked();
    await client.send(new StopExecutionCommand({ executionArn }));
    await expect(success(taskToken)).rejects.toEqual(timedOut);
  });

  it('must be those that were given, and the answer JSON', async () => {
    await expect(success('made up')).rejects.toEqual(refusal('InvalidToken', "Invalid Token: 'Invalid token'"));
    const { executionArn, taskToken } = await asked();
    await expect(success(taskToken, 'no json')).rejects.toEqual(refusal('InvalidOutput'));
    await success(taskToken);
    await clock.advance(0);
    expect((await describeExecution(executionArn)).status).toBe('SUCCEEDED');
  });
});
