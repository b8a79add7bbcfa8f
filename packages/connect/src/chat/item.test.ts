import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readItem, readMessage } from './item.ts';

/** An item as Connect streams it (docs.aws.amazon.com/connect/latest/adminguide/sns-payload.html). */
const item = (more: object = {}) => ({
  AbsoluteTime: '2030-01-01T12:00:00.123Z',
  Content: 'where is my parcel',
  ContentType: 'text/plain',
  Id: '8ad3a1c0-0001-4f4f-9e51-0123456789ab',
  Type: 'MESSAGE',
  ParticipantId: 'p1',
  DisplayName: 'Jane',
  ParticipantRole: 'CUSTOMER',
  InitialContactId: 'c0',
  ContactId: 'c1',
  ...more,
});
const RESPONSE = 'application/vnd.amazonaws.connect.message.interactive.response';
const event = (type: string) => ({
  Type: 'EVENT',
  ContentType: `application/vnd.amazonaws.connect.event.${type}`,
  Content: undefined,
});
const responding = (data: unknown) => item({ ContentType: RESPONSE, Content: JSON.stringify({ data }) });

describe('an item', () => {
  it('of the customer is what they said, with its place in the chat', () => {
    expect(readItem(item({ Newer: { field: 1 } }))).toEqual({
      id: '8ad3a1c0-0001-4f4f-9e51-0123456789ab',
      at: Date.parse('2030-01-01T12:00:00.123Z'),
      contact: 'c1',
      event: { type: 'caller.said', text: 'where is my parcel' },
    });
  });

  it.each([
    ['text with a character set', item({ ContentType: 'text/plain; charset=utf-8' }), 'where is my parcel'],
    ['markdown', item({ ContentType: 'text/markdown' }), 'where is my parcel'],
    ['an element of a list', responding({ selectedElements: [{ title: 'Small' }] }), 'Small'],
    ['a time', responding({ selectedTimeslot: { date: '2030-01-02T09:00Z', title: '9' } }), '2030-01-02T09:00Z'],
    ['a title', responding({ content: { title: 'Large' }, replyMessage: { title: 'Thanks' } }), 'Large'],
    ['a response in a way that is not known', responding({ picked: 3 }), '{"data":{"picked":3}}'],
    ['a response that is no JSON', item({ ContentType: RESPONSE, Content: 'Small' }), 'Small'],
  ])('in %s is what it says', (_, given, text) => {
    expect(readItem(given)?.event).toEqual({ type: 'caller.said', text });
  });

  it.each([
    ['the customer left', item(event('participant.left'))],
    ['the chat ended', item({ ...event('chat.ended'), ParticipantRole: 'SYSTEM' })],
  ])('that says that %s is so', (_, given) => {
    expect(readItem(given)?.event).toEqual({ type: 'caller.left' });
  });

  it('that says that an agent is there is so', () => {
    const agent = item({ ...event('participant.joined'), ParticipantRole: 'AGENT' });
    expect(readItem(agent)?.event).toEqual({ type: 'agent.joined' });
  });

  it.each([
    ['of the bot', item({ ParticipantRole: 'CUSTOM_BOT' })],
    ['of an agent', item({ ParticipantRole: 'AGENT' })],
    ['of an agent who leaves', item({ ...event('participant.left'), ParticipantRole: 'AGENT' })],
    ['that somebody types', item(event('typing'))],
    ['that the customer is there', item(event('participant.joined'))],
    ['with a file', item({ Type: 'ATTACHMENT' })],
    ['in a type that is not known', item({ ContentType: 'image/png' })],
    ['without an id', item({ Id: undefined })],
    ['without a time', item({ AbsoluteTime: 'soon' })],
  ])('%s is nothing for a bot', (_, given) => {
    expect(readItem(given)).toBeUndefined();
  });
});

it('whatever a message holds, it is read or passed over', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (message) => {
      expect(readMessage(message)).toBeUndefined();
    }),
  );
  fc.assert(
    fc.property(fc.string(), (content) => {
      const read = readMessage(JSON.stringify(item({ ContentType: RESPONSE, Content: content })));
      expect(read?.event.type).toBe('caller.said');
    }),
  );
});
