import { describe, expect, test } from '@jest/globals';
import { type ManualClock, manualClock } from '@parley/engine';
import { ModelFailure } from './failure.ts';
import { relay, type Runner } from './relay.ts';

const failure = (code: 'decider/throttled' | 'decider/guardrail' = 'decider/throttled') =>
  new ModelFailure(code, 'It failed.', { then: code === 'decider/guardrail' ? 'stop' : 'next' });

/** A runner that a test ends, and that tells why it was stopped. */
function runner() {
  let answer: (text: string) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const promise = new Promise<string>((resolve, reject) => {
    answer = resolve;
    fail = reject;
  });
  const stopped: string[] = [];
  const downs: boolean[] = [];
  let asked = 0;
  const run: Runner<string> = (signal) => {
    asked += 1;
    signal.addEventListener('abort', () => {
      stopped.push(signal.reason.code);
      downs.push(signal.reason.down);
      fail(signal.reason);
    });
    return promise;
  };
  return { run, answer, fail, stopped, downs, asked: () => asked };
}

/** The deadline is 5,000 ms away; whoever is asked has the word alone for 2,000. */
function start(clock: ManualClock, runners: readonly Runner<string>[], signal = new AbortController().signal) {
  return relay(runners, { clock, signal, deadline: clock.now() + 5_000, late: () => 2_000 });
}

