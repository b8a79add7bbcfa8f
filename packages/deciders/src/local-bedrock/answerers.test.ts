import { describe, expect, it } from '@jest/globals';
import type { Composition } from '@parley/engine';
import type { RecordedEvent, Recording } from '@parley/replay';
import { bedrockDecider } from '../bedrock/bedrock.ts';
import { composePrompt } from '../bedrock/compose-prompt.ts';
import { offlineDecider } from '../offline/offline.ts';
import { choice, question } from '../offline/testing/question.ts';
import { offlineAnswerer, recordedAnswerer } from './answerers.ts';
import { ask, HAIKU, hello, rejection } from './testing/ask.ts';
import { clientOf } from './testing/client.ts';
import { serving } from './testing/serving.ts';

const start = serving();

const NEED = {
  kind: 'ask' as const,
  choices: [
    choice('track', 'wants to know where an order is', "where's my package"),
    choice('return', 'wants to send something back', 'I want to return this'),
  ],
  wanted: { orderId: { type: 'string' as const, pattern: 'W\\d{7}' } },
};
const models = { decide: HAIKU, fallback: [], residency: undefined };
const inTime = () => ({ models, due: Date.now() + 60_000, deadline: Date.now() + 60_000 });
const need = (heard: string) => ({ ...question({ ...NEED, heard }), step: 'need', ...inTime() });

