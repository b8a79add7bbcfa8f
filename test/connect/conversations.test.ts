import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type FrontDoor, flowBlock, type LexAnswer, lexHook } from '@parley/connect';
import { offlineDecider } from '@parley/deciders';
import { type Clock, signaturesOf, type Tools, type TurnRequest } from '@parley/engine';
import { createMachine, type Machine } from '@parley/machine';
import { type Recording, readRecording } from '@parley/replay';
import { compileWorkflow, loadWorkflow, type Program } from '@parley/workflow';
import { flowEvent } from '../../packages/connect/src/block/testing/events.ts';
import { accepted, asTyped } from '../../packages/connect/src/lex/testing/accepted.ts';
import { spokenEvent, writtenEvent } from '../../packages/connect/src/lex/testing/events.ts';
import healthcareTools from '../../workflows/healthcare-intake/tools.ts';
import supplyTools from '../../workflows/supply-chain/tools.ts';
import supportTools from '../../workflows/support/tools.ts';
import { contactEvent } from '../stepfunctions/contact.ts';
import { embedded, type Gone, type Host } from '../stepfunctions/hosts.ts';
import { recordedTools } from '../stepfunctions/recorded-tools.ts';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../workflows');
const WORKFLOWS: readonly [string, Tools][] = [
  ['support', supportTools({})],
  ['supply-chain', supplyTools({})],
  ['healthcare-intake', healthcareTools({})],
];
const decider = offlineDecider();

/** Whole conversations, by what their callers did: what goes in through Lex and the flow's block goes as what goes in straight. */
describe.each(WORKFLOWS)('%s', (name, tools) => {
  const recordings = path.join(folder, name, 'recordings');
  let machine: Machine;
  beforeAll(async () => {
    const signatures = signaturesOf(tools);
    const source = await loadWorkflow(path.join(folder, name, 'workflow.yaml'), 'workflow.yaml');
    machine = createMachine(compileWorkflow(source, signatures), signatures);
  });

  it.each(readdirSync(recordings).filter((file) => file.endsWith('.jsonl')))('%s', async (file) => {
    const recording = readRecording(readFileSync(path.join(recordings, file), 'utf8'), file);
    const host = () => hostOf(recording, machine, tools);
    const straight = await converse(await host(), recording, straightIn);
    const through = await converse(await host(), recording, (host) => throughConnect(host, machine.program, recording));
    expect(through.gone.journal).toEqual(straight.gone.journal);
    expect(through.gone.vars).toEqual(straight.gone.vars);
    expect(plain(through.heard)).toBe(plain(straight.heard));
    expect(through.rest).toBe(straight.rest);
  });
});

/** What was said to the caller, and how the session rested. */
interface Had {
  readonly heard: readonly string[];
  readonly rest: string;
}

interface Line {
  send(event: TurnRequest['event']): Promise<void>;
  had(): Had;
}

async function converse(
  host: Host,
  { events, workflow = '' }: Recording,
  on: (host: Host) => Line,
): Promise<Had & { readonly gone: Gone }> {
  const line = on(host);
  try {
    for (const event of events) {
      await host.until(event.at);
      const happened = contactEvent(event, workflow);
      if (happened) await line.send(asConnectTells(happened));
    }
    return { ...line.had(), gone: await host.gone() };
  } finally {
    await host.close();
  }
}

function straightIn(host: Host): Line {
  const heard: string[] = [];
  let rest = '';
  let count = 0;
  return {
    async send(event) {
      const reply = await host.send(`e${++count}`, event);
      heard.push(...reply.say);
      rest = reply.rest;
    },
    had: () => ({ heard, rest }),
  };
}

/**
 * A flow that begins and ends in its Lambda block and talks through Lex, as Connect plays it: every event comes twice, the first
 * time through a door that fails, before its host has taken the event or after.
 */
