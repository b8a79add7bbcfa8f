import { describe, expect, it } from '@jest/globals';
import type { Item } from '../contact.ts';
import { lineOf } from './line.ts';

const ABOUT = { Id: '1', AbsoluteTime: '2026-11-24T15:30:00.000Z', InitialContactId: 'c', ContactId: 'c' };
const message = (Content: string, ContentType = 'text/plain'): Item => ({
  ...ABOUT,
  Type: 'MESSAGE',
  ContentType,
  Content,
  ParticipantRole: 'SYSTEM',
  DisplayName: 'BOT',
});
const event = (name: string, ParticipantRole: 'AGENT' | 'CUSTOMER' | 'SYSTEM'): Item => ({
  ...ABOUT,
  Type: 'EVENT',
  ContentType: `application/vnd.amazonaws.connect.event.${name}`,
  ParticipantRole,
  DisplayName: 'Ana',
});

describe('a line of a transcript', () => {
  it.each([
    [message('Hello <b>'), 'Hello <b>'],
    [
      message(
        '<speak>It is <say-as interpret-as="date">2026</say-as>,<break time="1s"/>at 5 &amp; &lt;6.</speak>',
        'application/ssml+xml',
      ),
      'It is 2026, at 5 & <6.',
    ],
    [message('<speak><sub alias="W one">W1</sub></speak>', 'application/ssml+xml'), 'W one'],
    [
      message(
        '{"templateType":"ListPicker","data":{"content":{"title":"Which?","elements":[{"title":"Boots"},{"title":"Hat"}]}}}',
        'application/vnd.amazonaws.connect.message.interactive',
      ),
      'Which?\n• Boots\n• Hat',
    ],
    [message('{"a":', 'application/json'), '{"a":'],
  ])('is read in words: %#', (item, text) => expect(lineOf(item)).toMatchObject({ by: 'bot', text }));

  it('tells whose words they are, and which agents come and go', () => {
    const at = Date.parse(ABOUT.AbsoluteTime);
    expect(lineOf({ ...message('Hi'), ParticipantRole: 'CUSTOMER', DisplayName: 'Luis' })).toEqual({
      id: '1',
      at,
      by: 'caller',
      name: 'Luis',
      text: 'Hi',
    });
    expect(lineOf(event('participant.joined', 'AGENT'))).toMatchObject({ by: 'note', name: 'Ana', text: 'joined' });
    expect(lineOf(event('participant.left', 'CUSTOMER'))).toBeUndefined();
    expect(lineOf(event('chat.ended', 'SYSTEM'))).toBeUndefined();
    expect(lineOf(event('typing', 'AGENT'))).toBeUndefined();
  });
});
