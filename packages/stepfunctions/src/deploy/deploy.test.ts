import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ConflictException,
  CreateStateMachineAliasCommand,
  DeleteStateMachineVersionCommand,
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  ListStateMachineVersionsCommand,
  PublishStateMachineVersionCommand,
  SFNClient,
  UpdateStateMachineAliasCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { systemClock } from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { compileWorkflow, type Program, sourceOf } from '@parley/workflow';
import { type LocalStepFunctions, startLocalStepFunctions } from '../interpreter/local.ts';
import { deploy, rollback } from './deploy.ts';
import { sfnReleases } from './releases.ts';

const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:parley-test-tea';
const ROLE = 'arn:aws:iam::123456789012:role/states';

/** Versions of a workflow that differ in what is said. */
const tea = (welcome: string): Program =>
  compileWorkflow(
    sourceOf(`
workflow: tea
title: A tea house
otherwise: person
steps:
  need:
    ask: ${welcome}
    choices:
      tea: { when: wants tea, to: person }
  person:
    transfer: { queue: counter }
`),
  );
const [FIRST, SECOND, THIRD] = ['Tea?', 'Some tea?', 'Would you like tea?'].map(tea);
if (!FIRST || !SECOND || !THIRD) throw new Error('There are three.');

let local: LocalStepFunctions;
let clients: SFNClient[];
beforeEach(async () => {
  local = await startLocalStepFunctions({ log: () => undefined });
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await local.close();
});

/** A client of its own. `around` each of its requests, by their number from 1. */
function connect(around: (number: number, send: () => Promise<unknown>) => Promise<unknown> = (_, send) => send()) {
  const client = new SFNClient({
    endpoint: local.url,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  let count = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      let result: Awaited<ReturnType<typeof next>> | undefined;
      await around(++count, async () => {
        result = await next(args);
      });
      if (!result) throw new Error('It was not sent.');
      return result;
    },
    { step: 'initialize' },
  );
  clients.push(client);
  return client;
}

/** A deployment's place with a store, as it stands. */
function site(client = connect()) {
  const store = memoryStore();
  const at = { client, prefix: 'parley-test', clock: systemClock };
  const given = { ...at, store, tools: undefined, shape: 'per-contact', role: ROLE } as const;
  return {
    store,
    put: (program: Program, more: Partial<Parameters<typeof deploy>[0]> = {}) => deploy({ ...given, ...more, program }),
    back: () => rollback(at, 'tea'),
  };
}

/** What new sessions start on, as an operator reads it: `1:90 2:10`. */
async function live(client: SFNClient): Promise<string> {
  const stateMachineAliasArn = `${MACHINE}:live`;
  const { routingConfiguration = [] } = await client.send(
    new DescribeStateMachineAliasCommand({ stateMachineAliasArn }),
  );
  return routingConfiguration
    .map(({ stateMachineVersionArn = '', weight }) => `${stateMachineVersionArn.slice(MACHINE.length + 1)}:${weight}`)
    .sort()
    .join(' ');
}

/** The workflow's versions of all that was published, the last first. */
async function published(client: SFNClient): Promise<(string | undefined)[]> {
  const { stateMachineVersions = [] } = await client.send(
    new ListStateMachineVersionsCommand({ stateMachineArn: MACHINE }),
  );
  return Promise.all(
    stateMachineVersions.map(async ({ stateMachineVersionArn }) => {
      const told = await client.send(new DescribeStateMachineCommand({ stateMachineArn: stateMachineVersionArn }));
      return told.description;
    }),
  );
}

