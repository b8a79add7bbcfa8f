import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Json } from '@parley/workflow';
import { z } from 'zod';

/** AWS Lambda's Invoke API on this machine. Each event is taken by a process that has no other, and stands still when it has answered. */
export interface LocalLambda {
  readonly url: string;
  /** What the functions wrote on standard output and on standard error: Lambda logs both. */
  readonly written: { readonly out: string; readonly error: string };
  /** Asks a function, as its callers do. Throws what it threw. */
  invoke(name: string, event: Json): Promise<unknown>;
  /** The process that takes the next event of this function is killed (SIGKILL) at this request that it makes to AWS, from 1. */
  killNext(name: string, request: number): void;
  /** Sets a variable of the environment of processes that start from now on. */
  set(name: string, value: string): void;
  /** How many processes were killed in this way. */
  readonly killed: number;
  close(): Promise<void>;
}

const runtime = path.join(path.dirname(fileURLToPath(import.meta.url)), 'runtime.mjs');
const answer = z.object({ payload: z.json(), failed: z.boolean().optional() });
type Answer = z.output<typeof answer>;

/** `bundles`: the file of each function, by its name. */
export async function startLocalLambda(
  bundles: { readonly [name: string]: string },
  given: { readonly [name: string]: string },
): Promise<LocalLambda> {
  const environment: Record<string, string> = { ...given };
  const idle = new Map<string, ChildProcess[]>();
  const all = new Set<ChildProcess>();
  const written = { out: '', error: '' };
  const kills = new Map<string, number>();
  let killed = 0;

  function started(name: string, file: string): ChildProcess {
    const free = idle.get(name)?.pop();
    if (free) {
      free.kill('SIGCONT');
      return free;
    }
    const child = fork(runtime, [file], {
      env: { PATH: process.env['PATH'], ...environment },
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.stdout?.on('data', (chunk: Buffer) => {
      written.out += chunk;
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      written.error += chunk;
    });
    all.add(child);
    child.once('exit', () => all.delete(child));
    return child;
  }

  async function run(name: string, file: string, event: Json): Promise<Answer> {
    const child = started(name, file);
    const answered = new Promise<Answer>((resolve) => {
      const gone = () => resolve(exited);
      child.once('exit', gone);
      child.once('message', (message) => {
        child.off('exit', gone);
        resolve(answer.parse(message));
      });
    });
    const dies = kills.get(name);
    kills.delete(name);
    child.send({ event, dies });
    const given = await answered;
    if (given === exited) killed++;
    else {
      child.kill('SIGSTOP');
      idle.set(name, [...(idle.get(name) ?? []), child]);
    }
    return given;
  }

  const server = createServer(async (request, response) => {
    const name = decodeURIComponent(
      /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(request.url ?? '')?.[1] ?? '',
    );
    const file = bundles[name];
    if (file === undefined) {
      response.writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException' }).end('{}');
      return;
    }
    const running = run(name, file, JSON.parse(await textOf(request)));
    if (request.headers['x-amz-invocation-type'] === 'Event') {
      // Nobody waits for it, and where it fails it is not tried again.
      response.writeHead(202).end();
      return;
    }
    const { payload, failed } = await running;
    response.writeHead(200, {
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      ...(failed ? { 'x-amz-function-error': 'Unhandled' } : {}),
    });
    response.end(JSON.stringify(payload));
  }).listen(0, '127.0.0.1');
  server.keepAliveTimeout = 65_000;
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');

  return {
    url: `http://127.0.0.1:${address.port}`,
    written,
    async invoke(name, event) {
      const { payload, failed } = await run(name, bundles[name] ?? '', event);
      if (failed) throw new Error(JSON.stringify(payload));
      return payload;
    },
    set(name, value) {
      environment[name] = value;
    },
    killNext: (name, request) => void kills.set(name, request),
    get killed() {
      return killed;
    },
    async close() {
      for (const child of all) child.kill('SIGKILL');
      await Promise.all([...all].map((child) => once(child, 'exit')));
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What Lambda answers of a function whose process is gone. */
const exited: Answer = {
  failed: true,
  payload: { errorType: 'Runtime.ExitError', errorMessage: 'Error: Runtime exited with error: signal: killed' },
};

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
