import type { Json } from '@parley/workflow';
import { z } from 'zod';
import { ApiError, invalidMember } from './api-error.ts';
import { checkDefinition } from './check.ts';
import type { Execution } from './execution.ts';
import type { Executions, Started } from './executions.ts';
import type { HistoryEvent } from './history.ts';
import { DATA_LIMIT, type JsonObject, parseJson } from './json.ts';
import type { Alias, Machine, Machines, Revision, Version } from './machines.ts';
import { pageOf } from './page.ts';
import type { Callback, Tokens } from './tokens.ts';

/** What the operations work on. */
export interface Service {
  readonly machines: Machines;
  readonly executions: Executions;
  readonly tokens: Tokens;
  readonly now: () => number;
}

type Handler = (service: Service, body: unknown) => JsonObject | Promise<JsonObject>;

/** An operation: its request is read by a schema, what it gives is the response's body. */
function operation<T>(
  schema: z.ZodType<T>,
  run: (service: Service, request: T) => JsonObject | Promise<JsonObject>,
): Handler {
  return (service, body) => {
    const parsed = schema.safeParse(body);
    if (parsed.success) return run(service, parsed.data);
    const [issue] = parsed.error.issues;
    const member = issue?.path.join('.') ?? '';
    if (issue?.code === 'invalid_type' && member !== '') throw invalidMember('null', member, 'Member must not be null');
    throw new ApiError('ValidationException', `1 validation error detected: ${member}: ${issue?.message ?? 'invalid'}`);
  };
}

const arn = z.string();
const type = z.enum(['STANDARD', 'EXPRESS']);
const routes = z.array(z.object({ stateMachineVersionArn: arn, weight: z.number().int().min(0) })).min(1);
const paging = { maxResults: z.number().int().min(0).max(1000).optional(), nextToken: z.string().optional() };

