import { describe, expect, it } from '@jest/globals';
import type { Json } from '@parley/workflow';
import { line, type LineOptions } from './testing/line.ts';

const READ_OUT = `
workflow: read_out
otherwise: bye
variables:
  orderId: { type: string, pattern: 'W\\d{3}', spoken: characters, initial: W104 }
  due: { type: date, initial: '2026-10-05' }
  total: { type: money, currency: CAD, initial: 49.99 }
  shop: { type: string, initial: Acme }
steps:
  tell:
    say: "{{ $shop }} has {{ $orderId }}, due {{ $due }}, for {{ $total }}. It's {{ $shop & $orderId }}."
    then: bye
  bye:
    end: Goodbye.
`;

function spansOf(channel: LineOptions['channel']) {
  const { effects } = line(READ_OUT, { channel: channel ?? 'chat' }).start();
  return effects.flatMap((effect): Json[] =>
    effect.type === 'say'
      ? (effect.spans ?? []).map(({ start, end, ...how }) => ({ said: effect.text.slice(start, end), ...how }))
      : [],
  );
}

describe('what is said', () => {
  it('tells a voice which values are read aloud in a way of their own, and where they stand', () => {
    expect(spansOf('voice')).toEqual([
      { said: 'W, 1, 0, 4', as: 'characters', value: 'W104' },
      { said: 'October 5th, 2026', as: 'date', value: '2026-10-05' },
      { said: 'CA$49.99', as: 'money', value: 49.99, currency: 'CAD' },
    ]);
  });

  it('tells a chat nothing of it, where all is read as it is written', () => {
    expect(spansOf('chat')).toEqual([]);
  });
});
