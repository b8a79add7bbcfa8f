import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ChatItem, endedBy, History } from './history.ts';

const OWN = 'me';

const item = (number: number, more: Partial<ChatItem> = {}): ChatItem => ({
  Id: `item ${number}`,
  Type: 'MESSAGE',
  ContentType: 'text/plain',
  Content: `text ${number}`,
  // Some within the same millisecond.
  AbsoluteTime: new Date(Date.UTC(2026, 10, 24) + Math.floor(number / 2)).toISOString(),
  ContactId: 'contact',
  ParticipantId: 'bot',
  ParticipantRole: 'SYSTEM',
  ...more,
});
const own = (number: number, text: string) =>
  item(number, { ParticipantId: OWN, ParticipantRole: 'CUSTOMER', Content: text });
const idsIn = (history: History) => history.shown.items.map(({ Id }) => Id);

describe('the history of a chat', () => {
  it('has each item once and in order, whatever was pushed before and after the transcript was read', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }).chain((count) =>
          fc.record({
            count: fc.constant(count),
            read: fc.integer({ min: 0, max: count }),
            before: fc.array(fc.integer({ min: 0, max: count - 1 }), { maxLength: 20 }),
            again: fc.array(fc.integer({ min: 0, max: count - 1 }), { maxLength: 20 }),
          }),
        ),
        ({ count, read, before, again }) => {
          const all = Array.from({ length: count }, (_, number) => item(number));
          const history = new History(OWN);
          // Frames are lost and come twice; what the transcript has not yet is pushed in order.
          for (const number of [...new Set(before)].sort((a, b) => a - b)) history.push(item(number));
          history.merge(all.slice(0, read));
          for (const later of all.slice(read)) history.push(later);
          for (const number of again) history.push(item(number));
          const seen = idsIn(history);
          expect(new Set(seen).size).toBe(count);
          expect(seen).toHaveLength(count);
          const times = history.shown.items.map(({ AbsoluteTime }) => AbsoluteTime);
          expect(times).toEqual([...times].sort());
          history.merge(all);
          expect(idsIn(history)).toEqual(all.map(({ Id }) => Id));
        },
      ),
    );
  });

  it('shows what grows under its id where it stood', () => {
    const history = new History(OWN, [item(1), item(3)]);
    history.push(item(1, { Content: 'text 1, and more' }));
    expect(history.shown.items.map(({ Content }) => Content)).toEqual(['text 1, and more', 'text 3']);
  });

  it.each<[string, (history: History) => void]>([
    ['its answer comes first', (history) => [history.sent('a', 'item 5'), history.push(own(5, 'yes'))]],
    ['it is pushed first', (history) => [history.push(own(5, 'yes')), history.sent('a', 'item 5')]],
    ['its answer is lost', (history) => [history.failed('a'), history.push(own(5, 'yes'))]],
    ['both are lost', (history) => [history.failed('a'), history.merge([own(1, 'yes'), own(5, 'yes')])]],
  ])('shows a message once that was sent where %s', (_, come) => {
    // The same words were said before.
    const history = new History(OWN, [own(1, 'yes')]);
    history.sending('a', 'yes');
    expect(history.shown.outgoing).toHaveLength(1);
    come(history);
    expect(idsIn(history)).toEqual(['item 1', 'item 5']);
    expect(history.shown.outgoing).toEqual([]);
  });

  it('keeps what is on its way while the same words of before are read again', () => {
    const history = new History(OWN, [own(1, 'yes')]);
    history.sending('a', 'yes');
    history.merge([own(1, 'yes')]);
    history.push(own(1, 'yes'));
    expect(history.shown.outgoing).toMatchObject([{ token: 'a', state: 'sending' }]);
  });

  it('shows what could not be sent, and sends it again under its token', () => {
    const history = new History(OWN);
    history.sending('a', 'one');
    history.failed('a');
    expect(history.shown.outgoing).toEqual([{ token: 'a', text: 'one', state: 'failed' }]);
    history.sending('a', 'one');
    expect(history.shown.outgoing).toEqual([{ token: 'a', text: 'one', state: 'sending' }]);
  });
});

describe('who ended a chat', () => {
  const left = (ParticipantRole: string, ContactId = 'contact') =>
    item(1, {
      Type: 'EVENT',
      ContentType: 'application/vnd.amazonaws.connect.event.participant.left',
      ParticipantRole,
      DisplayName: 'Ana',
      ContactId,
    });

  it.each<[string, readonly ChatItem[], ReturnType<typeof endedBy>]>([
    ['the caller', [left('CUSTOMER')], { by: 'caller' }],
    ['somebody of the center', [left('AGENT')], { by: 'person', name: 'Ana' }],
    ['the flow, whatever bot has left', [left('CUSTOM_BOT')], { by: 'flow' }],
    ['the flow, whoever left the chat before', [left('CUSTOMER', 'earlier')], { by: 'flow' }],
  ])('is %s', (_, items, by) => {
    expect(endedBy(items, 'contact')).toEqual(by);
  });
});
