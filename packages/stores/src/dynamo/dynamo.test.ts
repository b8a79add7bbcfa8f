import { afterAll, beforeAll } from '@jest/globals';
import type { Store } from '@parley/engine';
import { storeConformance } from '../conformance.ts';
import { type LocalDynamo, startLocalDynamo } from '../testing/local-dynamo.ts';
import { ModelDynamo } from '../testing/model-dynamo.ts';
import { openDynamoStore } from './dynamo.ts';

let dynamo: LocalDynamo;
beforeAll(async () => {
  dynamo = await startLocalDynamo();
});
afterAll(() => dynamo.close());

storeConformance('the DynamoDB store', {
  open: () => dynamo.open(),
  reopen: (store) => dynamo.open({ table: dynamo.tableOf(store) }),
});

const models = new WeakMap<Store, ModelDynamo>();
const openModel = async (model = new ModelDynamo()) => {
  const store = await openDynamoStore({ table: 'parley', client: model.client() });
  models.set(store, model);
  return store;
};
storeConformance('the DynamoDB store on a model of DynamoDB', {
  open: () => openModel(),
  reopen: (store) => openModel(models.get(store)),
});