function throughConnect(host: Host, workflow: Program, { session }: Recording): Line {
  const heard: string[] = [];
  let attributes: { readonly [name: string]: string } = { parley_session: session };
  let rest = '';
  let turns = 0;
  const open: FrontDoor = async ({ id, event }) => host.send(id, event);
  const options = { workflow, clock: HURRIED, log: () => undefined };
  const hook = lexHook({ ...options, door: open });
  const block = flowBlock({ ...options, door: open });

  /** The same event again gets the same answer, whatever became of it before. */
  const twice = async <T>(answer: (door: FrontDoor) => Promise<T>, steady: () => Promise<T>): Promise<T> => {
    turns++;
    let calls = 0;
    const failing: FrontDoor = async (request) => {
      const before = turns % 3 === 0;
      if (++calls === 1 && before) throw new Error('It did not arrive.');
      const reply = await open(request);
      if (calls === 1 && turns % 3 === 1) throw new Error('The answer did not arrive.');
      return reply;
    };
    const first = await answer(failing);
    expect(await steady()).toEqual(first);
    return first;
  };
  const lex = async (event: object): Promise<void> => {
    const answered: LexAnswer = await twice(
      (door) => lexHook({ ...options, door })(event),
      () => hook(event),
    );
    expect(accepted.safeParse(asTyped(answered)).error?.issues ?? []).toEqual([]);
    attributes = answered.sessionState.sessionAttributes;
    heard.push(...(answered.messages ?? []).map(({ content }) => content));
    rest = attributes['parley_rest'] ?? '';
    const over = rest === 'transfer' || rest === 'end';
    expect(answered.sessionState.dialogAction.type).toBe(over ? 'Close' : 'ElicitIntent');
  };
  const flow = async (parameters: { readonly [name: string]: string }, voice: boolean): Promise<void> => {
    const turn = attributes['parley_turn'];
    const given = { session, ...(turn === undefined ? {} : { turn }), ...parameters };
    const contact = { Attributes: {}, CustomerEndpoint: null, Channel: voice ? ('VOICE' as const) : ('CHAT' as const) };
    const event = flowEvent(given, contact);
    const answered = await twice(
      (door) => flowBlock({ ...options, door })(event),
      () => block(event),
    );
    const texts = Object.entries(answered).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, value] as const] : [],
    );
    attributes = { ...attributes, ...Object.fromEntries(texts.filter(([key]) => !/^parley_(say|ssml)/.test(key))) };
    heard.push(
      ...texts.filter(([key]) => key.startsWith(voice ? 'parley_ssml' : 'parley_say')).map(([, text]) => text),
    );
    rest = attributes['parley_rest'] ?? '';
  };

  let voice = false;
  return {
    async send(event) {
      switch (event.type) {
        case 'session.started':
          voice = event.contact.channel === 'voice';
          // A chat begins with Lex, a call with the flow's block.
          return voice ? flow({}, voice) : lex(writtenEvent({ transcript: '', attributes }));
        case 'caller.said':
          return lex((voice ? spokenEvent : writtenEvent)({ transcript: event.text, attributes }));
        case 'caller.pressed':
          return lex(spokenEvent({ mode: 'DTMF', transcript: event.keys, attributes }));
        case 'caller.silent':
          return lex((voice ? spokenEvent : writtenEvent)({ transcript: '', attributes }));
        case 'caller.left':
          return flow({ event: 'left' }, voice);
        case 'signal.received':
          return flow({ event: 'signal', signal: event.name, data: JSON.stringify(event.data) }, voice);
      }
    },
    had: () => ({ heard, rest }),
  };
}

/** A clock on which the pause before something is tried again is none, and nothing is ever late. */
const HURRIED: Clock = {
  now: () => 0,
  after: (milliseconds, then) => {
    if (milliseconds < 1_000) setImmediate(then);
    return () => undefined;
  },
};

const hostOf = (recording: Recording, machine: Machine, tools: Tools): Promise<Host> =>
  embedded({
    machine,
    tools: recordedTools(recording, tools),
    decider,
    session: recording.session,
    start: recording.start,
  });

/** What is heard, letter by letter: what is marked in SSML is said in other signs, but has as many letters in all. */
function plain(heard: readonly string[]): string {
  return heard
    .map((text) => text.replace(/<say-as interpret-as="date"[^>]*>[^<]*<\/say-as>/g, '(day)').replace(/<[^>]*>/g, ''))
    .join(' ')
    .replaceAll('&apos;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(DAY, '(day)')
    .replace(/[\s,]+/g, '');
}

const DAY =
  /(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}(?:st|nd|rd|th), \d{4}/g;

/** Connect always tells of attributes: a session that begins without any has none of them. */
function asConnectTells(event: TurnRequest['event']): TurnRequest['event'] {
  if (event.type !== 'session.started') return event;
  return { ...event, contact: { ...event.contact, attributes: event.contact.attributes ?? {} } };
}
