import { setTimeout } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  type SFNClientConfig,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';

/** How an execution stands. Times are none of it. */
export interface Standing {
  readonly status: string;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
  /** JSON. */
  readonly output?: string | undefined;
}

/** What an endpoint has of what AWS has. */
export interface Abilities {
  /** Express machines and StartSyncExecution. Without, a turn is a Standard execution that is looked at until it is over. */
  readonly sync: boolean;
  /** GetExecutionHistory tells the states that were entered. */
  readonly history: boolean;
}

/** Told of what was started by a client. */
export interface Watcher {
  readonly began: (executionArn: string) => void;
  readonly over: (standing: Standing) => void;
}

/** The pauses between two looks at an execution, in milliseconds: the first, and the longest. */
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 500;
/** How often an execution is asked for that is not known yet. */
const UNKNOWN = 5;
const ROLE = 'arn:aws:iam::123456789012:role/parley';

/** Step Functions at any address, by AWS's own client. */
export class Endpoint {
  readonly abilities: Abilities;
  readonly #config: SFNClientConfig;
  readonly #client: SFNClient;

  constructor(url: string, abilities: Abilities = { sync: true, history: true }) {
    this.abilities = abilities;
    this.#config = {
      endpoint: url,
      region: process.env['AWS_REGION'] ?? 'us-east-1',
      disableHostPrefix: true,
      requestHandler: {
        connectionTimeout: 20_000,
        requestTimeout: 310_000,
        httpAgent: { keepAlive: true, maxSockets: 200 },
      },
      ...(credentialsAreSet() ? {} : { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }),
    };
    this.#client = new SFNClient(this.#config);
  }

  with(abilities: Abilities): Endpoint {
    return new Endpoint(String(this.#config.endpoint), abilities);
  }

  /** A client that tells of the executions it starts: an engine may name them otherwise than AWS does. */
  client({ began, over }: Watcher): SFNClient {
    const { requestHandler } = this.#client.config;
    const client = new SFNClient({ ...this.#config, requestHandler });
    client.middlewareStack.add(
      (next) => async (args) => {
        const done = await next(args);
        const { output } = done;
        if ('executionArn' in output && output.executionArn !== undefined) began(output.executionArn);
        if ('executionArn' in output && 'status' in output) over(standingOf(output));
        return done;
      },
      { step: 'initialize', name: 'watched' },
    );
    return client;
  }

  /** Gives its ARN. */
  async create(name: string, definition: string, type: 'STANDARD' | 'EXPRESS'): Promise<string> {
    const { stateMachineArn } = await this.#client.send(
      new CreateStateMachineCommand({ name, definition, roleArn: ROLE, type }),
    );
    if (stateMachineArn === undefined) throw new Error(`CreateStateMachine gave no ARN for ${name}.`);
    return stateMachineArn;
  }

  async remove(stateMachineArn: string): Promise<void> {
    await this.#client.send(new DeleteStateMachineCommand({ stateMachineArn }));
  }

  async start(stateMachineArn: string, input: string, name?: string): Promise<string> {
    const { executionArn } = await this.#client.send(
      new StartExecutionCommand({ stateMachineArn, input, ...(name === undefined ? {} : { name }) }),
    );
    if (executionArn === undefined) throw new Error('StartExecution gave no ARN.');
    return executionArn;
  }

  async sync(stateMachineArn: string, input: string): Promise<Standing> {
    return standingOf(await this.#client.send(new StartSyncExecutionCommand({ stateMachineArn, input })));
  }

  async describe(executionArn: string): Promise<Standing> {
    return standingOf(await this.#client.send(new DescribeExecutionCommand({ executionArn })));
  }

  /** How an execution stands when it is over. Looks again and again until `signal` aborts; rejects then. */
  async over(executionArn: string, signal: AbortSignal): Promise<Standing> {
    let unknown = 0;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * 1.5)) {
      try {
        const standing = await this.describe(executionArn);
        if (standing.status !== 'RUNNING') return standing;
      } catch (error) {
        // What has just been started may not be known everywhere yet.
        unknown += 1;
        if (unknown > UNKNOWN) throw error;
      }
      await setTimeout(pause, undefined, { signal });
    }
  }

  /** The events of an execution in their order, whatever pages and order they come in. */
  async history(executionArn: string): Promise<readonly HistoryEvent[]> {
    const events: HistoryEvent[] = [];
    const seen = new Set<string>();
    let nextToken: string | undefined;
    do {
      const page = await this.#client.send(
        new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000, ...(nextToken ? { nextToken } : {}) }),
      );
      events.push(...(page.events ?? []));
      nextToken = page.nextToken || undefined;
      if (nextToken !== undefined && seen.has(nextToken)) break;
      if (nextToken !== undefined) seen.add(nextToken);
    } while (nextToken !== undefined);
    return events.every(({ id }) => id !== undefined) ? events.toSorted((a, b) => (a.id ?? 0) - (b.id ?? 0)) : events;
  }

  /** Ends an execution, where it is there and the engine can. */
  async stop(executionArn: string): Promise<void> {
    await this.#client.send(new StopExecutionCommand({ executionArn })).catch(() => undefined);
  }

  close(): void {
    this.#client.destroy();
  }
}

function standingOf({ status, error, cause, output }: { [name in keyof Standing]?: string | undefined }): Standing {
  return { status: status ?? 'RUNNING', error, cause, output };
}

const credentialsAreSet = (): boolean =>
  ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'].some(
    (name) => process.env[name] !== undefined,
  );
