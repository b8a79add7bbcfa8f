import { describe, expect, it } from '@jest/globals';
import { briefOf, labelOf } from './brief.ts';

describe('a brief', () => {
  it('is taken apart from what the flow set', () => {
    expect(
      briefOf({
        tier: 'gold',
        parley_identity: 'code',
        parley_from: 'identify/by_email',
        parley_done: 'identity.send_code,flags.raise,flags.raise',
        parley_known_orderId: 'W1000001',
        parley_known_mayRecord: 'true',
        parley_brief:
          'Wants a refund.\nIt never came.\nIdentity: code\nCame from: identify/by_email\nDone: identity.send_code, flags.raise, flags.raise\n' +
          'orderId: W1000001\nmayRecord: true\nitems: [{"name":"Boots","count":2}]\nnote: one\ntwo',
      }),
    ).toEqual({
      summary: 'Wants a refund.\nIt never came.',
      identity: { level: 'code', words: 'Proved with a one-time code' },
      done: ['Identity: send code', 'Flags: raise (2 times)'],
      from: 'Identify, by email',
      known: [
        { label: 'Order ID', value: 'W1000001' },
        { label: 'May record', value: 'Yes' },
        { label: 'Items', value: 'Name: Boots, Count: 2' },
        { label: 'Note', value: 'one\ntwo' },
      ],
      failure: undefined,
    });
  });

  it('is less where less is known, and none where nothing was set', () => {
    expect(briefOf({ parley_failure: 'engine/store' })).toMatchObject({ failure: 'engine/store', done: [], known: [] });
    expect(briefOf({ parley_brief: 'Only this.' })).toMatchObject({ summary: 'Only this.', identity: undefined });
    expect(briefOf({ tier: 'gold', parley_session: 's' })).toBeUndefined();
  });

  it('keeps data that was cut off as it is', () => {
    const { known } = briefOf({ parley_identity: 'none', parley_known_a: '[{"b' }) ?? {};
    expect(known).toEqual([{ label: 'A', value: '[{"b' }]);
  });
});

it.each([
  ['identify__zipCode', 'Identify, ZIP code'],
  ['orders.get', 'Orders: get'],
  ['stay_with_me', 'Stay with me'],
])('%s is read as %s', (name, label) => expect(labelOf(name)).toBe(label));
