export { type AsyncCodec, type Codec, plainCodec } from './codec.ts';
export { type AwsAddress, awsSettings } from './dynamo/client.ts';
export { type DynamoOptions, openDynamoStore } from './dynamo/dynamo.ts';
export { createDynamoTable, dynamoTable } from './dynamo/table.ts';
export { encryptingCodec, type Keys, nameOfKey } from './encryption.ts';
export { addKey, type KeyPlaces, keysIn } from './keys.ts';
export { encryptionContext, type KmsOptions, kmsCodec } from './kms.ts';
export { memoryStore } from './memory.ts';
export { openSqliteStore, type SqliteOptions } from './sqlite.ts';
