import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { flowBlock, lexHook } from '@parley/connect';
import { offlineDecider } from '@parley/deciders';
import { createEngine, type Engine, signaturesOf, systemClock } from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { compileWorkflow, type Json } from '@parley/workflow';
import { z } from 'zod';
import { flowEvent } from '../../packages/connect/src/block/testing/events.ts';
import { type ConnectService, connectService } from '../../packages/connect/src/chat/testing/service.ts';
import { notification, snsEvent } from '../../packages/connect/src/chat/testing/sns.ts';
import { spokenEvent } from '../../packages/connect/src/lex/testing/events.ts';
import supportTools from '../../workflows/support/tools.ts';
import { bundle, type Deployment, deploy, deployedWorkflow } from './deployment.ts';
import { publishing } from './publishing.ts';

jest.setTimeout(600_000);

let bundles = '';
let folder = '';
let service: ConnectService;
let deployment: Deployment;

beforeAll(async () => {
  bundles = await bundle('tested-connect');
  folder = await mkdtemp(path.join(tmpdir(), 'parley-connect-'));
  service = await connectService({ clock: systemClock });
  deployment = await deploy(bundles, 'per-turn');
  deployment.lambda.set('AWS_ENDPOINT_URL_CONNECT', service.endpoint);
  deployment.lambda.set('AWS_ENDPOINT_URL_CONNECTPARTICIPANT', service.endpoint);
  deployment.lambda.set('NODE_OPTIONS', `--import ${await publishing(folder)}`);
});
afterAll(async () => {
  await deployment.close();
  await service.close();
  await rm(folder, { recursive: true, force: true });
});

/** What a function is called with, as JSON has it. */
const sent = (event: object) => z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(event)));
const call = (name: string, event: object) => deployment.lambda.invoke(`parley-test-${name}`, sent(event));

/** The embedded engine with the same workflow. */
async function embedded(): Promise<{
  readonly engine: Engine;
  readonly program: Parameters<typeof lexHook>[0]['workflow'];
}> {
  const source = await deployedWorkflow();
  const tools = supportTools({});
  const engine = createEngine({
    workflows: [source],
    store: memoryStore(),
    decider: offlineDecider(),
    tools,
    guard: 'none',
  });
  return { engine, program: compileWorkflow(source, signaturesOf(tools)) };
}

describe('the code hook of Lex, from its bundle', () => {
  it('has a conversation as the embedded engine has it', async () => {
    const { engine, program } = await embedded();
    const hook = lexHook({ door: engine.turn, workflow: program });
    let attributes: { readonly [name: string]: string } = {};
    for (const transcript of ['', 'where is my order', 'W1000001']) {
      const event = spokenEvent({ transcript, attributes, session: 'lex-1' });
      const expected = await hook(event);
      expect(await call('lex', event)).toEqual(sent(expected));
      attributes = expected.sessionState.sessionAttributes;
    }
    expect(attributes).toMatchObject({ parley_session: 'lex-1', parley_turn: '3', parley_rest: 'caller' });
    await engine.close();
  });

  it('listens by the version that the session is on, where the files are newer', async () => {
    const begun = answer.parse(await call('lex', spokenEvent({ transcript: '', session: 'lex-2' })));
    const file = path.join(bundles, 'workflows/parts/identity.yaml');
    const text = await readFile(file, 'utf8');
    const newer = text.replace('type: email', 'type: string\n    spoken: words');
    expect(newer).not.toBe(text);
    try {
      await writeFile(file, newer);
      const event = spokenEvent({ transcript: 'where is my order', attributes: begun, session: 'lex-2' });
      // A process that knows the files as they were is of no use here.
      deployment.lambda.killNext('parley-test-lex', 1);
      await expect(call('lex', event)).rejects.toThrow('ExitError');
      const asked = answer.parse(await call('lex', event));
      // An address is spelled: two seconds. In the newer files it is said as words: a second and a half.
      expect(asked).toMatchObject({ parley_expects: 'identify__email', 'x-amz-lex:audio:end-timeout-ms:*:*': '2000' });
    } finally {
      await writeFile(file, text);
    }
  });
});

const answer = z
  .object({ sessionState: z.object({ sessionAttributes: z.record(z.string(), z.string()) }) })
  .transform(({ sessionState }) => sessionState.sessionAttributes);

describe("the flow's block, from its bundle", () => {
  it('begins a session as the embedded engine does', async () => {
    const { engine, program } = await embedded();
    const event = flowEvent({ event: 'start' }, { ContactId: 'block-1' });
    const expected = await flowBlock({ door: engine.turn, workflow: program })(event);
    expect(expected).toMatchObject({ parley_rest: 'caller', parley_say: expect.stringContaining('Acme') });
    expect(await call('block', event)).toEqual(expected);
    await engine.close();
  });

  it('answers in words where the engine does not', async () => {
    const event = flowEvent({ event: 'said', turn: '1', text: 'hello' }, { ContactId: '' });
    expect(await call('block', event)).toMatchObject({ parley_rest: 'failed', parley_failure: 'connect/no-session' });
    const lines = deployment.lambda.written.out.split('\n').filter((line) => line.includes('HandedToPersonByFailure'));
    expect(lines.map((line): unknown => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ Workflow: 'support', HandedToPerson: 1, HandedToPersonByFailure: 1 }),
    );
  });
});

