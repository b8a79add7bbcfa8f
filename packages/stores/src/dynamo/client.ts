import type { DynamoDBClient, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

/** Milliseconds. DynamoDB answers within some 10; the SDK's own limits are none. */
const CONNECT = 1_000;
const ANSWER = 3_000;
const ATTEMPTS = 5;

/** Where AWS is. What is left out comes from the environment, as the SDK reads it. */
export interface AwsAddress {
  readonly region?: string;
  readonly endpoint?: string;
}

/** A client with limits of time. The SDK is loaded by the first: it takes a tenth of a second. */
export async function awsClient(address: AwsAddress): Promise<DynamoDBClient> {
  const { DynamoDBClient } = await import('./sdk.ts');
  return new DynamoDBClient(await awsSettings(address));
}

/** What every client of AWS here is made with. A local address needs no region and no credentials. */
export async function awsSettings({ region, endpoint }: AwsAddress): Promise<DynamoDBClientConfig> {
  const { NodeHttpHandler } = await import('@smithy/node-http-handler');
  const local = endpoint !== undefined && isLocal(endpoint);
  return {
    maxAttempts: ATTEMPTS,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: CONNECT,
      requestTimeout: ANSWER,
      throwOnRequestTimeout: true,
    }),
    ...(region === undefined ? (local ? { region: 'us-east-1' } : {}) : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(local && process.env['AWS_ACCESS_KEY_ID'] === undefined
      ? { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }
      : {}),
  };
}

function isLocal(endpoint: string): boolean {
  const { hostname } = new URL(endpoint);
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}
