import { CreateStateMachineAliasCommand, CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { offlineDecider } from '@parley/deciders';
import { defineTool, Machines, signaturesOf, systemClock, type TurnRequest } from '@parley/engine';
import {
  compileToStepFunctions,
  definitionText,
  handlersOf,
  type LocalStepFunctions,
  type Shape,
  sfnExecutions,
  sfnReleases,
  startLocalStepFunctions,
  tick,
  turn,
  type World,
} from '@parley/stepfunctions';
import { openDynamoStore } from '@parley/stores';
import { z } from 'zod';
import { type LocalDynamo, newClient, startLocalDynamo } from '../../packages/stores/src/testing/local-dynamo.ts';
import { functionNames } from './functions.ts';
import { FUNCTIONS, type FunctionName } from './names.ts';
import { permissionsOf, type Reach } from './permissions.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:123456789012:table/p';
const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:p-orders';

const source = {
  file: 'workflow.yaml',
  parts: {},
  text: `workflow: orders
otherwise: person
busy: One moment.
variables:
  order: { from: orders.get }
steps:
  need:
    ask: What can I do for you?
    choices:
      track: { when: wants to know where an order is, examples: [where is my order], to: look_up }
      nothing: { when: wants nothing more, examples: [bye], to: goodbye }
  look_up:
    call: orders.get
    with: {}
    save: order
    then: hold
    failed: person
  hold: { wait: 1s, then: need }
  goodbye: { end: Goodbye. }
  person: { transfer: { queue: support } }
`,
};
const tools = {
  'orders.get': defineTool({
    about: 'Looks an order up',
    effect: 'reads',
    input: z.object({}),
    output: z.object({ status: z.string() }),
    run: async () => ({ status: 'shipped' }),
  }),
};
const signatures = signaturesOf(tools);

let dynamo: LocalDynamo;

beforeAll(async () => {
  dynamo = await startLocalDynamo();
});

afterAll(() => dynamo.close());

const reachFor = (shape: Shape): Reach => ({
  table: TABLE,
  key: 'arn:aws:kms:us-east-1:123456789012:key/k',
  here: { partition: 'aws', region: 'us-east-1', account: '123456789012' },
  contacts: shape === 'per-contact' ? [MACHINE] : [],
  turns: shape === 'per-turn' ? [MACHINE] : [],
  executions: shape === 'per-contact' ? [`${MACHINE.replace('stateMachine', 'execution')}:*`] : [],
  models: [],
  guardrails: [],
  pushed: [],
  tools: [],
});

/** What a function may do: `dynamodb:Query`, or `dynamodb:Query index` on the indexes. */
function allowed(name: FunctionName, shape: Shape): ReadonlySet<string> {
  const all = permissionsOf(name, reachFor(shape)).flatMap(({ actions, resources }) =>
    actions.map((action) => (resources.every((one) => one.includes('/index/')) ? `${action} index` : action)),
  );
  return new Set(all);
}

describe.each(['per-contact', 'per-turn'] as const)('the functions of a workflow %s', (shape) => {
  it('ask AWS for nothing that their roles do not allow, through a conversation and a tick', async () => {
    const asked = await conversation(shape);
    // All of them had something to do. Per turn nobody waits, so there is no ask; and nothing has failed.
    const working = FUNCTIONS.filter((name) => name !== 'finish' && !(shape === 'per-turn' && name === 'ask'));
    expect([...asked.keys()].toSorted()).toEqual(working.toSorted());
    for (const [name, actions] of asked) {
      const more = [...actions].filter((action) => !allowed(name, shape).has(action));
      expect({ name, more }).toEqual({ name, more: [] });
    }
  });
});

/** Has a conversation by the real functions, each with clients of its own. Gives what each asked for, by the names of IAM. */
async function conversation(shape: Shape): Promise<ReadonlyMap<FunctionName, ReadonlySet<string>>> {
  const asked = new Map<FunctionName, Set<string>>();
  const note = (name: FunctionName, service: string, command: string, index: boolean) => {
    const actions = asked.get(name) ?? new Set();
    asked.set(name, actions.add(`${service}:${command.replace(/Command$/, '')}${index ? ' index' : ''}`));
  };
  const table = await dynamo.table();
  const worlds = new Map<FunctionName, World>();
  const functions = Object.fromEntries(
    (['ask', 'decide', 'call', 'finish'] as const).map((name) => [
      functionNames('p')[name],
      async (event: unknown) => handlersOf(worldOf(name))[name](event),
    ]),
  );
  const local: LocalStepFunctions = await startLocalStepFunctions({ functions, log: () => undefined });
  const states = () =>
    new SFNClient({
      endpoint: local.url,
      region: 'us-east-1',
      disableHostPrefix: true,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
  for (const name of FUNCTIONS) worlds.set(name, await worldFor(name));

  const { program } = new Machines([source], tools, worldOf('turn').store, 'none').named('orders');
  const definition = compileToStepFunctions(program, { shape, functions: functionNames('p'), tools: signatures });
  const operator = states();
  const { stateMachineVersionArn } = await operator.send(
    new CreateStateMachineCommand({
      name: 'p-orders',
      definition: definitionText(definition),
      roleArn: 'arn:aws:iam::123456789012:role/p',
      type: shape === 'per-turn' ? 'EXPRESS' : 'STANDARD',
      publish: true,
      versionDescription: program.version,
    }),
  );
  const routingConfiguration = [{ stateMachineVersionArn, weight: 100 }];
  await operator.send(new CreateStateMachineAliasCommand({ name: 'live', routingConfiguration }));

  const events: TurnRequest['event'][] = [
    { type: 'session.started', workflow: 'orders', contact: { id: 'c', channel: 'chat' } },
    { type: 'caller.said', text: 'where is my order' },
  ];
  for (const [index, event] of events.entries()) {
    await turn(worldOf('turn'), { session: 's', id: `${index}`, event });
  }
  // The wait of a second is over for whoever fires it: the execution, or the tick.
  await eventually(async () => {
    await tick(worldOf('tick'));
    const journal = await worldOf('turn').store.events('s');
    return journal.some(({ type }) => type === 'timer.fired');
  });
  await worldOf('tick').store.sweep(Date.now(), true);
  const last = await turn(worldOf('turn'), { session: 's', id: 'last', event: { type: 'caller.said', text: 'bye' } });
  expect(last.rest).toBe('end');
  if (shape === 'per-contact') {
    // A token that comes when the event is there already is sent by ask itself.
    await handlersOf(worldOf('ask')).ask({ session: 's', hop: 0, token: 'late' });
    expect(asked.get('ask')).toContain('states:SendTaskSuccess');
  }

  await Promise.all([...worlds.values()].map(({ store }) => store.close()));
  await local.close();
  return asked;

  function worldOf(name: FunctionName): World {
    const world = worlds.get(name);
    if (!world) throw new Error(`${name} is not there yet.`);
    return world;
  }

  async function worldFor(name: FunctionName): Promise<World> {
    const client = newClient(dynamo.endpoint);
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          note(name, 'dynamodb', commandName, 'IndexName' in args.input);
          return next(args);
        },
      { step: 'initialize' },
    );
    const sfn = states();
    sfn.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          note(name, 'states', commandName, false);
          return next(args);
        },
      { step: 'initialize' },
    );
    const store = await openDynamoStore({ table, client });
    return {
      shape: () => shape,
      store,
      decider: offlineDecider(),
      tools: () => tools,
      guard: 'none',
      clock: systemClock,
      machines: new Machines([source], tools, store, 'none'),
      executions: sfnExecutions(sfn),
      releases: sfnReleases({ client: sfn, stateMachines: MACHINE.replace('orders', ''), clock: systemClock }),
      news: () => pause(),
      unseen: () => undefined,
    };
  }
}

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 25));

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause();
}
