import { describe, expect, it } from '@jest/globals';
import { createMachine, type Machine } from '@parley/machine';
import { compileWorkflow, sourceOf } from '@parley/workflow';
import { summarize } from './divergence.ts';
import type { RecordedEvent } from './recorded.ts';
import { readRecording, writeRecording } from './recording.ts';
import { redact } from './redaction/redact.ts';
import { replay, replayAgainst } from './replay.ts';
import { type Happens, record } from './testing/record.ts';

const SHOP = `workflow: shop
otherwise: handoff
busy: One moment.
variables:
  email: { type: email, sensitive: pii, ask: What is your e-mail address? }
  order: { from: orders.get }
steps:
  who:
    form: [email]
    then: lookup
  lookup:
    call: orders.get
    save: order
    then: tell
    failed: handoff
  tell:
    say:
      compose: Say where it is.
      facts: { seenBy: =$order.seenBy, item: =$order.item }
      longest: 100
      text: 'The {{ $order.item }} is on its way.'
    then: more
  more:
    ask: Anything else?
    choices:
      no: { when: wants nothing more, to: bye }
  bye:
    end: Goodbye.
  handoff:
    transfer: { queue: people }
`;

const machineOf = (text: string): Machine => createMachine(compileWorkflow(sourceOf(text)));
const shop = machineOf(SHOP);
const plain = SHOP.replace(/ {4}say:\n.*?text: /s, '    say: ');

const session = (machine: Machine, ...words: readonly Happens[]) =>
  record(machine, 's1', [
    { said: 'jane@example.com, and I am cross' },
    { chose: 'answered', values: { email: 'jane@example.com' } },
    { returned: { item: 'kettle', seenBy: 'Jo' } },
    ...words,
    { said: 'no' },
    { chose: 'no' },
  ]);

const worded = session(shop, { composed: 'Jo has the kettle.' });
const unworded = session(shop, { failed: 'decider/no-words' });
const streamed = session(shop, { composed: 'Good news.', more: true }, { composed: 'Jo has the kettle.' });
const refused = session(shop, { composed: 'Good news.', more: true }, { composed: 'Max has it.', more: true });

const said = ({ events }: { readonly events: readonly RecordedEvent[] }) =>
  events.flatMap((event) => (event.type === 'agent.said' && event.step === 'tell' ? [event.text] : []));

describe('a recording of words that were composed', () => {
  it.each([
    ['worded', worded, ['Jo has the kettle.']],
    ['not worded', unworded, ['The kettle is on its way.']],
    ['sentence by sentence', streamed, ['Good news.', 'Jo has the kettle.']],
    ['refused half way', refused, ['Good news.', 'The kettle is on its way.']],
  ])('is read, written and replayed the same: %s', (_, recording, words) => {
    const read = readRecording(writeRecording(recording), 'a.jsonl');
    expect(read.events).toEqual(recording.events);
    expect(said(read)).toEqual(words);
    expect(replay(shop, read)).toMatchObject({ outcome: 'same' });
    expect(replayAgainst(shop, read)).toMatchObject({ outcome: 'same' });
  });

  it('says why words were not said', () => {
    expect(refused.events).toContainEqual(
      expect.objectContaining({ type: 'agent.said', text: 'The kettle is on its way.', instead: 'name' }),
    );
  });

  it.each([
    ['other instructions', 'Say where it is.', 'Say where it is, and be brief.'],
    ['other facts', 'item: =$order.item', 'thing: =$order.item'],
    ['another length', 'longest: 100', 'longest: 99'],
  ])('goes the same way with %s, and only the words may differ', (_, from, to) => {
    const result = replayAgainst(machineOf(SHOP.replace(from, to)), worded);
    expect(result).toMatchObject({ outcome: 'diverged', divergence: { kind: 'words', step: 'tell' } });
  });

  it('goes elsewhere where what was said so far leads elsewhere', () => {
    const other = machineOf(
      SHOP.replace('then: more', "then: [{ if: $order.item = 'kettle', to: handoff }, { to: more }]"),
    );
    const result = replayAgainst(other, worded);
    expect(result).toMatchObject({ outcome: 'diverged', divergence: { kind: 'differently', step: 'tell' } });
  });
});

describe('a recording', () => {
  it('from before the model worded a step goes the same way, and the words may differ', () => {
    const result = replayAgainst(shop, session(machineOf(plain)));
    expect(result).toMatchObject({
      outcome: 'diverged',
      divergence: { kind: 'words', step: 'tell', came: { type: 'words.asked' } },
      words: 1,
    });
    expect(result.outcome === 'diverged' && summarize(result.divergence)).toBe('other words at tell');
  });

  it.each([
    ['worded', worded],
    ['sentence by sentence', streamed],
    ['refused half way', refused],
  ])('from when it still did goes the same way, in other words: %s', (_, recording) => {
    const result = replayAgainst(machineOf(plain), recording);
    expect(result).toMatchObject({ outcome: 'diverged', divergence: { kind: 'words', step: 'tell' }, words: 1 });
  });

  it('from when it found no words goes the same way in the same words without it', () => {
    const inputs = unworded.events.filter(({ type }) =>
      /^(session|caller|tool|model)\.(started|said|returned|decided|failed)$/.test(type),
    );
    expect(replayAgainst(machineOf(plain), unworded)).toEqual({ outcome: 'same', inputs: inputs.length });
  });

  it('in which somebody spoke before the words came is not the same without them', () => {
    const spoken = session(shop, { said: 'well' }, { composed: 'Jo has the kettle.' }, { chose: 'unclear' });
    expect(replayAgainst(machineOf(plain), spoken)).toMatchObject({ outcome: 'diverged' });
  });
});

describe('a redacted recording of words that were composed', () => {
  it.each([
    ['worded', session(shop, { composed: 'Jo has the kettle.' })],
    ['not said for what it held', session(shop, { composed: 'We write to jane@example.com.' })],
    ['refused half way', refused],
    [
      'refused for the value in the second sentence',
      session(shop, { composed: 'Good news.', more: true }, { composed: 'We write to jane@example.com.', more: true }),
    ],
  ])('goes the same way and holds none of the value: %s', (_, recording) => {
    const { recording: redacted } = redact(shop, recording, { key: 'k' });
    expect(JSON.stringify(redacted.events)).not.toContain('jane@example');
    expect(replay(shop, redacted)).toMatchObject({ outcome: 'same' });
    const path = ({ events }: typeof recording) => events.map((event) => [event.type, 'path' in event && event.path]);
    expect(path(redacted)).toEqual(path(recording));
  });

  it('still says what was said', () => {
    expect(said(redact(shop, worded, { key: 'k' }).recording)).toEqual(['Jo has the kettle.']);
  });
});
