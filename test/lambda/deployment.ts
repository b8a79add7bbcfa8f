import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
import { type JournalEvent, signaturesOf, type TurnRequest } from '@parley/engine';
import {
  compileToStepFunctions,
  definitionText,
  type LocalStepFunctions,
  type Shape,
  startLocalStepFunctions,
} from '@parley/stepfunctions';
import { kmsCodec, openDynamoStore } from '@parley/stores';
import { compileWorkflow, loadWorkflow, type WorkflowSource } from '@parley/workflow';
import { TOPIC } from '../../packages/connect/src/chat/testing/sns.ts';
import { type LocalDynamo, startLocalDynamo } from '../../packages/stores/src/testing/local-dynamo.ts';
import { type LocalKms, startLocalKms } from '../../packages/stores/src/testing/local-kms.ts';
import supportTools from '../../workflows/support/tools.ts';
import { type LocalLambda, startLocalLambda } from './local-lambda.ts';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const FUNCTIONS = ['ask', 'decide', 'call', 'finish', 'turn', 'tick'] as const;
/** Those that Amazon Connect and Lex call, of the support workflow. */
export const CONNECT = ['lex', 'block', 'joined', 'notified', 'pushed', 'ended'] as const;
const KEY = 'alias/parley-test';
const CONNECT_INSTANCE = 'arn:aws:connect:us-east-1:123456789012:instance/i1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Bundles into a folder within the repository, so that Node 20 finds the database of the example back ends there. */
export async function bundle(name = 'tested'): Promise<string> {
  const folder = path.join(root, 'dist', name);
  const script = path.join(root, 'packages/stepfunctions/scripts/bundle.ts');
  await promisify(execFile)(process.execPath, [path.join(root, 'scripts/run-ts.mjs'), script, folder], { cwd: root });
  const file = path.join(folder, 'workflows/support/workflow.yaml');
  await writeFile(file, patient(await readFile(file, 'utf8')));
  return folder;
}

/** With more time for a turn than on the phone: no filler is given where this machine is busy. */
const patient = (text: string) => text.replace('turn: 7s', 'turn: 90s');

/** The support workflow as it is deployed here. */
export async function deployedWorkflow(): Promise<WorkflowSource> {
  const source = await loadWorkflow(path.join(root, 'workflows/support/workflow.yaml'), 'support/workflow.yaml');
  return { ...source, text: patient(source.text) };
}

/** A deployment on this machine: the bundles in processes of their own, DynamoDB, KMS and Step Functions behind their APIs. */
export interface Deployment {
  readonly lambda: LocalLambda;
  /** Of its functions. */
  readonly environment: { readonly [name: string]: string };
  send(session: string, id: string, event: TurnRequest['event']): Promise<unknown>;
  journal(session: string): Promise<readonly JournalEvent[]>;
  /** Whether there is still something to be done for a session: an execution is to go on, or something is to be pushed. */
  working(session: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface Deployed {
  /** The support workflow, if left out; another has its name, and so its tools. */
  readonly source?: WorkflowSource;
  /** What no event waits for is pushed to its chats. */
  readonly pushes?: boolean;
}

/** Deploys a workflow. `bundles`: where `bundle` has put them. */
export async function deploy(
  bundles: string,
  shape: Shape,
  { source, pushes = false }: Deployed = {},
): Promise<Deployment> {
  const [dynamo, kms, folder]: [LocalDynamo, LocalKms, string] = await Promise.all([
    startLocalDynamo(),
    startLocalKms(KEY),
    mkdtemp(path.join(tmpdir(), 'parley-lambda-')),
  ]);
  const table = await dynamo.table();
  const workflows = source ? path.join(folder, 'workflows') : path.join(bundles, 'workflows');
  if (source) {
    await mkdir(path.join(workflows, 'support'), { recursive: true });
    await writeFile(path.join(workflows, 'support/workflow.yaml'), source.text);
  }
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
    PARLEY_PUSHED: pushes ? '["support"]' : '[]',
    PARLEY_WORKFLOWS: workflows,
    // The processes of a function share the shop, as they do a back end that is a service.
    PARLEY_DATA: folder,
    PARLEY_WORKFLOW: 'support',
    PARLEY_TOPIC: TOPIC,
    PARLEY_INSTANCE: CONNECT_INSTANCE,
    PARLEY_PEOPLE: JSON.stringify({
      support: { queue: `${CONNECT_INSTANCE}/queue/q1`, flow: `${CONNECT_INSTANCE}/contact-flow/f1` },
    }),
    PARLEY_CALL_BACK: 'support',
  };
  const files = Object.fromEntries(
    [...FUNCTIONS, ...CONNECT].map((name) => [
      name === 'pushed' ? 'parley-test-support-pushed' : `parley-test-${name}`,
      path.join(bundles, 'functions', name, 'index.mjs'),
    ]),
  );
  const lambda = await startLocalLambda(files, environment);
  const local: LocalStepFunctions = await startLocalStepFunctions({ lambda: lambda.url, log: () => undefined });
  lambda.set('AWS_ENDPOINT_URL_SFN', local.url);
  lambda.set('AWS_ENDPOINT_URL_LAMBDA', lambda.url);
  const client = new SFNClient({ endpoint: local.url, region: 'us-east-1', disableHostPrefix: true, credentials });
  const functions = {
    ask: 'parley-test-ask',
    decide: 'parley-test-decide',
    call: 'parley-test-call',
    finish: 'parley-test-finish',
  };
  const signatures = signaturesOf(supportTools({}));
  const program = compileWorkflow(source ?? (await deployedWorkflow()), signatures);
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
    environment: { ...environment, AWS_ENDPOINT_URL_SFN: local.url },
    send: (session, id, event) => lambda.invoke('parley-test-turn', { session, id, event }),
    journal: (session) => store.events(session),
    working: async (session) => (await store.load(session))?.working ?? false,
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
