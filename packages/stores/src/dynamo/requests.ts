import { setTimeout as pause } from 'node:timers/promises';
import type { AttributeValue, DynamoDBClient, WriteRequest } from '@aws-sdk/client-dynamodb';
import { toStoreError } from './dynamo-error.ts';
import { dynamoTable, type Index } from './table.ts';

export type Item = Record<string, AttributeValue>;
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** DynamoDB's limits on one request. */
const WRITES = 25;
const READS = 100;
/** How often what DynamoDB left undone of a batch is asked for again: with pauses that double, 3 s in all. */
const AGAIN = 6;
const PAUSE = 50;

export const keyOf = ({ pk, sk }: Key): Item => ({ pk: { S: pk }, sk: { S: sk } });

/** A page of an index: names of items, with what they are ordered by, in that order. */
export interface Listed {
  readonly pk: string;
  readonly at: number;
}

/** One table, as the store uses it. All reads of items are consistent. Throws StoreError, and what DynamoDB refuses as it is. */
export type Table = Awaited<ReturnType<typeof tableOn>>;

/** Loads the SDK's commands, which takes a tenth of a second. */
export async function tableOn(client: DynamoDBClient, name: string) {
  const sdk = await import('./sdk.ts');
  const TableName = name;
  const what = `the table ${name}`;

  async function asked<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      // A refusal is an answer, which the store asked for.
      if (error instanceof sdk.ConditionalCheckFailedException) throw error;
      throw toStoreError(what, error);
    }
  }

  /** Asks until nothing is left undone. */
  async function all<T>(left: T | undefined, ask: (left: T) => Promise<T | undefined>): Promise<void> {
    for (let again = 0; left !== undefined; again++) {
      if (again > AGAIN) throw toStoreError(what, { name: 'ThrottlingException' });
      if (again > 0) await pause(PAUSE * 2 ** (again - 1));
      left = await ask(left);
    }
  }

  async function write(requests: readonly WriteRequest[]): Promise<void> {
    for (let from = 0; from < requests.length; from += WRITES) {
      await all<WriteRequest[]>(requests.slice(from, from + WRITES), async (left) => {
        const { UnprocessedItems } = await asked(() =>
          client.send(new sdk.BatchWriteItemCommand({ RequestItems: { [TableName]: left } })),
        );
        return some(UnprocessedItems?.[TableName]);
      });
    }
  }

  /** All pages of a query. */
  async function* pages(query: ConstructorParameters<typeof sdk.QueryCommand>[0]): AsyncGenerator<Item[]> {
    let next: Item | undefined;
    do {
      const page: { Items?: Item[] | undefined; LastEvaluatedKey?: Item | undefined } = await asked(() =>
        client.send(new sdk.QueryCommand({ ...query, ...(next ? { ExclusiveStartKey: next } : {}) })),
      );
      yield page.Items ?? [];
      next = page.LastEvaluatedKey;
    } while (next);
  }

  return {
    name,

    async get(key: Key): Promise<Item | undefined> {
      const { Item } = await asked(() =>
        client.send(new sdk.GetItemCommand({ TableName, Key: keyOf(key), ConsistentRead: true })),
      );
      return Item;
    },

    /** Those of these items that are there, in no order. */
    async getAll(keys: readonly Key[]): Promise<readonly Item[]> {
      const found: Item[] = [];
      for (let from = 0; from < keys.length; from += READS) {
        await all<Item[]>(keys.slice(from, from + READS).map(keyOf), async (Keys) => {
          const { Responses, UnprocessedKeys } = await asked(() =>
            client.send(new sdk.BatchGetItemCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } })),
          );
          found.push(...(Responses?.[TableName] ?? []));
          return some(UnprocessedKeys?.[TableName]?.Keys);
        });
      }
      return found;
    },

    /**
     * Writes an item where the one that is there now has this commit; where none is there, if that is left out.
     * Throws ConditionalCheckFailedException.
     */
    async put(item: Item, commit: string | undefined): Promise<void> {
      const condition =
        commit === undefined
          ? { ConditionExpression: 'attribute_not_exists(pk)' }
          : {
              ConditionExpression: '#commit = :commit',
              ExpressionAttributeNames: { '#commit': 'commit' },
              ExpressionAttributeValues: { ':commit': { S: commit } },
            };
      await asked(() => client.send(new sdk.PutItemCommand({ TableName, Item: item, ...condition })));
    },

    /** Deletes an item that has this commit. Throws ConditionalCheckFailedException. */
    async delete(key: Key, commit: string): Promise<void> {
      await asked(() =>
        client.send(
          new sdk.DeleteItemCommand({
            TableName,
            Key: keyOf(key),
            ConditionExpression: '#commit = :commit',
            ExpressionAttributeNames: { '#commit': 'commit' },
            ExpressionAttributeValues: { ':commit': { S: commit } },
          }),
        ),
      );
    },

    /** Items that nobody looks at yet, or that are always the same: in no order, and not at once. */
    putAll: (items: readonly Item[]) => write(items.map((Item) => ({ PutRequest: { Item } }))),
    deleteAll: (keys: readonly Key[]) => write(keys.map((key) => ({ DeleteRequest: { Key: keyOf(key) } }))),

    /** Items of one `pk` whose `sk` is between two texts, both included, by pages. `limit`: how many a page holds at most. */
    range(
      pk: string,
      [from, to]: readonly [string, string],
      more: { readonly backward?: boolean; readonly limit?: number; readonly attributes?: string } = {},
    ): AsyncGenerator<Item[]> {
      return pages({
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': { S: pk }, ':from': { S: from }, ':to': { S: to } },
        ...(more.backward ? { ScanIndexForward: false } : {}),
        ...(more.limit === undefined ? {} : { Limit: more.limit }),
        ...(more.attributes === undefined ? {} : { ProjectionExpression: more.attributes }),
      });
    },

    /** What a shard of an index lists, up to a number (all if left out), by pages. The index may be behind the table. */
    async *listed(
      index: Index,
      shard: number,
      more: { readonly upTo?: number; readonly backward?: boolean; readonly limit?: number } = {},
    ): AsyncGenerator<readonly Listed[]> {
      const range = dynamoTable.indexes[index];
      const query = pages({
        TableName,
        IndexName: index,
        KeyConditionExpression: `#shard = :shard${more.upTo === undefined ? '' : ' AND #range <= :upTo'}`,
        ExpressionAttributeNames: {
          '#shard': dynamoTable.shard,
          ...(more.upTo === undefined ? {} : { '#range': range }),
        },
        ExpressionAttributeValues: {
          ':shard': { S: String(shard) },
          ...(more.upTo === undefined ? {} : { ':upTo': { N: String(more.upTo) } }),
        },
        ...(more.backward ? { ScanIndexForward: false } : {}),
        ...(more.limit === undefined ? {} : { Limit: more.limit }),
      });
      for await (const page of query) {
        yield page.map((item) => ({ pk: item['pk']?.S ?? '', at: Number(item[range]?.N) }));
      }
    },

    /** Every item of the table, with these attributes only, by pages. */
    async *scan(attributes: string): AsyncGenerator<Item[]> {
      let next: Item | undefined;
      do {
        const page: { Items?: Item[] | undefined; LastEvaluatedKey?: Item | undefined } = await asked(() =>
          client.send(
            new sdk.ScanCommand({
              TableName,
              ConsistentRead: true,
              ProjectionExpression: attributes,
              ...(next ? { ExclusiveStartKey: next } : {}),
            }),
          ),
        );
        yield page.Items ?? [];
        next = page.LastEvaluatedKey;
      } while (next);
    },
  };
}

/** The list, where there is anything in it. */
function some<T>(list: T[] | undefined): T[] | undefined {
  return list?.length ? list : undefined;
}

/** Does something for each, at most `most` of them at once. */
export async function each<T>(list: Iterable<T>, most: number, work: (one: T) => Promise<void>): Promise<void> {
  const left = list[Symbol.iterator]();
  const lane = async () => {
    for (let next = left.next(); !next.done; next = left.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: most }, lane));
}
