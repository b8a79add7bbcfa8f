import type { CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { isNamed } from './dynamo-error.ts';

/**
 * The table, as data: what creates it (`createDynamoTable`, or a deployment) goes by this. Each index holds only the items
 * that have its attribute, and of these only the keys: what it says is always looked at again in the table, as an index
 * on AWS is behind by some milliseconds.
 */
export const dynamoTable = {
  /** Of every item: whose it is, and which of that. */
  keys: { hash: 'pk', range: 'sk' },
  /** The attribute by which DynamoDB removes an item by itself, in seconds since the epoch. */
  ttl: 'ttl',
  /** What the indexes are divided by. */
  shard: 'shard',
  /** Name of an index → the number that it is ordered by, in milliseconds since the epoch. */
  indexes: { sessions: 'startedAt', timers: 'due', working: 'workingSince', removal: 'removeAt' },
} as const;

export type Index = keyof typeof dynamoTable.indexes;

/** What `CreateTable` takes for a table of this name, paid by request. */
export function tableInput(name: string): CreateTableCommandInput {
  const { keys, shard, indexes } = dynamoTable;
  const sorted = Object.entries(indexes);
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: keys.hash, AttributeType: 'S' },
      { AttributeName: keys.range, AttributeType: 'S' },
      { AttributeName: shard, AttributeType: 'S' },
      ...sorted.map(([, AttributeName]) => ({ AttributeName, AttributeType: 'N' as const })),
    ],
    KeySchema: [
      { AttributeName: keys.hash, KeyType: 'HASH' },
      { AttributeName: keys.range, KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: sorted.map(([IndexName, range]) => ({
      IndexName,
      KeySchema: [
        { AttributeName: shard, KeyType: 'HASH' },
        { AttributeName: range, KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    })),
  };
}

/**
 * Makes the table and waits until it is there (some 10 s on AWS). For tests and for a start: a deployment makes its own by
 * `dynamoTable`. Throws the SDK's errors.
 */
export async function createDynamoTable(client: DynamoDBClient, name: string): Promise<void> {
  const { CreateTableCommand, UpdateTimeToLiveCommand, waitUntilTableExists } = await import(
    '@aws-sdk/client-dynamodb'
  );
  await client.send(new CreateTableCommand(tableInput(name)));
  await waitUntilTableExists({ client, maxWaitTime: 120, minDelay: 1, maxDelay: 5 }, { TableName: name });
  try {
    const TimeToLiveSpecification = { AttributeName: dynamoTable.ttl, Enabled: true };
    await client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
  } catch (error) {
    // A stand-in for DynamoDB may not have it. Then sessions go by `sweep` alone.
    if (!isNamed(error, 'UnknownOperationException')) throw error;
  }
}
