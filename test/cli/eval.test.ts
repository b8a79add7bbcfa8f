import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  type Answer,
  fails,
  type LocalBedrock,
  offlineAnswerer,
  type Reply,
  startLocalBedrock,
} from '@parley/deciders/local-bedrock';
import { ADDRESS, folderWith, lines, ORDER, PATIENCE, parley, put, remove, start, TEA } from './command.ts';
import { parleyHere } from './in-process.ts';

jest.setTimeout(PATIENCE);

const HAIKU = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
const RECORDINGS = 'workflows/tea/recordings';
/** Two orders of four decisions each. */
const DECISIONS = 8;

let folder = '';
beforeAll(async () => {
  folder = folderWith({ 'workflows/tea/workflow.yaml': TEA, [`${RECORDINGS}/readme.txt`]: 'No recording.' });
  for (const session of ['one', 'two']) {
    await parley(['talk', 'tea', '--session', session], folder, lines(ORDER));
    await parley(['record', session, '-o', `${RECORDINGS}/${session}.jsonl`], folder);
  }
});
afterAll(() => remove(folder));

type Usage = NonNullable<Reply['usage']>;

const servers: LocalBedrock[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** A server that answers as the offline decider does, but for the requests of which `odd` says something else. */
async function bedrock(
  odd: (n: number, model: string) => Answer | Promise<Answer> | undefined = () => undefined,
  usage?: Usage,
) {
  const answer = offlineAnswerer();
  let n = 0;
  const server = await startLocalBedrock({
    answer: async (asked, at) => {
      n += 1;
      const given = await (odd(n, asked.model) ?? answer(asked, at));
      return given.type === 'reply' && usage ? { ...given, usage } : given;
    },
  });
  servers.push(server);
  return server;
}

let count = 0;
/** Arguments of an evaluation of Haiku that keeps its answers in a file of its own. */
const argsFor = ({ url }: LocalBedrock, ...more: readonly string[]) => {
  count += 1;
  const file = `answers-${count}.jsonl`;
  const args = ['eval', RECORDINGS, '--model', HAIKU, '--endpoint', url, '-o', file, ...more];
  return { args, file: path.join(folder, file) };
};

const cells = (out: string) => out.split('\n').map((line) => line.trim().split(/ {2,}/).join(' | '));
const resultsIn = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line): unknown => JSON.parse(line));

