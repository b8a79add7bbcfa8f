import { SFNClient } from '@aws-sdk/client-sfn';
import { type Executions, sfnExecutions } from '../functions/executions.ts';
import type { AwsSettings } from './production.ts';
import type { Settings } from './settings.ts';

/** In milliseconds. A synchronous execution answers when its turn is over. */
const CONNECT = 1_000;
const ANSWER = 30_000;

/** The executions of a deployment: those of the version that the alias `live` of a workflow's state machine leads to. */
export function executionsOf({ stateMachines }: Settings, aws: AwsSettings): Executions {
  const endpoint = process.env['AWS_ENDPOINT_URL_SFN'] ?? process.env['AWS_ENDPOINT_URL'];
  const client = new SFNClient({
    ...aws,
    requestHandler: { connectionTimeout: CONNECT, requestTimeout: ANSWER, throwOnRequestTimeout: true },
    // AWS takes synchronous executions at another host than the rest; what stands in for it has one.
    disableHostPrefix: endpoint !== undefined && ['localhost', '127.0.0.1'].includes(new URL(endpoint).hostname),
  });
  return sfnExecutions(client, async ({ workflow }) => `${stateMachines}${workflow}:live`);
}
