import { isUint8Array } from 'node:util/types';
import { SFNClient } from '@aws-sdk/client-sfn';
import { type LocalServiceOptions, localService } from '../service.ts';

/**
 * The local Step Functions with the SDK's real client, without a socket between: everything is done as soon as nothing is waited
 * for but the clock, so that a simulated one knows when time may pass.
 */
export function inProcessStepFunctions(options: LocalServiceOptions): { readonly client: SFNClient; stop(): void } {
  const service = localService(options);
  const client = new SFNClient({
    region: 'us-east-1',
    disableHostPrefix: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler: {
      async handle({ headers, body }: { headers: Record<string, string>; body?: unknown }) {
        const text = isUint8Array(body) ? new TextDecoder().decode(body) : String(body);
        const reply = await service.answer(headers['x-amz-target'] ?? '', () => text);
        return {
          response: {
            statusCode: reply.status,
            headers: { 'content-type': 'application/x-amz-json-1.0' },
            body: Buffer.from(JSON.stringify(reply.body)),
          },
        };
      },
    },
  });
  return {
    client,
    stop() {
      service.stop();
      client.destroy();
    },
  };
}
