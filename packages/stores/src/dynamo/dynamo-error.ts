import { StoreError } from '@parley/engine';

/** Whether an error of the SDK has one of these names. Not instanceof: it may come from another copy of the SDK. */
export function isNamed(error: unknown, ...names: readonly string[]): boolean {
  return isObject(error) && 'name' in error && names.some((name) => error.name === name);
}

/** DynamoDB refused a condition of a write. */
export function isRefused(error: unknown): boolean {
  return isNamed(error, 'ConditionalCheckFailedException');
}

/** Nobody can tell whether what was asked for was done. */
export function isUncertain(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'store/unavailable';
}

const throttled = [
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'LimitExceededException',
];
const access = [
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'NotAuthorizedException',
  'TokenProviderError',
  'UnrecognizedClientException',
];

/**
 * An error of the SDK as a StoreError about `what` (as "the table parley"); one of the family stays as it is. The names are those of
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html. The SDK has tried again before.
 */
export function toStoreError(what: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  if (isNamed(error, ...throttled)) {
    return new StoreError(
      'store/throttled',
      `There is more to do on ${what} than AWS takes.`,
      'Send the event again in a moment. Where it goes on: raise the limits of the table, its indexes or the account, or open the store with more shards.',
      error,
    );
  }
  if (isNamed(error, 'ResourceNotFoundException', 'NotFoundException', 'TableNotFoundException')) {
    return new StoreError(
      'store/missing',
      `There is no such thing as ${what} here.`,
      'See that name, region and account are right, and that the deployment has made it, with its indexes.',
      error,
    );
  }
  if (isObject(error) && 'message' in error && error.message === 'Region is missing') {
    return new StoreError('store/access', `It is not said in which region ${what} is.`, 'Set AWS_REGION.', error);
  }
  if (isNamed(error, ...access)) {
    return new StoreError(
      'store/access',
      `AWS does not let this process use ${what}.`,
      'See that there are credentials, that they are not out of date, and that their role may do what the README of the stores lists.',
      error,
    );
  }
  if (isLarge(error)) {
    return new StoreError(
      'store/full',
      `Something is too large for an item of ${what}.`,
      'An item takes 400 KB. Texts are divided, so it must be the timers or the names: see that a session has fewer.',
      error,
    );
  }
  if (isOutOfReach(error)) {
    return new StoreError(
      'store/unavailable',
      `No answer came from ${what}.`,
      'Send the event again in a moment: if it was kept, the same answer is given. See that this process reaches AWS.',
      error,
    );
  }
  return new StoreError(
    'store/failed',
    `AWS could not do it on ${what}.`,
    'The cause tells its reason; what was kept before is whole.',
    error,
  );
}

/** What is kept can't be read. The cause stays out, as it may quote what it could not read. */
export function damaged(table: string): StoreError {
  return new StoreError(
    'store/damaged',
    `Something in the table ${table} is not what this store writes there, or is damaged.`,
    'See that the table is used by nothing else and was made by this version; or restore it to a point in time.',
    undefined,
  );
}

function isLarge(error: unknown): boolean {
  if (!isNamed(error, 'ValidationException') || !(isObject(error) && 'message' in error)) return false;
  return /item size/i.test(String(error.message));
}

/** Failures of the service itself, and all where it sent no answer: of the network, or as the time was up. */
function isOutOfReach(error: unknown): boolean {
  const metadata = isObject(error) && '$metadata' in error ? error.$metadata : undefined;
  const status = isObject(metadata) && 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined;
  return typeof status !== 'number' || status >= 500;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