describe('a deployment', () => {
  it('makes the state machine, keeps the files, publishes a version of both and puts it live', async () => {
    const client = connect();
    const { put, store } = site(client);
    const share = { number: 1, version: FIRST.version, weight: 100 };
    expect(await put(FIRST)).toEqual({ stateMachine: MACHINE, before: [], after: [share], published: 1 });
    expect(await live(client)).toBe('1:100');
    expect(await published(client)).toEqual([FIRST.version]);
    expect(JSON.parse((await store.workflow(FIRST.version))?.source ?? '')).toEqual(FIRST.source);
    const { definition = '', roleArn } = await client.send(
      new DescribeStateMachineCommand({ stateMachineArn: `${MACHINE}:1` }),
    );
    expect(roleArn).toBe(ROLE);
    expect(definition).toContain('"FunctionName": "parley-test-decide"');
  });

  it('does nothing where the same is live already', async () => {
    const client = connect();
    const { put } = site(client);
    await put(FIRST);
    const share = { number: 1, version: FIRST.version, weight: 100 };
    expect(await put(FIRST)).toEqual({ stateMachine: MACHINE, before: [share], after: [share] });
    expect(await published(client)).toEqual([FIRST.version]);
  });

  it('keeps the role that the state machine has, where none is given', async () => {
    const client = connect();
    const { put } = site(client);
    await put(FIRST);
    await deploy({
      client,
      prefix: 'parley-test',
      clock: systemClock,
      store: memoryStore(),
      tools: undefined,
      shape: 'per-contact',
      program: SECOND,
    });
    const { roleArn } = await client.send(new DescribeStateMachineCommand({ stateMachineArn: `${MACHINE}:2` }));
    expect(roleArn).toBe(ROLE);
  });

  it('is another version where only the definition or the role changed', async () => {
    const client = connect();
    const { put } = site(client);
    await put(FIRST);
    // As where another release of the compiler draws it otherwise.
    await put(FIRST, { role: `${ROLE}-2` });
    expect(await live(client)).toBe('2:100');
    expect(await published(client)).toEqual([FIRST.version, FIRST.version]);
  });

  it('is another version where the functions were called otherwise', async () => {
    const client = connect();
    const { put } = site(client);
    await put(FIRST);
    const stateMachineArn = MACHINE;
    const { definition = '' } = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    const renamed = definition.replaceAll('parley-test-', 'parley-old-');
    const published = { definition: renamed, publish: true, versionDescription: FIRST.version };
    await client.send(new UpdateStateMachineCommand({ stateMachineArn, ...published }));
    // What nobody starts on changes nothing.
    expect(await put(FIRST)).not.toHaveProperty('published');
    await client.send(
      new UpdateStateMachineAliasCommand({
        stateMachineAliasArn: `${MACHINE}:live`,
        routingConfiguration: [{ stateMachineVersionArn: `${MACHINE}:2`, weight: 100 }],
      }),
    );
    expect(await put(FIRST)).toMatchObject({ published: 3 });
    expect(await live(client)).toBe('3:100');
  });

  it('puts a version back that was live before, as a version of its own', async () => {
    const client = connect();
    const { put } = site(client);
    await put(FIRST);
    await put(SECOND);
    await put(FIRST);
    expect(await live(client)).toBe('3:100');
    expect(await published(client)).toEqual([FIRST.version, SECOND.version, FIRST.version]);
  });

  it.each([
    ['another shape', { shape: 'per-turn' as const }, 'deploy/shape'],
    ['a prefix with a space', { prefix: 'parley test' }, 'deploy/name'],
    ['a prefix that is too long', { prefix: 'p'.repeat(77) }, 'deploy/name'],
    ['a canary of what is stable', { canary: 10 }, 'deploy/canary'],
    ['a canary of nothing', { canary: 0 }, 'deploy/canary'],
    ['a canary of everything', { canary: 100 }, 'deploy/canary'],
  ])('of %s is refused', async (_, more, code) => {
    const client = connect();
    const { put } = site(client);
    await put(FIRST);
    await expect(put(FIRST, more)).rejects.toMatchObject({ code });
    expect(await live(client)).toBe('1:100');
    expect(await published(client)).toEqual([FIRST.version]);
  });

  it('of something new wants a role, and no canary', async () => {
    const { put } = site();
    const client = connect();
    await expect(put(FIRST, { canary: 10 })).rejects.toMatchObject({ code: 'deploy/canary' });
    const without = { client, prefix: 'parley-test', clock: systemClock, store: memoryStore(), tools: undefined };
    await expect(deploy({ ...without, shape: 'per-contact', program: FIRST })).rejects.toMatchObject({
      code: 'deploy/role',
    });
    await expect(live(client)).rejects.toMatchObject({ name: 'ResourceNotFound' });
  });

  it('of what somebody else has published without saying what it is, is refused', async () => {
    const client = connect();
    const { put } = site(client);
    await put(FIRST);
    await put(SECOND, { client: cutOff(3) }).catch(() => undefined);
    await put(SECOND);
    await client.send(
      new UpdateStateMachineAliasCommand({
        stateMachineAliasArn: `${MACHINE}:live`,
        routingConfiguration: [{ stateMachineVersionArn: `${MACHINE}:1`, weight: 100 }],
      }),
    );
    await client.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: `${MACHINE}:2` }));
    await client.send(new PublishStateMachineVersionCommand({ stateMachineArn: MACHINE, description: 'by hand' }));
    await expect(put(SECOND)).rejects.toMatchObject({ code: 'deploy/foreign' });
    expect(await live(client)).toBe('1:100');
  });
});

