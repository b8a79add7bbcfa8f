import { createHash } from 'node:crypto';
import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  InvalidToken,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import type { Told } from './hosted.ts';

/** A session and the version of a state machine that it stays on. */
export interface Pinned {
  readonly session: string;
  /** The version's ARN. */
  readonly stateMachine: string;
  /** Which of its executions, from 1: another follows one that ended before its contact did. */
  readonly execution: number;
}

/**
 * What is known of a contact's execution. `failed`: its functions have failed, however often they were tried; `over`: it has
 * ended in another way, also where somebody stopped it; `none`: it was never started, or is long forgotten.
 */
export type ExecutionState = 'running' | 'failed' | 'over' | 'none';

/** What the functions ask of Step Functions. Each may be asked again: it is done once. */
export interface Executions {
  /** Starts a contact's execution where `at` says. One that was started before is left alone, also where it is over. */
  start(pinned: Pinned, at: Told): Promise<void>;
  /** Lets an execution go on that waits with this token. False where it doesn't: the token is over, used, or none. */
  goOn(token: string): Promise<boolean>;
  /** What has become of a contact's execution. */
  state(pinned: Pinned): Promise<ExecutionState>;
  /** Runs one turn to its next rest. Resolves when it is over, however it went. */
  run(pinned: Pinned, at: Told): Promise<void>;
}

/** Executions by the Step Functions client. */
export function sfnExecutions(client: SFNClient): Executions {
  return {
    async start({ session, stateMachine: stateMachineArn, execution }, at) {
      try {
        const name = executionName(session, execution);
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(at) }));
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },
    async goOn(taskToken) {
      try {
        await client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
        return true;
      } catch (error) {
        const over = [TaskTimedOut, TaskDoesNotExist, InvalidToken].some((kind) => error instanceof kind);
        if (!over) throw error;
        return false;
      }
    },
    async state({ session, stateMachine, execution }) {
      try {
        const executionArn = executionArnOf(stateMachine, executionName(session, execution));
        const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
        if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return 'running';
        return status === 'FAILED' ? 'failed' : 'over';
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return 'none';
        throw error;
      }
    },
    async run({ stateMachine: stateMachineArn }, at) {
      await client.send(new StartSyncExecutionCommand({ stateMachineArn, input: JSON.stringify(at) }));
    },
  };
}

/** An execution bears its session's name, where that can be one; each after the first its number too. */
export function executionName(session: string, number = 1): string {
  const suffix = number === 1 ? '' : `.${number}`;
  const fits = /^[A-Za-z0-9_-]{1,80}$/.test(session) && session.length + suffix.length <= 80;
  return `${fits ? session : createHash('sha256').update(session).digest('hex')}${suffix}`;
}

/** An execution's ARN, from that of its state machine or of a version of that. */
function executionArnOf(stateMachineArn: string, name: string): string {
  const [arn, partition, states, region, account, , machine] = stateMachineArn.split(':');
  return [arn, partition, states, region, account, 'execution', machine, name].join(':');
}