describe('eval', () => {
  it('puts recorded decisions to models and shows them side by side', async () => {
    const server = await bedrock();
    const { args, file } = argsFor(server, '--model', 'offline');
    const { code, out, err } = await parley(args, folder);
    expect(err).toBe('');
    expect(out).toMatch(/^8 decisions of 2 recordings, taken then by: offline \(8\)\.$/m);
    const rows = cells(out);
    expect(rows).toContain(`${HAIKU} | offline`);
    expect(rows).toContain('decisions | 8 | 8');
    expect(rows).toContain('same choice | 100.0 % | 100.0 %');
    expect(rows).toContain('same values | 100.0 % | 100.0 %');
    expect(rows).toContain('details | 4 of 4 | 4 of 4');
    expect(rows.find((row) => row.startsWith('cost | '))).toMatch(/^cost \| \$0\.\d{4} \| –$/);
    expect(code).toBe(0);
    // It was the pseudonyms that were asked and answered, and neither is kept.
    expect(server.requests).toHaveLength(DECISIONS);
    expect(JSON.stringify(server.requests.map(({ body }) => body))).not.toContain(ADDRESS);
    expect(`${out}${readFileSync(file, 'utf8')}`).not.toContain('@');
  });

  it('tells what was picked instead, and where to look', async () => {
    const coffee = {
      type: 'tool',
      name: 'decide',
      input: { choice: 'coffee', values: {}, confidence: 1, why: '' },
    } as const;
    const server = await bedrock((n) => (n === 1 ? { type: 'reply', content: [coffee] } : undefined));
    const { args } = argsFor(server, '--concurrency', '1');
    const { out, code } = await parleyHere(args, folder);
    expect(code).toBe(0);
    const recorded = readFileSync(path.join(folder, RECORDINGS, 'one.jsonl'), 'utf8').split('\n');
    const line = recorded.findIndex((text) => text.includes('"choice":"tea"')) + 1;
    expect(cells(out)).toContain(`1 × | tea → coffee | at need, | as in ${RECORDINGS}/one.jsonl:${line}`);
    expect(cells(out)).toContain('same choice | 87.5 %');
    expect(cells(out)).toContain('need | 1 of 2');
  });

  it('goes on after kill -9, whatever the last line came to', async () => {
    let sixth: () => void = () => undefined;
    const reached = new Promise<void>((resolve) => {
      sixth = resolve;
    });
    const server = await bedrock((n) => {
      if (n !== 6) return undefined;
      sixth();
      return new Promise(() => undefined);
    });
    const { args, file } = argsFor(server, '--concurrency', '1');
    const running = start(args, folder);
    await reached;
    running.process.kill('SIGKILL');
    expect((await running.ended).code).toBeNull();
    expect(resultsIn(file)).toHaveLength(5);
    appendFileSync(file, '{"key":"half a li');
    const { code, out } = await parleyHere(args, folder);
    expect(code).toBe(0);
    expect(cells(out)).toContain('decisions | 8');
    expect(cells(out)).toContain('same choice | 100.0 %');
    // Five were not asked again; the sixth was.
    expect(server.requests).toHaveLength(6 + 3);
    expect(resultsIn(file)).toHaveLength(DECISIONS);
    // A third run asks nothing, but where everything is to be asked anew.
    expect((await parleyHere(args, folder)).out).toBe(out);
    expect(server.requests).toHaveLength(9);
    await parleyHere([...args, '--fresh'], folder);
    expect(server.requests).toHaveLength(9 + DECISIONS);
  });

  it('is stopped by Ctrl-C, with what there is and how to go on', async () => {
    const server = await bedrock((n) => {
      if (n !== 4) return undefined;
      running?.process.kill('SIGINT');
      return new Promise(() => undefined);
    });
    const { args, file } = argsFor(server, '--concurrency', '1');
    const running: ReturnType<typeof start> | undefined = start(args, folder);
    const { code, out, err } = await running.ended;
    expect(code).toBe(2);
    expect(err).toMatch(
      /^Stopped\. The same command goes on from here; what was answered is in answers-\d+\.jsonl\.$/m,
    );
    expect(cells(out)).toContain('decisions | 3 of 8');
    expect(resultsIn(file)).toHaveLength(3);
    expect((await parleyHere(args, folder)).code).toBe(0);
    expect(resultsIn(file)).toHaveLength(DECISIONS);
  });

  it('stops before more than the cap could be spent, and goes on with a higher one', async () => {
    // At $1.10 and $5.50 a million: 9,000 × 1.1 + 1,000 × 5.5 = $0.0154 a decision.
    const server = await bedrock(undefined, { input: 9_000, output: 1_000 });
    const { args, file } = argsFor(server);
    const nothing = await parleyHere([...args, '--max-cost', '0.001'], folder);
    expect(nothing.code).toBe(2);
    expect(server.requests).toHaveLength(0);
    const [, next = ''] =
      /^Stopped before more than \$0\.001 could be spent: \$0 has been, and the next decision could cost up to \$(\S+)\. /m.exec(
        nothing.err,
      ) ?? [];
    expect(Number(next)).toBeGreaterThan(0.0154);
    // Room for two, and for what may be needed beside them.
    const cap = Number(next) + 2 * 0.0154;
    const some = await parleyHere([...args, '--max-cost', String(cap)], folder);
    expect(some.code).toBe(2);
    const spent = resultsIn(file).reduce((sum: number, one) => sum + costIn(one), 0);
    expect(spent).toBeCloseTo(server.requests.length * 0.0154);
    expect(server.requests.length).toBeGreaterThanOrEqual(2);
    expect(spent).toBeLessThanOrEqual(cap);
    expect((await parleyHere([...args, '--max-cost', '1'], folder)).code).toBe(0);
    expect(server.requests).toHaveLength(DECISIONS);
  });

  it('does not promise to keep to a cap with a model whose price nobody knows', async () => {
    const server = await bedrock();
    const args = ['eval', RECORDINGS, '--model', 'vendor.unheard-of', '--endpoint', server.url, '-o', 'unpriced.jsonl'];
    const { code, err } = await parleyHere([...args, '--max-cost', '1'], folder);
    expect(code).toBe(2);
    expect(err).toMatch(/cli\/no-price\n.*No price is known of vendor\.unheard-of/);
    expect(server.requests).toHaveLength(0);
    put(folder, 'workflows/models.json', '[{ "model": "vendor.unheard-of", "price": { "input": 1, "output": 2 } }]');
    expect((await parleyHere([...args, '--max-cost', '0'], folder)).err).toMatch(/^Stopped before/m);
    remove(path.join(folder, 'workflows/models.json'));
  });

  it('gives up on a model that only fails, and says so', async () => {
    const server = await bedrock((_, model) => (model === HAIKU ? fails('AccessDeniedException') : undefined));
    const { args } = argsFor(server, '--concurrency', '1', '--model', 'offline', '--json');
    const { code, out, err } = await parleyHere(args, folder);
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`^${HAIKU} was given up on: it only failed, with `, 'm'));
    expect(server.requests).toHaveLength(5);
    expect(JSON.parse(out)).toMatchObject({
      decisions: DECISIONS,
      yardstick: { offline: DECISIONS },
      ended: 'end',
      models: [
        { model: HAIKU, asked: 5, of: DECISIONS, choices: { count: 0, of: 5 } },
        { model: 'offline', asked: DECISIONS, choices: { count: DECISIONS, of: DECISIONS } },
      ],
    });
  });

  it('asks what can be read, and says what can not', async () => {
    const one = readFileSync(path.join(folder, RECORDINGS, 'one.jsonl'), 'utf8');
    put(folder, 'mixed/one.jsonl', one);
    put(folder, 'mixed/cut.jsonl', one.slice(0, 300));
    const { workflow: _, version: __, ...header } = JSON.parse(one.split('\n')[0] ?? '');
    put(folder, 'mixed/imported.jsonl', `${JSON.stringify({ ...header, imported: 'contact-lens' })}\n`);
    const { code, out, err } = await parleyHere(['eval', 'mixed', '--model', 'offline', '-o', 'mixed.jsonl'], folder);
    expect(code).toBe(2);
    expect(err).toMatch(/^mixed\/cut\.jsonl:\d+:1 {2}recording\/truncated$/m);
    expect(err).toMatch(/^mixed\/imported\.jsonl\nrecording\/imported$/m);
    expect(out).toMatch(/^4 decisions of 1 recordings, /m);
    expect(cells(out)).toContain('same choice | 100.0 %');
  });

  it('asks in the one way that it is told to', async () => {
    const server = await bedrock();
    const { args } = argsFor(server, '--strategy', 'json');
    expect((await parleyHere(args, folder)).code).toBe(0);
    for (const { body } of server.requests) expect(body).not.toHaveProperty('toolConfig');
    expect(server.requests).toHaveLength(DECISIONS);
  });

  it.each([
    ['no model', [], /required option '--model/],
    ['a cap that is no amount', ['--model', 'offline', '--max-cost', 'much'], /US dollars/],
    ['a way of asking that is none', ['--model', 'offline', '--strategy', 'politely'], /native, strict, forced, json/],
    ['a file of something else', ['--model', 'offline', '-o', 'workflows/tea/workflow.yaml'], /cli\/not-results/],
  ])('refuses %s', async (_, more, message) => {
    const { code, err, out } = await parleyHere(['eval', RECORDINGS, ...more], folder);
    expect(err).toMatch(message);
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});

function costIn(result: unknown): number {
  return typeof result === 'object' && result !== null && 'cost' in result ? Number(result.cost) : Number.NaN;
}
