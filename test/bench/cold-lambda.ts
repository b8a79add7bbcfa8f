import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Json } from '@parley/workflow';
import { build } from 'esbuild';
import { z } from 'zod';
import { flowEvent } from '../../packages/connect/src/block/testing/events.ts';
import { spokenEvent } from '../../packages/connect/src/lex/testing/events.ts';
import { bundle, deploy, FUNCTIONS } from '../lambda/deployment.ts';
import { median } from './measure.ts';
import type { Result, Row } from './report.ts';

const ROUNDS = 5;
/** Of those that Connect and Lex call, the ones that a caller on the phone waits for. */
const MEASURED = [...FUNCTIONS, 'lex', 'block'] as const;
const here = path.dirname(fileURLToPath(import.meta.url));
const runtime = path.join(here, '../lambda/runtime.mjs');

/**
 * A function's first event, in a process of its own as on AWS Lambda: from the import of its bundle to its answer, by the time of the processor it took.
 * The yardstick is a bundle with nothing but the AWS clients, which reads an item and encrypts a data key.
 */
export async function bench(): Promise<readonly Result[]> {
  const bundles = await bundle('measured');
  const bare = await bareBundle(bundles);
  const deployment = await deploy(bundles, 'per-contact');
  try {
    const { environment } = deployment;
    await deployment.send('s1', 'e0', {
      type: 'session.started',
      workflow: 'support',
      contact: { id: 'c1', channel: 'chat' },
    });
    const started = { type: 'session.started', workflow: 'support', contact: { id: 'c1', channel: 'chat' } };
    const events = (round: number): { readonly [name: string]: Json } => ({
      ask: { session: 's1', hop: round, token: 'AAAA' },
      decide: { session: 's1', hop: round },
      call: { session: 's1', hop: round },
      finish: { session: 's1', hop: round, error: 'States.Timeout' },
      turn: { session: `t${round}`, id: 'e0', event: started },
      tick: {},
      lex: json(spokenEvent({ transcript: '', session: `l${round}` })),
      block: json(flowEvent({ event: 'start' }, { ContactId: `b${round}` })),
    });
    const files = MEASURED.map((name) => [name, path.join(bundles, 'functions', name, 'index.mjs')] as const);
    const took = new Map<string, number[]>();
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [name, file] of [['only the AWS clients', bare] as const, ...files]) {
        const time = await firstAnswer(file, events(round)[name] ?? {}, environment);
        if (round > 0) took.set(name, [...(took.get(name) ?? []), time]);
      }
    }
    const yardstick = took.get('only the AWS clients') ?? [];
    const rows = await Promise.all(
      [['only the AWS clients', bare] as const, ...files].map(async ([name, file]): Promise<Row> => {
        const times = took.get(name) ?? [];
        const text = await readFile(file);
        const ratio = median(times.map((time, round) => time / (yardstick[round] ?? Number.NaN)));
        const more = `${Math.round(text.length / 1000)} kB, ${Math.round(gzipSync(text).length / 1000)} compressed`;
        return { name, value: median(times), unit: 'ms', ratio, more };
      }),
    );
    return [{ title: 'First event of a function, from import to answer', yardstick: 'only the AWS clients', rows }];
  } finally {
    await deployment.close();
  }
}

const json = (event: object): Json => z.json().parse(JSON.parse(JSON.stringify(event)));

/** Milliseconds of processor time. */
async function firstAnswer(
  file: string,
  event: Json,
  environment: { readonly [name: string]: string },
): Promise<number> {
  const child: ChildProcess = fork(runtime, [file], {
    env: { PATH: process.env['PATH'], ...environment },
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  child.send({ event });
  // Where it ends without an answer, the message is its exit code.
  const [message]: unknown[] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  child.kill('SIGKILL');
  if (typeof message !== 'object' || message === null || !('took' in message) || 'failed' in message) {
    throw new Error(`The function did not answer: ${JSON.stringify(message)}`);
  }
  return Number(message.took);
}

async function bareBundle(bundles: string): Promise<string> {
  const folder = path.join(bundles, 'bare');
  await mkdir(folder, { recursive: true });
  const outfile = path.join(folder, 'index.mjs');
  await build({
    stdin: { contents: BARE, resolveDir: path.join(here, '../../packages/stores') },
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}

const BARE = `
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms';
export const handler = async () => {
  const { PARLEY_TABLE: TableName, PARLEY_KEY: KeyId } = process.env;
  await new KMSClient().send(new GenerateDataKeyCommand({ KeyId, KeySpec: 'AES_256', EncryptionContext: {} }));
  await new DynamoDBClient().send(new GetItemCommand({ TableName, Key: { pk: { S: 's none' }, sk: { S: 'head' } } }));
};
`;
