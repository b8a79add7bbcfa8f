import type { KMSClient } from '@aws-sdk/client-kms';
import { StoreError } from '@parley/engine';
import { type AsyncCodec, type Codec, type Kept, plainCodec } from './codec.ts';
import { type AwsAddress, awsSettings } from './dynamo/client.ts';
import { isNamed, toStoreError } from './dynamo/dynamo-error.ts';
import { Recent } from './dynamo/recent.ts';
import { encryptingCodec } from './encryption.ts';

export interface KmsOptions extends AwsAddress {
  /** Id, alias or ARN of a symmetric key in KMS. */
  readonly key: string;
  /** A client of one's own, in place of region and endpoint. */
  readonly client?: KMSClient;
  /** How many texts are encrypted with one data key: 10,000 if left out. */
  readonly uses?: number;
  /** How long a data key is kept in memory, in milliseconds: five minutes if left out. A key that was taken back in KMS is good for as long. */
  readonly age?: number;
  /** The time, in milliseconds. */
  readonly now?: () => number;
}

const FORMAT = 2;
/** The format's number, and how long the encrypted data key is. */
const HEAD = 3;
/** How many data keys that read are kept in memory. */
const KEYS = 1_000;
/** What KMS writes in its log of every use, and asks for again to decrypt. A role can be held to it. */
export const encryptionContext = { purpose: 'parley store' } as const;

/**
 * Encrypts with data keys that KMS makes and encrypts (envelope encryption,
 * https://docs.aws.amazon.com/kms/latest/developerguide/kms-cryptography.html): AES-256-GCM by `encryptingCodec`, the place
 * authenticated with it. A text becomes some 220 bytes longer: the format's number (1 byte), the length of the encrypted data key (2),
 * that key, the text as `encryptingCodec` makes it. Texts that were kept without a key are read as they are.
 *
 * Takes `kms:GenerateDataKey` to write and `kms:Decrypt` to read. Throws StoreError: `store/key` where the key is disabled, is to be deleted,
 * or is another; store/access, store/missing, store/throttled, store/unavailable. The SDK is loaded by the first use.
 */
export function kmsCodec(options: KmsOptions): AsyncCodec {
  const { key, uses = 10_000, age = 300_000, now = Date.now } = options;
  const what = `KMS key ${key}`;
  const sdk = once(async () => {
    const kms = await import('./kms-sdk.ts');
    return { ...kms, client: options.client ?? new kms.KMSClient(await awsSettings(options)) };
  });
  const known = new Recent<{ readonly codec: Promise<Codec>; readonly until: number }>(KEYS);
  let writes: { readonly made: Promise<DataKey>; readonly until: number; left: number } | undefined;

  async function make(): Promise<DataKey> {
    const { client, GenerateDataKeyCommand } = await sdk();
    const asked = new GenerateDataKeyCommand({ KeyId: key, KeySpec: 'AES_256', EncryptionContext: encryptionContext });
    const { Plaintext, CiphertextBlob } = await client.send(asked).catch((error: unknown) => refused(what, error));
    if (!Plaintext || !CiphertextBlob) throw refused(what, undefined);
    const codec = codecOf(Plaintext);
    // What this process writes, it can read.
    known.set(idOf(CiphertextBlob), { codec: Promise.resolve(codec), until: now() + age });
    return { codec, encrypted: CiphertextBlob };
  }

  async function opened(encrypted: Uint8Array): Promise<Codec> {
    const { client, DecryptCommand } = await sdk();
    const asked = new DecryptCommand({ KeyId: key, CiphertextBlob: encrypted, EncryptionContext: encryptionContext });
    const { Plaintext } = await client.send(asked).catch((error: unknown) => refused(what, error));
    if (!Plaintext) throw refused(what, undefined);
    return codecOf(Plaintext);
  }

  function dataKey(): Promise<DataKey> {
    if (!writes || writes.left <= 0 || writes.until <= now()) {
      const fresh = { made: make(), until: now() + age, left: uses };
      writes = fresh;
      fresh.made.catch(() => {
        if (writes === fresh) writes = undefined;
      });
    }
    writes.left--;
    return writes.made;
  }

  return {
    async encode(text, place) {
      const { codec, encrypted } = await dataKey();
      const head = Buffer.alloc(HEAD);
      head.writeUInt8(FORMAT);
      head.writeUInt16BE(encrypted.length, 1);
      return Buffer.concat([head, encrypted, Buffer.from(codec.encode(text, place))]);
    },
    async decode(kept: Kept, place) {
      if (typeof kept === 'string') return plainCodec.decode(kept, place);
      const bytes = Buffer.from(kept.buffer, kept.byteOffset, kept.byteLength);
      if (bytes.length < HEAD || bytes[0] !== FORMAT) throw new TypeError('Not what this codec makes.');
      const end = HEAD + bytes.readUInt16BE(1);
      const encrypted = bytes.subarray(HEAD, end);
      const id = idOf(encrypted);
      let one = known.get(id);
      if (!one || one.until <= now()) {
        one = { codec: opened(encrypted), until: now() + age };
        known.set(id, one);
        one.codec.catch(() => known.delete(id));
      }
      return (await one.codec).decode(bytes.subarray(end), place);
    },
  };
}

interface DataKey {
  readonly codec: Codec;
  readonly encrypted: Uint8Array;
}

const idOf = (encrypted: Uint8Array): string => Buffer.from(encrypted).toString('base64');

function codecOf(key: Uint8Array): Codec {
  return encryptingCodec({ all: () => [key], first: () => key });
}

/** Throws what an error of KMS comes to. */
function refused(what: string, error: unknown): never {
  // What was kept was changed: the store says where.
  if (isNamed(error, 'InvalidCiphertextException')) throw new TypeError('Not what this codec makes.');
  if (
    isNamed(error, 'DisabledException', 'KMSInvalidStateException', 'KeyUnavailableException', 'IncorrectKeyException')
  ) {
    throw new StoreError(
      'store/key',
      `${what} can't be used, or is not the one that this was encrypted with.`,
      'Enable it, or call off its deletion; nothing was lost or changed. Where the store was made with another key, name that.',
      error,
    );
  }
  throw toStoreError(what, error);
}

/** Does it at the first call only; again where it failed. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