describe('a canary', () => {
  it('shares the new sessions with what is stable, is given more of them, and all of them', async () => {
    const client = connect();
    const { put } = site(client);
    await put(FIRST);
    expect((await put(SECOND, { canary: 10 })).after).toEqual([
      { number: 1, version: FIRST.version, weight: 90 },
      { number: 2, version: SECOND.version, weight: 10 },
    ]);
    expect(await live(client)).toBe('1:90 2:10');
    await put(SECOND, { canary: 50 });
    expect(await live(client)).toBe('1:50 2:50');
    // Heavier than what is stable, and still the one that is tried out.
    await put(SECOND, { canary: 80 });
    expect(await live(client)).toBe('1:20 2:80');
    await put(SECOND);
    expect(await live(client)).toBe('2:100');
    expect(await published(client)).toEqual([SECOND.version, FIRST.version]);
  });

  it('takes the place of another canary', async () => {
    const client = connect();
    const { put } = site(client);
    await put(FIRST);
    await put(SECOND, { canary: 10 });
    await put(THIRD, { canary: 20 });
    expect(await live(client)).toBe('1:80 3:20');
  });

  it('ends where the stable version is deployed again', async () => {
    const client = connect();
    const { put } = site(client);
    await put(FIRST);
    await put(SECOND, { canary: 10 });
    await put(FIRST);
    expect(await live(client)).toBe('1:100');
  });
});

describe('a rollback', () => {
  it('takes a canary back', async () => {
    const client = connect();
    const { put, back } = site(client);
    await put(FIRST);
    await put(SECOND, { canary: 90 });
    expect(await back()).toMatchObject({ before: [{ number: 1 }, { number: 2 }], after: [{ number: 1, weight: 100 }] });
    expect(await live(client)).toBe('1:100');
    await expect(back()).rejects.toMatchObject({ code: 'deploy/nothing' });
  });

  it('goes back to what was stable before: neither to a canary, nor to what was rolled back', async () => {
    const client = connect();
    const { put, back } = site(client);
    await put(FIRST);
    await put(SECOND, { canary: 10 });
    await back();
    await put(THIRD);
    await back();
    expect(await live(client)).toBe('1:100');
    await put(SECOND);
    await put(THIRD);
    await back();
    await back();
    expect(await live(client)).toBe('1:100');
    await expect(back()).rejects.toMatchObject({ code: 'deploy/nothing' });
  });

  it('passes over versions that were deleted', async () => {
    const client = connect();
    const { put, back } = site(client);
    await put(FIRST);
    await put(SECOND);
    await put(THIRD);
    await client.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: `${MACHINE}:2` }));
    await back();
    expect(await live(client)).toBe('1:100');
  });

  it('is refused where an alias was made by hand, and of what is not there', async () => {
    const client = connect();
    const { put, back } = site(client);
    await expect(back()).rejects.toMatchObject({ code: 'deploy/nothing' });
    await put(FIRST);
    await put(SECOND);
    const routingConfiguration = [{ stateMachineVersionArn: `${MACHINE}:1`, weight: 100 }];
    await client.send(
      new UpdateStateMachineAliasCommand({ stateMachineAliasArn: `${MACHINE}:live`, routingConfiguration }),
    );
    await expect(back()).rejects.toMatchObject({ code: 'deploy/nothing', fix: 'Deploy the file as it was.' });
  });
});

/** A client whose process is killed at its `n`th request: before it is sent, or before its answer comes. */
const cutOff = (n: number, when: 'before' | 'after' = 'before') =>
  connect(async (number, send) => {
    if (number < n) return send();
    if (number === n && when === 'after') await send();
    throw new Error('killed');
  });

type Site = ReturnType<typeof site>;
type Act = (at: Site, client: SFNClient) => Promise<unknown>;

/** What a deployment finds, and what it does. */
const SCENES: readonly [string, (at: Site) => Promise<unknown>, Act, string][] = [
  ['the first', async () => undefined, ({ put }, client) => put(FIRST, { client }), '1:100'],
  ['the second', ({ put }) => put(FIRST), ({ put }, client) => put(SECOND, { client }), '2:100'],
  ['a canary', ({ put }) => put(FIRST), ({ put }, client) => put(SECOND, { client, canary: 10 }), '1:90 2:10'],
  [
    'a canary that is put fully live',
    async ({ put }) => {
      await put(FIRST);
      await put(SECOND, { canary: 10 });
    },
    ({ put }, client) => put(SECOND, { client }),
    '2:100',
  ],
  [
    'a canary in the place of another',
    async ({ put }) => {
      await put(FIRST);
      await put(SECOND, { canary: 10 });
    },
    ({ put }, client) => put(THIRD, { client, canary: 20 }),
    '1:80 3:20',
  ],
];

