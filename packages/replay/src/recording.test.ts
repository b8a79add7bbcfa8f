import { describe, expect, it } from '@jest/globals';
import { type Json, ParleyError } from '@parley/workflow';
import fc from 'fast-check';
import type { RecordedEvent } from './recorded.ts';
import { type JournalRow, type Recording, readRecording, recordingOf, writeRecording } from './recording.ts';

const START = Date.UTC(2026, 0, 5, 9, 30);

const recording: Recording = {
  session: 's1',
  workflow: 'support',
  version: 'v1',
  channel: 'voice',
  start: START,
  events: [
    {
      type: 'session.started',
      at: START,
      step: '(start)',
      contact: { id: 'c1', channel: 'voice' },
      path: ['welcome', 'need'],
    },
    { type: 'agent.said', at: START, step: 'welcome', text: 'Hello.' },
    { type: 'caller.said', at: START + 1200, step: 'need', text: 'Bye "now".' },
    { type: 'timer.set', at: START + 1200, step: 'later', timer: 't1', due: START + 61_200 },
  ],
};

const HEADER =
  '{"parley":1,"session":"s1","workflow":"support","version":"v1","channel":"voice","start":"2026-01-05T09:30:00.000Z"}';
const STARTED =
  '{"seq":1,"at":0,"type":"session.started","step":"(start)","contact":{"id":"c1","channel":"voice"},"path":["welcome","need"]}';
const text = `${HEADER}
${STARTED}
{"seq":2,"at":0,"type":"agent.said","step":"welcome","text":"Hello."}
{"seq":3,"at":1200,"type":"caller.said","step":"need","text":"Bye \\"now\\"."}
{"seq":4,"at":1200,"type":"timer.set","step":"later","timer":"t1","due":61200}
`;

describe('a recording', () => {
  it('is written as one object a line, with times since the start', () => {
    expect(writeRecording(recording)).toBe(text);
  });

  it('is read as it was written', () => {
    expect(readRecording(text, 'a.jsonl')).toEqual(recording);
  });

  it('is read with the line ends of Windows, a byte order mark, or no line end at the end', () => {
    expect(readRecording(`\uFEFF${text.replaceAll('\n', '\r\n')}\r\n`, 'a.jsonl')).toEqual(recording);
    expect(readRecording(text.trimEnd(), 'a.jsonl')).toEqual(recording);
  });

  it('is written in the same order of keys, whatever theirs was', () => {
    const events = recording.events.map((event): RecordedEvent => {
      const { at, ...rest } = event;
      return { ...rest, at };
    });
    expect(writeRecording({ ...recording, events })).toBe(text);
  });

  it('leaves out keys it does not know, and any that name a prototype', () => {
    const more = text
      .replace('"parley":1', '"parley":1,"later":true')
      .replace('"text":"Hello."', '"text":"Hello.","mood":"good","__proto__":{"polluted":true}');
    expect(readRecording(more, 'a.jsonl')).toEqual(recording);
    const returned = `{"seq":2,"at":0,"type":"tool.returned","call":"c1","output":{"a":{"__proto__":{"polluted":1},"constructor":2}}}`;
    const [, event] = readRecording(`${HEADER}\n${STARTED}\n${returned}\n`, 'a.jsonl').events;
    expect(event).toEqual({
      at: START,
      type: 'tool.returned',
      call: 'c1',
      output: { a: Object.fromEntries([['constructor', 2]]) },
    });
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('keeps a data of null, and a null that a tool returned', () => {
    const lines = [
      HEADER,
      STARTED,
      '{"seq":2,"at":0,"type":"signal.received","name":"paid","data":null}',
      '{"seq":3,"at":0,"type":"tool.returned","call":"c1","output":null}',
      '',
    ].join('\n');
    expect(writeRecording(readRecording(lines, 'a.jsonl'))).toBe(lines);
  });
});

const json = fc.jsonValue({ maxDepth: 3, noUnicodeString: false }).map((value) => plain(value));

/** As JSON has it, without a negative zero or a key that is left out when read. */
function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value).replaceAll('__proto__', 'proto'));
}

const at = fc.integer({ min: START - 1000, max: START + 10 ** 9 });
const name = fc.string().filter((text) => text !== '__proto__');
const path = fc.option(fc.array(name), { nil: undefined });

const eventOf = fc.oneof(
  fc.record({ type: fc.constant('caller.said' as const), at, text: fc.string({ unit: 'binary' }), step: name }),
  fc.record({ type: fc.constant('caller.silent' as const), at, before: fc.constant(true as const) }),
  fc.record({ type: fc.constant('tool.returned' as const), at, call: name, output: json, attempts: fc.nat() }),
  fc.record({
    type: fc.constant('tool.failed' as const),
    at,
    call: name,
    code: name,
    message: name,
    done: fc.constant(true as const),
    checks: fc.array(
      fc.record(
        {
          what: fc.constantFrom('input' as const, 'output' as const),
          passed: fc.boolean(),
          code: name,
          by: fc.dictionary(name, json),
        },
        { requiredKeys: ['what', 'passed'] },
      ),
    ),
  }),
  fc.record({
    type: fc.constant('tool.called' as const),
    at,
    step: name,
    call: name,
    tool: name,
    input: fc.dictionary(name, json),
  }),
  fc.record({ type: fc.constant('timer.set' as const), at, step: name, timer: name, due: at }),
  fc.record({
    type: fc.constant('model.decided' as const),
    at,
    decision: name,
    choice: name,
    values: fc.dictionary(name, json),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }).map((share) => share + 0),
  }),
);

