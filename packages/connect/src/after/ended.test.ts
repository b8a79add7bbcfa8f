import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createEngine, type Engine, type LogEntry, manualClock, type Store } from '@parley/engine';
import { createMachine } from '@parley/machine';
import { memoryStore } from '@parley/stores';
import { compileWorkflow, sourceOf } from '@parley/workflow';
import { clientsOf } from '../chat/testing/clients.ts';
import { type ConnectService, connectService } from '../chat/testing/service.ts';
import { afterContact } from './after.ts';
import { type ContactEndedOptions, contactEnded } from './ended.ts';

const machine = createMachine(
  compileWorkflow(
    sourceOf(`
workflow: back
title: Calls back
otherwise: person
variables:
  phone: { type: phone, sensitive: pii, readback: true, ask: At which number? }
steps:
  need:
    ask: What can I do for you?
    choices:
      back: { when: wants to be called back, press: "1", to: which }
      person: { when: wants a person, press: "2", to: person }
      nothing: { when: wants nothing, press: "3", to: bye }
  which: { form: [phone], then: sure }
  sure: { confirm: "Shall we call you back at {{ $phone }}?", yes: promised, no: unasked }
  promised: { end: { say: We will., outcome: callback } }
  unasked: { end: { say: We will not., outcome: callback } }
  bye: { end: { say: Goodbye., outcome: served } }
  person: { transfer: { queue: people, brief: true } }
`),
  ),
);

let service: ConnectService;
let store: Store;
let engine: Engine;
let logged: LogEntry[];
/** How many requests there were before the test. */
let before: number;
let ended: (event: unknown) => Promise<void>;
beforeAll(async () => {
  service = await connectService({ clock: manualClock(0) });
});
afterAll(() => service.close());
beforeEach(() => {
  store = memoryStore();
  logged = [];
  engine = createEngine({
    workflows: [machine],
    store,
    tools: {},
    decider: { name: 'nobody', decide: () => Promise.reject(new Error('Nobody is to decide here.')) },
  });
  before = service.requests.length;
  ended = ending();
});

function ending(more: Partial<ContactEndedOptions> = {}) {
  const { connect } = clientsOf(service, (work) => work());
  return contactEnded({
    door: engine.turn,
    store,
    machineOf: async () => machine,
    after: afterContact({ client: connect, instance: 'i1' }),
    callBack: { flow: 'f1', from: { queue: 'q1' } },
    followUp: (queue) => `people of ${queue}`,
    log: (entry) => logged.push(entry),
    ...more,
  });
}

/** A session in which these keys were pressed. */
async function pressed(...keys: readonly string[]): Promise<void> {
  const contact = { id: 'c1', channel: 'voice' } as const;
  await engine.turn({ session: 'c1', id: 'start', event: { type: 'session.started', workflow: 'back', contact } });
  for (const [index, key] of keys.entries())
    await engine.turn({ session: 'c1', id: `e${index}`, event: { type: 'caller.pressed', keys: key } });
}

const event = (detail: object = {}) => ({
  'detail-type': 'Amazon Connect Contact Event',
  source: 'aws.connect',
  detail: { eventType: 'DISCONNECTED', contactId: 'c1', channel: 'VOICE', somethingNew: 1, ...detail },
});
const requests = () => service.requests.slice(before);
const sent = (path: string) =>
  requests()
    .filter((request) => request.path === path)
    .map(({ body }) => body);
const outcome = async () => (await store.events('c1')).at(-1)?.data['outcome'];

describe('when a contact is over', () => {
  it('a session that waits for its caller hears that they have left', async () => {
    await pressed('1');
    await ended(event());
    expect(await store.load('c1')).toMatchObject({ status: 'ended' });
    expect(await outcome()).toBe('left');
    expect(sent('/contact/tags')).toEqual([
      { InstanceId: 'i1', ContactId: 'c1', Tags: { parley_workflow: 'back', parley_ended: 'left' } },
    ]);
  });

  it('a session that has ended is left as it is, however often it is told', async () => {
    await pressed('3');
    const kept = await store.events('c1');
    await ended(event());
    await ended(event());
    expect(await store.events('c1')).toEqual(kept);
    expect(sent('/contact/tags')[0]).toMatchObject({ Tags: { parley_ended: 'served' } });
    // No call back was promised, and none is missing.
    expect(logged).toEqual([]);
  });

  it('a call back that was agreed to is made', async () => {
    await pressed('1', '2025550123', '1');
    expect(await outcome()).toBe('callback');
    await ended(event());
    await ended(event());
    const calls = sent('/contact/outbound-voice');
    expect(calls[0]).toMatchObject({ DestinationPhoneNumber: '+12025550123', ContactFlowId: 'f1', QueueId: 'q1' });
    // Connect itself takes the second for the first.
    expect(new Set(calls.map((call) => JSON.stringify(call))).size).toBe(1);
  });

  it('nobody is called who did not agree, whatever the workflow ends with', async () => {
    await pressed('1', '2025550123', '2');
    expect(await outcome()).toBe('callback');
    await ended(event());
    expect(sent('/contact/outbound-voice')).toEqual([]);
    expect(logged).toMatchObject([{ code: 'connect/no-consent', session: 'c1' }]);
  });

  it('it is told where nobody is to call back', async () => {
    await pressed('1', '2025550123', '1');
    const { connect } = clientsOf(service, (work) => work());
    await contactEnded({
      door: engine.turn,
      store,
      machineOf: async () => machine,
      after: afterContact({ client: connect, instance: 'i1' }),
      log: (entry) => logged.push(entry),
    })(event());
    expect(sent('/contact/outbound-voice')).toEqual([]);
    expect(logged).toMatchObject([{ code: 'connect/no-call-back' }]);
  });

  it('somebody gets a task with the brief for who left before a person came, and none for who spoke to one', async () => {
    await pressed('2');
    await ended(event({ agentInfo: { agentArn: 'a' } }));
    expect(sent('/contact/task')).toEqual([]);
    await ended(event());
    expect(sent('/contact/task')).toMatchObject([
      {
        Name: 'Calls back: left before anybody came',
        ContactFlowId: 'people of people',
        RelatedContactId: 'c1',
        Description: expect.stringContaining('Came from: need'),
      },
    ]);
  });

  it.each([
    ['a contact without a session', event({ contactId: 'c2' })],
    ['a contact that only waits', event({ eventType: 'QUEUED' })],
    ['a task', event({ channel: 'TASK' })],
    ['something else', { detail: 1 }],
    ['nothing', undefined],
  ])('nothing is done for %s', async (_, given) => {
    await pressed('1');
    await ended(given);
    expect(requests()).toEqual([]);
    expect(await store.load('c1')).toMatchObject({ status: 'active' });
  });

  it('it fails where the session can not be told, so that the event comes again', async () => {
    await pressed('1');
    const failing = ending({ door: () => Promise.reject(new Error('away')) });
    await expect(failing(event())).rejects.toThrow('away');
    await ended(event());
    expect(await outcome()).toBe('left');
  });
});
