import { ApplyGuardrailCommand } from '@aws-sdk/client-bedrock-runtime';
import { describe, expect, it } from '@jest/globals';
import { fails, type Reply, says } from './answer.ts';
import type { Guardrail, GuardrailAsked, Verdict } from './guardrail.ts';
import { ask, decideTool, hello, rejection, stream } from './testing/ask.ts';
import { clientOf, PROTOCOLS } from './testing/client.ts';
import { serving } from './testing/serving.ts';

const start = serving();
const GUARD = { guardrailIdentifier: 'gr-abc123', guardrailVersion: '2' };

const blocked: Verdict = { type: 'intervened', text: 'I can’t talk about that.', policy: 'topic', name: 'Advice' };

/** Blocks what speaks of investing, and remembers what it was asked. */
function guard(): { readonly asked: GuardrailAsked[]; readonly guardrail: Guardrail } {
  const asked: GuardrailAsked[] = [];
  return {
    asked,
    guardrail: (one) => {
      asked.push(one);
      return one.texts.some((text) => text.includes('invest')) ? blocked : { type: 'passed' };
    },
  };
}

const apply = (text: string, source: 'INPUT' | 'OUTPUT' = 'INPUT') =>
  new ApplyGuardrailCommand({ ...GUARD, source, content: [{ text: { text } }] });

describe.each(PROTOCOLS)('ApplyGuardrail over %s', (protocol) => {
  it('lets pass and intervenes', async () => {
    const { asked, guardrail } = guard();
    const server = await start(says('Yes.'), { guardrail });
    const client = clientOf(server, protocol);
    expect(await client.send(apply('Where is my order?'))).toMatchObject({
      action: 'NONE',
      outputs: [],
      assessments: [{}],
    });
    expect(await client.send(apply('Shall I invest?', 'OUTPUT'))).toMatchObject({
      action: 'GUARDRAIL_INTERVENED',
      outputs: [{ text: 'I can’t talk about that.' }],
      assessments: [{ topicPolicy: { topics: [{ name: 'Advice', type: 'DENY', action: 'BLOCKED' }] } }],
      usage: { topicPolicyUnits: 1 },
    });
    expect(asked).toMatchObject([
      { guardrail: 'gr-abc123', version: '2', source: 'INPUT', texts: ['Where is my order?'] },
      { source: 'OUTPUT', texts: ['Shall I invest?'] },
    ]);
    expect(server.requests[0]).toMatchObject({ operation: 'ApplyGuardrail', model: 'gr-abc123' });
  });

  it('fails, and misbehaves', async () => {
    const failing = await start(says('Yes.'), {
      guardrail: () => fails('ResourceNotFoundException', 'No such guardrail.'),
    });
    expect(await rejection(clientOf(failing, protocol).send(apply('a')))).toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'No such guardrail.',
    });
    const broken = await start(says('Yes.'), { guardrail: () => ({ type: 'bytes', body: '{' }) });
    expect(await rejection(clientOf(broken, protocol).send(apply('a')))).toMatchObject({ name: 'SyntaxError' });
  });
});

describe('ApplyGuardrail', () => {
  it('lets everything pass where the script has no guardrail', async () => {
    expect(await clientOf(await start(says('Yes.'))).send(apply('invest'))).toMatchObject({ action: 'NONE' });
  });

  it('may name the guardrail by an ARN', async () => {
    const { asked, guardrail } = guard();
    const guardrailIdentifier = 'arn:aws:bedrock:us-east-1:123456789012:guardrail/abc';
    const client = clientOf(await start(says('Yes.'), { guardrail }));
    await client.send(
      new ApplyGuardrailCommand({ ...GUARD, guardrailIdentifier, source: 'INPUT', content: [{ text: { text: 'a' } }] }),
    );
    expect(asked[0]?.guardrail).toBe(guardrailIdentifier);
  });

  it.each<readonly [Extract<Verdict, { type: 'intervened' }>['policy'], object]>([
    ['topic', { topicPolicy: { topics: [{ name: 'A' }] } }],
    ['content', { contentPolicy: { filters: [{ type: 'A' }] } }],
    ['word', { wordPolicy: { customWords: [{ match: 'A' }] } }],
    ['sensitive', { sensitiveInformationPolicy: { piiEntities: [{ type: 'A' }] } }],
  ])('says that it met the policy %s', async (policy, assessment) => {
    const server = await start(says('Yes.'), {
      guardrail: () => ({ type: 'intervened', text: 'No.', policy, name: 'A' }),
    });
    expect((await clientOf(server).send(apply('a'))).assessments).toMatchObject([assessment]);
  });

  it('counts a text unit for each 1,000 characters', async () => {
    const client = clientOf(await start(says('Yes.')));
    expect((await client.send(apply('a'.repeat(1000)))).usage?.contentPolicyUnits).toBe(1);
    expect((await client.send(apply('a'.repeat(1001)))).usage?.contentPolicyUnits).toBe(2);
  });
});