/** The operations of the Step Functions API that are done here, by their names (API reference, "Actions"). */
export const OPERATIONS: { readonly [name: string]: Handler } = {
  CreateStateMachine: operation(
    z.object({
      name: z.string(),
      definition: z.string(),
      roleArn: z.string(),
      type: type.optional(),
      publish: z.boolean().optional(),
      versionDescription: z.string().optional(),
    }),
    ({ machines }, { type: kind = 'STANDARD', publish, versionDescription, ...asked }) => {
      checkDescription(publish, versionDescription);
      const machine = machines.create({ ...asked, type: kind });
      const version = publish ? machines.publish(machine, versionDescription) : undefined;
      return {
        stateMachineArn: machine.arn,
        creationDate: seconds(machine.at),
        ...(version ? { stateMachineVersionArn: version.arn } : {}),
      };
    },
  ),

  UpdateStateMachine: operation(
    z.object({
      stateMachineArn: arn,
      definition: z.string().optional(),
      roleArn: z.string().optional(),
      publish: z.boolean().optional(),
      versionDescription: z.string().optional(),
    }),
    ({ machines, now }, { stateMachineArn, definition, roleArn, publish, versionDescription }) => {
      checkDescription(publish, versionDescription);
      if (definition === undefined && roleArn === undefined && !publish) {
        throw new ApiError(
          'MissingRequiredParameter',
          'Either the definition, the role ARN, the LoggingConfiguration, the EncryptionConfiguration or the TracingConfiguration must be specified',
        );
      }
      const machine = machines.update(stateMachineArn, { definition, roleArn });
      const version = publish ? machines.publish(machine, versionDescription) : undefined;
      return {
        updateDate: seconds(now()),
        ...revisionIn(machine.revision),
        ...(version ? { stateMachineVersionArn: version.arn } : {}),
      };
    },
  ),

  DeleteStateMachine: operation(z.object({ stateMachineArn: arn }), ({ machines, executions }, { stateMachineArn }) => {
    const machine = machines.remove(stateMachineArn);
    if (machine) executions.stopAll(machine);
    return {};
  }),

  DescribeStateMachine: operation(z.object({ stateMachineArn: arn }), ({ machines }, { stateMachineArn }) => {
    const { machine, version, revision } = machines.find(stateMachineArn);
    return {
      ...describedMachine(machine, revision),
      stateMachineArn,
      status: 'ACTIVE',
      type: machine.type,
      creationDate: seconds(version?.at ?? machine.at),
      ...(version?.description === undefined ? {} : { description: version.description }),
    };
  }),

  DescribeStateMachineForExecution: operation(z.object({ executionArn: arn }), ({ executions }, { executionArn }) => {
    const { machine, found } = executions.find(executionArn);
    return {
      ...describedMachine(machine, found.revision),
      stateMachineArn: machine.arn,
      updateDate: seconds(found.revision.at),
    };
  }),

  ListStateMachines: operation(z.object(paging), ({ machines }, paged) => {
    const numbered = machines.all().map((machine, place) => ({ machine, place }));
    const { items, nextToken } = pageOf(numbered, ({ place }) => place, page(paged, 100));
    return {
      stateMachines: items.map(({ machine: { arn: stateMachineArn, name, type: kind, at } }) => ({
        stateMachineArn,
        name,
        type: kind,
        creationDate: seconds(at),
      })),
      ...more(nextToken),
    };
  }),

  PublishStateMachineVersion: operation(
    z.object({ stateMachineArn: arn, revisionId: z.string().optional(), description: z.string().optional() }),
    ({ machines }, { stateMachineArn, revisionId, description }) => {
      const version = machines.publish(machines.machine(stateMachineArn), description, revisionId);
      return toldVersion(version);
    },
  ),

  ListStateMachineVersions: operation(
    z.object({ stateMachineArn: arn, ...paging }),
    ({ machines }, { stateMachineArn, ...paged }) => {
      const versions = [...machines.machine(stateMachineArn).versions.values()];
      const { items, nextToken } = pageOf(versions, ({ number }) => number, { ...page(paged, 100), reverse: true });
      return { stateMachineVersions: items.map(toldVersion), ...more(nextToken) };
    },
  ),

  DeleteStateMachineVersion: operation(z.object({ stateMachineVersionArn: arn }), ({ machines }, asked) => {
    machines.removeVersion(asked.stateMachineVersionArn);
    return {};
  }),

  CreateStateMachineAlias: operation(
    z.object({ name: z.string().min(1), description: z.string().optional(), routingConfiguration: routes }),
    ({ machines }, { name, description, routingConfiguration }) => {
      const alias = machines.createAlias(name, description, routingConfiguration);
      return { stateMachineAliasArn: alias.arn, creationDate: seconds(alias.at) };
    },
  ),

  UpdateStateMachineAlias: operation(
    z.object({
      stateMachineAliasArn: arn,
      description: z.string().optional(),
      routingConfiguration: routes.optional(),
    }),
    ({ machines }, { stateMachineAliasArn, description, routingConfiguration }) => ({
      updateDate: seconds(machines.updateAlias(stateMachineAliasArn, description, routingConfiguration).updated),
    }),
  ),

  DescribeStateMachineAlias: operation(z.object({ stateMachineAliasArn: arn }), ({ machines }, asked) =>
    describedAlias(machines.alias(asked.stateMachineAliasArn).alias),
  ),

  DeleteStateMachineAlias: operation(z.object({ stateMachineAliasArn: arn }), ({ machines }, asked) => {
    machines.removeAlias(asked.stateMachineAliasArn);
    return {};
  }),

  ListStateMachineAliases: operation(
    z.object({ stateMachineArn: arn, ...paging }),
    ({ machines }, { stateMachineArn, ...paged }) => {
      const { machine, version } = machines.find(stateMachineArn);
      const numbered = [...machine.aliases.values()]
        .filter(({ routes: all }) => !version || all.some((one) => one.stateMachineVersionArn === version.arn))
        .map((alias, place) => ({ alias, place }));
      const { items, nextToken } = pageOf(numbered, ({ place }) => place, page(paged, 100));
      return {
        stateMachineAliases: items.map(({ alias: { arn: stateMachineAliasArn, at } }) => ({
          stateMachineAliasArn,
          creationDate: seconds(at),
        })),
        ...more(nextToken),
      };
    },
  ),

  StartExecution: operation(
    z.object({ stateMachineArn: arn, name: z.string().optional(), input: z.string().optional() }),
    ({ machines, executions }, { stateMachineArn, name, input }) => {
      const { execution } = executions.start((by) => machines.find(stateMachineArn, by), { name, input });
      return { executionArn: execution.request.arn, startDate: seconds(execution.startedAt) };
    },
  ),

  StartSyncExecution: operation(
    z.object({ stateMachineArn: arn, name: z.string().optional(), input: z.string().optional() }),
    async ({ machines, executions }, { stateMachineArn, name, input }) => {
      onlyFor('EXPRESS', machines.find(stateMachineArn).machine);
      const started = executions.start((by) => machines.find(stateMachineArn, by), { name, input });
      const { execution } = started;
      await execution.over;
      const took = (execution.stoppedAt ?? execution.startedAt) - execution.startedAt;
      return {
        ...toldExecution(started),
        stateMachineArn,
        billingDetails: {
          billedDurationInMilliseconds: Math.max(100, Math.ceil(took / 100) * 100),
          billedMemoryUsedInMB: 64,
        },
      };
    },
  ),

  DescribeExecution: operation(z.object({ executionArn: arn }), ({ executions }, { executionArn }) => {
    const started = executions.find(executionArn);
    return { ...toldExecution(started), ...toldOrigin(started), ...redrive(started.execution) };
  }),

  ListExecutions: operation(
    z.object({
      stateMachineArn: arn,
      statusFilter: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE']).optional(),
      ...paging,
    }),
    ({ machines, executions }, { stateMachineArn, statusFilter, ...paged }) => {
      const { machine, version, alias } = machines.find(stateMachineArn);
      onlyFor('STANDARD', machine);
      const wanted = executions
        .of(machine)
        .filter(({ execution }) => statusFilter === undefined || execution.status.status === statusFilter)
        .filter(({ found }) =>
          alias ? found.alias?.arn === alias.arn : !version || found.version?.arn === version.arn,
        );
      const { items, nextToken } = pageOf(wanted, ({ place }) => place, { ...page(paged, 100), reverse: true });
      return {
        executions: items.map((started) => ({
          executionArn: started.execution.request.arn,
          name: started.execution.request.name,
          status: started.execution.status.status,
          redriveCount: 0,
          ...dates(started.execution),
          ...toldOrigin(started),
        })),
        ...more(nextToken),
      };
    },
  ),

  GetExecutionHistory: operation(
    z.object({
      executionArn: arn,
      reverseOrder: z.boolean().optional(),
      includeExecutionData: z.boolean().optional(),
      ...paging,
    }),
    ({ executions }, { executionArn, reverseOrder = false, includeExecutionData = true, ...paged }) => {
      const { events } = executions.find(executionArn).execution.history;
      const { items, nextToken } = pageOf(events, ({ id }) => id, { ...page(paged, 100), reverse: reverseOrder });
      return { events: items.map((event) => toldEvent(event, includeExecutionData)), ...more(nextToken) };
    },
  ),

  StopExecution: operation(
    z.object({ executionArn: arn, error: z.string().optional(), cause: z.string().optional() }),
    ({ executions, now }, { executionArn, error, cause }) => {
      const { execution } = executions.find(executionArn);
      execution.stop(error, cause);
      return { stopDate: seconds(execution.stoppedAt ?? now()) };
    },
  ),

  SendTaskSuccess: operation(
    z.object({ taskToken: z.string(), output: z.string() }),
    ({ tokens }, { taskToken, output }) => {
      checkOutput(output);
      take(tokens, taskToken).succeed(output);
      tokens.retire(taskToken);
      return {};
    },
  ),

  SendTaskFailure: operation(
    z.object({
      taskToken: z.string(),
      error: z.string().max(256).optional(),
      cause: z.string().max(32_768).optional(),
    }),
    ({ tokens }, { taskToken, error, cause }) => {
      take(tokens, taskToken).fail(error, cause);
      tokens.retire(taskToken);
      return {};
    },
  ),

  SendTaskHeartbeat: operation(z.object({ taskToken: z.string() }), ({ tokens }, { taskToken }) => {
    take(tokens, taskToken).beat();
    return {};
  }),

  ValidateStateMachineDefinition: operation(
    z.object({
      definition: z.string(),
      type: type.optional(),
      severity: z.enum(['ERROR', 'WARNING']).optional(),
      maxResults: z.number().int().min(0).max(100).optional(),
    }),
    (_, { definition, type: kind = 'STANDARD', maxResults }) => {
      const { diagnostics } = checkDefinition(definition, kind);
      const shown = diagnostics.slice(0, maxResults || 100);
      return {
        result: diagnostics.length === 0 ? 'OK' : 'FAIL',
        diagnostics: shown.map((one) => ({ ...one })),
        truncated: shown.length < diagnostics.length,
      };
    },
  ),
};

