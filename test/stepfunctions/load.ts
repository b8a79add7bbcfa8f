import { setTimeout } from 'node:timers/promises';
import { CreateStateMachineCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import {
  createEngine,
  type Decider,
  defineTool,
  Machines,
  type Reply,
  signaturesOf,
  type Store,
  systemClock,
  type Tools,
  type TurnRequest,
} from '@parley/engine';
import {
  compileToStepFunctions,
  definitionText,
  handlersOf,
  type Shape,
  sfnExecutions,
  startLocalStepFunctions,
  turn,
  type World,
} from '@parley/stepfunctions';
import { type Json, sourceOf } from '@parley/workflow';
import { z } from 'zod';
import { News } from './telling.ts';

/** Each turn is a decision and a call, and its reply tells whose order it is and how often it was looked up. */
export const parcels = sourceOf(`
workflow: parcels
title: Where are my parcels?
otherwise: person
limits: { turns: 500, turn: 60s, decide: 20s }

variables:
  orderId: { type: string, pattern: 'W\\d{7}', ask: 'What is the order number?' }
  order: { from: orders.get }

steps:
  which:
    form: [orderId]
    then: lookup
  lookup:
    call: orders.get
    with: { orderId: =$orderId }
    save: order
    then: tell
    failed: { to: person }
  tell:
    say: 'Order {{ $orderId }} was looked up {{ $order.count }} times.'
    then: need
  need:
    ask: What else?
    choices:
      again: { when: wants to know it again, to: lookup }
      bye: { when: wants nothing more, to: goodbye }
  goodbye:
    end: Goodbye.
  person:
    transfer: { queue: people }
`);

const decider: Decider = {
  name: 'at once',
  decide: async ({ heard = '', step }) =>
    step === 'which'
      ? { choice: 'answered', values: { orderId: heard }, confidence: 1 }
      : { choice: heard, values: {}, confidence: 1 },
};

/** A back end that counts how often each order was looked up, by the keys of the calls. */
export function countingTools(): Tools {
  const keys = new Map<string, Set<string>>();
  return {
    'orders.get': defineTool({
      about: 'Looks an order up',
      effect: 'reads',
      input: z.object({ orderId: z.string() }),
      output: z.object({ count: z.number() }),
      timeout: '20s',
      run: async ({ orderId }, { idempotencyKey }) => {
        const known = keys.get(orderId) ?? new Set();
        keys.set(orderId, known.add(idempotencyKey));
        return { count: known.size };
      },
    }),
  };
}

/** Something that many contacts talk to at once. */
export interface Desk {
  turn(request: TurnRequest): Promise<Reply>;
  /** Resolves when no execution is under way any more. */
  over(): Promise<void>;
  close(): Promise<void>;
}

export function embeddedDesk(store: Store): Desk {
  const engine = createEngine({ workflows: [parcels], store, decider, tools: countingTools() });
  return {
    turn: (request) => engine.turn(request),
    over: async () => undefined,
    close: () => engine.close(),
  };
}

/** The local interpreter behind its port, with the real client; functions and front door are of this process. */
export async function stepFunctionsDesk(store: Store, shape: Shape): Promise<Desk> {
  const tools = countingTools();
  const news = new News();
  const machines = new Machines([parcels], tools, store, 'none');
  const { program } = machines.named('parcels');
  let world: World | undefined;
  const lambda = (name: 'ask' | 'decide' | 'call' | 'finish') => async (event: Json) =>
    world && handlersOf(world)[name](event);
  const functions = { ask: lambda('ask'), decide: lambda('decide'), call: lambda('call'), finish: lambda('finish') };
  const local = await startLocalStepFunctions({ functions, log: () => undefined });
  const client = new SFNClient({
    endpoint: local.url,
    region: 'us-east-1',
    disableHostPrefix: true,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    // Each turn of an Express machine holds a connection for as long as it takes.
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 1_000 } },
  });
  const names = { ask: 'ask', decide: 'decide', call: 'call', finish: 'finish' };
  const signatures = signaturesOf(tools);
  const { stateMachineArn = '', stateMachineVersionArn = '' } = await client.send(
    new CreateStateMachineCommand({
      name: program.name,
      definition: definitionText(compileToStepFunctions(program, { shape, functions: names, tools: signatures })),
      roleArn: 'arn:aws:iam::123456789012:role/parley',
      type: shape === 'per-contact' ? 'STANDARD' : 'EXPRESS',
      publish: true,
    }),
  );
  const release = { workflow: program.name, version: program.version, stateMachine: stateMachineVersionArn };
  world = {
    shape: () => shape,
    store: news.of(store),
    decider,
    tools: () => tools,
    guard: 'none',
    clock: systemClock,
    machines,
    releases: { of: async () => release },
    executions: sfnExecutions(client),
    news: news.until(systemClock),
    unseen: () => undefined,
  };
  const made = world;
  return {
    turn: (request) => turn(made, request),
    async over() {
      while (shape === 'per-contact') {
        const found = await client.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING' }));
        if (found.executions?.length === 0) return;
        await setTimeout(10);
      }
    },
    async close() {
      client.destroy();
      await local.close();
    },
  };
}

/** So many contacts at once, each with so many turns. */
export class Crowd {
  readonly #desk: Desk;
  readonly #size: number;
  readonly #name: string;
  #turns = 0;

  constructor(desk: Desk, name: string, size: number) {
    this.#desk = desk;
    this.#name = name;
    this.#size = size;
  }

  get sessions(): readonly string[] {
    return Array.from({ length: this.#size }, (_, index) => `${this.#name}-${index}`);
  }

  async start(): Promise<void> {
    const event = (id: string) => ({
      type: 'session.started' as const,
      workflow: 'parcels',
      contact: { id, channel: 'chat' as const },
    });
    const replies = await this.#all((session) => this.#desk.turn({ session, id: 'start', event: event(session) }));
    for (const { step } of replies) if (step !== 'which') throw new Error(`A contact began at ${step}.`);
  }

  /** All of them go on with so many turns, each as fast as it is answered. Gives the milliseconds of each turn; throws where a reply is not the one of its session and turn. */
  async turns(count: number): Promise<readonly number[]> {
    const from = this.#turns;
    this.#turns += count;
    const took = await this.#all(async (session, index) => {
      const order = `W${String(index).padStart(7, '0')}`;
      const all: number[] = [];
      for (let number = from + 1; number <= from + count; number++) {
        const text = number === 1 ? order : 'again';
        const begun = performance.now();
        const { say } = await this.#desk.turn({ session, id: `e${number}`, event: { type: 'caller.said', text } });
        all.push(performance.now() - begun);
        const wanted = `Order ${order} was looked up ${number} times.`;
        if (say[0] !== wanted) throw new Error(`Instead of “${wanted}” ${session} was told “${say.join(' ')}”.`);
      }
      return all;
    });
    return took.flat();
  }

  async end(): Promise<void> {
    const bye = { type: 'caller.said', text: 'bye' } as const;
    const replies = await this.#all((session) => this.#desk.turn({ session, id: 'bye', event: bye }));
    for (const { rest } of replies) if (rest !== 'end') throw new Error(`A contact ended with ${rest}.`);
  }

  #all<T>(work: (session: string, index: number) => Promise<T>): Promise<T[]> {
    return Promise.all(this.sessions.map(work));
  }
}
