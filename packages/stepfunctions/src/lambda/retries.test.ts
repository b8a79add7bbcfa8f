import { once } from 'node:events';
import { createServer } from 'node:http';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { CountedRetries } from './retries.ts';

/** What the next requests are answered with; nothing: well. */
const answers: (readonly [status: number, type: string])[] = [];
const server = createServer((request, response) => {
  request.resume();
  const [status, type] = answers.shift() ?? [200, undefined];
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify(type === undefined ? {} : { __type: type, message: type }));
});
let endpoint = '';
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  endpoint = `http://127.0.0.1:${address.port}`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

it.each([
  [
    'throttled twice, then well',
    [
      [400, 'ThrottlingException'],
      [400, 'ProvisionedThroughputExceededException'],
    ],
    2,
  ],
  ['a failure of the service is none', [[500, 'InternalServerError']], 0],
  ['nothing went wrong', [], 0],
] as const)('%s', async (_, given, count) => {
  answers.push(...given);
  let throttled = 0;
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    retryStrategy: new CountedRetries(() => {
      throttled++;
    }),
  });
  await client.send(new GetItemCommand({ TableName: 'parley', Key: { pk: { S: 's1' }, sk: { S: 'head' } } }));
  client.destroy();
  expect(throttled).toBe(count);
});