/** Times are seconds since the epoch, with milliseconds. */
const seconds = (milliseconds: number): number => milliseconds / 1000;

const more = (nextToken: string | undefined): JsonObject => (nextToken === undefined ? {} : { nextToken });

const page = (
  { maxResults, nextToken }: { maxResults?: number | undefined; nextToken?: string | undefined },
  most: number,
) => ({ maxResults, nextToken, most, reverse: false });

const revisionIn = ({ id }: Revision): JsonObject => (id === undefined ? {} : { revisionId: id });

const toldVersion = (version: Version): JsonObject => ({
  stateMachineVersionArn: version.arn,
  creationDate: seconds(version.at),
});

const describedMachine = ({ name }: Machine, revision: Revision): JsonObject => ({
  name,
  definition: revision.text,
  roleArn: revision.roleArn,
  loggingConfiguration: { level: 'OFF', includeExecutionData: false },
  tracingConfiguration: { enabled: false },
  ...revisionIn(revision),
});

const describedAlias = ({
  arn: stateMachineAliasArn,
  name,
  description,
  routes: all,
  at,
  updated,
}: Alias): JsonObject => ({
  stateMachineAliasArn,
  name,
  ...(description === undefined ? {} : { description }),
  routingConfiguration: all.map((route) => ({ ...route })),
  creationDate: seconds(at),
  updateDate: seconds(updated),
});

