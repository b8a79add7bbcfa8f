import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { manualClock } from '@parley/engine';
import { createMachine } from '@parley/machine';
import type { RecordedEvent } from '@parley/replay';
import { compileWorkflow, sourceOf } from '@parley/workflow';
import { clientsOf } from '../chat/testing/clients.ts';
import { type ConnectService, connectService } from '../chat/testing/service.ts';
import { type After, afterContact } from './after.ts';

let service: ConnectService;
let after: After;
beforeAll(async () => {
  service = await connectService({ clock: manualClock(0) });
});
afterAll(() => service.close());
beforeEach(() => {
  const { connect } = clientsOf(service, (work) => work());
  after = afterContact({ client: connect, instance: 'i1' });
});
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );
const last = () => service.requests.at(-1);

const brief = { summary: 'A parcel is lost', from: 'look', identity: 'code', done: [], known: { orderId: 'W1000001' } };

describe('after a conversation', () => {
  it('the contact is given what the flow goes on by', async () => {
    await after.attributes('c1', { parley_rest: 'end', parley_outcome: 'served' });
    expect(last()).toEqual({
      path: '/contact/attributes',
      body: {
        InstanceId: 'i1',
        InitialContactId: 'c1',
        Attributes: { parley_rest: 'end', parley_outcome: 'served' },
      },
    });
  });

  it('somebody is given a task with the brief, once', async () => {
    const followUp = { name: 'Call the carrier', flow: 'f1', brief, due: 1_893_499_200_000 };
    const first = await after.task('c1', followUp);
    expect(last()).toMatchObject({
      path: '/contact/task',
      body: {
        RelatedContactId: 'c1',
        ContactFlowId: 'f1',
        Name: 'Call the carrier',
        Description: 'A parcel is lost\nIdentity: code\nCame from: look\nDone: nothing\norderId: W1000001',
        ScheduledTime: 1_893_499_200,
      },
    });
    const before = service.requests.length;
    expect(await after.task('c1', followUp)).toBe(first);
    expect(service.requests).toHaveLength(before);
    expect(await after.task('c2', followUp)).not.toBe(first);
  });

  it('the contact is tagged, and ended', async () => {
    await after.tag('c1', { 'parley:outcome': 'served' });
    expect(last()).toMatchObject({ path: '/contact/tags', body: { Tags: { 'parley:outcome': 'served' } } });
    await after.stop('c1');
    expect(last()).toEqual({ path: '/contact/stop', body: { InstanceId: 'i1', ContactId: 'c1' } });
  });
});

describe('what Connect would not take', () => {
  const seven = Object.fromEntries([1, 2, 3, 4, 5, 6, 7].map((n) => [`tag${n}`, 'x']));
  it.each<[string, () => Promise<unknown>]>([
    [
      'more than 32 KB of attributes',
      () => after.attributes('c1', { parley_a: 'x'.repeat(16_390), parley_b: 'é'.repeat(8_190) }),
    ],
    ['an attribute with a space in its name', () => after.attributes('c1', { 'parley_a b': 'x' })],
    ['a contact without an id', () => after.attributes('', { parley_a: 'x' })],
    ['a task with a long name', () => after.task('c1', { name: 'x'.repeat(1_025), flow: 'f', brief })],
    ['a task without a name', () => after.task('c1', { name: '', flow: 'f', brief })],
    ['no tag', () => after.tag('c1', {})],
    ['seven tags', () => after.tag('c1', seven)],
    ['a tag of AWS', () => after.tag('c1', { 'aws:x': 'x' })],
    ['a tag with a long value', () => after.tag('c1', { x: 'x'.repeat(257) })],
    ['a long id', () => after.stop('c'.repeat(257))],
  ])('is not sent: %s', async (_, send) => {
    const before = service.requests.length;
    expect(await code(send())).toBe('connect/limit');
    expect(service.requests).toHaveLength(before);
  });

  it('is told without what it holds', async () => {
    const error: unknown = await after.tag('c1', { 'aws:private': 'x' }).catch((thrown: unknown) => thrown);
    expect(String(error)).toContain('Tags');
    expect(String(error)).not.toContain('private');
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      '32 KB of attributes',
      () => after.attributes('c1', { parley_a: 'x'.repeat(16_376), parley_b: 'x'.repeat(16_376) }),
    ],
    ['a task with a name of 1,024 characters', () => after.task('c1', { name: '🙂'.repeat(1_024), flow: 'f', brief })],
    [
      'six tags, digits among their names',
      () => after.tag('c1', { a1: '1', b: '2', c: '3', d: '4', e: '5', f: 'x'.repeat(256) }),
    ],
  ])('begins beyond %s', async (_, send) => {
    expect(await code(send())).toBe('done');
  });
});

