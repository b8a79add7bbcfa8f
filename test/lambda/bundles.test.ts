import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  PublishStateMachineVersionCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { offlineDecider } from '@parley/deciders';
import { createEngine, type JournalEvent, type TurnRequest } from '@parley/engine';
import {
  compileToStepFunctions,
  definitionText,
  type LocalStepFunctions,
  type Shape,
  startLocalStepFunctions,
} from '@parley/stepfunctions';
import { kmsCodec, memoryStore, openDynamoStore } from '@parley/stores';
import { compileWorkflow, loadWorkflow } from '@parley/workflow';
import { z } from 'zod';
import { type LocalDynamo, startLocalDynamo } from '../../packages/stores/src/testing/local-dynamo.ts';
import { type LocalKms, startLocalKms } from '../../packages/stores/src/testing/local-kms.ts';
import { CONVERSATIONS } from '../../workflows/support/conversations.ts';
import supportTools from '../../workflows/support/tools.ts';
import { type LocalLambda, startLocalLambda } from './local-lambda.ts';

jest.setTimeout(600_000);

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const bundles = path.join(root, 'dist/tested');
const NAMES = ['ask', 'decide', 'call', 'finish', 'turn', 'tick'] as const;
const KEY = 'alias/parley-test';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
/** With more time for a turn than on the phone: no filler is given where this machine is busy. */
const patient = (text: string) => text.replace('turn: 7s', 'turn: 90s');
const source = loadWorkflow(path.join(root, 'workflows/support/workflow.yaml'), 'support/workflow.yaml').then(
  (one) => ({
    ...one,
    text: patient(one.text),
  }),
);
const signatures = Object.fromEntries(
  Object.entries(supportTools({})).map(([name, { signature }]) => [name, signature]),
);

beforeAll(async () => {
  const script = path.join(root, 'packages/stepfunctions/scripts/bundle.ts');
  await promisify(execFile)(process.execPath, [path.join(root, 'scripts/run-ts.mjs'), script, bundles], { cwd: root });
  const file = path.join(bundles, 'workflows/support/workflow.yaml');
  await writeFile(file, patient(await readFile(file, 'utf8')));
});

/** A deployment on this machine: the bundles in processes of their own, DynamoDB, KMS and Step Functions behind their APIs. */
interface Deployment {
  readonly lambda: LocalLambda;
  readonly dynamo: LocalDynamo;
  send(session: string, id: string, event: TurnRequest['event']): Promise<unknown>;
  journal(session: string): Promise<readonly JournalEvent[]>;
  close(): Promise<void>;
}