describe('relay', () => {
  test('asks nobody else while the first is in time', async () => {
    const clock = manualClock(0);
    const [one, two] = [runner(), runner()];
    const outcome = start(clock, [one.run, two.run]);
    await clock.advance(1_999);
    one.answer('first');
    expect(await outcome).toEqual({ type: 'won', value: 'first', runner: 0 });
    await clock.advance(10_000);
    expect(two.asked()).toBe(0);
    expect(one.stopped).toEqual([]);
  });

  test('asks the next as well when the first is late; the first answer wins, the other is called off', async () => {
    const clock = manualClock(0);
    const [one, two] = [runner(), runner()];
    const outcome = start(clock, [one.run, two.run]);
    await clock.advance(2_000);
    expect([one.asked(), two.asked()]).toEqual([1, 1]);
    two.answer('second');
    expect(await outcome).toEqual({ type: 'won', value: 'second', runner: 1 });
    expect(one.stopped).toEqual(['decider/called-off']);
    // It said nothing while the other, asked after it, answered.
    expect(one.downs).toEqual([true]);
  });

  test('lets the first win that was late', async () => {
    const clock = manualClock(0);
    const [one, two] = [runner(), runner()];
    const outcome = start(clock, [one.run, two.run]);
    await clock.advance(2_500);
    one.answer('first');
    expect(await outcome).toMatchObject({ value: 'first', runner: 0 });
    expect(two.stopped).toEqual(['decider/called-off']);
    expect(two.downs).toEqual([false]);
  });

  test('takes one answer where both come at once', async () => {
    const clock = manualClock(0);
    const [one, two] = [runner(), runner()];
    const outcome = start(clock, [one.run, two.run]);
    await clock.advance(2_000);
    two.answer('second');
    one.answer('first');
    expect(await outcome).toMatchObject({ type: 'won', value: 'second' });
  });

  test('asks the next at once when one fails, and waits for nobody', async () => {
    const clock = manualClock(0);
    const [one, two] = [runner(), runner()];
    const outcome = start(clock, [one.run, two.run]);
    one.fail(failure());
    await clock.advance(0);
    expect(two.asked()).toBe(1);
    two.answer('second');
    expect(await outcome).toMatchObject({ value: 'second' });
  });

  test('tells every failure where all fail, also when two are under way', async () => {
    const clock = manualClock(0);
    const [one, two] = [runner(), runner()];
    const outcome = start(clock, [one.run, two.run]);
    await clock.advance(2_000);
    const [first, second] = [failure(), failure()];
    one.fail(first);
    await clock.advance(0);
    two.fail(second);
    expect(await outcome).toEqual({ type: 'lost', failures: [first, second] });
  });

  test('has no more than two under way: the third takes the place of the first', async () => {
    const clock = manualClock(0);
    const runners = [runner(), runner(), runner()];
    const outcome = start(
      clock,
      runners.map(({ run }) => run),
    );
    await clock.advance(4_000);
    expect(runners.map(({ asked }) => asked())).toEqual([1, 1, 1]);
    expect(runners.map(({ stopped }) => stopped)).toEqual([['decider/timeout'], [], []]);
    runners[2]?.answer('third');
    expect(await outcome).toMatchObject({ value: 'third', runner: 2 });
  });

  test('asks no other where going around is not allowed', async () => {
    const clock = manualClock(0);
    const [one, two] = [runner(), runner()];
    const outcome = start(clock, [one.run, two.run]);
    const blocked = failure('decider/guardrail');
    one.fail(blocked);
    expect(await outcome).toEqual({ type: 'lost', failures: [blocked] });
    expect(two.asked()).toBe(0);
  });

  test('stops all at the deadline', async () => {
    const clock = manualClock(0);
    const [one, two] = [runner(), runner()];
    const outcome = start(clock, [one.run, two.run]);
    await clock.advance(5_000);
    expect(await outcome).toMatchObject({ type: 'lost', failures: [{ code: 'decider/timeout' }] });
    expect([one.stopped, two.stopped]).toEqual([['decider/timeout'], ['decider/timeout']]);
  });

  test('stops all when nobody wants the answer any more, and asks nobody who would only be stopped', async () => {
    const clock = manualClock(0);
    const one = runner();
    const unwanted = new AbortController();
    const outcome = start(clock, [one.run], unwanted.signal);
    unwanted.abort();
    expect(await outcome).toMatchObject({ type: 'lost', failures: [{ code: 'decider/called-off', down: false }] });
    expect(one.stopped).toEqual(['decider/called-off']);

    const two = runner();
    expect(await start(clock, [two.run], unwanted.signal)).toMatchObject({ type: 'lost' });
    expect(two.asked()).toBe(0);
  });

  test('who claims the floor has it alone: the others are called off, and nobody else is asked', async () => {
    const clock = manualClock(0);
    const [one, two, three] = [runner(), runner(), runner()];
    let claim: () => void = () => {};
    const claiming: Runner<string> = (signal, floor) => {
      claim = floor;
      return two.run(signal, floor);
    };
    const outcome = start(clock, [one.run, claiming, three.run]);
    await clock.advance(2_000);
    claim();
    expect(one.stopped).toEqual(['decider/called-off']);
    await clock.advance(2_000);
    const failed = failure();
    two.fail(failed);
    expect(await outcome).toEqual({ type: 'lost', failures: [failed] });
    expect(three.asked()).toBe(0);
  });

  test('who was called off can’t claim the floor any more', async () => {
    const clock = manualClock(0);
    const [one, two] = [runner(), runner()];
    let claim: () => void = () => {};
    const late: Runner<string> = (signal, floor) => {
      claim = floor;
      return one.run(signal, floor);
    };
    let second: () => void = () => {};
    const first: Runner<string> = (signal, floor) => {
      second = floor;
      return two.run(signal, floor);
    };
    const outcome = start(clock, [late, first]);
    await clock.advance(2_000);
    second();
    claim();
    expect(two.stopped).toEqual([]);
    two.answer('second');
    expect(await outcome).toMatchObject({ value: 'second' });
  });

  test('passes on what is no failure of a model', async () => {
    const clock = manualClock(0);
    const [one, two] = [runner(), runner()];
    const outcome = start(clock, [one.run, two.run]);
    one.fail(new TypeError('a fault of ours'));
    await expect(outcome).rejects.toThrow('a fault of ours');
    expect(two.asked()).toBe(0);
  });
});