describe('a chat without Lex, from its bundles', () => {
  const joins = (contact: string) =>
    call('joined', flowEvent({}, { ContactId: contact, InitialContactId: contact, Channel: 'CHAT' }));
  const said = (contact: string) =>
    service
      .transcript(contact)
      .filter(({ ParticipantRole, Type }) => ParticipantRole === 'CUSTOM_BOT' && Type === 'MESSAGE')
      .map(({ Content }) => Content);

  it('is joined, taken part in and left as the embedded engine has it', async () => {
    const { engine } = await embedded();
    service.startChat('chat-1', { types: ['text/plain'] });
    const start = await engine.turn({
      session: 'chat-1',
      id: 'start',
      event: { type: 'session.started', workflow: 'support', contact: { id: 'chat-1', channel: 'chat' } },
    });
    expect(await joins('chat-1')).toEqual({ parley_session: 'chat-1', parley_rest: 'caller' });
    expect(said('chat-1')).toEqual(start.say);

    const text = 'I want to speak to a person';
    const item = service.write('chat-1', text);
    const reply = await engine.turn({ session: 'chat-1', id: '1', event: { type: 'caller.said', text } });
    expect(reply.rest).toBe('transfer');
    await call('notified', snsEvent(notification(JSON.stringify(item), Date.now())));
    expect(said('chat-1')).toEqual([...start.say, ...reply.say]);
    expect(service.attributes.get('chat-1')).toMatchObject({ parley_rest: 'transfer', parley_queue: 'support' });
    await engine.close();
  });

  it('takes nothing that SNS did not sign', async () => {
    service.startChat('chat-2', { types: ['text/plain'] });
    await joins('chat-2');
    const before = said('chat-2');
    const item = service.write('chat-2', 'hello');
    const forged = { ...notification(JSON.stringify(item), Date.now()), Signature: 'AAAA' };
    await call('notified', snsEvent(forged));
    expect(said('chat-2')).toEqual(before);
    expect(deployment.lambda.written.out).toContain('"code":"connect/not-signed"');
  });
});

describe('when a contact is over', () => {
  const over = (contact: string) => ({
    'detail-type': 'Amazon Connect Contact Event',
    source: 'aws.connect',
    detail: { eventType: 'DISCONNECTED', contactId: contact, channel: 'VOICE', agentInfo: null },
  });
  const done = () =>
    service.requests.filter(({ path }) => /\/contact\/(tags|task|outbound)/.test(path)).map(({ body }) => body);

  it('its session hears of it, of the workflow that the function is of; somebody gets a task for who left before a person came', async () => {
    await call('block', flowEvent({ event: 'start' }, { ContactId: 'over-1' }));
    await call('block', flowEvent({ event: 'start' }, { ContactId: 'over-2' }));
    const person = { event: 'pressed', keys: '0', turn: '1' };
    expect(await call('block', flowEvent(person, { ContactId: 'over-2' }))).toMatchObject({ parley_rest: 'transfer' });

    deployment.lambda.set('PARLEY_WORKFLOW', 'supply-chain');
    await call('ended', over('over-1'));
    expect(done()).toEqual([]);
    deployment.lambda.set('PARLEY_WORKFLOW', 'support');
    // The process that was told the other workflow.
    deployment.lambda.killNext('parley-test-ended', 1);
    await expect(call('ended', over('over-1'))).rejects.toThrow('ExitError');

    await call('ended', over('over-1'));
    await call('ended', over('over-2'));
    expect((await deployment.journal('over-1')).at(-1)).toMatchObject({
      type: 'session.ended',
      data: { outcome: 'left' },
    });
    expect(done()).toMatchObject([
      { InstanceId: 'i1', ContactId: 'over-1', Tags: { parley_ended: 'left' } },
      { InstanceId: 'i1', ContactId: 'over-2', Tags: { parley_transferred: 'support' } },
      { InstanceId: 'i1', ContactFlowId: 'f1', RelatedContactId: 'over-2' },
    ]);
  });
});

it('nothing that is written has a word or a value of the caller', () => {
  const { out, error } = deployment.lambda.written;
  expect(out + error).not.toMatch(/W1000001|where is my order|speak to a person|12025550123/i);
  const lines: Json[] = out
    .split('\n')
    .filter(Boolean)
    .map((line) => z.json().parse(JSON.parse(line)));
  expect(lines.length).toBeGreaterThan(5);
});
