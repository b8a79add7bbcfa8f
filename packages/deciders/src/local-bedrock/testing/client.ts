import { BedrockRuntimeClient, type BedrockRuntimeClientConfig } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { LocalBedrock } from '../server.ts';

// What the SDK means to say to whoever installs it, of versions to come.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

export type Protocol = 'h2c' | 'http/1.1';
export const PROTOCOLS: readonly Protocol[] = ['h2c', 'http/1.1'];

const clients: BedrockRuntimeClient[] = [];

/** The SDK's own client: as it is (HTTP/2), or with its handler for HTTP/1.1. It asks once. */
export function clientOf(
  { url }: Pick<LocalBedrock, 'url'>,
  protocol: Protocol = 'h2c',
  more: Partial<BedrockRuntimeClientConfig> = {},
): BedrockRuntimeClient {
  const client = new BedrockRuntimeClient({
    endpoint: url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    ...(protocol === 'http/1.1' ? { requestHandler: new NodeHttpHandler() } : {}),
    ...more,
  });
  clients.push(client);
  return client;
}

export function closeClients(): void {
  for (const client of clients.splice(0)) client.destroy();
}
