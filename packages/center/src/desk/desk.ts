import type { Clock } from '@parley/engine';
import { z } from 'zod';
import { invalidRequest } from '../api/fault.ts';
import { type Operation, operation } from '../api/operation.ts';
import type { Center, CenterWorkflow } from '../center.ts';
import { openAgents } from './agents.ts';
import { callListeners, type Exchange } from './calls.ts';
import type { Listener } from './listener.ts';
import type { CenterInfo } from './messages.ts';
import { sessionsDesk } from './sessions.ts';

/** What the pages are told of the contact center besides what happens in it. */
export interface DeskOptions {
  /** Who runs the sessions: `embedded` or `stepfunctions`. */
  readonly host: string;
  /** Who decides: `offline` or `bedrock`. */
  readonly decider: string;
}

/** What the pages ask of the contact center: requests and sockets under `/desk/`. */
export interface Desk {
  readonly operations: readonly Operation[];
  readonly listeners: readonly Listener[];
  close(): void;
}

/** What is known of the contact center once it is open. */
export type Opened = Pick<Center, 'instanceId' | 'flowId' | 'contacts' | 'queues' | 'callBack'> & Exchange;

/** What the pages of a contact center ask for. */
export function openDesk(
  { host, decider }: DeskOptions,
  workflows: readonly CenterWorkflow[],
  center: () => Opened,
  clock: Clock,
): Desk {
  const started = clock.now();
  const agents = openAgents(center, clock, started);
  const sessions = sessionsDesk(workflows);
  return {
    operations: [
      ...sessions.operations,
      operation('GET', '/desk/center', {
        input: z.object({}),
        invalid: invalidRequest,
        run: (): CenterInfo => {
          const { instanceId, flowId } = center();
          return {
            instanceId,
            started,
            host,
            decider,
            workflows: workflows.map(({ program: { name, title }, hints = [] }) => ({
              name,
              title,
              flowId: flowId(name),
              hints: [...hints],
            })),
          };
        },
      }),
    ],
    listeners: [agents.listener, ...callListeners(center, clock, started), ...sessions.listeners],
    close: () => agents.close(),
  };
}