describe('a guardrail that Converse names', () => {
  const guarded = (text: string, trace?: 'enabled') =>
    hello({
      messages: [{ role: 'user', content: [{ text }] }],
      guardrailConfig: { ...GUARD, ...(trace ? { trace } : {}) },
    });

  it('blocks what the user says, with status 200, and no model is asked', async () => {
    let models = 0;
    const server = await start(() => {
      models += 1;
      return says('Yes.');
    }, guard());
    const answer = await ask(clientOf(server), guarded('Shall I invest?', 'enabled'));
    expect(answer).toMatchObject({
      stopReason: 'guardrail_intervened',
      output: { message: { content: [{ text: 'I can’t talk about that.' }] } },
      trace: { guardrail: { inputAssessment: { 'gr-abc123': { topicPolicy: { topics: [{ name: 'Advice' }] } } } } },
      $metadata: { httpStatusCode: 200 },
    });
    expect(models).toBe(0);
  });

  it('blocks what the model says, in a stream too', async () => {
    const server = await start(says('You should invest.'), guard());
    const client = clientOf(server);
    expect(await ask(client, guarded('What shall I do?'))).toMatchObject({ stopReason: 'guardrail_intervened' });
    const { events } = await stream(client, guarded('What shall I do?', 'enabled'));
    expect(JSON.stringify(events)).not.toContain('invest.');
    expect(events.find(({ messageStop }) => messageStop)?.messageStop?.stopReason).toBe('guardrail_intervened');
    expect(events.at(-1)?.metadata?.trace?.guardrail?.outputAssessments).toHaveProperty('gr-abc123');
  });

  it("looks neither at a tool's input nor at its results", async () => {
    const { asked, guardrail } = guard();
    const reply: Reply = {
      type: 'reply',
      content: [
        { type: 'text', text: 'So.' },
        { type: 'tool', name: 'decide', input: { choice: 'invest' } },
      ],
    };
    const server = await start(reply, { guardrail });
    const use = { toolUse: { toolUseId: 't1', name: 'decide', input: {} } };
    const result = { toolResult: { toolUseId: 't1', content: [{ text: 'invest' }] } };
    const input = hello({
      ...decideTool,
      messages: [
        { role: 'user', content: [{ text: 'one' }] },
        { role: 'assistant', content: [{ text: 'I invest.' }, use] },
        { role: 'user', content: [result, { text: 'two' }] },
      ],
      guardrailConfig: GUARD,
    });
    expect((await ask(clientOf(server), input)).stopReason).toBe('tool_use');
    expect(asked.map(({ source, texts }) => [source, texts])).toEqual([
      ['INPUT', ['one', 'two']],
      ['OUTPUT', ['So.']],
    ]);
  });

  it('fails the request where it fails', async () => {
    const server = await start(says('Yes.'), { guardrail: () => fails('ValidationException', 'No such version.') });
    expect(await rejection(ask(clientOf(server), guarded('a')))).toMatchObject({ message: 'No such version.' });
  });

  it('is not asked where the request names none', async () => {
    const { asked, guardrail } = guard();
    await ask(clientOf(await start(says('invest'), { guardrail })));
    expect(asked).toEqual([]);
  });
});
