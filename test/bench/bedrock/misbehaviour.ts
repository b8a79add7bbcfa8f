import { bedrockClient, bedrockDecider } from '@parley/deciders';
import { type Answer, type Asked, fails, says, startLocalBedrock, uses } from '@parley/deciders/local-bedrock';
import { createEngine } from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { type Json, sourceOf } from '@parley/workflow';

/**
 * npm run misbehaviour: what a caller hears when a model misbehaves, through a real engine, the SDK's own client and the
 * local server. Rows are misbehaviours, columns the strategy that the ladder begins with. Fails where a caller hears
 * neither the answer nor the words of the door that the file names, or waits for longer than a turn may take.
 */
const STRATEGIES = ['native', 'strict', 'forced', 'json'] as const;
type Strategy = (typeof STRATEGIES)[number];

const MODEL = 'vendor.model';
const OTHER = 'vendor.other';
const DECISION = { choice: 'track', values: {}, confidence: 0.9, why: 'They ask where it is.' };

const ANSWER = 'It is on its way.';
const DOOR = 'Let me get you a person.';
const FILLER = 'One moment, please.';
const HEARD: { readonly [words: string]: string } = { [ANSWER]: 'answer', [DOOR]: 'door', [FILLER]: 'filler' };

const workflow = (fallback: boolean) => `
workflow: parcels
title: Where is my parcel?
busy: ${FILLER}
otherwise: person
models: { decide: ${MODEL}, fallback: [${fallback ? OTHER : ''}] }
steps:
  need:
    ask: What can I do for you?
    choices:
      track: { when: wants to know where a parcel is, to: tell }
      nothing: { when: wants nothing more, to: person }
    otherwise: person
  tell:
    end: ${ANSWER}
  person:
    transfer: { queue: people, say: ${DOOR} }
`;

/** An answer in the form that the request wants. */
function give(asked: Asked, json: Json, more: Parameters<typeof says>[1] = {}): Answer {
  return hasTool(asked) ? uses('decide', json, more) : says(JSON.stringify(json), more);
}

const hasTool = (asked: Asked) => asked.operation !== 'ChatCompletions' && asked.body.toolConfig !== undefined;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms).unref());

/** What the model does, by its name in the table. */
const MISBEHAVIOURS: { readonly [name: string]: (asked: Asked) => Answer | Promise<Answer> } = {
  'none: it answers': (asked) => give(asked, DECISION),
  'slow: 3 seconds': async (asked) => {
    await sleep(3_000);
    return give(asked, DECISION);
  },
  'says nothing': () => new Promise(() => {}),
  'throttled (429)': () => fails('ThrottlingException'),
  'not ready (429)': () => fails('ModelNotReadyException'),
  'out of quota (400)': () => fails('ServiceQuotaExceededException'),
  'timed out (408)': () => fails('ModelTimeoutException'),
  'failed (424)': () => fails('ModelErrorException'),
  'fault (500)': () => fails('InternalServerException'),
  'unavailable (503)': () => fails('ServiceUnavailableException'),
  'no access (403)': () => fails('AccessDeniedException'),
  'request not valid (400)': () => fails('ValidationException', 'The request is not valid.'),
  'takes no schema, no tool (400)': (asked) =>
    hasTool(asked) || (asked.operation !== 'ChatCompletions' && asked.body.outputConfig !== undefined)
      ? fails('ValidationException', "This model doesn't support the toolConfig.toolChoice or outputConfig field.")
      : give(asked, DECISION),
  'connection reset': () => ({ type: 'reset' }),
  'connection cut': () => ({ type: 'cut', after: 1, reply: says(JSON.stringify(DECISION)) }),
  'stalls half-way': () => ({ type: 'stall', after: 1, reply: says(JSON.stringify(DECISION)) }),
  'bytes that are no JSON': () => ({ type: 'bytes', body: '<html>' }),
  'malformed JSON': (asked) =>
    hasTool(asked)
      ? { type: 'reply', content: [{ type: 'tool', name: 'decide', raw: '{"choice": tra' }] }
      : says('{"choice": tra'),
  'wrong tool': () => uses('lookup', { id: 'W1' }),
  malformed_tool_use: () => ({ type: 'reply', content: [], stopReason: 'malformed_tool_use' }),
  'empty content': () => ({ type: 'reply', content: [] }),
  prose: () => says('They would like to know where it is.'),
  'choice not offered': (asked) => give(asked, { ...DECISION, choice: 'refund' }),
  'wrong types': (asked) => give(asked, { choice: 7, values: [], confidence: 'high' }),
  'cut off (max_tokens)': (asked) => give(asked, DECISION, { stopReason: 'max_tokens' }),
  'held back by its filter': () => says('', { stopReason: 'content_filtered' }),
  'other letters, percent, fence': (asked) =>
    hasTool(asked)
      ? uses('decide', { choice: 'Track', confidence: '90%' })
      : says('Sure!\n```json\n{"choice":"Track","confidence":90}\n```'),
  'unknown fields and blocks': (asked) => {
    const given = give(asked, { ...DECISION, mood: 'good' });
    const block = { type: 'unknown', block: { hologram: { depth: 3 } } } as const;
    return given.type === 'reply' ? { ...given, content: [block, ...given.content], unknown: { news: [1] } } : given;
  },
};

