import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type BedrockRuntimeClient, ConverseCommand, type ConverseCommandInput } from '@aws-sdk/client-bedrock-runtime';
import { bedrockClient, bedrockDecider } from '@parley/deciders';
import { createEngine, type Decider, type Question } from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { loadWorkflow } from '@parley/workflow';
import supportTools from '../../../workflows/support/tools.ts';
import { median, quantile } from '../measure.ts';
import type { Result, Row } from '../report.ts';

const MODEL = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
const BARE = 'the bare SDK call';
const OURS = 'through bedrockDecider';

/** What a decision costs over the SDK's own call with the same body, to the same server: one at a time, and 200 at once. */
export async function bench(): Promise<readonly Result[]> {
  const server = spawn(process.execPath, ['scripts/run-ts.mjs', 'test/bench/bedrock/server.ts'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const lines = createInterface(server.stdout);
    const [endpoint] = await once(lines, 'line');
    const client = await bedrockClient({ endpoint: String(endpoint), maxAttempts: 1 });
    const question = await asked();
    const decider = bedrockDecider({ client, models: [MODEL] });
    const decide = async () => {
      const now = Date.now();
      const { signal } = new AbortController();
      const { choice } = await decider.decide({ ...question, due: now + 60_000, deadline: now + 60_000, signal });
      if (choice !== 'human') throw new Error('The benchmark has lost its way.');
    };
    const body = await bodyOf(client, decide);
    const bare = async () => void (await client.send(new ConverseCommand(body)));
    const results = [await compare(1, 40, bare, decide), await compare(200, 2, bare, decide)];
    client.destroy();
    return results;
  } finally {
    server.stdin.end();
  }
}

/** A question of the support workflow, as its engine puts it, with what was said before. */
async function asked(): Promise<Question> {
  let last: Question | undefined;
  const decider: Decider = {
    name: 'a listener',
    async decide(question) {
      last = question;
      return { choice: 'unclear', values: {}, confidence: 0.5 };
    },
  };
  const workflows = [await loadWorkflow('workflows/support/workflow.yaml')];
  const engine = createEngine({ workflows, store: memoryStore(), decider, tools: supportTools({}) });
  const contact = { id: 'c1', channel: 'chat' } as const;
  await engine.turn({ session: 's1', id: '0', event: { type: 'session.started', workflow: 'support', contact } });
  await engine.turn({ session: 's1', id: '1', event: { type: 'caller.said', text: 'Well, it is about my order.' } });
  if (!last) throw new Error('Nothing was asked.');
  return last;
}

/** What the decider sends. */
async function bodyOf(client: BedrockRuntimeClient, decide: () => Promise<void>): Promise<ConverseCommandInput> {
  let sent: ConverseCommandInput | undefined;
  client.middlewareStack.add(
    (next) => (args) => {
      sent ??= { ...JSON.parse(JSON.stringify(args.input)) };
      return next(args);
    },
    { step: 'initialize', name: 'listener' },
  );
  await decide();
  client.middlewareStack.remove('listener');
  if (!sent) throw new Error('Nothing was sent.');
  return sent;
}

type Work = () => Promise<void>;

/** What calls of a round took: each in milliseconds, and of this process's processor together, the server's not counted. */
interface Round {
  readonly took: readonly number[];
  /** Milliseconds a call. */
  readonly cpu: number;
}

/** `together` at a time, in interleaved rounds, so that whatever else the machine does falls on both alike. */
async function compare(together: number, times: number, bare: Work, ours: Work): Promise<Result> {
  const rounds: { readonly bare: Round; readonly ours: Round }[] = [];
  for (let round = 0; round < ROUNDS + WARMING; round++) {
    const both = { bare: await batch(bare, together, times), ours: await batch(ours, together, times) };
    if (round >= WARMING) rounds.push(both);
  }
  const all = { bare: rounds.flatMap(({ bare }) => bare.took), ours: rounds.flatMap(({ ours }) => ours.took) };
  const rows = (what: string, bare: number, ours: number, digits: number): Row[] => [
    { name: `${BARE}, ${what}`, value: bare, unit: 'ms', ratio: 1 },
    {
      name: `${OURS}, ${what}`,
      value: ours,
      unit: 'ms',
      ratio: ours / bare,
      more: `+ ${(ours - bare).toFixed(digits)} ms`,
    },
  ];
  return {
    title: `A decision, ${together === 1 ? 'one at a time' : `${together} at once`}: ${all.ours.length} of each`,
    yardstick: BARE,
    rows: [
      ...rows('p50', quantile(all.bare, 0.5), quantile(all.ours, 0.5), 2),
      ...rows('p99', quantile(all.bare, 0.99), quantile(all.ours, 0.99), 2),
      ...rows('processor', median(rounds.map(({ bare }) => bare.cpu)), median(rounds.map(({ ours }) => ours.cpu)), 3),
    ],
  };
}

const ROUNDS = 25;
const WARMING = 5;

async function batch(work: Work, together: number, times: number): Promise<Round> {
  const took: number[] = [];
  const one = async () => {
    for (let i = 0; i < times; i++) {
      const started = performance.now();
      await work();
      took.push(performance.now() - started);
    }
  };
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: together }, one));
  const { user, system } = process.cpuUsage(before);
  return { took, cpu: (user + system) / 1_000 / took.length };
}