describe('any recording', () => {
  it('is the same after it was written and read, and is written the same again', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(eventOf, path)), name, (generated, session) => {
        const events = generated.map(([event, path]): RecordedEvent => {
          const input = event.type !== 'tool.called' && event.type !== 'timer.set';
          return input && path !== undefined ? { ...event, path } : event;
        });
        const one: Recording = { ...recording, session, events: [...recording.events, ...events] };
        const written = writeRecording(one);
        const read = readRecording(written, 'a.jsonl');
        expect(read).toEqual(one);
        expect(writeRecording(read)).toBe(written);
      }),
    );
  });

  it('is read or refused with a ParleyError, whatever the file holds', () => {
    const line = fc.oneof(
      fc.json(),
      fc.string(),
      fc.constantFrom(HEADER, STARTED, '{"seq":1,"at":0,"type":"__proto__"}', '{"seq":1,"at":0,"type":"toString"}'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
        try {
          readRecording(lines.join('\n'), 'a.jsonl');
        } catch (error) {
          expect(error).toBeInstanceOf(ParleyError);
        }
      }),
    );
  });
});

describe('a file that is no recording', () => {
  const deep = `{"seq":2,"at":0,"type":"signal.received","name":"n","data":${'['.repeat(300_000)}${']'.repeat(300_000)}}`;
  it.each([
    ['nothing', '', 'empty', 1],
    ['blank lines', '\n\n', 'empty', 1],
    ['other JSON', '{"a":1}\n', 'not-a-recording', 1],
    ['a header without a version', `${HEADER.replace('"version":"v1",', '')}\n${STARTED}\n`, 'not-a-recording', 1],
    ['a later format', `${HEADER.replace('"parley":1', '"parley":2')}\n`, 'other-format', 1],
    ['a start that is no instant', `${HEADER.replace('2026-01-05T', '2026-13-05T')}\n`, 'not-a-recording', 1],
    ['a header alone', `${HEADER}\n`, 'no-start', 2],
    ['a session without its start', `${HEADER}\n{"seq":1,"at":0,"type":"caller.silent"}\n`, 'no-start', 2],
    ['a line that is not JSON', `${HEADER}\n${STARTED}\nsecret\n`, 'not-json', 3],
    ['an empty line', `${HEADER}\n\n${STARTED}\n`, 'not-json', 2],
    ['a last line that is cut off', `${HEADER}\n${STARTED}\n{"seq":2,"at":0,"type":"caller.sa`, 'truncated', 3],
    ['a line that is missing', text.replace(/.*"seq":2.*\n/, ''), 'out-of-order', 3],
    ['a line that is a list', `${HEADER}\n[1]\n`, 'out-of-order', 2],
    ['an unknown type', `${HEADER}\n${STARTED}\n{"seq":2,"at":0,"type":"secret"}\n`, 'bad-event', 3],
    ['a missing field', `${HEADER}\n${STARTED}\n{"seq":2,"at":0,"type":"caller.said","secret":1}\n`, 'bad-event', 3],
    [
      'an output that is not there',
      `${HEADER}\n${STARTED}\n{"seq":2,"at":0,"type":"tool.returned","call":"c1"}\n`,
      'bad-event',
      3,
    ],
    ['half a millisecond', text.replace('"at":1200', '"at":1200.5'), 'bad-event', 4],
    ['a line nested too deep', `${HEADER}\n${STARTED}\n${deep}\n`, 'bad-event', 3],
    ['a line that is too long', `${HEADER}\n${' '.repeat(1_048_577)}1\n`, 'too-large', 2],
    ['too many lines', `${HEADER}\n${'{}\n'.repeat(100_001)}`, 'too-large', 100_001],
  ])('%s is refused, with the line and without what stands on it', (_, text, code, line) => {
    expect(() => readRecording(text, 'a.jsonl')).toThrow(
      expect.objectContaining({
        code: `recording/${code}`,
        place: { file: 'a.jsonl', line, column: 1 },
        message: expect.not.stringContaining('secret'),
      }),
    );
  });
});

describe('the recording of a journal', () => {
  const rows: readonly JournalRow[] = recording.events.map(({ at, type, ...data }, index) => ({
    seq: index + 1,
    at,
    type,
    data,
  }));
  const about = { session: 's1', workflow: 'support', version: 'v1' };

  it('holds its rows, and starts with the first', () => {
    expect(recordingOf(about, rows)).toEqual(recording);
  });

  it('is refused where a row is missing, wrong or the first is not there', () => {
    const refused = (changed: readonly JournalRow[], code: string) =>
      expect(() => recordingOf(about, changed)).toThrow(expect.objectContaining({ code: `recording/${code}` }));
    refused([], 'no-start');
    refused(rows.slice(1), 'out-of-order');
    refused(
      [...rows.slice(0, 3), { seq: 4, at: START, type: 'agent.said', data: { text: 'x', step: 1 } }],
      'bad-event',
    );
  });
});
