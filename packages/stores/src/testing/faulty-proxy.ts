import { once } from 'node:events';
import { createServer } from 'node:http';

/** What becomes of a request: it passes; it passes, but its answer is lost; or another answer is given in place of it. */
export type Fate = 'pass' | 'lose' | { readonly status: number; readonly body: object };

export interface FaultyProxy {
  readonly endpoint: string;
  /** Decides about every request from now on: `n` counts those of an operation since then, from 0. */
  rule(fate: (operation: string, n: number, input: { readonly [key: string]: unknown }) => Fate): void;
  /** How many requests of an operation came since the last rule. */
  count(operation: string): number;
  close(): Promise<void>;
}

/** A server before a DynamoDB, on which the network and the service go wrong. */
export async function startFaultyProxy(behind: string): Promise<FaultyProxy> {
  let decide: Parameters<FaultyProxy['rule']>[0] = () => 'pass';
  let counts = new Map<string, number>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const n = counts.get(operation) ?? 0;
    counts.set(operation, n + 1);
    const fate = decide(operation, n, JSON.parse(body.toString()));
    const type = { 'content-type': 'application/x-amz-json-1.0' };
    if (typeof fate === 'object') {
      response.writeHead(fate.status, type).end(JSON.stringify(fate.body));
      return;
    }
    const headers = Object.fromEntries(
      ['content-type', 'authorization', 'x-amz-date', 'x-amz-target'].flatMap((name) => {
        const value = request.headers[name];
        return typeof value === 'string' ? [[name, value]] : [];
      }),
    );
    const answer = await fetch(behind, { method: 'POST', headers, body });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (fate === 'lose') request.socket.destroy();
    else response.writeHead(answer.status, type).end(bytes);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    rule(fate) {
      counts = new Map();
      decide = fate;
    },
    count: (operation) => counts.get(operation) ?? 0,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
