import { SFNClient, SFNServiceException } from '@aws-sdk/client-sfn';
import { ParleyError } from '@parley/workflow';

/** Where Step Functions is. What is left out comes from the environment, as the SDK reads it. */
export interface SfnAddress {
  readonly region?: string;
  readonly endpoint?: string;
}

/** A client of Step Functions. One on this machine needs no region and no credentials. */
export function sfnClient({ region, endpoint }: SfnAddress = {}): SFNClient {
  const local = endpoint !== undefined && /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]?/.test(endpoint);
  return new SFNClient({
    ...(region === undefined ? (local ? { region: 'us-east-1' } : {}) : { region }),
    // Express executions have a host name of their own, which only AWS has.
    ...(endpoint === undefined ? {} : { endpoint, disableHostPrefix: true }),
    ...(local ? { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } } : {}),
  });
}

/** What a request to Step Functions failed of, as a person reads it: `deploy/refused`, `deploy/unreachable` or `deploy/access`. */
export function failureOf(error: unknown): unknown {
  if (error instanceof ParleyError || !(error instanceof Error)) return error;
  if (error instanceof SFNServiceException) {
    return new ParleyError('deploy/refused', `Step Functions refused it: ${error.name}: ${error.message}`, {
      fix: 'See what it says of names, roles and permissions; then run it again: what was done is not done twice.',
      cause: error,
    });
  }
  if (error.name === 'CredentialsProviderError' || error.message.startsWith('Region is missing')) {
    return new ParleyError('deploy/access', `Step Functions can't be asked from here: ${error.message}`, {
      fix: 'Set AWS_REGION, and credentials as the AWS SDK reads them.',
      cause: error,
    });
  }
  // The SDK may wrap what the system said.
  const said = 'code' in error ? String(error.code) : `${error.name} ${error.message}`;
  const [code] = /\b(E[A-Z]{4,}|TimeoutError)\b/.exec(said) ?? [];
  if (code === undefined) return error;
  return new ParleyError('deploy/unreachable', `Step Functions can't be reached (${code}).`, {
    fix: 'Look at the --endpoint, the region and the network; then run it again: what was done is not done twice.',
    cause: error,
  });
}
