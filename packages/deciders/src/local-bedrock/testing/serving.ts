import { afterEach } from '@jest/globals';
import type { Answer } from '../answer.ts';
import { type LocalBedrock, type LocalBedrockOptions, startLocalBedrock } from '../server.ts';
import { closeClients } from './client.ts';

/** Starts servers that end with the test. */
export function serving() {
  const servers: LocalBedrock[] = [];
  afterEach(async () => {
    closeClients();
    for (const server of servers.splice(0)) await server.close();
  });
  return async (answer: Answer | LocalBedrockOptions['answer'], more: Partial<LocalBedrockOptions> = {}) => {
    const server = await startLocalBedrock({ answer: typeof answer === 'function' ? answer : () => answer, ...more });
    servers.push(server);
    return server;
  };
}
