import { describe, expect, it } from '@jest/globals';
import { effect, line, NOON, path, tool, words } from './testing/line.ts';

const tools = {
  'orders.get': tool(),
  'stock.get': tool({ effect: 'writes' }),
  refund: tool({ requires: { confirmation: true, identity: 'none' } }),
};

const CALL = `
workflow: calls
otherwise: handoff
busy: One moment.
variables:
  order: { from: orders.get }
  orderId: { type: string, initial: W1 }
  missing: { type: string }
steps:
  lookup:
    call: orders.get
    with: { id: =$orderId, plain: '==x', deep: { list: [=$orderId, =$missing, 2] }, missing: =$missing }
    save: order
    meanwhile: Looking up {{ $orderId }}.
    then:
      - { if: $order.status = 'open', to: open }
      - { to: closed }
    failed: { retry: 2, codes: { not_found: nothing }, to: sorry }
  open:
    end: It is open.
  closed:
    end: It is closed.
  nothing:
    end: There is no such order.
  sorry:
    end: Sorry.
  handoff:
    transfer: { queue: people }
`;

function call(text = CALL) {
  const session = line(text, { tools, unchecked: true });
  return { session, started: session.start() };
}

describe('a call', () => {
  it('asks for its tool with what its input comes to', () => {
    const { session, started } = call();
    expect(started.effects).toEqual([
      {
        type: 'call',
        step: 'lookup',
        call: 'c1',
        tool: 'orders.get',
        input: { id: 'W1', plain: '=x', deep: { list: ['W1', 2] } },
        retry: 2,
      },
    ]);
    expect(session.memory.waiting).toEqual({ for: 'calls', calls: { c1: { tool: 'orders.get', index: 0 } } });
    expect(session.machine.words(session.snapshot)).toEqual({ asked: '', meanwhile: 'Looking up W1.' });
  });

  it('has the words of the workflow for who waits, where the step has none', () => {
    const { session } = call(CALL.replace('    meanwhile: Looking up {{ $orderId }}.\n', ''));
    expect(session.machine.words(session.snapshot).meanwhile).toBe('One moment.');
  });

  it('saves what is returned and goes where that leads', () => {
    for (const [status, to] of [
      ['open', 'open'],
      ['shipped', 'closed'],
    ] as const) {
      const { session } = call();
      const { moves } = session.returned({ status });
      expect(moves.map(({ from, to, at }) => [from, to, at?.line])).toEqual([
        ['lookup', to, status === 'open' ? 16 : 17],
      ]);
      expect(session.memory.vars['order']).toEqual({ status });
    }
  });

  it('that returns null leaves its variable without a value', () => {
    const { session } = call();
    session.returned(null);
    expect(session.memory.vars).not.toHaveProperty('order');
  });

  it('that fails goes through the door of its code, else through the one for all', () => {
    for (const [code, to] of [
      ['not_found', 'nothing'],
      ['timeout', 'sorry'],
      ['constructor', 'sorry'],
    ] as const) {
      expect(path(call().session.failed(code))).toEqual([to]);
    }
  });

  it('has the last door where it names none', () => {
    const { session } = call(CALL.replace(/ {4}failed: .*\n/, ''));
    expect(path(session.failed('timeout'))).toEqual(['handoff']);
  });

  it('has the last door where no way on holds', () => {
    const { session } = call(CALL.replace('      - { to: closed }\n', ''));
    expect(path(session.returned({ status: 'shipped' }))).toEqual(['handoff']);
  });

  it('ignores the answer to another call, and a second answer', () => {
    const { session } = call(CALL.replace('open:\n    end: It is open.', 'open:\n    ask: Go on?\n    choices: {}'));
    const { snapshot } = session;
    for (const call of ['c2', 'd1', '', 'constructor', '__proto__']) {
      const result = session.send({ type: 'tool.returned', at: NOON, call, output: { status: 'open' } });
      expect(result).toEqual({ snapshot, effects: [], moves: [], taken: false });
      expect(result.snapshot).toBe(snapshot);
      expect(session.send({ type: 'tool.failed', at: NOON, call, code: 'x', message: '' }).taken).toBe(false);
    }
    session.returned({ status: 'open' });
    const asked = session.snapshot;
    expect(session.send({ type: 'tool.returned', at: NOON, call: 'c1', output: {} }).snapshot).toBe(asked);
    expect(session.send({ type: 'tool.failed', at: NOON, call: 'c1', code: 'x', message: '' }).snapshot).toBe(asked);
  });

  it('is given another id each time', () => {
    const { session } = call(CALL.replace('to: sorry', 'to: lookup'));
    expect(effect(session.failed('timeout'), 'call').call).toBe('c2');
    expect(session.send({ type: 'tool.returned', at: NOON, call: 'c1', output: {} }).taken).toBe(false);
  });

  it('takes no key and no silence', () => {
    const { session } = call();
    expect(session.pressed('1').taken).toBe(false);
    expect(session.silent().taken).toBe(false);
  });

  it('ends with the caller', () => {
    const { session } = call();
    expect(session.left().effects).toEqual([{ type: 'end', step: 'lookup', outcome: 'left' }]);
    expect(session.send({ type: 'tool.returned', at: NOON, call: 'c1', output: {} }).taken).toBe(false);
  });
});

