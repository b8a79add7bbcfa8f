import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DeleteStateMachineAliasCommand,
  SFNClient,
  UpdateStateMachineAliasCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { manualClock } from '@parley/engine';
import { type LocalStepFunctions, startLocalStepFunctions } from '../interpreter/local.ts';
import { numberOf } from './live.ts';
import { sfnReleases } from './releases.ts';

const PREFIX = 'arn:aws:states:us-east-1:123456789012:stateMachine:parley-test-';
const VERSIONS = ['1'.repeat(64), '2'.repeat(64), '3'.repeat(64)];
const SESSIONS = Array.from({ length: 1_000 }, (_, n) => `contact-${n}`);

let local: LocalStepFunctions;
let client: SFNClient;
let requests: string[];
let failing: string | undefined;
beforeEach(async () => {
  local = await startLocalStepFunctions({ log: () => undefined });
  client = new SFNClient({
    endpoint: local.url,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  requests = [];
  failing = undefined;
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        requests.push(commandName);
        if (failing !== undefined) throw Object.assign(new Error(failing), { name: failing });
        return next(args);
      },
    { step: 'initialize' },
  );
});
afterEach(async () => {
  client.destroy();
  await local.close();
});

/** A state machine with a version for each of these descriptions. */
async function publish(...descriptions: readonly string[]): Promise<void> {
  for (const [n, versionDescription] of descriptions.entries()) {
    const definition = JSON.stringify({ Comment: String(n), StartAt: 'a', States: { a: { Type: 'Succeed' } } });
    const published = { definition, publish: true, versionDescription };
    if (n === 0) {
      const roleArn = 'arn:aws:iam::123456789012:role/r';
      await client.send(new CreateStateMachineCommand({ name: 'parley-test-tea', roleArn, ...published }));
    } else {
      await client.send(new UpdateStateMachineCommand({ stateMachineArn: `${PREFIX}tea`, ...published }));
    }
  }
}

const routing = (weights: { readonly [version: number]: number }) =>
  Object.entries(weights).map(([number, weight]) => ({ stateMachineVersionArn: `${PREFIX}tea:${number}`, weight }));

const create = (weights: { readonly [version: number]: number }) =>
  client.send(new CreateStateMachineAliasCommand({ name: 'live', routingConfiguration: routing(weights) }));

const move = (weights: { readonly [version: number]: number }) =>
  client.send(
    new UpdateStateMachineAliasCommand({
      stateMachineAliasArn: `${PREFIX}tea:live`,
      routingConfiguration: routing(weights),
    }),
  );

function setUp() {
  const clock = manualClock(0);
  return { clock, releases: sfnReleases({ client, stateMachines: PREFIX, clock }) };
}

describe('the release of a session', () => {
  it('is the version that is live, with the version of the workflow that it was made from', async () => {
    await publish(...VERSIONS);
    await create({ 2: 100 });
    expect(await setUp().releases.of('tea', 's1')).toEqual({
      workflow: 'tea',
      version: VERSIONS[1],
      stateMachine: `${PREFIX}tea:2`,
    });
  });

  it('goes by the weights, and is the same for a session wherever it is asked for', async () => {
    await publish(...VERSIONS);
    await create({ 2: 90, 3: 10 });
    const [one, other] = [setUp(), setUp()];
    let canaries = 0;
    for (const session of SESSIONS) {
      const release = await one.releases.of('tea', session);
      expect(await other.releases.of('tea', session)).toEqual(release);
      if (numberOf(release.stateMachine) === 3) canaries += 1;
    }
    // 1,000 draws of 10%: a standard deviation is √(1000 · 0.1 · 0.9) = 9.5; four of them.
    expect(Math.abs(canaries - 100)).toBeLessThan(38);
  });

  it('changes over to the newer version only, as that is given more weight', async () => {
    await publish(...VERSIONS);
    await create({ 3: 10, 2: 90 });
    const { releases, clock } = setUp();
    const numbers = async () => {
      const all: number[] = [];
      for (const session of SESSIONS) all.push(numberOf((await releases.of('tea', session)).stateMachine));
      return all;
    };
    const before = await numbers();
    await move({ 2: 50, 3: 50 });
    await clock.advance(5_000);
    const after = await numbers();
    expect(before.filter((number, n) => number === 3 && after[n] === 2)).toEqual([]);
    expect(after.filter((number) => number === 3).length).toBeGreaterThan(437); // 500, less four times √250
  });

  it('is not looked up anew for some seconds, and then by the alias alone', async () => {
    await publish(...VERSIONS);
    await create({ 1: 100 });
    const { releases, clock } = setUp();
    requests.length = 0;
    await Promise.all(SESSIONS.slice(0, 20).map((session) => releases.of('tea', session)));
    await clock.advance(4_999);
    await releases.of('tea', 's1');
    expect(requests).toEqual(['DescribeStateMachineAliasCommand', 'DescribeStateMachineCommand']);
    await clock.advance(1);
    await releases.of('tea', 's1');
    expect(requests.slice(2)).toEqual(['DescribeStateMachineAliasCommand']);
  });

  it('goes on by what was known while the alias can not be read', async () => {
    await publish(...VERSIONS);
    await create({ 1: 100 });
    const { releases, clock } = setUp();
    await releases.of('tea', 's1');
    failing = 'ThrottlingException';
    await clock.advance(5_000);
    expect(numberOf((await releases.of('tea', 's2')).stateMachine)).toBe(1);
    await expect(setUp().releases.of('tea', 's2')).rejects.toThrow('ThrottlingException');
    failing = undefined;
    await move({ 2: 100 });
    await clock.advance(5_000);
    expect(numberOf((await releases.of('tea', 's3')).stateMachine)).toBe(2);
  });

  it('is none where nothing is live, or what is can be no workflow', async () => {
    await publish('made by hand');
    const { releases, clock } = setUp();
    for (const workflow of ['tea', 'coffee', 'tea:1', '']) {
      await expect(releases.of(workflow, 's1')).rejects.toMatchObject({ code: 'engine/unknown-workflow' });
    }
    await create({ 1: 100 });
    await expect(releases.of('tea', 's1')).rejects.toMatchObject({ code: 'deploy/foreign' });
    await client.send(new DeleteStateMachineAliasCommand({ stateMachineAliasArn: `${PREFIX}tea:live` }));
    await clock.advance(5_000);
    await expect(releases.of('tea', 's1')).rejects.toMatchObject({ code: 'engine/unknown-workflow' });
  });
});
