import { createHash } from 'node:crypto';
import {
  ExecutionAlreadyExists,
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
}

/** What the functions ask of Step Functions. Each may be asked again: it is done once. */
export interface Executions {
  /** Starts a contact's execution where `at` says. One that was started before is left alone. */
  start(pinned: Pinned, at: Told): Promise<void>;
  /** Lets an execution go on that waits with this token. A token that is over or used is none any more. */
  goOn(token: string): Promise<void>;
  /** Runs one turn to its next rest. Resolves when it is over, however it went. */
  run(pinned: Pinned, at: Told): Promise<void>;
}

/** Executions by the Step Functions client. */
export function sfnExecutions(client: SFNClient): Executions {
  return {
    async start({ session, stateMachine: stateMachineArn }, at) {
      try {
        const name = executionName(session);
        await client.send(new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(at) }));
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },
    async goOn(taskToken) {
      try {
        await client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
      } catch (error) {
        const over = [TaskTimedOut, TaskDoesNotExist, InvalidToken].some((kind) => error instanceof kind);
        if (!over) throw error;
      }
    },
    async run({ stateMachine: stateMachineArn }, at) {
      await client.send(new StartSyncExecutionCommand({ stateMachineArn, input: JSON.stringify(at) }));
    },
  };
}

/** An execution bears its session's name, where that can be one. */
export const executionName = (session: string): string =>
  /^[A-Za-z0-9_-]{1,80}$/.test(session) ? session : createHash('sha256').update(session).digest('hex');