const dates = ({ startedAt, stoppedAt }: Execution): JsonObject => ({
  startDate: seconds(startedAt),
  ...(stoppedAt === undefined ? {} : { stopDate: seconds(stoppedAt) }),
});

/** The machine, version and alias an execution was started by. */
const toldOrigin = ({ machine, found }: Started): JsonObject => ({
  stateMachineArn: machine.arn,
  ...(found.version ? { stateMachineVersionArn: found.version.arn } : {}),
  ...(found.alias ? { stateMachineAliasArn: found.alias.arn } : {}),
});

function toldExecution({ execution, input }: Started): JsonObject {
  const { request, status } = execution;
  return {
    executionArn: request.arn,
    name: request.name,
    status: status.status,
    ...dates(execution),
    input,
    inputDetails: { included: true },
    ...(status.status === 'RUNNING' ? {} : { outputDetails: { included: true } }),
    ...resultOf(execution),
  };
}

function resultOf({ status }: Execution): JsonObject {
  switch (status.status) {
    case 'RUNNING':
      return {};
    case 'SUCCEEDED':
      return { output: JSON.stringify(status.output) };
    case 'FAILED':
    case 'ABORTED':
    case 'TIMED_OUT':
      return {
        ...(status.error === undefined ? {} : { error: status.error }),
        ...(status.cause === undefined ? {} : { cause: status.cause }),
      };
  }
}

function redrive({ status: { status } }: Execution): JsonObject {
  if (status !== 'RUNNING' && status !== 'SUCCEEDED') return { redriveCount: 0, redriveStatus: 'REDRIVABLE' };
  return {
    redriveCount: 0,
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: `Execution is ${status} and cannot be redriven`,
  };
}

/** The members of an event's details that are left out where data is not asked for. */
const DATA = new Set(['input', 'inputDetails', 'output', 'outputDetails']);

function toldEvent({ id, previousEventId, type: kind, timestamp, details }: HistoryEvent, data: boolean): JsonObject {
  const shown = Object.entries(details).map(([name, all]): [string, Json] => [
    name,
    data ? all : Object.fromEntries(Object.entries(all).filter(([key]) => !DATA.has(key))),
  ]);
  return { id, previousEventId, type: kind, timestamp: seconds(timestamp), ...Object.fromEntries(shown) };
}

function checkDescription(publish: boolean | undefined, description: string | undefined): void {
  if (description === undefined || publish) return;
  throw new ApiError('ValidationException', 'Version description can only be set when publish is true');
}

function onlyFor(kind: Machine['type'], machine: Machine): void {
  if (machine.type === kind) return;
  throw new ApiError('StateMachineTypeNotSupported', 'This operation is not supported by this type of state machine');
}

function checkOutput(output: string): void {
  if (Buffer.byteLength(output) > DATA_LIMIT) {
    throw invalidMember("at 'output'", 'output', `Member must have length less than or equal to ${DATA_LIMIT}`);
  }
  try {
    parseJson(output);
  } catch (error) {
    throw new ApiError('InvalidOutput', `Invalid Output: '${error instanceof Error ? error.message : 'no JSON'}'`);
  }
}

function take(tokens: Tokens, token: string): Callback {
  const found = tokens.find(token);
  if (found === 'unknown') throw new ApiError('InvalidToken', "Invalid Token: 'Invalid token'");
  if (found === 'over') throw new ApiError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
  return found;
}
