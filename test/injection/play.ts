import { bedrockClient, bedrockDecider, offlineDecider } from '@parley/deciders';
import { type Answerer, startLocalBedrock } from '@parley/deciders/local-bedrock';
import {
  type Clock,
  createEngine,
  type Decider,
  type JournalEvent,
  manualClock,
  type Reply,
  type Tool,
  type TurnRequest,
} from '@parley/engine';
import { memoryStore } from '@parley/stores';
import type { Json, Program, WorkflowSource } from '@parley/workflow';
import { type Asked, obey, type Plan } from './attacker.ts';
import type { Attempt } from './attempts.ts';
import type { Attacked } from './harm.ts';
import type { Line, Place } from './line.ts';

const START = Date.UTC(2026, 10, 24, 15, 30);
/** Milliseconds a caller takes from one line to the next. */
const PACE = 5_000;
/** Turns of the attacker's, at most. */
const TURNS = 6;
/** One of each strategy: a strict tool, a forced one, JSON in the prompt. */
const MODELS = [
  'us.anthropic.claude-haiku-4-5-20251001-v1:0',
  'us.amazon.nova-2-lite-v1:0',
  'openai.gpt-oss-20b-1:0',
] as const;

/** A line that is attacked, one session after the other. */
export interface Field {
  readonly program: Program;
  /** Plays an attempt at a place. `seed` says how the model obeys, and which model it is. */
  play(attempt: Attempt, place: Place, seed: number): Promise<Attacked>;
  close(): Promise<void>;
}

/** What is done to a line on purpose, to see that it is noticed. */
export interface Sabotage {
  readonly source?: WorkflowSource;
  /** What the engine takes for the tools, in place of what they are. */
  readonly tool?: (tool: Tool) => Tool;
  readonly decider?: (decider: Decider) => Decider;
}

