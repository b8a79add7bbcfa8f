import { ConnectClient } from '@aws-sdk/client-connect';
import { ConnectParticipantClient } from '@aws-sdk/client-connectparticipant';
// Loaded before any clock of a test runs.
import '../../sdk-commands.ts';
import type { ConnectService } from './service.ts';

/** Carries out what a client is asked for. */
type Around = <T>(work: () => Promise<T>) => Promise<T>;

/** The real clients, on a service here. `around` is asked to carry out each of their requests: it may let no time pass meanwhile. */
export function clientsOf(
  { endpoint }: Pick<ConnectService, 'endpoint'>,
  around: Around,
): { readonly connect: ConnectClient; readonly participants: ConnectParticipantClient } {
  const config = {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'A', secretAccessKey: 'S' },
    maxAttempts: 1,
  };
  const connect = new ConnectClient(config);
  const participants = new ConnectParticipantClient(config);
  connect.middlewareStack.add((next) => (args) => around(() => next(args)), { step: 'initialize' });
  participants.middlewareStack.add((next) => (args) => around(() => next(args)), { step: 'initialize' });
  return { connect, participants };
}
