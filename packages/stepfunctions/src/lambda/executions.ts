import { SFNClient } from '@aws-sdk/client-sfn';
import { systemClock } from '@parley/engine';
import { sfnReleases } from '../deploy/releases.ts';
import { sfnExecutions } from '../functions/executions.ts';
import type { World } from '../functions/world.ts';
import type { AwsSettings } from './production.ts';
import type { Settings } from './settings.ts';

/** In milliseconds. A synchronous execution answers when its turn is over. */
const CONNECT = 1_000;
const ANSWER = 30_000;

/** The executions of a deployment, and the releases that its sessions start on. */
export function executionsOf({ stateMachines }: Settings, aws: AwsSettings): Pick<World, 'executions' | 'releases'> {
  const endpoint = process.env['AWS_ENDPOINT_URL_SFN'] ?? process.env['AWS_ENDPOINT_URL'];
  const client = new SFNClient({
    ...aws,
    requestHandler: { connectionTimeout: CONNECT, requestTimeout: ANSWER, throwOnRequestTimeout: true },
    // AWS takes synchronous executions at another host than the rest; what stands in for it has one.
    disableHostPrefix: endpoint !== undefined && ['localhost', '127.0.0.1'].includes(new URL(endpoint).hostname),
  });
  return { executions: sfnExecutions(client), releases: sfnReleases({ client, stateMachines, clock: systemClock }) };
}
