import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { type Decider, type Guard, systemClock, type Tools } from '@parley/engine';
import { awsSettings, kmsCodec, openDynamoStore } from '@parley/stores';
import { ParleyError, type ToolSignatures } from '@parley/workflow';
import type { World } from '../functions/world.ts';
import type { Lines } from './lines.ts';
import { machinesIn } from './machines.ts';
import { CountedRetries } from './retries.ts';
import type { Settings } from './settings.ts';

/** What clients of AWS are made with. */
export type AwsSettings = Awaited<ReturnType<typeof awsSettings>> & { readonly retryStrategy: CountedRetries };

/** What a function has beside what all have. Each loads only what it does its own work with: a caller waits for its start. */
export interface Parts {
  /** Those of the tools, by workflow. */
  readonly signatures: { readonly [workflow: string]: ToolSignatures };
  readonly decider?: (settings: Settings) => Promise<Decider>;
  readonly tools?: (settings: Settings) => { readonly [workflow: string]: Tools };
  readonly guard?: (settings: Settings) => Promise<Guard | 'none'>;
  readonly executions?: (settings: Settings, aws: AwsSettings) => Pick<World, 'executions' | 'releases'>;
  /** How the function is told that pushes; left out: the tick tells it. */
  readonly pusher?: (settings: Settings, aws: AwsSettings) => (workflow: string, session: string) => Promise<void>;
}

/** The world of a function on AWS. Nothing is asked of AWS yet. */
export async function productionWorld(
  name: string,
  settings: Settings,
  parts: Parts,
  lines: Lines,
): Promise<{ readonly world: World; readonly aws: AwsSettings }> {
  const { table, key, shapes, workflows, pushed } = settings;
  const retryStrategy = new CountedRetries(() => lines.measure({ Throttled: 1 }));
  const aws = { ...(await awsSettings({})), retryStrategy };
  const codec = kmsCodec({ key, client: new KMSClient(aws) });
  const store = await openDynamoStore({ table, codec, client: new DynamoDBClient(aws) });
  const guard = (await parts.guard?.(settings)) ?? 'none';
  const tools = parts.tools?.(settings) ?? {};
  const tell = parts.pusher?.(settings, aws);
  const pusher = (workflow: string) => async (session: string) => {
    // It is still owed: the tick tells of it once more.
    await tell?.(workflow, session).catch(() =>
      lines.note({ level: 'warn', code: 'lambda/not-told', function: name, session, message: NOT_TOLD }),
    );
  };
  const world: World = {
    shape: (workflow) => (Object.hasOwn(shapes, workflow) && shapes[workflow]) || 'per-contact',
    store,
    decider: (await parts.decider?.(settings)) ?? nobody,
    tools: (workflow) => (Object.hasOwn(tools, workflow) && tools[workflow]) || {},
    guard,
    clock: systemClock,
    machines: machinesIn(workflows, parts.signatures, store, guard),
    ...(parts.executions?.(settings, aws) ?? nothing),
    news: async () => undefined,
    ...(pushed.length > 0 ? { pusher: (workflow) => (pushed.includes(workflow) ? pusher(workflow) : undefined) } : {}),
    unseen: (session, message) => lines.note({ level: 'warn', code: 'engine/guard', function: name, session, message }),
  };
  return { world, aws };
}

const NOT_TOLD = 'The function that pushes could not be told of a session: it is in a minute.';

/** What a function has not because its state machine never asks it for that. */
function absent(what: string): never {
  throw new ParleyError('lambda/wrong-function', `This function has no ${what}.`, {
    fix: 'Let state machines ask the function that has it, as `parley compile` writes them.',
  });
}

const nobody: Decider = { name: 'none', decide: async () => absent('decider'), compose: async () => absent('decider') };

const nothing: Pick<World, 'executions' | 'releases'> = {
  executions: {
    start: async () => absent('access to Step Functions'),
    goOn: async () => absent('access to Step Functions'),
    state: async () => absent('access to Step Functions'),
    run: async () => absent('access to Step Functions'),
  },
  releases: { of: async () => absent('access to Step Functions') },
};
