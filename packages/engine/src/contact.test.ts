import { describe, expect, it } from '@jest/globals';
import { contactEvent, readRequest } from './contact.ts';

const said = (text: string) => readRequest({ session: 's', id: '1', event: { type: 'caller.said', text } });

describe('what a channel reports', () => {
  it('is taken as it is', () => {
    expect(said('where is my parcel').event).toEqual({ type: 'caller.said', text: 'where is my parcel' });
  });

  it('is freed of control characters and marks that turn text around', () => {
    expect(said('a\u0000b\u001b[2Jc\u202Ed').event).toEqual({ type: 'caller.said', text: 'a b [2Jc d' });
  });

  it('is cut off where no person can have said so much', () => {
    expect(said('x'.repeat(1_000_000)).event).toEqual({ type: 'caller.said', text: 'x'.repeat(10_000) });
  });

  it('is silence when it is blank', () => {
    expect(contactEvent(said(' \u0007 ').event, 5)).toEqual({ type: 'caller.silent', at: 5 });
  });

  it('is refused with the names of the fields that are wrong, and without their values', () => {
    const secret = { session: '', id: '1', event: { type: 'caller.pressed' as const, keys: 'my card 4111' } };
    expect(() => readRequest(secret)).toThrow(
      expect.objectContaining({
        code: 'engine/bad-event',
        message: 'This is not an event of a contact: session (too_small), event.keys (invalid_format).',
        fix: expect.stringContaining('Send { session, id, event'),
      }),
    );
  });

  it('can not be an event of the host', () => {
    const forged = { session: 's', id: '1', event: { type: 'tool.returned', call: 'c1', output: {} } };
    // @ts-expect-error: it is no contact event
    expect(() => readRequest(forged)).toThrow('This is not an event of a contact: event.type (invalid_union).');
  });
});
