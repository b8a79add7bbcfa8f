import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { ParleyError } from '@parley/workflow';

/** How Bedrock is reached. What is left out comes from the environment, as the AWS SDK reads it. */
export interface BedrockAccess {
  readonly region?: string;
  /** Another address than AWS's own: a VPC endpoint, or the local server. */
  readonly endpoint?: string;
  /**
   * How often the SDK itself tries a call that is throttled, or that the service fails; left out: as it is set up, else 3
   * times. For a decider once is best: it goes to the next model, or tries again by itself where there is none, within its
   * time and on its account.
   */
  readonly maxAttempts?: number;
}

/** A client for Bedrock Runtime. A local address needs no credentials. The SDK is loaded by the first: it takes a tenth of a second. */
export async function bedrockClient({
  region,
  endpoint,
  maxAttempts = 1,
}: BedrockAccess = {}): Promise<BedrockRuntimeClient> {
  const { BedrockRuntimeClient } = await import('@aws-sdk/client-bedrock-runtime');
  const local = endpoint !== undefined && isLocal(endpoint);
  const keys = process.env['AWS_ACCESS_KEY_ID'] ?? process.env['AWS_BEARER_TOKEN_BEDROCK'];
  return new BedrockRuntimeClient({
    ...(maxAttempts === undefined ? {} : { maxAttempts }),
    ...(region === undefined ? (local ? { region: 'us-east-1' } : {}) : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(local && keys === undefined ? { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } } : {}),
  });
}

/**
 * Looks whether there is a region and something to sign with, before the first caller does.
 *
 * @throws ParleyError `decider/access`, which says in a sentence what is missing.
 */
export async function checkAccess(client: BedrockRuntimeClient): Promise<void> {
  try {
    await client.config.region();
  } catch (cause) {
    throw new ParleyError('decider/access', 'It is not said in which AWS region to ask Bedrock.', {
      fix: 'Set AWS_REGION, or give --region.',
      cause,
    });
  }
  if (process.env['AWS_BEARER_TOKEN_BEDROCK'] !== undefined) return;
  try {
    await client.config.credentials();
  } catch (cause) {
    throw new ParleyError('decider/access', 'There are no AWS credentials here to ask Bedrock with.', {
      fix: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE or AWS_BEARER_TOKEN_BEDROCK.',
      cause,
    });
  }
}

function isLocal(endpoint: string): boolean {
  const { hostname } = new URL(endpoint);
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';
}
