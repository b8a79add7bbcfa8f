import { describe, expect, it } from '@jest/globals';
import { readAnswer } from './answer.ts';

const intents = new Set(['FallbackIntent']);
const intent = { name: 'FallbackIntent', state: 'InProgress' };
const messages = [{ contentType: 'PlainText', content: 'Hello.' }];
const answer = (type: string, more: object = {}, state: object = {}) => ({
  sessionState: { dialogAction: { type }, intent, ...state },
  ...more,
});
const said = (content: string, contentType = 'PlainText') =>
  answer('ElicitIntent', { messages: [{ contentType, content }] });

describe('what Lex takes of its hook', () => {
  it.each<[string, unknown]>([
    ['words, and it goes on', answer('ElicitIntent', { messages })],
    ['nothing more to say', answer('Close')],
    ['a field it does not know', answer('Close', { somethingNew: 1 })],
    ['1,024 characters', said('x'.repeat(1_024))],
    [
      'SSML',
      said('<speak>Order <say-as interpret-as="digits">12</say-as> &amp; more<break time="1s"/></speak>', 'SSML'),
    ],
  ])('%s', (_, given) => expect(readAnswer(given, intents)).toBeDefined());

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no dialog action', { sessionState: {} }],
    ['an action there is none of', answer('Ask', { messages })],
    ['going on without a word', answer('ElicitIntent')],
    ['a blank list of words', answer('Close', { messages: [] })],
    ['empty words', said('')],
    ['1,025 characters', said('x'.repeat(1_025))],
    ['eleven messages', answer('Close', { messages: Array(11).fill(messages[0]) })],
    ['more than 50 KB in all', answer('Close', { somethingNew: 'x'.repeat(50 * 1024) })],
    ['no slot to ask for', answer('ElicitSlot', { messages })],
    ['an intent the bot has not', answer('Close', {}, { intent: { ...intent, name: 'Other' } })],
    ['a closing without an intent', answer('Close', {}, { intent: undefined })],
    ['attributes that are no text', answer('Close', {}, { sessionAttributes: { a: 1 } })],
    ['attributes of more than 12 KB', answer('Close', {}, { sessionAttributes: { a: 'x'.repeat(9_300) } })],
    ['marks that do not end', said('<speak>Hello', 'SSML')],
    ['marks that cross', said('<speak><s><p>x</s></p></speak>', 'SSML')],
    ['words beside the marks', said('x<speak>y</speak>', 'SSML')],
    ['a bare ampersand', said('<speak>a & b</speak>', 'SSML')],
  ])('not %s', (_, given) => expect(readAnswer(given, intents)).toBeUndefined());
});
