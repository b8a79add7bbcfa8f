import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { AwsSettings } from './production.ts';
import type { Settings } from './settings.ts';

/** Milliseconds. Lambda takes what is not waited for at once. */
const CONNECT = 1_000;
const TAKEN = 2_000;

/** Tells the function `PREFIX-WORKFLOW-pushed` of a session that is owed something; it is not waited for. */
export function pusherOf({ prefix }: Settings, aws: AwsSettings): (workflow: string, session: string) => Promise<void> {
  let client: LambdaClient | undefined;
  return async (workflow, session) => {
    // Loaded when there is something to tell: most turns are waited for.
    const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
    client ??= new LambdaClient({
      ...aws,
      requestHandler: { connectionTimeout: CONNECT, requestTimeout: TAKEN, throwOnRequestTimeout: true },
    });
    await client.send(
      new InvokeCommand({
        FunctionName: `${prefix}-${workflow}-pushed`,
        InvocationType: 'Event',
        Payload: JSON.stringify({ session }),
      }),
    );
  };
}