interface Cell {
  readonly heard: string;
  readonly calls: number;
  readonly ms: number;
}

/** One caller, one sentence. `always`: the model misbehaves each time, and not the first time alone. */
async function cell(
  misbehave: (asked: Asked) => Answer | Promise<Answer>,
  strategy: Strategy,
  { fallback, always }: { readonly fallback: boolean; readonly always: boolean },
): Promise<Cell> {
  const every = ['auto', 'any', 'tool'] as const;
  const server = await startLocalBedrock({
    models: [{ model: 'vendor.', apis: ['converse'], toolChoice: every, strict: 'claude', native: 'claude' }],
    answer: (asked, n) => (asked.model === MODEL && (always || n === 0) ? misbehave(asked) : give(asked, DECISION)),
  });
  const client = await bedrockClient({ endpoint: server.url, maxAttempts: 1 });
  const rows = [MODEL, OTHER].map((model) => ({ model, strategies: STRATEGIES.slice(STRATEGIES.indexOf(strategy)) }));
  const engine = createEngine({
    workflows: [sourceOf(workflow(fallback))],
    store: memoryStore(),
    decider: bedrockDecider({ client, rows }),
    tools: {},
  });
  const contact = { id: 'c', channel: 'chat' } as const;
  await engine.turn({ session: 's', id: '0', event: { type: 'session.started', workflow: 'parcels', contact } });
  const begun = performance.now();
  const said: string[] = [];
  let reply = await engine.turn({ session: 's', id: '1', event: { type: 'caller.said', text: 'where is my parcel' } });
  said.push(...reply.say);
  for (let n = 2; reply.rest === 'work'; n++) {
    reply = await engine.turn({ session: 's', id: `${n}`, event: { type: 'caller.silent' } });
    said.push(...reply.say);
  }
  const ms = performance.now() - begun;
  const heard = said.map((words) => HEARD[words] ?? words).join(', ') || 'silence';
  await engine.close();
  client.destroy();
  await server.close();
  return { heard, calls: server.requests.length, ms };
}

const TABLES = [
  { title: 'It misbehaves once; there is no other model', fallback: false, always: false },
  { title: 'It misbehaves each time; there is no other model', fallback: false, always: true },
  { title: 'It misbehaves each time; another model answers', fallback: true, always: true },
];

/** The most that a caller may wait: a turn. */
const LONGEST = 7_000;

let bad = 0;
for (const { title, ...how } of TABLES) {
  console.log(`\n${title}\n`);
  console.log(`| what the model does | ${STRATEGIES.join(' | ')} |\n|---|${STRATEGIES.map(() => '---').join('|')}|`);
  for (const [name, misbehave] of Object.entries(MISBEHAVIOURS)) {
    const cells = await Promise.all(STRATEGIES.map((strategy) => cell(misbehave, strategy, how)));
    bad += cells.filter(({ heard, ms }) => !['answer', 'door'].includes(heard) || ms > LONGEST).length;
    const told = cells.map(({ heard, calls, ms }) => `${heard}, ${calls} call${calls === 1 ? '' : 's'}, ${time(ms)}`);
    console.log(`| ${name} | ${told.join(' | ')} |`);
  }
}
if (bad > 0) {
  console.log(`\n${bad} callers heard something else, or waited too long.`);
  process.exitCode = 1;
}

function time(ms: number): string {
  return ms < 1_000 ? `${Math.ceil(ms / 10) * 10} ms` : `${(ms / 1_000).toFixed(1)} s`;
}
