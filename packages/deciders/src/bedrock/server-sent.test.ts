import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { serverSent } from './server-sent.ts';

async function read(...chunks: readonly Uint8Array[]): Promise<readonly string[]> {
  const events: string[] = [];
  for await (const event of serverSent(ReadableStream.from(chunks))) events.push(event);
  return events;
}
const bytes = (text: string) => new TextEncoder().encode(text);

test.each<readonly [string, string, readonly string[]]>([
  ['the data, without the name', 'event: a\ndata: {"n":1}\n\ndata: 2\n\n', ['{"n":1}', '2']],
  ['data of several lines, as one', 'data: a\ndata:b\ndata\n\n', ['a\nb\n']],
  ['only one space is the format’s', 'data:  a\n\n', [' a']],
  ['no comment, and nothing without data', ': alive\n\nid: 1\n\ndatabase: x\n\n', []],
  ['nothing that was cut off', 'data: 1\n\ndata: 2\n', ['1']],
  ['a byte order mark at the beginning', '\u{FEFF}data: 1\n\n', ['1']],
])('%s', async (_, text, events) => {
  expect(await read(bytes(text))).toEqual(events);
});

test('however it is cut, and whatever its lines end with', async () => {
  const words = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n\u2028\u2029\uFEFF]/g, ''));
  const breaks = fc.constantFrom('\n', '\r\n', '\r');
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(words, { minLength: 1 })),
      breaks,
      fc.array(fc.nat(40)),
      async (events, end, cuts) => {
        const all = bytes(
          events.map((lines) => `${lines.map((line) => `data: ${line}${end}`).join('')}${end}`).join(''),
        );
        const chunks: Uint8Array[] = [];
        let at = 0;
        for (const cut of cuts) {
          chunks.push(all.subarray(at, at + cut));
          at += cut;
        }
        // A single CR at the very end may be half a break: nothing after it can tell.
        const last = end === '\r' ? bytes(': end\n') : bytes('');
        expect(await read(...chunks, all.subarray(at), last)).toEqual(events.map((lines) => lines.join('\n')));
      },
    ),
  );
});
