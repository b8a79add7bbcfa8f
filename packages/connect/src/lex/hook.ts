import { type Reply, systemClock } from '@parley/engine';
import { ParleyError, type Program } from '@parley/workflow';
import { codeOf, type EntryOptions, enter, type LambdaContext, settled, together } from '../front-door.ts';
import { failed, goingOn } from '../going-on.ts';
import { listeningAfter, listeningAttributes } from '../listening.ts';
import { type Message, saidBy, spoken, written } from '../speech/messages.ts';
import { turnId } from '../turn-id.ts';
import { answer, givenBy, type LexAnswer } from './answer.ts';
import { channelOf, type LexEvent, readLexEvent, takesSsml } from './event.ts';
import { heardIn } from './heard.ts';

export interface LexHookOptions extends EntryOptions {
  /** The workflow that sessions begin with. It tells how each of its questions is listened to. */
  readonly workflow: Program;
  /** Milliseconds within which an answer has to be found: Lex waits for 30 s. */
  readonly patience?: number;
}

const PATIENCE = 25_000;
/** What of Lambda's own time is left to answer in, in milliseconds. */
const MARGIN = 500;

/**
 * The code hook of a Lex V2 bot: takes what the caller said, pressed or kept silent about, and answers with what the workflow
 * says to it. To be set on the bot's FallbackIntent, and on any other intent.
 *
 * It never throws: whatever goes wrong, the caller hears words, and the flow gets `parley_rest` = `failed` to put the caller
 * through to a person. `log` is told the error's code.
 *
 * @example
 * export const handler = lexHook({ door: engine.turn, workflow: engine.machine('support').program });
 */
export function lexHook(options: LexHookOptions): (event: unknown, context?: LambdaContext) => Promise<LexAnswer> {
  const { door, workflow, clock = systemClock, patience = PATIENCE } = options;
  const { words, log } = settled(options);

  return async (given, context) => {
    const event = readLexEvent(given);
    const { parley_session, parley_turn } = event.sessionState.sessionAttributes;
    const session = parley_session || event.sessionId;
    const turn = turnOf(parley_turn);
    try {
      if (session === '' || session.length > 256)
        throw new ParleyError('connect/no-session', 'The event does not name the contact it belongs to.');
      const reply = await take(event, session, turn, clock.now() + timeFor(context));
      return answerTo(event, session, turn + 1, reply);
    } catch (error) {
      const code = codeOf(error);
      log({
        level: 'error',
        code,
        message: 'The caller goes to a person: no answer was found to an event of Lex.',
        session,
      });
      return answer(event, 'close', messages(event, { say: [words.failed] }), {
        ...failed(code),
        parley_session: session.slice(0, 256),
        parley_turn: String(turn),
      });
    }
  };

  function timeFor(context: LambdaContext | undefined): number {
    const left = context?.getRemainingTimeInMillis() ?? Number.POSITIVE_INFINITY;
    return Math.max(1, Math.min(patience, left - MARGIN));
  }

  async function take(event: LexEvent, session: string, turn: number, due: number): Promise<Reply> {
    const { sessionAttributes: attributes, originatingRequestId } = event.sessionState;
    const channel = channelOf(event);
    const expects = (attributes['parley_expects'] ?? '').split(',').filter((name) => name !== '');
    const heard = heardIn(event, expects, workflow, clock.now());
    const address = attributes['parley_address']?.slice(0, 256);
    const contact = { id: session, channel, ...(address ? { address } : {}), attributes: givenBy(event) };
    const start = { type: 'session.started', workflow: workflow.name, contact } as const;
    const conversation = [originatingRequestId, attributes['x-amz-lex:connect-originating-request-id'] ?? ''];
    const id = turnId(turn, heard, conversation);
    // Who has said nothing yet has only called.
    const taken = turn === 0 && heard.type === 'caller.silent' ? undefined : heard;
    let reply = await enter(door, clock, { session, id, event: taken, start, first: turn === 0, due });
    // In a chat nothing but the caller's next message would fetch what was not ready.
    for (let k = 1; channel === 'chat' && reply.rest === 'work' && clock.now() < due - workflow.limits.turn; k++) {
      const fetch = { session, id: `${id}+${k}`, event: { type: 'caller.silent' }, start, first: false, due } as const;
      reply = together(reply, await enter(door, clock, fetch));
    }
    return reply;
  }

  function answerTo(event: LexEvent, session: string, turn: number, reply: Reply): LexAnswer {
    const on = { parley_session: session, parley_turn: String(turn), ...goingOn(reply) };
    switch (reply.rest) {
      case 'transfer':
      case 'end':
        return answer(event, 'close', messages(event, reply), on);
      case 'caller':
      case 'wait':
      case 'work': {
        const said = messages(event, reply);
        const own = { say: [words[reply.rest === 'caller' ? 'listen' : reply.rest]] };
        const listening =
          channelOf(event) === 'voice' ? listeningAttributes(listeningAfter(workflow, reply), 'lex') : {};
        return answer(event, 'listen', said.length > 0 ? said : messages(event, own), { ...on, ...listening });
      }
    }
  }
}

const messages = (event: LexEvent, reply: Pick<Reply, 'say' | 'spans'>): readonly Message[] =>
  (takesSsml(event) ? spoken : written)(saidBy(reply));

/** How many answers the contact was given before; none, where this is its first event. */
function turnOf(given: string | undefined): number {
  return given !== undefined && /^\d{1,9}$/.test(given) ? Number(given) : 0;
}
