import { describe, expect, it } from '@jest/globals';
import type { AgentContact, Line, ToAgent } from '../../src/desk/agents-messages.ts';
import { type Action, after, begin, type State, wants } from './state.ts';

const line = (id: string, by: Line['by'], draft?: string): Line => ({
  id,
  at: 0,
  by,
  name: by === 'caller' ? 'Luis' : 'Ana',
  text: id,
  ...(draft === undefined ? {} : { draft }),
});
const contact = (id: string, ...lines: Line[]): AgentContact => ({
  contact: id,
  channel: 'CHAT',
  begun: 0,
  attributes: {},
  lines: [line(`${id} first`, 'caller'), ...lines],
  receipts: {},
  joined: true,
});
const told = (message: ToAgent): Action => ({ type: 'told', message, now: 0 });
const taken = (id: string) => told({ type: 'contact', contact: contact(id) });
const said = (id: string, one: Line) => told({ type: 'line', contact: id, line: one });
const waits = (...ids: string[]): Action =>
  told({
    type: 'desk',
    now: 5_000,
    queues: [{ id: 'q', name: 'front_desk', waiting: ids.map((id) => ({ contact: id, channel: 'VOICE', since: 0 })) }],
    callbacks: [],
  });
const all = (...actions: readonly Action[]): State => actions.reduce(after, begin(undefined));
const of = (state: State, id: string) => state.contacts.find((one) => one.contact === id);

describe('what an agent sees', () => {
  it('is of another contact unread until it is looked at, and of the one looked at only while nobody looks', () => {
    const two = all(taken('a'), taken('b'), said('a', line('1', 'caller')), said('b', line('2', 'caller')));
    expect([of(two, 'a')?.unread, of(two, 'b')?.unread, wants(two)]).toEqual([1, 0, 1]);
    expect(two.news.text).toBe('New message from Luis.');
    const looked = after(two, { type: 'selected', contact: 'a' });
    expect([of(looked, 'a')?.unread, wants(looked)]).toEqual([0, 0]);
    const away = [{ type: 'looking', looking: false } as const, said('a', line('3', 'caller'))].reduce(after, looked);
    expect(wants(away)).toBe(1);
    expect(wants(after(away, { type: 'looking', looking: true }))).toBe(0);
  });

  it('does not count what the agent or the assistant said, or a line that comes twice', () => {
    const state = all(taken('a'), taken('b'), said('a', line('1', 'agent')), said('a', line('1', 'agent')));
    expect(of(state, 'a')).toMatchObject({ unread: 0, lines: [{ id: 'a first' }, { id: '1' }] });
  });

  it('keeps words that were sent until they come back as said, over a lost connection too', () => {
    const sent = (draft: string): Action => ({ type: 'sent', contact: 'a', draft: { draft, text: draft } });
    const state = all(taken('a'), sent('x'), sent('y'), said('a', line('1', 'agent', 'x')));
    expect(of(state, 'a')?.sending.map(({ draft }) => draft)).toEqual(['y']);
    const back = (...lines: Line[]) =>
      after(state, told({ type: 'contacts', started: 1, contacts: [contact('a', ...lines)] }));
    expect(of(back(line('1', 'agent', 'x')), 'a')?.sending).toHaveLength(1);
    expect(of(back(line('1', 'agent', 'x'), line('2', 'agent', 'y')), 'a')?.sending).toEqual([]);
  });

  it('counts what was missed while the connection was lost', () => {
    const state = all(
      taken('a'),
      taken('b'),
      told({ type: 'contacts', started: 1, contacts: [contact('a', line('1', 'caller')), contact('b')] }),
    );
    expect([of(state, 'a')?.unread, of(state, 'b')?.unread]).toEqual([1, 0]);
  });

  it("tells what became of contacts that are the agent's no longer", () => {
    const back = (started: number, ...contacts: AgentContact[]) => told({ type: 'contacts', started, contacts });
    const state = all(back(1), taken('a'), taken('b'), told({ type: 'over', contact: 'b', reason: 'API' }));
    expect(after(state, back(1, contact('a'))).lost).toBeUndefined();
    expect(after(state, back(1)).lost).toContain('wait again');
    const lost = after(state, back(2));
    expect([lost.lost, lost.contacts]).toEqual([expect.stringContaining('started again'), []]);
    expect(after(lost, { type: 'lost seen' }).lost).toBeUndefined();
  });

  it('tells of who comes to wait, not of who waited already or is gone', () => {
    const first = all(waits('1'));
    expect([first.news.count, wants(first), first.later]).toEqual([0, 1, 5_000]);
    const more = after(first, waits('1', '2'));
    expect(more.news).toEqual({ text: 'A call waits in Front desk.', count: 1 });
    expect(after(more, waits('2')).news.count).toBe(1);
    expect(after(more, waits('2', '3', '4')).news.text).toBe('2 more contacts wait.');
  });

  it('shows a contact that is over, until it is gone', () => {
    const over = all(
      taken('a'),
      { type: 'selected', contact: undefined },
      told({ type: 'over', contact: 'a', reason: 'CUSTOMER_DISCONNECT' }),
    );
    expect(of(over, 'a')).toMatchObject({ over: 'CUSTOMER_DISCONNECT', unread: 1 });
    expect(over.news.text).toBe('Luis: The caller left.');
    const gone = [{ type: 'selected', contact: 'a' } as const, told({ type: 'gone', contact: 'a' })].reduce(
      after,
      over,
    );
    expect([gone.contacts, gone.selected]).toEqual([[], undefined]);
  });
});
