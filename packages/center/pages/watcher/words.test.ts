import { expect, describe as group, it } from '@jest/globals';
import type { SeenEvent } from '../../src/desk/sessions-messages.ts';
import { describe, lined } from './words.ts';

const event = (type: string, data: SeenEvent['data'] = {}): SeenEvent => ({ seq: 1, at: 1_000, type, data, step: 's' });

group('an event in words', () => {
  it('of a decision: the choice, why, how sure, by whom and at what cost', () => {
    const by = {
      decider: 'bedrock',
      model: 'amazon.nova-lite-v1:0',
      strategy: 'tool',
      latency: 412.4,
      tokens: { input: 1200, output: 35, cacheRead: 0, cacheWrite: 0 },
      cost: 0.0000804,
      attempts: [{ model: 'amazon.nova-lite-v1:0' }],
    };
    expect(
      describe(
        event('model.decided', { choice: 'track', why: 'Asks where it is.', confidence: 0.934, values: {}, by }),
        [],
      ),
    ).toEqual({
      tone: 'decider',
      title: 'Decided: track',
      text: 'Asks where it is.',
      facts: [
        '93 % sure',
        'bedrock decider',
        'amazon.nova-lite-v1:0',
        'tool',
        '412 ms',
        '1200 tokens in, 35 out',
        '$0.00008',
      ],
      data: [],
    });
  });

  it('of a result: which tool it is of, though two run at once', () => {
    const called = [
      event('tool.called', { call: 'c1', tool: 'orders.get' }),
      event('tool.called', { call: 'c2', tool: 'stock.get' }),
    ];
    expect(describe(event('tool.returned', { call: 'c1', output: { id: 'W1' }, attempts: 3 }), called)).toMatchObject({
      title: 'orders.get returned',
      facts: ['after 3 attempts'],
      data: [{ name: 'Result', value: { id: 'W1' } }],
    });
    expect(describe(event('tool.failed', { call: 'c2', code: 'timeout', attempts: 1 }), called)).toMatchObject({
      tone: 'failure',
      title: 'stock.get failed: timeout',
      facts: [],
    });
  });

  it.each([
    ['caller.said', { text: 'where is it' }, 'Caller said', 'where is it'],
    ['caller.pressed', { keys: '[pii]' }, 'Caller pressed', '[pii]'],
    ['agent.said', { text: 'Hello.' }, 'Parley said', 'Hello.'],
    ['model.failed', { code: 'decider/timeout', message: 'Too late.' }, 'Decider failed: decider/timeout', 'Too late.'],
    [
      'session.transferred',
      { queue: 'tier2', brief: { summary: 'A refund' } },
      'Handed to a person: tier2',
      'A refund',
    ],
    ['session.ended', { outcome: 'served' }, 'Ended: served', undefined],
    ['timer.set', { due: 31_000, timer: 't1' }, 'Timer set: 30 s', undefined],
    ['signal.received', { name: 'vouched', data: 'V1' }, 'Signal: vouched', undefined],
    ['something.new', { a: 1 }, 'something.new', undefined],
  ])('of %s', (type, data, title, text) => {
    const words = describe(event(type, data), []);
    expect([words.title, words.text]).toEqual([title, text]);
  });
});

it('data is told in lines', () => {
  expect(lined({ id: 'W1', items: [{ name: 'boots', size: null }], notes: [], by: '', paid: true })).toEqual([
    'id: W1',
    'items:',
    '  -',
    '    name: boots',
    '    size: none',
    'notes: (nothing)',
    'by: (empty)',
    'paid: true',
  ]);
});
