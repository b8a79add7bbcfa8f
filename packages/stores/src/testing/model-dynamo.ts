import { isUint8Array } from 'node:util/types';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { HttpResponse } from '@smithy/core/protocols';
import { z } from 'zod';
import { dynamoTable } from '../dynamo/table.ts';
import type { Gate } from './stepped.ts';

const attribute = z.record(z.string(), z.unknown());
const item = z.record(z.string(), attribute);
const conditional = {
  ConditionExpression: z.enum(['attribute_not_exists(pk)', '#commit = :commit']),
  ExpressionAttributeValues: item.optional(),
};
const batch = <T extends z.ZodType>(what: T) => z.object({ RequestItems: z.record(z.string(), what) });
/** What the store asks for, as it goes over the wire. Anything else is refused. */
const inputs = {
  GetItem: z.object({ Key: item, ConsistentRead: z.literal(true) }),
  BatchGetItem: batch(z.object({ Keys: z.array(item).max(100), ConsistentRead: z.literal(true) })),
  PutItem: z.object({ Item: item, ...conditional }),
  DeleteItem: z.object({ Key: item, ...conditional }),
  BatchWriteItem: batch(
    z
      .array(
        z.object({
          PutRequest: z.object({ Item: item }).optional(),
          DeleteRequest: z.object({ Key: item }).optional(),
        }),
      )
      .max(25),
  ),
  Query: z.object({
    IndexName: z.enum(['sessions', 'timers', 'working', 'removal']).optional(),
    ExpressionAttributeValues: item,
    ScanIndexForward: z.boolean().default(true),
    Limit: z.number().optional(),
  }),
  Scan: z.object({ ConsistentRead: z.literal(true) }),
};

type Item = z.infer<typeof item>;

/**
 * DynamoDB as far as the store goes: one table, each request at once and in memory, so that thousands of orders of requests can be
 * gone through. The SDK's client speaks to it as to the other. That it answers as DynamoDB does, shows the conformance suite, which
 * passes on both. What it leaves out: pages, limits, and that indexes may be behind.
 */
export class ModelDynamo {
  /** By `pk` and `sk`. */
  readonly #items = new Map<string, Map<string, Item>>();

  /** A client of it, whose requests pass a gate. `twice`: the answers to conditional writes are lost, and they are sent again. */
  client(gate: Gate = () => undefined, { twice = false } = {}): DynamoDBClient {
    return new DynamoDBClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
      requestHandler: {
        handle: async ({ headers, body }: { headers: Record<string, string>; body?: unknown }) => {
          const operation = (headers['x-amz-target'] ?? '').split('.')[1] ?? '';
          const input: unknown = JSON.parse(isUint8Array(body) ? new TextDecoder().decode(body) : String(body));
          await gate(operation);
          if (twice && (operation === 'PutItem' || operation === 'DeleteItem')) {
            this.#answer(operation, input);
            await gate(operation);
          }
          const [statusCode, output] = this.#answer(operation, input);
          const type = { 'content-type': 'application/x-amz-json-1.0' };
          return {
            response: new HttpResponse({ statusCode, headers: type, body: Buffer.from(JSON.stringify(output)) }),
          };
        },
      },
    });
  }

  /** The items of one `pk`. */
  of(pk: string): readonly Item[] {
    return [...(this.#items.get(pk)?.values() ?? [])];
  }

  /** Puts an item there, whatever was there before. */
  put(item: Item): void {
    this.#put(item);
  }

  #answer(operation: string, input: unknown): readonly [number, object] {
    switch (operation) {
      case 'GetItem':
        return [200, { Item: this.#get(inputs.GetItem.parse(input).Key) }];
      case 'BatchGetItem': {
        const asked = Object.entries(inputs.BatchGetItem.parse(input).RequestItems);
        const found = asked.map(([table, { Keys }]) => [table, Keys.flatMap((key) => this.#get(key) ?? [])]);
        return [200, { Responses: Object.fromEntries(found) }];
      }
      case 'PutItem': {
        const { Item, ...condition } = inputs.PutItem.parse(input);
        if (!this.#holds(Item, condition)) return refused;
        this.#put(Item);
        return [200, {}];
      }
      case 'DeleteItem': {
        const { Key, ...condition } = inputs.DeleteItem.parse(input);
        if (!this.#holds(Key, condition)) return refused;
        this.#delete(Key);
        return [200, {}];
      }
      case 'BatchWriteItem':
        for (const requests of Object.values(inputs.BatchWriteItem.parse(input).RequestItems)) {
          for (const { PutRequest, DeleteRequest } of requests) {
            if (PutRequest) this.#put(PutRequest.Item);
            if (DeleteRequest) this.#delete(DeleteRequest.Key);
          }
        }
        return [200, {}];
      case 'Query':
        return [200, { Items: this.#query(inputs.Query.parse(input)) }];
      case 'Scan':
        inputs.Scan.parse(input);
        return [200, { Items: [...this.#items.keys()].flatMap((pk) => this.of(pk)) }];
      default:
        return [400, { __type: 'com.amazonaws.dynamodb.v20120810#UnknownOperationException' }];
    }
  }

  #query({
    IndexName,
    ExpressionAttributeValues: values,
    ScanIndexForward,
    Limit,
  }: z.infer<typeof inputs.Query>): Item[] {
    const sorted =
      IndexName === undefined
        ? this.of(text(values[':pk']))
            .filter(({ sk }) => text(sk) >= text(values[':from']) && text(sk) <= text(values[':to']))
            .sort((a, b) => (text(a['sk']) < text(b['sk']) ? -1 : 1))
        : this.#indexed(dynamoTable.indexes[IndexName], text(values[':shard']), values[':upTo']);
    return (ScanIndexForward ? sorted : sorted.reverse()).slice(0, Limit);
  }

  #indexed(range: string, shard: string, upTo: Item[string] | undefined): Item[] {
    const most = upTo === undefined ? Number.POSITIVE_INFINITY : number(upTo);
    return [...this.#items.keys()]
      .flatMap((pk) => this.of(pk))
      .filter((item) => range in item && text(item['shard']) === shard && number(item[range]) <= most)
      .sort((a, b) => number(a[range]) - number(b[range]));
  }

  #get({ pk, sk }: Item): Item | undefined {
    return this.#items.get(text(pk))?.get(text(sk));
  }

  #put(item: Item): void {
    const { pk, sk } = item;
    const items = this.#items.get(text(pk)) ?? new Map<string, Item>();
    this.#items.set(text(pk), items.set(text(sk), item));
  }

  #delete({ pk, sk }: Item): void {
    const items = this.#items.get(text(pk));
    items?.delete(text(sk));
    if (items?.size === 0) this.#items.delete(text(pk));
  }

  #holds(key: Item, { ConditionExpression, ExpressionAttributeValues }: Condition): boolean {
    const there = this.#get(key);
    if (ConditionExpression === 'attribute_not_exists(pk)') return there === undefined;
    return there !== undefined && text(there['commit']) === text(ExpressionAttributeValues?.[':commit']);
  }
}

interface Condition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues?: Item | undefined;
}

const refused = [400, { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException' }] as const;
const text = (attribute: Item[string] | undefined): string => z.object({ S: z.string() }).parse(attribute).S;
const number = (attribute: Item[string] | undefined): number => Number(z.object({ N: z.string() }).parse(attribute).N);
