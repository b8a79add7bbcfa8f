/** What the codec uses of the SDK, by name: a bundler leaves out the rest, which is most of it. */
export { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
