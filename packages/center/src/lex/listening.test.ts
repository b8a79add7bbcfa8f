import { expect, it } from '@jest/globals';
import { lexListening } from './listening.ts';

it('is as Lex has it, where nothing is set', () => {
  expect(lexListening({ 'x-amz-lex:audio:end-timeout-ms:*:*': '2000', parley_turn: '3' })).toEqual({
    silence: 4_000,
    interrupt: true,
    keys: undefined,
    keysEnd: 5_000,
    endKey: '#',
    deleteKey: '*',
  });
});

it('is as the session attributes say', () => {
  const attributes = {
    'x-amz-lex:audio:start-timeout-ms:*:*': '6000',
    'x-amz-lex:allow-interrupt:*:*': 'false',
    'x-amz-lex:dtmf:max-length:*:*': '6',
    'x-amz-lex:dtmf:end-timeout-ms:*:*': '3000',
    'x-amz-lex:dtmf:end-character:*:*': '*',
    'x-amz-lex:dtmf:deletion-character:*:*': '0',
  };
  expect(lexListening(attributes)).toEqual({
    silence: 6_000,
    interrupt: false,
    keys: 6,
    keysEnd: 3_000,
    endKey: '*',
    deleteKey: '0',
  });
});
