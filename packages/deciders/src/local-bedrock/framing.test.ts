import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Block, Reply } from './answer.ts';
import { converseEvents } from './converse.ts';
import { frame } from './framing.ts';
import { readFrames } from './testing/event-stream.ts';

const BOOKS = { usage: { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 }, caches: false, latency: 3 };

describe('the reader that the frames are checked with', () => {
  /** Published bytes of others: the documentation of the package event_stream on hex.pm. */
  const PUBLISHED = Buffer.from([
    0, 0, 0, 62, 0, 0, 0, 32, 64, 93, 249, 70, 12, 99, 111, 110, 116, 101, 110, 116, 45, 116, 121, 112, 101, 7, 0, 16,
    97, 112, 112, 108, 105, 99, 97, 116, 105, 111, 110, 47, 106, 115, 111, 110, 123, 34, 102, 111, 111, 34, 58, 32, 34,
    98, 97, 114, 34, 125, 111, 162, 191, 59,
  ]);

  it('reads what others wrote', () => {
    const [only, ...more] = readFrames(PUBLISHED);
    expect(more).toEqual([]);
    expect(only?.headers).toEqual({ 'content-type': 'application/json' });
    expect(only?.payload.toString()).toBe('{"foo": "bar"}');
  });

  it('sees every single bit that is wrong', () => {
    for (let bit = 0; bit < PUBLISHED.length * 8; bit += 1) {
      const wrong = Buffer.from(PUBLISHED);
      wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => readFrames(wrong)).toThrow();
    }
  });
});

describe('a frame', () => {
  it('is an event, by the letter of the specification', () => {
    const bytes = frame({ type: 'event', name: 'messageStart', data: { role: 'assistant' } });
    const headers = ':event-type messageStart :content-type application/json :message-type event'.length;
    // 16 bytes around it; a header adds to its name and value 1 (length), 1 (type) and 2 (length), less the 5 spaces above.
    expect(bytes.length).toBe(16 + headers - 5 + 3 * 4 + '{"role":"assistant"}'.length);
    expect(readFrames(bytes)).toEqual([
      {
        headers: { ':event-type': 'messageStart', ':content-type': 'application/json', ':message-type': 'event' },
        payload: Buffer.from('{"role":"assistant"}'),
      },
    ]);
  });

  it('is an exception', () => {
    expect(readFrames(frame({ type: 'exception', name: 'throttlingException', message: 'Too many.' }))).toEqual([
      {
        headers: {
          ':exception-type': 'throttlingException',
          ':content-type': 'application/json',
          ':message-type': 'exception',
        },
        payload: Buffer.from('{"message":"Too many."}'),
      },
    ]);
  });
});

describe('the events of a reply', () => {
  const text = fc.string({ unit: 'binary', maxLength: 80 });
  const block: fc.Arbitrary<Block> = fc.oneof(
    fc.record({ type: fc.constant('text' as const), text }),
    fc.record({ type: fc.constant('tool' as const), name: fc.constant('decide'), input: fc.dictionary(text, text) }),
    fc.record({ type: fc.constant('tool' as const), name: fc.constant('decide'), raw: text }),
    fc.record({ type: fc.constant('reasoning' as const), text, signature: text }),
  );

  it('carry any text whole, in pieces of any length', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 4 }), fc.integer({ min: 1, max: 30 }), (content, piece) => {
        const reply: Reply = { type: 'reply', content, piece };
        const frames = readFrames(Buffer.concat(converseEvents(reply, BOOKS).map(frame)));
        const put = content.map(() => '');
        for (const { headers, payload } of frames) {
          if (headers[':event-type'] !== 'contentBlockDelta') continue;
          const { contentBlockIndex: at, delta } = JSON.parse(payload.toString('utf8'));
          const said: string = delta.text ?? delta.toolUse?.input ?? delta.reasoningContent?.text ?? '';
          expect(Array.from(said).length).toBeLessThanOrEqual(piece);
          // It throws where half a character stands.
          expect(() => encodeURIComponent(said)).not.toThrow();
          put[at] += said;
        }
        expect(put).toEqual(
          content.map((part) => {
            if (part.type !== 'tool') return part.type === 'unknown' ? '' : part.text;
            return 'raw' in part ? part.raw : JSON.stringify(part.input);
          }),
        );
      }),
    );
  });

  it('come in the order of the service', () => {
    const reply: Reply = {
      type: 'reply',
      content: [
        { type: 'reasoning', text: 'Hm.', signature: 's' },
        { type: 'text', text: 'Well.' },
        { type: 'tool', name: 'decide', input: {} },
      ],
    };
    const events = converseEvents(reply, BOOKS);
    expect(events.map(({ name }) => name)).toEqual([
      'messageStart',
      'contentBlockDelta',
      'contentBlockDelta',
      'contentBlockStop',
      'contentBlockDelta',
      'contentBlockStop',
      'contentBlockStart',
      'contentBlockDelta',
      'contentBlockStop',
      'messageStop',
      'metadata',
    ]);
  });
});
