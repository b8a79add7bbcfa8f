import { once } from 'node:events';
import net from 'node:net';
import { setImmediate } from 'node:timers/promises';

const TURNS = 5;

/** Stands between a client and a server and lets what the client says pass byte by byte, as a bad line might. */
export async function dribble(url: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true }, (client) => {
    const to = net.connect({ port: Number(new URL(url).port), host: '127.0.0.1', noDelay: true });
    for (const socket of [client, to]) {
      sockets.add(socket);
      socket.on('error', () => {});
    }
    to.pipe(client);
    void (async () => {
      // What is written before would go all at once.
      await once(to, 'connect');
      for await (const chunk of client) {
        for (const byte of chunk) {
          to.write(Buffer.from([byte]));
          // The other end, in this process too, has had time to read it before the next comes.
          for (let turn = 0; turn < TURNS; turn += 1) await setImmediate();
        }
      }
    })().catch(() => to.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
