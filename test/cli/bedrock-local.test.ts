import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ADDRESS, folderWith, lines, ORDER, PATIENCE, parley, type Running, remove, start, TEA } from './command.ts';

jest.setTimeout(PATIENCE);

let folders: string[] = [];
let running: Running[] = [];
afterEach(() => {
  for (const { process } of running) process.kill('SIGKILL');
  for (const folder of folders) remove(folder);
  folders = [];
  running = [];
});

const MODEL = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';

function teaHouse(): string {
  const folder = folderWith({
    'workflows/tea/workflow.yaml': TEA.replace('otherwise:', `models: { decide: ${MODEL} }\notherwise:`),
  });
  folders.push(folder);
  return folder;
}

/** Starts the stand-in, and tells its address once it listens. */
async function standIn(folder: string, ...args: readonly string[]) {
  const local = start(['bedrock-local', '--port', '0', ...args], folder);
  running.push(local);
  let printed = '';
  local.process.stdout?.on('data', (text: string) => {
    printed += text;
  });
  await local.until('Try it');
  const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(printed) ?? [];
  return { local, url };
}

const talk = (folder: string, url: string, said: readonly string[]) =>
  parley(['talk', 'tea', '--decider', 'bedrock', '--endpoint', url], folder, lines(said));
const spoken = (out: string) => out.split('\n').filter((line) => /^\S+ › /.test(line));

describe("Bedrock's stand-in", () => {
  it('has the conversation that the offline decider has, and prints a line a request without its words', async () => {
    const folder = teaHouse();
    const { local, url } = await standIn(folder);
    const outcome = await talk(folder, url, ORDER);
    expect(outcome).toMatchObject({ code: 0, err: '' });
    expect(spoken(outcome.out)).toEqual(spoken((await parley(['talk', 'tea'], folder, lines(ORDER))).out));
    local.process.kill('SIGINT');
    const { code, out, err } = await local.ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`npx parley talk support --decider bedrock --endpoint ${url}\n`);
    const logged = out.split('\n').filter((line) => line.startsWith('Converse '));
    // One for each line of the caller.
    expect(logged).toHaveLength(ORDER.length);
    for (const line of logged) {
      expect(line).toMatch(
        /^Converse us\.anthropic\.\S+ · 200 · \d+ ms · \d+ in, \d+ out, cache \d+ read, \d+ written$/,
      );
    }
    expect(out).not.toContain(ADDRESS);
    expect(out).not.toContain('pot');
  });

  it('answers from a recording, whatever is said', async () => {
    const folder = teaHouse();
    const recorded = await parley(['talk', 'tea', '--session', 's1'], folder, lines(ORDER));
    expect(recorded.code).toBe(0);
    expect((await parley(['record', 's1', '-o', 'order.jsonl'], folder)).code).toBe(0);
    const { url } = await standIn(folder, '--recording', 'order.jsonl');
    const { out } = await talk(folder, url, ['x', 'y', 'z', 'w']);
    expect(spoken(out).at(-1)).toBe('tea › It is on its way.');
  });

  it('says so where its port is taken, or its recording is not there', async () => {
    const folder = teaHouse();
    const { url } = await standIn(folder);
    const { port } = new URL(url);
    const taken = await parley(['bedrock-local', '--port', port], folder);
    expect(taken).toMatchObject({ code: 2, out: '' });
    expect(taken.err).toContain(`Port ${port} can't be had: something else listens there.`);
    expect(taken.err).toContain('Give another port');
    const missing = await parley(['bedrock-local', '--recording', 'nosuch.jsonl'], folder);
    expect(missing).toMatchObject({ code: 2, out: '' });
    expect(missing.err).toContain('nosuch.jsonl');
  });

  it.each(['many', '-1', '70000'])('takes no port %s', async (port) => {
    expect(await parley(['bedrock-local', '--port', port], teaHouse())).toMatchObject({
      code: 2,
      err: expect.stringContaining('Write a port, such as 8787.'),
    });
  });

  it('prints how each request came, where it is asked to', async () => {
    const folder = teaHouse();
    const { local, url } = await standIn(folder, '--verbose');
    await fetch(`${url}/model/${MODEL}/converse`, { method: 'POST', body: '{' });
    local.process.kill('SIGTERM');
    const { code, out } = await local.ended;
    expect(code).toBe(0);
    expect(out).toMatch(
      /^Converse \S+ · 403 MissingAuthenticationTokenException · \d+ ms · http\/1\.1 [0-9a-f-]{36}$/m,
    );
  });
});
