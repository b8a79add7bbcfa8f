import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type Chat, isBot, openChat } from '../center/chat.ts';
import { folderWith, PATIENCE, ROOT, type Running, remove, start, startProcess } from './command.ts';

const info = z.object({
  instanceId: z.string(),
  host: z.string(),
  workflows: z.array(z.object({ name: z.string(), flowId: z.string() })),
});

const folders: string[] = [];
function newFolder(): string {
  const folder = folderWith();
  folders.push(folder);
  return folder;
}

const running: Running[] = [];
afterEach(async () => {
  for (const one of running.splice(0)) {
    one.process.kill('SIGKILL');
    await one.ended;
  }
  for (const folder of folders.splice(0)) remove(folder);
});

/** Starts it, and waits until it says where it is. */
async function opened(one: Running): Promise<string> {
  running.push(one);
  await one.until('The contact center is open: ');
  await one.until('/agent');
  return /open: (\S+)/.exec(one.printed())?.[1] ?? '';
}

const center = (folder: string, ...options: string[]) => centerOf('support', folder, ...options);
const centerOf = (workflow: string, folder: string, ...options: string[]) =>
  start(['center', workflow, '--port', '0', '--data', folder, '--no-open', ...options], ROOT);

/** A customer who has begun a chat at an open contact center. */
async function customerAt(endpoint: string, workflow: string): Promise<Chat> {
  const told = info.parse(await (await fetch(`${endpoint}/desk/center`)).json());
  const flow = told.workflows[0]?.flowId ?? '';
  return openChat({ endpoint, instanceId: told.instanceId, flowId: () => flow }, workflow);
}

const LATER = `
workflow: later
otherwise: person
steps:
  hello: { say: I will tell you., then: hold }
  hold: { wait: 1s, then: news }
  news: { say: Here is your news., then: over }
  over: { end: Goodbye. }
  person: { transfer: { queue: people } }
`;

describe('the contact center', () => {
  it.each([
    ['embedded', 'bot'],
    ['embedded', 'lex'],
    ['stepfunctions', 'bot'],
    ['stepfunctions', 'lex'],
  ])(
    'takes a chat, sessions run by %s and led by %s, and closes when it is told to',
    async (host, chat) => {
      const one = center(newFolder(), '--host', host, '--chat', chat);
      const endpoint = await opened(one);
      const told = info.parse(await (await fetch(`${endpoint}/desk/center`)).json());
      expect(told).toMatchObject({ host, workflows: [{ name: 'support' }] });
      const customer = await customerAt(endpoint, 'support');
      await customer.say('please cancel order W1000001, my e-mail is maya.chen@example.com');
      await customer.frames.next((frame) => isBot(frame) && /I've sent a six-digit code/.test(frame.Content ?? ''));
      customer.drop();
      one.process.kill('SIGTERM');
      expect((await one.ended).code).toBe(0);
    },
    PATIENCE,
  );

  it.each([
    ['embedded', 'per-contact'],
    ['stepfunctions', 'per-contact'],
    ['stepfunctions', 'per-turn'],
  ])(
    'tells who is in a chat with the bot what comes of a timer, sessions run by %s (%s)',
    async (host, shape) => {
      const folder = folderWith({ 'workflows/later/workflow.yaml': LATER });
      folders.push(folder);
      const file = path.join(folder, 'workflows/later/workflow.yaml');
      const one = centerOf(file, folder, '--host', host, '--shape', shape, '--chat', 'bot');
      const customer = await customerAt(await opened(one), 'later');
      const heard: string[] = [];
      while (heard.at(-1) !== '(ended)') heard.push(await customer.heard());
      expect(heard).toEqual(['I will tell you.', 'Here is your news.', 'Goodbye.', '(ended)']);
      customer.close();
    },
    PATIENCE,
  );

  it(
    'shows its pages, which run no scripts but its own',
    async () => {
      const endpoint = await opened(center(newFolder()));
      for (const page of ['/', '/watch', '/agent']) {
        const answer = await fetch(endpoint + page);
        expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'");
        const script = /src="(\/pages\/[\w-]+\.js)"/.exec(await answer.text())?.[1] ?? '';
        expect((await fetch(endpoint + script)).headers.get('content-type')).toContain('text/javascript');
      }
      expect((await fetch(`${endpoint}/pages/..%2f..%2fpackage.json`)).status).toBe(404);
    },
    PATIENCE,
  );

  it(
    'says so where its port is taken, and leaves who has it alone',
    async () => {
      const endpoint = await opened(center(newFolder()));
      const second = start(
        ['center', 'support', '--port', new URL(endpoint).port, '--data', newFolder(), '--no-open'],
        ROOT,
      );
      const { code, err } = await second.ended;
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('cli/port-taken') });
      expect((await fetch(endpoint)).ok).toBe(true);
    },
    PATIENCE,
  );
});

describe('npm start', () => {
  const npmStart = (...words: string[]) =>
    startProcess(process.execPath, [path.join(ROOT, 'scripts', 'start.mjs'), ...words], ROOT);

  it(
    'opens the contact center where nothing comes on standard input',
    async () => {
      const one = npmStart('support', '--port', '0', '--data', newFolder());
      one.process.stdin?.end();
      expect((await fetch(await opened(one))).ok).toBe(true);
    },
    PATIENCE,
  );

  it(
    'talks where lines come on standard input',
    async () => {
      const one = npmStart('support', '--store', path.join(newFolder(), 's.sqlite'));
      one.type('where is my order');
      await one.until('support › What can I do for you today?');
      await one.until('you › where is my order');
      one.process.stdin?.end();
      expect((await one.ended).code).toBe(0);
    },
    PATIENCE,
  );

  it(
    'talks with --terminal, before anything is typed',
    async () => {
      const one = npmStart('--terminal', '--store', path.join(newFolder(), 's.sqlite'));
      await one.until('support › What can I do for you today?');
      one.process.stdin?.end();
      expect((await one.ended).code).toBe(0);
    },
    PATIENCE,
  );
});
