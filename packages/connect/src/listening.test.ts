import { describe, expect, it } from '@jest/globals';
import { LISTENING_ATTRIBUTES, listeningAfter, listeningAttributes } from './listening.ts';
import { asking, desk, ended, waiting, working } from './testing/desk.ts';

const at = (step: string, expects: readonly string[], keys: readonly string[] = ['0']) =>
  listeningAfter(desk, asking(step, { listen: { expects, silence: 6_000, keys } }));

describe('how a question is listened to', () => {
  it('waits long within a spelled number, and not within a yes or no', () => {
    expect(at('which', ['orderId']).endSilence).toBe(2_000);
    expect(at('code', ['pin']).endSilence).toBe(2_000);
    expect(at('what', ['note']).endSilence).toBe(1_500);
    expect(at('amount', ['price']).endSilence).toBe(1_200);
    expect(at('present', ['gift']).endSilence).toBe(900);
    expect(at('sure', []).endSilence).toBe(500);
  });

  it('waits less for a number that may only be said besides', () => {
    expect(at('need', ['orderId']).endSilence).toBe(1_200);
  });

  it('waits as long for the caller to begin as the workflow says', () => {
    expect(at('need', []).startSilence).toBe(6_000);
  });

  it('takes one key where a key is a choice, and as many as a number has', () => {
    expect(at('need', [], ['1', '0'])).toMatchObject({ keys: 1, endKey: '#', deleteKey: '*' });
    expect(at('code', ['pin'])).toMatchObject({ keys: 6, keysEnd: 3_000 });
  });

  it('leaves a key its meaning that is a choice, or a decimal point', () => {
    expect(at('need', [], ['#', '*'])).toMatchObject({ endKey: 'D', deleteKey: 'C' });
    expect(at('amount', ['price'])).toMatchObject({ keys: 16, endKey: '#', deleteKey: 'C' });
  });

  it('does not let the caller talk over what a yes is given to', () => {
    expect(at('sure', []).interrupt).toBe(false);
    expect(at('which', ['orderId']).interrupt).toBe(true);
  });

  it('comes back soon for what was not ready, and later to who waits', () => {
    expect(listeningAfter(desk, working).startSilence).toBe(1_000);
    expect(listeningAfter(desk, waiting).startSilence).toBe(10_000);
  });

  it('knows nothing of a variable of another version, and listens all the same', () => {
    expect(at('elsewhere', ['gone'])).toEqual(
      listeningAfter(desk, asking('need', { listen: { expects: [], silence: 6_000, keys: ['0'] } })),
    );
    expect(listeningAfter(desk, ended).longest).toBe(15_000);
  });

  it('is told to Lex and to the flow by the same values', () => {
    const listening = at('code', ['pin']);
    const [lex, block] = [listeningAttributes(listening, 'lex'), listeningAttributes(listening, 'block')];
    expect(lex).toEqual({
      'x-amz-lex:audio:start-timeout-ms:*:*': '6000',
      'x-amz-lex:audio:end-timeout-ms:*:*': '2000',
      'x-amz-lex:audio:max-length-ms:*:*': '15000',
      'x-amz-lex:allow-interrupt:*:*': 'true',
      'x-amz-lex:dtmf:max-length:*:*': '6',
      'x-amz-lex:dtmf:end-timeout-ms:*:*': '3000',
      'x-amz-lex:dtmf:end-character:*:*': '#',
      'x-amz-lex:dtmf:deletion-character:*:*': '*',
    });
    for (const [name, key] of LISTENING_ATTRIBUTES) expect(block[key]).toBe(lex[name]);
  });
});
