import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { KMSClient } from '@aws-sdk/client-kms';
import { z } from 'zod';

const context = z.record(z.string(), z.string());
const inputs = {
  GenerateDataKey: z.object({ KeyId: z.string(), KeySpec: z.literal('AES_256'), EncryptionContext: context }),
  Decrypt: z.object({ KeyId: z.string().optional(), CiphertextBlob: z.base64(), EncryptionContext: context }),
};

/** A KMS on this machine: AWS JSON 1.1, with keys that really encrypt data keys, bound to the context. Not for anything but tests. */
export interface LocalKms {
  readonly endpoint: string;
  readonly client: KMSClient;
  /** The operations it was asked for, in order. */
  readonly asked: string[];
  /** From now on a key answers with this error; undefined: none. */
  fail(error: string | undefined): void;
  close(): Promise<void>;
}

export async function startLocalKms(...ids: readonly string[]): Promise<LocalKms> {
  const keys = new Map(ids.map((id) => [id, randomBytes(32)]));
  const asked: string[] = [];
  let failure: string | undefined;

  function answer(operation: string, input: unknown): readonly [number, object] {
    if (failure !== undefined) return error(failure);
    if (operation === 'GenerateDataKey') {
      const { KeyId, EncryptionContext } = inputs.GenerateDataKey.parse(input);
      const key = keys.get(KeyId);
      if (!key) return error('NotFoundException');
      const plain = randomBytes(32);
      const nonce = randomBytes(12);
      const gcm = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad(EncryptionContext));
      const body = Buffer.concat([gcm.update(plain), gcm.final()]);
      const name = Buffer.from(KeyId);
      const blob = Buffer.concat([Buffer.of(name.length), name, nonce, body, gcm.getAuthTag()]);
      return [200, { KeyId, Plaintext: plain.toString('base64'), CiphertextBlob: blob.toString('base64') }];
    }
    if (operation !== 'Decrypt') return error('UnknownOperationException');
    const { KeyId, CiphertextBlob, EncryptionContext } = inputs.Decrypt.parse(input);
    const blob = Buffer.from(CiphertextBlob, 'base64');
    const from = 1 + (blob[0] ?? 0);
    const name = blob.subarray(1, from).toString();
    const key = keys.get(name);
    if (!key) return error('InvalidCiphertextException');
    if (KeyId !== undefined && KeyId !== name) return error('IncorrectKeyException');
    try {
      const gcm = createDecipheriv('aes-256-gcm', key, blob.subarray(from, from + 12))
        .setAAD(aad(EncryptionContext))
        .setAuthTag(blob.subarray(-16));
      const plain = Buffer.concat([gcm.update(blob.subarray(from + 12, -16)), gcm.final()]);
      return [200, { KeyId: name, Plaintext: plain.toString('base64') }];
    } catch {
      return error('InvalidCiphertextException');
    }
  }

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const operation = String(request.headers['x-amz-target']).replace('TrentService.', '');
    asked.push(operation);
    const [status, output] = answer(operation, JSON.parse(Buffer.concat(chunks).toString()));
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(output));
  }).listen(0, '127.0.0.1');
  server.keepAliveTimeout = 65_000;
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const endpoint = `http://127.0.0.1:${address.port}`;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new KMSClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  return {
    endpoint,
    client,
    asked,
    fail(error) {
      failure = error;
    },
    async close() {
      client.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const error = (name: string): readonly [number, object] => [
  name.startsWith('KMSInternal') ? 500 : 400,
  { __type: name, message: name },
];
const aad = (context: Record<string, string>): Buffer => Buffer.from(JSON.stringify(Object.entries(context).sort()));
