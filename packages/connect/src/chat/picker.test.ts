import { describe, expect, it } from '@jest/globals';
import { compileWorkflow, type Program, sourceOf } from '@parley/workflow';
import { asking, desk, transferred, waiting } from '../testing/desk.ts';
import { pickedOf, pickerFor } from './picker.ts';
import { wellFormed } from './testing/service.ts';

const program: Program = compileWorkflow(
  sourceOf(
    `
workflow: shop
title: Shop
otherwise: person
variables:
  size: { type: choice, values: { small: [little], large: [big], very_large: [] }, ask: Which size? }
  slot:
    type: choice
    values: ['2030-01-02T09:00-05:00', '2030-01-02T10:30-05:00', '2030-01-03T09:00-05:00']
    ask: When?
  gift: { type: boolean, ask: A gift? }
  seven: { type: choice, values: [a, b, c, d, e, f, g], ask: Which? }
  note: { type: string, ask: What? }
steps:
  need:
    ask: What can I do for you?
    choices:
      track: { when: wants to know where an order is, examples: [where is my parcel], press: '1', to: which }
      back: { when: wants to send something back, examples: [send it back], to: unnamed }
      gold: { when: wants gold service, examples: [gold service], press: '3', if: $gift = true, to: which }
      hidden: { when: wants a secret, examples: [a secret], if: $gift = true, to: which }
  unnamed:
    ask: What is it?
    choices:
      one: { when: wants one, examples: [one], to: which }
      two: { when: wants two, to: open }
  open:
    ask: Which one?
    choices:
      one: { when: wants one, examples: [one], to: which }
      two: { when: wants two, examples: [two], to: which }
    fill: [note]
  which: { form: [size, slot, gift, seven, note], then: sure }
  sure: { confirm: Shall I?, yes: person, no: need }
  person: { transfer: { queue: people } }
`,
  ),
);
const YES_NO = { yes: 'Ja', no: 'Nein' };
const expecting = (...expects: string[]) => ({ listen: { expects, silence: 6_000, keys: [] } });
const pick = (step: string, more: Parameters<typeof asking>[1] = {}, question = 'Which?') =>
  pickerFor(program, asking(step, more), question, YES_NO);
const template = (content: string | undefined): unknown => JSON.parse(content ?? 'null');

describe('a question', () => {
  it.each([
    ['of some values', pick('which', expecting('size')), 'ListPicker', ['Small', 'Large', 'Very large']],
    ['for a yes or no', pick('which', expecting('gift')), 'QuickReply', ['Ja', 'Nein']],
    ['that confirms', pick('sure'), 'QuickReply', ['Ja', 'Nein']],
    ['of choices in words of callers', pick('need'), 'QuickReply', ['Where is my parcel', 'Send it back']],
    [
      'of choices of which one may be picked now by its key',
      pick('need', { listen: { expects: [], silence: 6_000, keys: ['1', '3'] } }),
      'ListPicker',
      ['Where is my parcel', 'Send it back', 'Gold service'],
    ],
  ])('%s can be picked', (_, picker, templateType, titles) => {
    expect(template(picker?.content)).toMatchObject({
      templateType,
      data: { content: { title: 'Which?', elements: titles.map((title) => ({ title })) } },
    });
    expect(wellFormed(picker?.content ?? '')).toBe(true);
    expect(Object.keys(picker?.offered ?? {})).toEqual(titles);
  });

  it('of times is put as a time picker', () => {
    const picker = pick('which', expecting('slot'));
    expect(template(picker?.content)).toMatchObject({
      templateType: 'TimePicker',
      data: { content: { title: 'Which?', timeslots: [{ date: '2030-01-02T09:00-05:00', duration: 1_800 }, {}, {}] } },
    });
    expect(wellFormed(picker?.content ?? '')).toBe(true);
  });

  it.each([
    ['with a choice that has no words of callers', pick('unnamed')],
    ['that can be answered with something else as well', pick('open')],
    ['of more values than a list takes', pick('which', expecting('seven'))],
    ['for free text', pick('which', expecting('note'))],
    ['that is too long for a title', pick('sure', {}, 'x'.repeat(401))],
    ['without words', pick('sure', {}, ' ')],
    ['of a step that there is not', pick('gone')],
    ['that is none', pickerFor(desk, waiting, 'Which?', YES_NO)],
    ['after the end', pickerFor(desk, transferred, 'Which?', YES_NO)],
  ])('%s is put in words', (_, picker) => {
    expect(picker).toBeUndefined();
  });
});

describe('what was picked', () => {
  const keyed = pick('need', { listen: { expects: [], silence: 6_000, keys: ['1'] } })?.offered ?? {};
  const times = pick('which', expecting('slot'))?.offered ?? {};

  it.each([
    ['a choice with a key', keyed, 'Where is my parcel', { type: 'caller.pressed', keys: '1' }],
    ['a choice without one', keyed, 'Send it back', { type: 'caller.said', text: 'send it back' }],
    ['a time', times, '2030-01-02T10:30-05:00', { type: 'caller.said', text: '2030-01-02T10:30-05:00' }],
    [
      'a time as the page writes it',
      times,
      '2030-01-02T15:30:00.00+00:00',
      { type: 'caller.said', text: '2030-01-02T10:30-05:00' },
    ],
    ['a time that was not offered', times, '2030-01-02T15:31:00Z', undefined],
    ['other words', keyed, 'where is my parcel?', undefined],
    ['what every object has', keyed, 'toString', undefined],
  ])('is told: %s', (_, offered, text, event) => {
    expect(pickedOf(offered, text)).toEqual(event);
  });
});
