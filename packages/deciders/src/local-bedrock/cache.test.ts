import type { ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { says } from './answer.ts';
import { PromptCache, type Segment, type Ttl } from './cache.ts';
import { ask, HAIKU, hello, stream } from './testing/ask.ts';
import { clientOf } from './testing/client.ts';
import { serving } from './testing/serving.ts';

const RULES = { min: 100, tools: true, lookback: 2 };
const MINUTE = 60_000;

/** A block of so many tokens: one a character. */
const block = (tokens: number, sign = 'a'): Segment => ({ type: 'block', text: sign.repeat(tokens) });
const point = (ttl: Ttl = '5m'): Segment => ({ type: 'point', ttl });

function cacheAt() {
  let now = 0;
  const cache = new PromptCache(
    (text) => text.length,
    () => now,
  );
  return { cache, pass: (ms: number) => (now += ms) };
}

describe('the prompt cache', () => {
  it('writes what stands before a cache point, and reads it the next time', () => {
    const { cache } = cacheAt();
    const prompt = (turn: string) => [block(150), point(), block(30, turn)];
    expect(cache.use('m', prompt('b'), RULES)).toEqual({ input: 30, cacheRead: 0, cacheWrite: 150 });
    expect(cache.use('m', prompt('c'), RULES)).toEqual({ input: 30, cacheRead: 150, cacheWrite: 0 });
  });

  it('does nothing below the minimum', () => {
    const { cache } = cacheAt();
    const short = [block(99), point(), block(30)];
    expect(cache.use('m', short, RULES)).toEqual({ input: 129, cacheRead: 0, cacheWrite: 0 });
    expect(cache.use('m', short, RULES)).toEqual({ input: 129, cacheRead: 0, cacheWrite: 0 });
    expect(cache.use('m', [block(100), point()], RULES)).toEqual({ input: 0, cacheRead: 0, cacheWrite: 100 });
  });

  it('counts the minimum from the start of the prompt, not from the last cache point', () => {
    const { cache } = cacheAt();
    const prompt = [block(60), point(), block(60, 'b'), point(), block(5)];
    expect(cache.use('m', prompt, RULES)).toEqual({ input: 5, cacheRead: 0, cacheWrite: 120 });
  });

  it('reads the longest prefix that it has, and writes the rest', () => {
    const { cache } = cacheAt();
    const before = [block(100), point(), block(50, 'b'), point()];
    cache.use('m', before, RULES);
    const longer = [...before, block(40, 'c'), point(), block(7)];
    expect(cache.use('m', longer, RULES)).toEqual({ input: 7, cacheRead: 150, cacheWrite: 40 });
    const other = [block(100), point(), block(50, 'x'), point(), block(7)];
    expect(cache.use('m', other, RULES)).toEqual({ input: 7, cacheRead: 100, cacheWrite: 50 });
  });

  it('has nothing of a prompt that begins differently, nor of another model', () => {
    const { cache } = cacheAt();
    cache.use('m', [block(150), point()], RULES);
    expect(cache.use('m', [block(1, 'b'), block(150), point()], RULES).cacheRead).toBe(0);
    expect(cache.use('n', [block(150), point()], RULES).cacheRead).toBe(0);
  });

  it('tells blocks from the same text in one', () => {
    const { cache } = cacheAt();
    cache.use('m', [block(150), point()], RULES);
    expect(cache.use('m', [block(75), block(75), point()], RULES).cacheRead).toBe(0);
  });

  it.each<readonly [Ttl, number]>([
    ['5m', 5 * MINUTE],
    ['1h', 60 * MINUTE],
  ])('forgets what was written for %s after that time without a read', (ttl, lifetime) => {
    const { cache, pass } = cacheAt();
    const prompt = [block(150), point(ttl)];
    cache.use('m', prompt, RULES);
    pass(lifetime - 1);
    expect(cache.use('m', prompt, RULES).cacheRead).toBe(150);
    // Being read made it young again.
    pass(lifetime - 1);
    expect(cache.use('m', prompt, RULES).cacheRead).toBe(150);
    pass(lifetime);
    expect(cache.use('m', prompt, RULES)).toEqual({ input: 0, cacheRead: 0, cacheWrite: 150 });
  });

  it('finds a prefix that ends so many blocks before the cache point, and no more', () => {
    const grown = (blocks: number) => [block(150), ...Array.from({ length: blocks }, () => block(10, 'b')), point()];
    for (const [blocks, read] of [
      [2, 150],
      [3, 0],
    ] as const) {
      const { cache } = cacheAt();
      cache.use('m', [block(150), point()], RULES);
      expect(cache.use('m', grown(blocks), RULES).cacheRead).toBe(read);
    }
  });

  it('keeps a prefix young that was found before the cache point', () => {
    const { cache, pass } = cacheAt();
    const short = [block(150), point()];
    cache.use('m', short, RULES);
    pass(4 * MINUTE);
    expect(cache.use('m', [block(150), block(10, 'b'), point()], RULES).cacheRead).toBe(150);
    pass(4 * MINUTE);
    expect(cache.use('m', short, RULES).cacheRead).toBe(150);
  });

  it('does nothing for models that have none', () => {
    const { cache } = cacheAt();
    expect(cache.use('m', [block(150), point()], undefined)).toEqual({ input: 150, cacheRead: 0, cacheWrite: 0 });
  });

  it('loses and invents no token, and what was written is read at once', () => {
    const segment = fc.oneof(
      fc.integer({ min: 1, max: 200 }).map((tokens) => block(tokens)),
      fc.constant(point()),
    );
    fc.assert(
      fc.property(fc.array(fc.array(segment, { maxLength: 6 }), { maxLength: 5 }), (prompts) => {
        const { cache } = cacheAt();
        for (const prompt of prompts) {
          const total = prompt.reduce((sum, part) => sum + (part.type === 'block' ? part.text.length : 0), 0);
          const first = cache.use('m', prompt, RULES);
          const again = cache.use('m', prompt, RULES);
          expect(first.input + first.cacheRead + first.cacheWrite).toBe(total);
          expect(Math.min(first.input, first.cacheRead, first.cacheWrite)).toBeGreaterThanOrEqual(0);
          expect(again).toEqual({ input: first.input, cacheRead: first.cacheRead + first.cacheWrite, cacheWrite: 0 });
        }
      }),
    );
  });
});

describe('over the wire', () => {
  const start = serving();
  const long = (words: string): ConverseCommandInput =>
    hello({
      toolConfig: {
        tools: [
          { toolSpec: { name: 'decide', inputSchema: { json: { type: 'object' } } } },
          { cachePoint: { type: 'default' } },
        ],
      },
      system: [{ text: 'a'.repeat(5000) }, { cachePoint: { type: 'default', ttl: '5m' } }],
      messages: [{ role: 'user', content: [{ text: words }] }],
    });

  it('tools come first, then the system, then the messages; inputTokens is what is neither read nor written', async () => {
    let now = 0;
    const server = await start(says('Yes.'), { countTokens: (text) => text.length, cache: { now: () => now } });
    const client = clientOf(server);
    const system = '{"text":""}'.length + 5000;
    // Below the 4,096 tokens of Haiku 4.5, the tools alone are not cached.
    const tools = '{"toolSpec":{"name":"decide","inputSchema":{"json":{"type":"object"}}}}'.length;
    const turn = 'user {"text":"one"}'.length;
    expect((await ask(client, long('one'))).usage).toEqual({
      inputTokens: turn,
      outputTokens: 4,
      totalTokens: turn + 4 + system + tools,
      cacheReadInputTokens: 0,
      cacheWriteInputTokens: system + tools,
    });
    const { events } = await stream(client, long('two'));
    expect(events.at(-1)?.metadata?.usage).toMatchObject({
      inputTokens: turn,
      cacheReadInputTokens: system + tools,
      cacheWriteInputTokens: 0,
    });
    now += 5 * MINUTE;
    expect((await ask(client, long('six'))).usage).toMatchObject({ cacheReadInputTokens: 0 });
    expect((await ask(client, { ...long('six'), modelId: HAIKU.replace('us.', 'eu.') })).usage).toMatchObject({
      cacheReadInputTokens: 0,
    });
  });

  it('what fails is not cached', async () => {
    const server = await start((_, n) => (n === 0 ? { type: 'failure', error: 'ThrottlingException' } : says('Yes.')));
    const client = clientOf(server);
    const input = {
      ...long('one'),
      system: [{ text: 'a'.repeat(20_000) }, { cachePoint: { type: 'default' as const } }],
    };
    await expect(ask(client, input)).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect((await ask(client, input)).usage).toMatchObject({ cacheReadInputTokens: 0 });
    expect((await ask(client, input)).usage?.cacheReadInputTokens).toBeGreaterThan(4096);
  });
});