/** All that is live can be started on: its workflow's files are kept. */
async function allIsWell({ store }: Site, client: SFNClient): Promise<void> {
  const releases = sfnReleases({ client, stateMachines: MACHINE.replace(/tea$/, ''), clock: systemClock });
  for (const session of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) {
    const { version } = await releases.of('tea', session);
    expect(await store.workflow(version)).toBeDefined();
  }
}

describe.each(SCENES)('a deployment that is cut off, %s,', (name, before, act, wanted) => {
  it('comes out right when it is run again, wherever that was', async () => {
    let cuts = 0;
    for (const when of ['before', 'after'] as const) {
      for (let n = 1; ; n++) {
        await local.close();
        local = await startLocalStepFunctions({ log: () => undefined });
        const client = connect();
        const at = site(client);
        await before(at);
        const was = name === 'the first' ? undefined : await live(client);
        const done = await act(at, cutOff(n, when)).then(
          () => true,
          () => false,
        );
        // Callers feel nothing until the alias is moved, and that is one request.
        if (was !== undefined) {
          expect([was, wanted]).toContain(await live(client));
          await allIsWell(at, client);
        }
        await act(at, client);
        expect(await live(client)).toBe(wanted);
        await allIsWell(at, client);
        const all = await published(client);
        expect(all).toHaveLength(new Set(all).size);
        if (done) break;
        cuts += 1;
      }
    }
    expect(cuts).toBeGreaterThan(8);
  });
});

describe('two deployments at the same time', () => {
  const [ONE, OTHER] = [THIRD.version, SECOND.version];
  it.each([
    ['both of all sessions', undefined, [`${ONE}:100`, `${OTHER}:100`]],
    ['one a canary', 10, [`${FIRST.version}:90 ${ONE}:10`, `${OTHER}:90 ${ONE}:10`, `${OTHER}:100`]],
  ])('%s: it is as though one came after the other, or one of them is told', async (_, canary, ends) => {
    const named = async (client: SFNClient) => {
      const all = [...(await published(client))].reverse();
      return (await live(client)).replaceAll(/(\d+):/g, (_, number) => `${all[Number(number) - 1]}:`);
    };
    let overtaken = 0;
    for (let n = 1; ; n++) {
      await local.close();
      local = await startLocalStepFunctions({ log: () => undefined });
      const client = connect();
      const at = site(client);
      await at.put(FIRST);
      let met = false;
      // The other runs from its beginning to its end just before the `n`th request of the one.
      const between = connect(async (number, send) => {
        if (number === n) {
          met = true;
          await at.put(SECOND);
          expect(await named(client)).toBe(`${OTHER}:100`);
        }
        return send();
      });
      const more = canary === undefined ? {} : { canary };
      const told = await at.put(THIRD, { client: between, ...more }).then(
        () => 'done',
        (error: { code: string }) => error.code,
      );
      if (!met) break;
      await allIsWell(at, client);
      expect(ends).toContain(await named(client));
      if (told === 'done') {
        expect(await named(client)).not.toMatch(FIRST.version);
        continue;
      }
      expect(told).toBe('deploy/overtaken');
      overtaken += 1;
    }
    expect(overtaken).toBeGreaterThan(3);
  });

  it('one that AWS refuses for the other is told so', async () => {
    const client = connect();
    const at = site(client);
    await at.put(FIRST);
    const conflicting = connect(async (_, send) => send());
    conflicting.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName !== 'UpdateStateMachineCommand') return next(args);
          throw new ConflictException({ message: 'concurrent', $metadata: {} });
        },
      { step: 'initialize' },
    );
    await expect(at.put(SECOND, { client: conflicting })).rejects.toMatchObject({ code: 'deploy/overtaken' });
    expect(await live(client)).toBe('1:100');
  });

  it('two first ones: the second is told so, or finds what the first did', async () => {
    const client = connect();
    const at = site(client);
    const late = connect(async (number, send) => {
      if (number === 2) await at.put(FIRST);
      return send();
    });
    await expect(at.put(SECOND, { client: late })).rejects.toMatchObject({ code: 'deploy/overtaken' });
    expect(await live(client)).toBe('1:100');
    expect(await published(client)).toEqual([FIRST.version]);
    await expect(
      client.send(
        new CreateStateMachineAliasCommand({
          name: 'live',
          routingConfiguration: [{ stateMachineVersionArn: `${MACHINE}:1`, weight: 100 }],
          description: 'other',
        }),
      ),
    ).rejects.toBeInstanceOf(ConflictException);
  });
});