const PARALLEL = `
workflow: both
otherwise: handoff
variables:
  order: { from: orders.get }
  stock: { from: stock.get }
steps:
  both:
    parallel:
      - { call: orders.get, with: { id: W1 }, save: order }
      - { call: stock.get, save: stock }
      - { call: orders.get, with: { id: W2 } }
    then: done
    failed: { retry: 1, codes: { gone: gone }, to: sorry }
  done:
    end: 'Order {{ $order.id }}, {{ $stock }} in stock.'
  gone:
    end: It is gone.
  sorry:
    end: Sorry.
  handoff:
    transfer: { queue: people }
`;

function parallel(text = PARALLEL) {
  const session = line(text, { tools, unchecked: true });
  const started = session.start();
  const answer = (call: string, output: number | { readonly id: string }) =>
    session.send({ type: 'tool.returned', at: NOON, call, output });
  const fail = (call: string, code: string) => session.send({ type: 'tool.failed', at: NOON, call, code, message: '' });
  return { session, started, answer, fail };
}

describe('calls at once', () => {
  it('are all asked for', () => {
    expect(parallel().started.effects).toEqual([
      { type: 'call', step: 'both', call: 'c1', tool: 'orders.get', input: { id: 'W1' }, retry: 1 },
      { type: 'call', step: 'both', call: 'c2', tool: 'stock.get', input: {}, retry: 1 },
      { type: 'call', step: 'both', call: 'c3', tool: 'orders.get', input: { id: 'W2' }, retry: 1 },
    ]);
  });

  it('go on when the last has been answered, in whatever order', () => {
    const { session, answer } = parallel();
    expect(answer('c3', { id: 'W2' }).moves).toEqual([]);
    expect(answer('c1', { id: 'W1' }).moves).toEqual([]);
    expect(session.memory.vars).not.toHaveProperty('order');
    expect(answer('c1', { id: 'W9' }).taken).toBe(false);
    const last = answer('c2', 7);
    expect(words(last)).toEqual(['Order W1, 7 in stock.']);
    expect(session.memory.vars).toMatchObject({ order: { id: 'W1' }, stock: 7 });
    expect(session.memory.done).toEqual(['stock.get']);
  });

  it('go through the door of the first in the file that failed, when all have been answered', () => {
    const { session, answer, fail } = parallel();
    expect(fail('c3', 'timeout').moves).toEqual([]);
    expect(fail('c2', 'gone').moves).toEqual([]);
    expect(path(answer('c1', { id: 'W1' }))).toEqual(['gone']);
    expect(session.memory.vars).not.toHaveProperty('order');
    expect(session.memory.done).toEqual([]);
  });

  it('keep count of a write that was done, even where another failed', () => {
    const { session, answer, fail } = parallel();
    answer('c2', 7);
    answer('c1', { id: 'W1' });
    expect(path(fail('c3', 'timeout'))).toEqual(['sorry']);
    expect(session.memory.done).toEqual(['stock.get']);
  });

  it('are none of them called where one may not be', () => {
    const { session, started } = parallel(PARALLEL.replace('{ call: stock.get, save: stock }', '{ call: refund }'));
    expect(started.effects.filter(({ type }) => type === 'call')).toEqual([]);
    expect(session.step).toBe('sorry');
  });

  it('hear the caller meanwhile, and end with them', () => {
    const { session, answer } = parallel();
    expect(session.said('hurry').taken).toBe(true);
    expect(session.memory.early).toBe('hurry');
    expect(answer('c1', { id: 'W1' }).taken).toBe(true);
    session.left();
    expect(session.snapshot.ended).toBe(true);
  });
});