describe('a call back', () => {
  /** A workflow that has its callers agree, and leads on from a yes and a no. */
  const leading = (yes: string, no: string) =>
    createMachine(
      compileWorkflow(
        sourceOf(`
workflow: back
title: Calls back
otherwise: person
variables:
  phone: { type: phone, sensitive: pii, readback: true, ask: At which number? }
steps:
  which: { form: [phone], then: sure }
  sure:
    confirm: Shall we call you back at {{ $phone }}?
    yes: ${yes}
    no: ${no}
  other: { form: [phone], again: true, then: promised }
  promised: { end: { say: We will., outcome: callback } }
  bye: { end: { say: Goodbye., outcome: served } }
  spare: { branch: [{ if: $phone = '', to: other }, { if: $phone = '1', to: promised }, { to: bye }] }
  person: { transfer: { queue: people } }
`),
      ),
    );
  const machine = leading('promised', 'spare');
  const agreement = { confirmed: 'sure', number: 'phone' };
  const at = 1_893_499_200_000;
  const started = {
    at,
    step: '(start)',
    type: 'session.started',
    contact: { id: 'c1', channel: 'voice' },
  } as const;
  const said = { at, step: 'which', type: 'caller.said', text: '+1 202 555 0123' } as const;
  const gave = {
    at,
    step: 'which',
    type: 'model.decided',
    decision: 'd1',
    choice: 'answered',
    values: { phone: '+12025550123' },
    confidence: 1,
  } as const;
  const answers = (choice: string, values = {}): RecordedEvent[] => [
    { at: at + 1, step: 'sure', type: 'caller.said', text: 'well' },
    { at: at + 1, step: 'sure', type: 'model.decided', decision: 'd2', choice, values, confidence: 1 },
  ];
  const key = (keys: string): RecordedEvent => ({ at: at + 1, step: 'sure', type: 'caller.pressed', keys });
  const call = (events: readonly RecordedEvent[], from: { queue: string } | { number: string } = { queue: 'q1' }) =>
    after.callBack({ machine, events, agreement, flow: 'f1', from });

  it.each([
    ['by a yes', [started, said, gave, ...answers('yes')]],
    ['by a key', [started, said, gave, key('1')]],
  ])('that the caller agreed to %s is made once', async (_, events) => {
    const first = await call(events);
    expect(service.requests.findLast(({ path }) => path === '/contact/outbound-voice')?.body).toMatchObject({
      DestinationPhoneNumber: '+12025550123',
      RelatedContactId: 'c1',
      ContactFlowId: 'f1',
      QueueId: 'q1',
    });
    expect(await call(events)).toBe(first);
  });

  it.each([
    ['said no', [started, said, gave, ...answers('no')]],
    ['pressed the key for a no', [started, said, gave, key('2')]],
    ['was not asked', [started, said, gave]],
    ['left while asked', [started, said, gave, { at, step: 'sure', type: 'caller.left' } as const]],
    ['is not known', []],
  ])('is not made where the caller %s', async (_, events) => {
    const before = service.requests.length;
    expect(await code(call(events))).toBe('connect/no-consent');
    expect(service.requests).toHaveLength(before);
  });

  it('is not made where the session ended with something else, whatever the caller agreed to', async () => {
    const events = [started, said, gave, key('1')];
    const other = leading('spare', 'promised');
    expect(await code(after.callBack({ machine: other, events, agreement, flow: 'f1', from: { queue: 'q' } }))).toBe(
      'connect/no-consent',
    );
  });

  it('is not made where the caller did not agree, whatever the session ended with', async () => {
    const events = [started, said, gave, key('2')];
    const other = leading('spare', 'promised');
    expect(await code(after.callBack({ machine: other, events, agreement, flow: 'f1', from: { queue: 'q' } }))).toBe(
      'connect/no-consent',
    );
  });

  it('is not made at a number that was given after the caller agreed', async () => {
    const other = leading('other', 'spare');
    const again: RecordedEvent[] = [
      { ...said, step: 'other', text: '+1 202 555 0199' },
      { ...gave, step: 'other', decision: 'd2', values: { phone: '+12025550199' } },
    ];
    const events = [started, said, gave, key('1'), ...again];
    const asked = { machine: other, agreement, flow: 'f1', from: { queue: 'q' } };
    expect(await code(after.callBack({ ...asked, events }))).toBe('connect/no-consent');
    // The number that was agreed to, given again, is good.
    const same = again.map((one) => (one.type === 'model.decided' ? { ...one, values: gave.values } : one));
    expect(await code(after.callBack({ ...asked, events: [started, said, gave, key('1'), ...same] }))).toBe('done');
  });

  it('is not made where the workflow does not confirm it', async () => {
    const events = [started, said, gave, key('1')];
    const other = { confirmed: 'which', number: 'phone' };
    expect(await code(after.callBack({ machine, events, agreement: other, flow: 'f1', from: { queue: 'q' } }))).toBe(
      'connect/no-consent',
    );
    const unread = { confirmed: 'sure', number: 'other' };
    expect(await code(after.callBack({ machine, events, agreement: unread, flow: 'f1', from: { queue: 'q' } }))).toBe(
      'connect/no-consent',
    );
  });

  it('is not sent with a number that is none', async () => {
    expect(await code(call([started, said, gave, key('1')], { number: '911' }))).toBe('connect/limit');
  });
});
