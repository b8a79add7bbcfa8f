import { afterAll, beforeAll } from '@jest/globals';
import { storeConformance } from '../conformance.ts';
import { type LocalDynamo, startLocalDynamo } from '../testing/local-dynamo.ts';

let dynamo: LocalDynamo;
beforeAll(async () => {
  dynamo = await startLocalDynamo();
});
afterAll(() => dynamo.close());

storeConformance('the DynamoDB store', {
  open: () => dynamo.open(),
  reopen: (store) => dynamo.open({ table: dynamo.tableOf(store) }),
});
