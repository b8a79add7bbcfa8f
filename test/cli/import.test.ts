import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { folderOfSupport, PATIENCE, parley, put, remove } from './command.ts';

jest.setTimeout(PATIENCE);

// The shapes of the administrator guide of Amazon Connect; the conversations are made up.
const CHAT = {
  JobStatus: 'COMPLETED',
  LanguageCode: 'en-US',
  Participants: [
    { ParticipantId: 'p1', ParticipantRole: 'CUSTOMER' },
    { ParticipantId: 'p2', ParticipantRole: 'AGENT' },
  ],
  Channel: 'CHAT',
  CustomerMetadata: { ContactId: 'contact-chat', InstanceId: 'i1' },
  Transcript: [
    message('p2', '2026-11-24T15:00:00.000Z', 'Hello, how can I help?'),
    message('p1', '2026-11-24T15:00:05.000Z', "Hi, where's my package?"),
    message('p2', '2026-11-24T15:00:10.000Z', "What's your e-mail address?"),
    message('p1', '2026-11-24T15:00:20.000Z', 'luis.ortega@example.com'),
    message('p2', '2026-11-24T15:00:25.000Z', 'And the order number?'),
    message('p1', '2026-11-24T15:00:30.000Z', 'W1000004'),
    {
      ...message('p1', '2026-11-24T15:00:50.000Z', ''),
      Type: 'EVENT',
      ContentType: 'application/vnd.amazonaws.connect.event.participant.left',
    },
  ],
};

function message(ParticipantId: string, AbsoluteTime: string, Content: string) {
  return { Id: AbsoluteTime, Type: 'MESSAGE', ContentType: 'text/plain', ParticipantId, AbsoluteTime, Content };
}

const VOICE = {
  JobStatus: 'COMPLETED',
  LanguageCode: 'en-US',
  Participants: [
    { ParticipantId: 'AGENT', ParticipantRole: 'AGENT' },
    { ParticipantId: 'CUSTOMER', ParticipantRole: 'CUSTOMER' },
  ],
  Channel: 'VOICE',
  CustomerMetadata: { ContactId: 'contact-voice', InstanceId: 'i1' },
  Transcript: [
    spoken('AGENT', 0, 2_000, 'Hello, how can I help?'),
    // One sentence in two segments, as speech is cut.
    spoken('CUSTOMER', 3_000, 4_000, 'I would like to know'),
    spoken('CUSTOMER', 4_200, 6_000, 'when my order gets here.'),
    spoken('AGENT', 7_000, 8_000, "What's your e-mail address?"),
    spoken('CUSTOMER', 9_000, 12_000, 'Luis dot Ortega at example dot com.'),
    spoken('AGENT', 13_000, 14_000, 'And the order number?'),
    spoken('CUSTOMER', 15_000, 18_000, 'W one triple zero double zero four.'),
  ],
};

function spoken(ParticipantId: string, BeginOffsetMillis: number, EndOffsetMillis: number, Content: string) {
  return { Id: `${BeginOffsetMillis}`, ParticipantId, BeginOffsetMillis, EndOffsetMillis, Content };
}

let folder = '';
beforeAll(() => {
  folder = folderOfSupport();
  put(folder, 'chat.json', JSON.stringify(CHAT));
  put(folder, 'call_analysis_2026-11-24T15_41_07Z.json', JSON.stringify(VOICE));
  put(folder, 'call.json', JSON.stringify(VOICE));
});
afterAll(() => remove(folder));

/** What the caller says in a recording. */
const words = (recording: string) =>
  recording
    .trimEnd()
    .split('\n')
    .map((line): { type?: string; text?: string } => JSON.parse(line))
    .flatMap(({ type, text }) => (type === 'caller.said' ? [text] : []));

describe('import', () => {
  it('makes a recording of a chat', async () => {
    const { code, out } = await parley(['import', 'chat.json'], folder);
    expect(code).toBe(0);
    expect(words(out)).toEqual(["Hi, where's my package?", 'luis.ortega@example.com', 'W1000004']);
    expect(JSON.parse(out.split('\n')[0] ?? '')).toMatchObject({ session: 'contact-chat', channel: 'chat' });
  });

  it('makes a recording of a call, its segments put together', async () => {
    const file = 'call_analysis_2026-11-24T15_41_07Z.json';
    const { code, out } = await parley(['import', file, '-o', 'call.jsonl'], folder);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^call\.jsonl: 6 events of contact-voice; pseudonyms for 0 values and 0 lines of the conversation$/m,
    );
    expect(words(readFileSync(path.join(folder, 'call.jsonl'), 'utf8'))).toEqual([
      'I would like to know when my order gets here.',
      'Luis dot Ortega at example dot com.',
      'W one triple zero double zero four.',
    ]);
  });

  it('has to be told when a call was, where its name does not', async () => {
    const { code, err } = await parley(['import', 'call.json'], folder);
    expect(code).toBe(2);
    expect(err).toMatch(/Nothing here says when the call was/);
    expect((await parley(['import', 'call.json', '--start', 'yesterday'], folder)).err).toMatch(/2026-01-05T09:30:00Z/);
    const { out } = await parley(['import', 'call.json', '--start', '2026-11-24T15:41:00Z'], folder);
    expect(JSON.parse(out.split('\n')[0] ?? '')).toMatchObject({ start: '2026-11-24T15:41:00.000Z' });
  });

  it('makes what can be decided anew, and not replayed', async () => {
    await parley(['import', 'chat.json', '-o', 'imported.jsonl'], folder);
    for (const against of [[], ['--against', 'support']]) {
      const { code, out } = await parley(['replay', 'imported.jsonl', ...against], folder);
      expect(code).toBe(2);
      expect(out).toMatch(/recording\/imported\n.*nothing to replay\.\n.*`parley decide`/);
    }
  });

  it('says of another file that it is none of these', async () => {
    put(folder, 'other.json', '{}');
    const { code, err } = await parley(['import', 'other.json'], folder);
    expect(code).toBe(2);
    expect(err).toMatch(/other\.json:1:1 {2}recording\/not-contact-lens/);
  });
});

describe('decide', () => {
  it.each([
    ['a chat', 'chat.json', []],
    ['a call', 'call.json', ['--start', '2026-11-24T15:41:00Z']],
  ])('puts %s that people had through the workflow', async (_, file, options) => {
    await parley(['import', file, ...options, '-o', 'imported.jsonl'], folder);
    const { code, out, err } = await parley(['decide', 'imported.jsonl', 'support', '-o', 'decided.jsonl'], folder);
    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toMatch(/^support › Your order of .* is on its way with /m);
    expect(out).not.toContain('\u001b');
    // What came of it is a recording like any other.
    const replayed = await parley(['replay', 'decided.jsonl'], folder);
    expect(replayed.out).toMatch(/^1 same, 0 diverged$/m);
  });

  it('hangs up where the caller did', async () => {
    await parley(['import', 'chat.json', '-o', 'imported.jsonl'], folder);
    const { out } = await parley(['decide', 'imported.jsonl', 'support'], folder);
    expect(out).toMatch(/^ended: left$/m);
  });
});