async function deploy(shape: Shape): Promise<Deployment> {
  const [dynamo, kms, folder]: [LocalDynamo, LocalKms, string] = await Promise.all([
    startLocalDynamo(),
    startLocalKms(KEY),
    mkdtemp(path.join(tmpdir(), 'parley-lambda-')),
  ]);
  const table = await dynamo.table();
  const environment = {
    // Node 20 is good for these tests: what the SDK has to say of it is no line of a function.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    AWS_ENDPOINT_URL_KMS: kms.endpoint,
    PARLEY_PREFIX: 'parley-test',
    PARLEY_TABLE: table,
    PARLEY_KEY: KEY,
    PARLEY_STATE_MACHINES: 'arn:aws:states:us-east-1:123456789012:stateMachine:parley-test-',
    PARLEY_SHAPES: JSON.stringify({ support: shape }),
    PARLEY_DECIDER: 'offline',
    PARLEY_WORKFLOWS: path.join(bundles, 'workflows'),
    // The processes of a function share the shop, as they do a back end that is a service.
    PARLEY_DATA: folder,
  };
  const files = Object.fromEntries(
    NAMES.map((name) => [`parley-test-${name}`, path.join(bundles, 'functions', name, 'index.mjs')]),
  );
  const lambda = await startLocalLambda(files, environment);
  const local: LocalStepFunctions = await startLocalStepFunctions({ lambda: lambda.url, log: () => undefined });
  lambda.set('AWS_ENDPOINT_URL_SFN', local.url);
  const client = new SFNClient({ endpoint: local.url, region: 'us-east-1', disableHostPrefix: true, credentials });
  const functions = {
    ask: 'parley-test-ask',
    decide: 'parley-test-decide',
    call: 'parley-test-call',
    finish: 'parley-test-finish',
  };
  const program = compileWorkflow(await source, signatures);
  const { stateMachineArn } = await client.send(
    new CreateStateMachineCommand({
      name: 'parley-test-support',
      definition: definitionText(compileToStepFunctions(program, { shape, functions, tools: signatures })),
      roleArn: 'arn:aws:iam::123456789012:role/parley',
      type: shape === 'per-contact' ? 'STANDARD' : 'EXPRESS',
    }),
  );
  const { stateMachineVersionArn } = await client.send(
    new PublishStateMachineVersionCommand({ stateMachineArn, description: program.version }),
  );
  await client.send(
    new CreateStateMachineAliasCommand({
      name: 'live',
      routingConfiguration: [{ stateMachineVersionArn, weight: 100 }],
    }),
  );
  const store = await openDynamoStore({
    table,
    client: dynamo.client,
    codec: kmsCodec({ key: KEY, client: kms.client }),
  });
  return {
    lambda,
    dynamo,
    send: (session, id, event) => lambda.invoke('parley-test-turn', { session, id, event }),
    journal: (session) => store.events(session),
    async close() {
      client.destroy();
      await local.close();
      await lambda.close();
      await store.close();
      await dynamo.close();
      await kms.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What a caller does in a conversation of the support workflow. Each has an order of its own, as all share the shop. */
const eventsOf = (conversation: string): readonly TurnRequest['event'][] => [
  { type: 'session.started', workflow: 'support', contact: { id: 'c1', channel: 'chat' } },
  ...(CONVERSATIONS.find(({ name }) => name === conversation)?.lines ?? []).map(
    (text) => ({ type: 'caller.said', text: String(text) }) as const,
  ),
];

/** The same conversation in the embedded engine. */
async function embedded(session: string, events: readonly TurnRequest['event'][]) {
  const store = memoryStore();
  const engine = createEngine({
    workflows: [await source],
    store,
    decider: offlineDecider(),
    tools: supportTools({}),
    guard: 'none',
  });
  const replies = [];
  for (const [index, event] of events.entries()) replies.push(await engine.turn({ session, id: `e${index}`, event }));
  await engine.close();
  return { replies, journal: await store.events(session) };
}

const pathOf = (journal: readonly JournalEvent[]) =>
  journal.map(({ type, data }) => [type, data['path'] ?? data['step']]);

describe.each(['per-contact', 'per-turn'] as const)('the bundles, %s', (shape) => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await deploy(shape);
  });
  afterAll(() => deployment.close());

  it('have a conversation as the embedded engine has it', async () => {
    const events = eventsOf('cancel-in-one-breath');
    const expected = await embedded('s1', events);
    const replies: unknown[] = [];
    for (const [index, event] of events.entries()) replies.push(await deployment.send('s1', `e${index}`, event));
    expect(replies).toEqual(expected.replies);
    expect(replies.at(-1)).toMatchObject({ rest: 'end' });
    expect(pathOf(await deployment.journal('s1'))).toEqual(pathOf(expected.journal));
  });

  it('go on where a process is killed in the middle of a turn', async () => {
    const events = eventsOf('late-shipping-refunded');
    const expected = await embedded('s2', events);
    for (const [index, event] of events.entries()) {
      // Another function than in the turn before.
      const name = (['turn', 'decide', 'call', 'ask'] as const)[index % 4];
      deployment.lambda.killNext(`parley-test-${name}`, 2);
      const id = `e${index}`;
      // A contact whose event was lost sends it again.
      const reply = await deployment.send('s2', id, event).catch(() => deployment.send('s2', id, event));
      expect(reply).toEqual(expected.replies[index]);
    }
    expect(deployment.lambda.killed).toBeGreaterThan(2);
    expect(pathOf(await deployment.journal('s2'))).toEqual(pathOf(expected.journal));
  });

  it('write lines that are JSON, with no word or value of the caller', async () => {
    await expect(
      deployment.send('s3', 'e1', { type: 'caller.said', text: 'I am maya.chen@example.com' }),
    ).rejects.toThrow('engine/unknown-session');
    const { out, error } = deployment.lambda.written;
    const lines = out.split('\n').filter(Boolean);
    const read = lines.map((line) => z.record(z.string(), z.json()).parse(JSON.parse(line)));
    expect(read.filter((line) => 'TurnLatency' in line).length).toBeGreaterThanOrEqual(10);
    expect(out + error).not.toMatch(/maya|chen|aisha|rahman|example|W100000|424242|cancel|lamp/i);
  });
});