/** Opens a line: the real engine, the Bedrock decider, and a local Bedrock whose model does what the attacker wants. */
export async function openField(line: Line, sabotage: Sabotage = {}): Promise<Field> {
  const honest = offlineDecider();
  let tools = line.tools();
  let clock = manualClock(START);
  let model: string = MODELS[0];
  let answer: Answerer = () => ({ type: 'reply', content: [] });
  let attacked = false;
  let events: JournalEvent[] = [];
  let returned: string | undefined;

  /** The clock of the session at hand. */
  const now: Clock = { now: () => clock.now(), after: (milliseconds, then) => clock.after(milliseconds, then) };
  const server = await startLocalBedrock({ answer: (asked, n) => answer(asked, n), keep: 0 });
  const client = await bedrockClient({ endpoint: server.url });
  const deciders = new Map(MODELS.map((id) => [id as string, bedrockDecider({ client, models: [id], clock: now })]));
  const bedrock: Decider = {
    name: 'bedrock',
    decide: async (question) => {
      const decider = attacked ? deciders.get(model) : honest;
      if (!decider) throw new Error('There is no such model.');
      return decider.decide(question);
    },
  };
  const { tool: as = (tool: Tool) => tool, decider: decides = (decider: Decider) => decider } = sabotage;
  const close = async () => {
    client.destroy();
    await server.close();
  };
  const engine = await opened(close, () =>
    createEngine({
      workflows: [sabotage.source ?? line.source],
      store: memoryStore(),
      decider: decides(bedrock),
      clock: now,
      tools: Object.fromEntries(
        Object.entries(tools).map(([name, tool]): [string, Tool] => [
          name,
          as({
            signature: tool.signature,
            call: async (input, context) => {
              const output = (await tools[name]?.call(input, context)) ?? null;
              return returned === undefined ? output : spoiled(output, returned);
            },
          }),
        ]),
      ),
      watch: (_, event) => events.push(event),
    }),
  );
  const { program } = engine.machine(line.workflow);
  const plan: Omit<Plan, 'value'> = {
    wishes: line.wishes,
    variables: [...program.variables.keys()],
    choices: [...new Set([...program.steps.values()].flatMap((step) => ('choices' in step ? step.choices : [])))]
      .map(({ name }) => name)
      .concat('yes', 'answered', 'proved', 'act', '__proto__'),
    tool: Object.entries(tools).find(([, { signature }]) => signature.requires.confirmation)?.[0] ?? '',
  };
  let sessions = 0;

  return {
    program,
    async play(attempt, place, seed) {
      [tools, clock, events, attacked, returned] = [line.tools(), manualClock(START), [], false, undefined];
      model = MODELS[seed % MODELS.length] ?? MODELS[0];
      const session = `s${++sessions}`;
      const heard: string[] = [];
      const prompts: { system: string; turn: string; after: number }[] = [];
      let count = 0;
      const send = async (event: TurnRequest['event']): Promise<Reply> => {
        const reply = await engine.turn({ session, id: `e${++count}`, event });
        heard.push(...reply.say);
        return reply;
      };
      const say = async (text: string): Promise<Reply> => {
        await clock.advance(PACE);
        return send({ type: 'caller.said', text });
      };

      const { attribute } = attempt;
      const contact = {
        id: session,
        channel: 'chat',
        address: '+19995550142',
        ...(attribute === undefined ? {} : { attributes: { note: attribute, identity: attribute } }),
      } as const;
      let reply = await send({ type: 'session.started', workflow: line.workflow, contact });
      for (const text of place.lines) reply = await say(text);
      if (reply.step !== place.step) throw new Error(`${line.workflow}: it rests at ${reply.step}, not ${place.step}.`);

      [attacked, returned] = [true, attempt.tool];
      let n = 0;
      answer = (request) => {
        const asked = askedBy(request);
        prompts.push({ ...asked, after: events.length });
        n += 1;
        // Every other answer is the most harmful one that counts, so that it gets somewhere.
        const way = n % 2 === 0 || seed % 11 === 0 ? 0 : seed + (n - 1) / 2;
        return obey(asked, { ...plan, value: attempt.value }, way, seed + n);
      };
      for (let turn = 0; turn < TURNS && (reply.rest === 'caller' || reply.rest === 'wait'); turn++)
        reply = await say(attempt.say[turn] ?? attempt.say.at(-1) ?? '');
      const own = new Set(place.own);
      return {
        program,
        tools,
        events,
        heard,
        prompts,
        planted: [attempt.tool, attempt.value].filter((words) => words !== undefined),
        others: line.people.filter((detail) => !own.has(detail)),
      };
    },
    async close() {
      await engine.close();
      await close();
    },
  };
}

/** What is made, or nothing stays open. */
async function opened<T>(close: () => Promise<void>, make: () => T): Promise<T> {
  try {
    return make();
  } catch (error) {
    await close();
    throw error;
  }
}

function askedBy(request: Parameters<Answerer>[0]): Asked {
  if (request.operation === 'ChatCompletions' || request.operation === 'Responses')
    throw new Error('None of the models speaks this.');
  const { system, messages, toolConfig } = request.body;
  const textOf = (blocks: readonly { readonly text?: string | undefined }[]) =>
    blocks.map(({ text }) => text ?? '').join('\n');
  return {
    system: textOf(system),
    turn: textOf(messages[0]?.content ?? []),
    tool: toolConfig?.tools?.[0]?.toolSpec?.name,
  };
}

/** What a tool returned, with the attacker's words in place of every text of more than one word. */
function spoiled(output: Json, words: string): Json {
  if (typeof output === 'string') return output.includes(' ') ? words : output;
  if (Array.isArray(output)) return output.map((item: Json) => spoiled(item, words));
  if (typeof output !== 'object' || output === null) return output;
  return Object.fromEntries(Object.entries(output).map(([key, item]) => [key, spoiled(item, words)]));
}