describe('the offline answerer', () => {
  it.each([
    HAIKU,
    'us.anthropic.claude-opus-5-5',
    'us.anthropic.claude-opus-4-8',
    'us.amazon.nova-lite-v1:0',
    'us.openai.gpt-6-sol',
    'us.meta.llama4-maverick-17b-instruct-v1:0',
    'openai.gpt-5.5',
  ])('decides as the offline decider does, however %s is asked', async (model) => {
    const server = await start(offlineAnswerer());
    const decider = bedrockDecider({ client: clientOf(server), models: [model] });
    for (const heard of ["where's my order W1000001", 'I want to send this back', 'how is the weather']) {
      const { by: _, ...given } = await decider.decide(need(heard));
      const { by: __, ...meant } = await offlineDecider().decide(need(heard));
      expect(given).toEqual(meant);
    }
  });

  it('fails where the offline decider does', async () => {
    const server = await start(offlineAnswerer());
    const decider = bedrockDecider({ client: clientOf(server) });
    const undecided = { ...question({ kind: 'decide', choices: [choice('a', 'it is raining')] }), ...inTime() };
    await rejection(decider.decide(undecided));
    expect(await server.requests[0]?.ended).toMatchObject({ status: 424, error: 'ModelErrorException' });
  });

  it('gives what fits the schema of a tool that is none of Parley’s', async () => {
    const json = {
      type: 'object',
      properties: { city: { type: 'string', enum: ['Paris', 'Rome'] } },
      required: ['city'],
    };
    const tools = [{ toolSpec: { name: 'weather', inputSchema: { json } } }];
    const { output, stopReason } = await ask(
      clientOf(await start(offlineAnswerer())),
      hello({ toolConfig: { tools } }),
    );
    expect(output?.message?.content).toMatchObject([{ toolUse: { name: 'weather', input: { city: 'Paris' } } }]);
    expect(stopReason).toBe('tool_use');
  });

  it('gives the tool that is forced', async () => {
    const tools = ['a', 'b'].map((name) => ({ toolSpec: { name, inputSchema: { json: { type: 'object' } } } }));
    const input = hello({ toolConfig: { tools, toolChoice: { tool: { name: 'b' } } } });
    const { output } = await ask(clientOf(await start(offlineAnswerer())), input);
    expect(output?.message?.content).toMatchObject([{ toolUse: { name: 'b', input: {} } }]);
  });

  it('gives a text that fits the schema of an answer', async () => {
    const schema = JSON.stringify({
      type: 'object',
      properties: { a: { type: 'boolean' } },
      required: ['a'],
      additionalProperties: false,
    });
    const outputConfig = {
      textFormat: { type: 'json_schema' as const, structure: { jsonSchema: { name: 'a', schema } } },
    };
    const { output } = await ask(clientOf(await start(offlineAnswerer())), hello({ outputConfig }));
    expect(output?.message?.content).toEqual([{ text: '{"a":false}' }]);
  });

  it.each([
    [400, 'The status is on its way. The due on is 3 March.'],
    [30, 'The status is on its way.'],
  ])('words what is to be said out of its facts, in %i characters', async (longest, text) => {
    const composition: Composition = {
      ...{ session: 's1', workflow: 'test', step: 'tell', guidance: 'Be brief.', longest, ...inTime() },
      instructions: 'Tell the caller where the order is.',
      facts: { status: 'on its way', dueOn: '3 March' },
      transcript: async () => [{ who: 'caller', text: 'where is it' }],
      signal: new AbortController().signal,
    };
    const { stable, turn } = await composePrompt(composition);
    const input = hello({ system: [{ text: stable }], messages: [{ role: 'user', content: [{ text: turn }] }] });
    const { output } = await ask(clientOf(await start(offlineAnswerer())), input);
    expect(output?.message?.content).toEqual([{ text }]);
  });

  it('says what it is, to anything else', async () => {
    const { output } = await ask(clientOf(await start(offlineAnswerer())));
    expect(output?.message?.content?.[0]?.text).toContain('local stand-in for Amazon Bedrock');
  });

  it('answers the Responses API alike', async () => {
    const { url } = await start(offlineAnswerer());
    const post = async (more: object) => {
      const body = JSON.stringify({ model: 'openai.gpt-5.5', input: 'Hello', ...more });
      const response = await fetch(`${url}/openai/v1/responses`, {
        method: 'POST',
        headers: { authorization: 'Bearer x' },
        body,
      });
      return response.json();
    };
    const schema = { type: 'object', properties: { n: { type: 'integer', minimum: 4 } }, required: ['n'] };
    const tools = [{ type: 'function', name: 'count', parameters: schema }];
    expect(await post({ tools })).toMatchObject({ output: [{ name: 'count', arguments: '{"n":4}' }] });
    const text = { format: { type: 'json_schema', name: 'a', schema } };
    expect(await post({ text })).toMatchObject({ output: [{ content: [{ text: '{"n":4}' }] }] });
    expect(await post({ tools, tool_choice: 'none' })).toMatchObject({
      output: [{ content: [{ text: expect.stringContaining('local stand-in') }] }],
    });
  });

  it('answers Chat Completions alike', async () => {
    const { url } = await start(offlineAnswerer());
    const post = async (more: object) => {
      const body = JSON.stringify({ model: 'openai.gpt-5.5', messages: [{ role: 'user', content: 'Hello' }], ...more });
      const response = await fetch(`${url}/openai/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: 'Bearer x' },
        body,
      });
      return response.json();
    };
    const parameters = { type: 'object', properties: { n: { type: 'integer', minimum: 4 } }, required: ['n'] };
    const tools = [{ type: 'function', function: { name: 'count', parameters } }];
    expect(await post({ tools })).toMatchObject({
      choices: [{ message: { tool_calls: [{ function: { name: 'count', arguments: '{"n":4}' } }] } }],
    });
    const response_format = { type: 'json_schema', json_schema: { name: 'a', schema: parameters } };
    expect(await post({ response_format })).toMatchObject({ choices: [{ message: { content: '{"n":4}' } }] });
    expect(await post({ tools, tool_choice: 'none' })).toMatchObject({
      choices: [{ message: { content: expect.stringContaining('local stand-in') } }],
    });
  });
});

describe('the recorded answerer', () => {
  const CHOICES = ['track', 'return', 'unclear'];
  const asked = (decision: string): RecordedEvent => ({
    type: 'model.asked',
    at: 0,
    step: 'need',
    decision,
    question: '00000000',
    choices: CHOICES,
    fill: ['orderId'],
  });
  const decided = (decision: string, picked: string): RecordedEvent => ({
    type: 'model.decided',
    at: 0,
    decision,
    choice: picked,
    values: { orderId: 'W7654321' },
    confidence: 0.7,
    why: 'it was so',
  });
  const failed = (decision: string, code: string): RecordedEvent => ({
    type: 'model.failed',
    at: 0,
    decision,
    code,
    message: 'It was so.',
  });
  const recording = (...events: RecordedEvent[]): Recording => ({
    session: 's0',
    workflow: 'test',
    version: 'v1',
    channel: 'chat',
    start: 0,
    events,
  });

  const deciding = async (...events: RecordedEvent[]) => decidingBy(HAIKU, ...events);
  const decidingBy = async (model: string, ...events: RecordedEvent[]) => {
    const server = await start(recordedAnswerer(recording(...events)));
    // Its breaker would keep the questions to itself that are to fail here.
    const breaker = { failures: 1_000, pause: 1 };
    return { server, decider: bedrockDecider({ client: clientOf(server), models: [model], breaker }) };
  };

  it.each([HAIKU, 'openai.gpt-5.5'])(
    'gives the answers in their order, and begins anew after the last: %s',
    async (model) => {
      const { decider } = await decidingBy(
        model,
        ...[asked('d1'), decided('d1', 'return'), asked('d2'), decided('d2', 'track')],
      );
      const choices = [];
      for (const heard of ['a', 'b', 'c']) choices.push((await decider.decide(need(heard))).choice);
      expect(choices).toEqual(['return', 'track', 'return']);
      expect(await decider.decide(need('d'))).toMatchObject({
        values: { orderId: 'W7654321' },
        confidence: 0.7,
        why: 'it was so',
      });
    },
  );

  it('gives the same answer where the same is asked again at once', async () => {
    const { decider } = await deciding(asked('d1'), decided('d1', 'return'), asked('d2'), decided('d2', 'track'));
    const [one, two] = await Promise.all([decider.decide(need('a')), decider.decide(need('a'))]);
    expect([one.choice, two.choice]).toEqual(['return', 'return']);
    expect((await decider.decide(need('b'))).choice).toBe('track');
  });

  it.each([
    ['decider/throttled', 429, 'ThrottlingException'],
    ['timeout', 408, 'ModelTimeoutException'],
    ['decider/undecided', 424, 'ModelErrorException'],
  ])('fails where it failed: %s', async (code, status, error) => {
    const { server, decider } = await deciding(asked('d1'), failed('d1', code), asked('d2'), decided('d2', 'track'));
    for (let attempt = 0; attempt < 2; attempt += 1) await rejection(decider.decide(need('a')));
    for (const { ended } of server.requests) expect(await ended).toMatchObject({ status, error });
    expect((await decider.decide(need('b'))).choice).toBe('track');
  });

  it('has no answer to what was not asked', async () => {
    const { server, decider } = await deciding(asked('d1'), decided('d1', 'track'));
    await rejection(decider.decide({ ...need('a'), step: 'elsewhere' }));
    expect(await server.requests[0]?.ended).toMatchObject({ status: 424 });
    expect((await decider.decide(need('a'))).choice).toBe('track');
  });
});
