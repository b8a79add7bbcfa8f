import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Store } from '@parley/engine';
import dynalite from 'dynalite';
import { type DynamoOptions, openDynamoStore } from '../dynamo/dynamo.ts';
import { createDynamoTable } from '../dynamo/table.ts';

/** A DynamoDB on this machine, with tables of its own. */
export interface LocalDynamo {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  /** A new table; gives its name. */
  table(): Promise<string>;
  /** A store on a new table, or on a given one. */
  open(options?: Partial<DynamoOptions>): Promise<Store>;
  /** The table of a store that was opened here. */
  tableOf(store: Store): string;
  close(): Promise<void>;
}

const local = { region: 'us-east-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };

/** DynamoDB Local where PARLEY_DYNAMODB_LOCAL holds its address (`.ci/run` starts one), else dynalite within this process. */
export async function startLocalDynamo(): Promise<LocalDynamo> {
  const given = process.env['PARLEY_DYNAMODB_LOCAL'];
  if (given) return dynamoAt(given, async () => undefined);
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0 }).listen(0, '127.0.0.1');
  // Of 5 s, where a client sends as the server closes, a busy machine loses a request.
  server.keepAliveTimeout = 65_000;
  await once(server, 'listening');
  return dynamoAt(`http://127.0.0.1:${portOf(server.address())}`, async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
}

function dynamoAt(endpoint: string, stop: () => Promise<void>): LocalDynamo {
  const client = newClient(endpoint);
  const tables = new WeakMap<Store, string>();
  const table = async () => {
    const name = `parley-${randomBytes(6).toString('hex')}`;
    await createDynamoTable(client, name);
    return name;
  };
  return {
    endpoint,
    client,
    table,
    async open(options = {}) {
      const name = options.table ?? (await table());
      const store = await openDynamoStore({ client, ...options, table: name });
      tables.set(store, name);
      return store;
    },
    tableOf: (store) => tables.get(store) ?? '',
    async close() {
      client.destroy();
      await stop();
    },
  };
}

export const newClient = (endpoint: string): DynamoDBClient => new DynamoDBClient({ ...local, endpoint });

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}
