import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEngine, StoreError } from '@parley/engine';
import { importContactLens, readRecording } from '@parley/replay';
import { openSqliteStore } from '@parley/stores';
import { checkWorkflow, ParleyError, sourceOf } from '@parley/workflow';
import fc from 'fast-check';
import { Random } from '../../packages/workflow/src/expression/testing/generate.ts';
import { desk, deskTools, literalDecider } from '../engine/desk.ts';

const END = '\nsteps: { a: { end: Goodbye. } }\n';
const numbered = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('\n');
/** The first problem with a workflow file, or that it is valid. */
const problem = (text: string) => {
  const { problems, program } = checkWorkflow(sourceOf(text));
  const [first] = problems.filter(({ severity }) => severity === 'error');
  return first ? `${first.code} ${first.line}` : program ? 'valid' : 'nothing said';
};

describe('a workflow file', () => {
  it.each([
    ['of ten megabytes', `workflow: x\n${'# y\n'.repeat(2_500_000)}`, 'yaml/syntax 1'],
    ['with a text of nearly a megabyte that nobody hears', `workflow: x\ntitle: ${'y'.repeat(900_000)}${END}`, 'valid'],
    [
      'with a text of nearly a megabyte that is said',
      `workflow: x\nsteps: { a: { end: ${'y'.repeat(900_000)} } }`,
      'text/long 2',
    ],
    [
      'with a billion laughs',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${numbered(8, (i) => `${'bcdefghi'[i]}: &${'bcdefghi'[i]} [${Array(9).fill(`*${'abcdefgh'[i]}`).join()}]`)}`,
      'yaml/syntax 1',
    ],
    ['with an alias of itself', `workflow: x\nsteps: &a { s: *a }`, 'yaml/syntax 1'],
    ['with 60,000 aliases', `a: &a [x]\n${numbered(60_000, (i) => `k${i}: *a`)}`, 'yaml/syntax 1'],
    ['with 20,000 anchors', numbered(20_000, (i) => `k${i}: &a${i} x`), 'schema/missing 1'],
    [
      'with 30,000 keys it can not have',
      `workflow: x\n${numbered(30_000, (i) => `k${i}: 1`)}${END}`,
      'schema/unknown-key 2',
    ],
    ['with the same key 20,000 times', 'a: 1\n'.repeat(20_000), 'schema/missing 1'],
    [
      'with 20,000 steps',
      `workflow: x\nsteps:\n${numbered(20_000, (i) => `  s${i}: { say: hi, then: s${i + 1} }`)}`,
      'schema/bounds 2',
    ],
    ['nested 100,000 deep in brackets', `workflow: x\nsteps: ${'['.repeat(100_000)}`, 'yaml/syntax 1'],
    ['nested 100,000 deep in dashes', '- '.repeat(100_000), 'yaml/syntax 1'],
    ['nested 100,000 deep in questions', '? '.repeat(100_000), 'yaml/syntax 1'],
    ['nested 190 deep in lines', numbered(190, (i) => `${' '.repeat(i)}a:`), 'yaml/syntax 1'],
    ['with a merge key', `workflow: x\nsteps:\n  a: &a { end: Goodbye. }\n  b:\n    <<: *a\n`, 'step/unreachable 4'],
    ['with a tag of its own', `workflow: x\nsteps: !!js/function "x"`, 'schema/type 2'],
    ['with binary data', `workflow: !!binary aGVsbG8=${END}`, 'schema/type 1'],
    [
      'with a name that stands there twice',
      `workflow: x\nsteps: { a: { end: b }, a: { end: c } }`,
      'yaml/duplicate-key 2',
    ],
    [
      'with steps that are called like what every object has',
      'workflow: x\nsteps: { constructor: { say: Hi., then: toString }, toString: { end: Bye. } }',
      'valid',
    ],
    ['with a step called __proto__', `workflow: x\nsteps: { __proto__: { end: b } }`, 'schema/name 2'],
    ['with a key called __proto__', `workflow: x\n__proto__: { otherwise: a }${END}`, 'schema/unknown-key 2'],
    ['with a name that is turned around', 'workflow: x\nsteps: { "a\u202eb": { end: b } }', 'schema/name 2'],
    ['with a name of letters that look alike', 'workflow: x\nsteps: { \u0430: { end: b } }', 'schema/name 2'],
    ['with half a character in a text', 'workflow: x\nsteps: { a: { end: "b\ud800" } }', 'valid'],
    [
      'with an expression nested 10,000 deep',
      `workflow: x\nsteps: { a: { end: "{{ ${'('.repeat(10_000)}1${')'.repeat(10_000)} }}" } }`,
      'expression/size 2',
    ],
    [
      'with a pattern that takes hours',
      `workflow: x\nvariables: { v: { type: string, pattern: '\\d*\\d*\\d*\\d*\\d*x', initial: a } }${END}`,
      'variable/pattern 2',
    ],
    ['of nothing but spaces', ' '.repeat(900_000), 'yaml/syntax 1'],
    ['of nothing but colons', ':'.repeat(500_000), 'yaml/syntax 1'],
  ])(
    '%s is told so, or is fine',
    (_, text, expected) => {
      expect(problem(text)).toBe(expected);
    },
    60_000,
  );
});

const HEADER =
  '{"parley":1,"session":"s","workflow":"w","version":"v","channel":"chat","start":"2026-01-05T10:00:00.000Z"}';
const STARTED = '{"seq":1,"at":0,"type":"session.started","contact":{"id":"c","channel":"chat"}}';
const SAID = '{"seq":2,"at":1,"type":"caller.said","text":"secret é"}';
const read = (text: string) => {
  try {
    return readRecording(text, 'a.jsonl').events.length;
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    expect(error.message).not.toContain('secret');
    expect(error.fix ?? 'a fix').not.toBe('');
    return `${error.code} ${error.place?.line}`;
  }
};
const whole = [HEADER, STARTED, SAID, ''].join('\n');
/** As a file is read that ends in the middle of a character. */
const bytes = (count: number) => new TextDecoder().decode(new TextEncoder().encode(whole).slice(0, -count));
const event = (fields: string) => `${HEADER}\n${STARTED}\n{"seq":2,"at":1,${fields}}\n`;

describe('a recording', () => {
  it.each<[string, string, number | string]>([
    ['as it is', whole, 2],
    ['cut off in the middle of a line', whole.slice(0, -20), 'recording/truncated 3'],
    ['cut off in the middle of a character', bytes(4), 'recording/truncated 3'],
    ['cut off after a line', `${HEADER}\n${STARTED}`, 1],
    ['without its header', `${STARTED}\n${SAID}\n`, 'recording/not-a-recording 1'],
    ['of another version', whole.replace('"parley":1', '"parley":99'), 'recording/other-format 1'],
    ['in another order', [HEADER, SAID, STARTED, ''].join('\n'), 'recording/out-of-order 2'],
    ['with a line twice', [HEADER, STARTED, SAID, SAID, ''].join('\n'), 'recording/out-of-order 4'],
    [
      'with a line of a hundred megabytes',
      `${HEADER}\n${STARTED}\n"${'x'.repeat(100_000_000)}"\n`,
      'recording/too-large 3',
    ],
    ['with what is no number', event('"type":"tool.returned","call":"c","output":NaN'), 'recording/not-json 3'],
    [
      'with a number without end',
      event('"type":"tool.returned","call":"c","output":{"secret":1e999}'),
      'recording/bad-event 3',
    ],
    ['with an instant without end', whole.replace('"at":1,', '"at":1e999,'), 'recording/bad-event 3'],
    [
      'nested 100,000 deep',
      event(`"type":"tool.returned","call":"c","output":${'['.repeat(100_000)}${']'.repeat(100_000)}`),
      'recording/bad-event 3',
    ],
    ['with half a character', event('"type":"caller.said","text":"\\ud800"'), 2],
    ['with a null in it', event('"type":"caller.said","text":"a\\u0000"'), 2],
    ['with a bare null byte', event('"type":"caller.said","text":"secret\u0000"'), 'recording/not-json 3'],
    ['of a type that every object has', event('"type":"constructor"'), 'recording/bad-event 3'],
    [
      'with keys that name prototypes',
      event('"type":"caller.said","text":"x","__proto__":{"a":1},"constructor":{"prototype":{"a":1}}'),
      2,
    ],
    ['whose start has no contact', `${HEADER}\n{"seq":1,"at":0,"type":"session.started"}\n`, 'recording/bad-event 2'],
  ])('%s is read, or refused with its line', (_, text, expected) => {
    expect(read(text)).toBe(expected);
    expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
  });
});

describe('a Contact Lens file', () => {
  it('of any JSON is refused as such', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.record({
        Channel: fc.constantFrom('VOICE', 'CHAT', '__proto__'),
        CustomerMetadata: fc.jsonValue(),
        Transcript: fc.jsonValue(),
      }),
      fc.record({
        Channel: fc.constantFrom('VOICE', 'CHAT'),
        CustomerMetadata: fc.constant({ ContactId: 'c' }),
        Participants: fc.constant([{ ParticipantId: 'a', ParticipantRole: 'CUSTOMER' }]),
        Transcript: fc.array(
          fc.record({
            ParticipantId: fc.constantFrom('a', '__proto__'),
            Content: fc.string({ unit: 'binary' }),
            BeginOffsetMillis: fc.constantFrom(0, 5, 1e15, -1),
            EndOffsetMillis: fc.constantFrom(0, 5, 1e15),
            Type: fc.constantFrom('MESSAGE', 'EVENT', 'x'),
            AbsoluteTime: fc.constantFrom('2026-01-05T10:00:00Z', 'soon', '9999-12-31T23:59:59Z'),
          }),
        ),
      }),
    );
    fc.assert(
      fc.property(value, (json) => {
        try {
          const { events } = importContactLens(JSON.stringify(json), 'x_analysis_2026-01-05T09:41:07Z.json');
          expect(events.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(ParleyError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("a store's file", () => {
  let folder = '';
  let bytes: Buffer = Buffer.alloc(0);
  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'parley-hostile-'));
    const file = path.join(folder, 'whole.db');
    const store = openSqliteStore(file);
    const engine = createEngine({ workflows: [desk], store, decider: literalDecider, tools: deskTools({}) });
    for (let session = 0; session < 10; session++) {
      const contact = { id: 'c', channel: 'chat' } as const;
      await engine.turn({
        session: `s${session}`,
        id: 'e0',
        event: { type: 'session.started', workflow: 'desk', contact },
      });
      await engine.turn({ session: `s${session}`, id: 'e1', event: { type: 'caller.said', text: 'track' } });
    }
    await engine.close();
    await store.close();
    bytes = readFileSync(file);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Opens it and goes on with each session. What fails must say what. */
  async function goOn(damaged: Buffer, name: string): Promise<number> {
    const file = path.join(folder, name);
    writeFileSync(file, damaged);
    let answered = 0;
    const allowed = (error: unknown) => {
      if (!(error instanceof ParleyError)) throw error;
      expect(error.code).toMatch(/^(store|engine|machine|workflow)\//);
      expect(error.fix ?? error.message).not.toBe('');
    };
    let store: ReturnType<typeof openSqliteStore>;
    try {
      store = openSqliteStore(file);
    } catch (error) {
      expect(error).toBeInstanceOf(StoreError);
      return 0;
    }
    const engine = createEngine({ workflows: [desk], store, decider: literalDecider, tools: deskTools({}) });
    for (let session = 0; session < 10; session++) {
      // What was answered is answered again from the file.
      await engine.turn({ session: `s${session}`, id: 'e1', event: { type: 'caller.silent' } }).catch(allowed);
      await engine
        .turn({ session: `s${session}`, id: 'e2', event: { type: 'caller.said', text: 'orderId=W1234567' } })
        .then(() => answered++, allowed);
    }
    await engine.close();
    await store.close().catch(allowed);
    return answered;
  }

  it('as it is goes on with all', async () => {
    expect(await goOn(bytes, 'same.db')).toBe(10);
  });

  it('with bytes of it changed, or cut off, goes on or says that it is damaged', async () => {
    const random = new Random(1);
    for (let round = 0; round < 40; round++) {
      const damaged = Buffer.from(bytes);
      for (let flips = 1 + random.below(30); flips > 0; flips--)
        damaged[random.below(damaged.length)] = random.below(256);
      await goOn(round % 4 === 0 ? damaged.subarray(0, random.below(damaged.length)) : damaged, `r${round}.db`);
    }
  }, 120_000);
});
