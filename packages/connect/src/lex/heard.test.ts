import { describe, expect, it } from '@jest/globals';
import { desk } from '../testing/desk.ts';
import { readLexEvent } from './event.ts';
import { heardIn } from './heard.ts';
import { pressedEvent, spokenEvent, type Turn, writtenEvent } from './testing/events.ts';

const heard = (turn: Turn, expects: readonly string[] = []) =>
  heardIn(readLexEvent(spokenEvent(turn)), expects, desk, 0);
const said = (text: string) => ({ type: 'caller.said', text });

describe('what the caller did', () => {
  it('is said, pressed or silence', () => {
    expect(heard({ transcript: ' my order ' })).toEqual(said('my order'));
    expect(heard({ transcript: '' })).toEqual({ type: 'caller.silent' });
    expect(heardIn(readLexEvent(pressedEvent('12#')), [], desk, 0)).toEqual({ type: 'caller.pressed', keys: '12#' });
    expect(heardIn(readLexEvent(pressedEvent('')), [], desk, 0)).toEqual({ type: 'caller.silent' });
    expect(heardIn(readLexEvent(writtenEvent({ transcript: '12' })), [], desk, 0)).toEqual(said('12'));
  });

  it('is said in words where it was picked of an interactive message', () => {
    const picked = (content: object) =>
      heardIn(readLexEvent(writtenEvent({ transcript: JSON.stringify(content) })), [], desk, 0);
    const response = {
      templateType: 'ListPicker',
      version: '1.0',
      data: { selectedElements: [{ title: 'My order' }] },
    };
    expect(picked(response)).toEqual(said('My order'));
    // What is none is left as it is.
    expect(picked({ a: 1 })).toEqual(said('{"a":1}'));
  });

  it('is said where keys are none that a session takes', () => {
    expect(heardIn(readLexEvent(pressedEvent('AB')), [], desk, 0)).toEqual(said('AB'));
  });

  it('is the surest transcription where Lex gives no transcript', () => {
    const turn = { transcript: '', others: [['a person', 0.4] as const, ['my parcel', 0.8] as const] };
    expect(heard(turn)).toEqual(said('my parcel'));
  });
});

describe('another transcription', () => {
  const unfit: Turn = { transcript: 'double you won million and one', others: [['W1000001', 0.7]] };

  it('is taken where it holds the value that is asked for, and the best one does not', () => {
    expect(heard(unfit, ['orderId'])).toEqual(said('W1000001'));
  });

  it('is not taken where nothing is asked for, or the best one holds it', () => {
    expect(heard(unfit)).toEqual(said('double you won million and one'));
    expect(heard({ transcript: 'W1000002', others: [['W1000001', 0.9]] }, ['orderId'])).toEqual(said('W1000002'));
  });

  it('is not taken where it is much less sure', () => {
    expect(heard({ ...unfit, others: [['W1000001', 0.3]] }, ['orderId'])).toEqual(
      said('double you won million and one'),
    );
  });

  it('is not taken where a sign of an interrupt is heard in the best one', () => {
    expect(heard({ transcript: 'a person', others: [['W1000001', 0.9]] }, ['orderId'])).toEqual(said('a person'));
  });

  it('is not looked for among what was written', () => {
    const event = writtenEvent({ transcript: 'none', others: [['W1000001', 0.9]] });
    expect(heardIn(readLexEvent(event), ['orderId'], desk, 0)).toEqual(said('none'));
  });
});

describe('a slot that Lex has resolved', () => {
  it('is said after the words, where it has the name of what is asked for and they do not hold it', () => {
    const turn = { transcript: 'double you one', slots: { OrderId: 'W1000001', pin: '123456' } };
    expect(heard(turn, ['orderId'])).toEqual(said('double you one, W1000001'));
    expect(heard({ ...turn, slots: { orderId: 'not one' } }, ['orderId'])).toEqual(said('double you one'));
    expect(heard(turn)).toEqual(said('double you one'));
    expect(heard({ ...turn, transcript: 'W1000002' }, ['orderId'])).toEqual(said('W1000002'));
  });
});
