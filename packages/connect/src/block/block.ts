import { type Reply, systemClock } from '@parley/engine';
import type { Brief } from '@parley/machine';
import { ParleyError, type Program } from '@parley/workflow';
import { codeOf, type EntryOptions, enter, type LambdaContext, settled } from '../front-door.ts';
import { failed, fitting, goingOn, inOrder } from '../going-on.ts';
import { listeningAfter, listeningAttributes } from '../listening.ts';
import { documents, joined, saidBy } from '../speech/messages.ts';
import { turnId } from '../turn-id.ts';
import { type BlockEvent, happened, readBlockEvent } from './event.ts';

export interface FlowBlockOptions extends EntryOptions {
  /** The workflow that sessions begin with. It tells how each of its questions is listened to. */
  readonly workflow: Program;
  /** How the block in the flow reads the answer: its "Response validation". STRING_MAP if left out. */
  readonly response?: 'STRING_MAP' | 'JSON';
}

/** A flat map of texts. */
export interface StringMap {
  readonly [key: string]: string;
}

/** The flat map, and what is not flat. */
export interface NestedAnswer {
  readonly [key: string]: string | readonly string[] | Brief;
}

/** A synchronous call has 8 s; what Lambda and Connect take themselves is in there too. Milliseconds. */
const PATIENCE = 7_000;
const MARGIN = 300;
/** Connect takes less than 32 KB. Source: https://docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html */
const MAX_ANSWER = 30_000;

/**
 * The function of a flow's "Invoke AWS Lambda function" block: takes what happened to the contact by the block's parameters, and
 * answers with what to say, how to listen, and where to go on. README.md lists the parameters and the keys. It never throws: where
 * no answer is found, `parley_rest` is `failed`, and `log` is told the error's code.
 *
 * @example
 * export const handler = flowBlock({ door: engine.turn, workflow: engine.machine('support').program });
 */
export function flowBlock(
  options: FlowBlockOptions,
): (event: unknown, context?: LambdaContext) => Promise<StringMap | NestedAnswer> {
  const { door, workflow, clock = systemClock, response = 'STRING_MAP' } = options;
  const { words, log } = settled(options);

  return async (given, context) => {
    const event = readBlockEvent(given);
    const session = event.parameters['session'] || event.contact;
    const turn = event.parameters['turn'] ?? '';
    try {
      const left = context?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY;
      const due = clock.now() + Math.max(1, Math.min(PATIENCE, left - MARGIN));
      const reply = await take(event, session, turn, due);
      const { rest } = reply;
      const silent = reply.say.every((text) => text.trim() === '') && rest !== 'transfer' && rest !== 'end';
      const said = silent ? { say: [words[rest === 'caller' ? 'listen' : rest]] } : reply;
      const on = { parley_session: session, parley_turn: String(numberOf(turn) + 1), ...goingOn(reply) };
      const listening = listeningAttributes(listeningAfter(workflow, reply), 'block');
      return answer(event, said, { ...on, ...listening }, rest === 'transfer' ? reply.transfer.brief : undefined);
    } catch (error) {
      const code = codeOf(error);
      log({ level: 'error', code, message: "The caller goes to a person: a flow's block got no answer.", session });
      const on = { parley_session: session.slice(0, 256), parley_turn: String(numberOf(turn)), ...failed(code) };
      return answer(event, { say: [words.failed] }, on, undefined);
    }
  };

  async function take(event: BlockEvent, session: string, turn: string, due: number): Promise<Reply> {
    if (session === '' || session.length > 256)
      throw new ParleyError('connect/no-session', 'The event does not name the contact it belongs to.');
    const { channel, address, attributes } = event;
    const contact = { id: session, channel, ...(address === undefined ? {} : { address }), attributes };
    const start = { type: 'session.started', workflow: workflow.name, contact } as const;
    const what = happened(event);
    const entering = { session, start, first: false, due };
    if (what === undefined) {
      try {
        return await enter(door, clock, { ...entering, id: 'start', event: undefined });
      } catch (error) {
        if (codeOf(error) !== 'engine/started-already') throw error;
        // It was begun under another id: what is open is said again.
        return enter(door, clock, { ...entering, id: 'start-again', event: { type: 'caller.silent' } });
      }
    }
    if (what.type === 'caller.left') {
      const id = turnId(0, what);
      return enter(door, clock, { ...entering, id, event: what }).catch((error: unknown) => {
        // Who leaves before anything has begun has left nothing behind.
        if (codeOf(error) !== 'engine/unknown-session') throw error;
        return { session, seq: 0, step: '', say: [], rest: 'end', end: { outcome: 'left' } } as const;
      });
    }
    if (turn === '') {
      throw new ParleyError('connect/no-turn', 'The block does not pass the number of the turn.', {
        fix: 'Give it a parameter `turn`: $.External.parley_turn, or $.Lex.SessionAttributes.parley_turn after Lex.',
      });
    }
    return enter(door, clock, { ...entering, id: turnId(numberOf(turn), what), event: what });
  }

  function answer(
    { channel }: BlockEvent,
    reply: Pick<Reply, 'say' | 'spans'>,
    on: StringMap,
    brief: Brief | undefined,
  ): StringMap | NestedAnswer {
    const texts = saidBy(reply);
    const say = joined(texts);
    const ssml = channel === 'voice' ? documents(texts) : [];
    if (response === 'STRING_MAP')
      return fitting(inOrder({ ...on, ...numbered('parley_ssml', ssml), ...numbered('parley_say', say) }), MAX_ANSWER);
    return fitting(inOrder<NestedAnswer[string]>({ ...on, ssml, say, ...(brief ? { brief } : {}) }), MAX_ANSWER);
  }
}

/** Texts under keys of their own: the first as `key`, the next as `key_2`. */
const numbered = (key: string, texts: readonly string[]): StringMap =>
  Object.fromEntries(texts.map((text, index) => [index === 0 ? key : `${key}_${index + 1}`, text]));

const numberOf = (turn: string): number => (/^\d{1,9}$/.test(turn) ? Number(turn) : 0);
