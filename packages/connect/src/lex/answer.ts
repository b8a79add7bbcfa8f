import { fitting, inOrder } from '../going-on.ts';
import type { Message } from '../speech/messages.ts';
import type { LexEvent } from './event.ts';

/**
 * What the code hook answers to Lex V2.
 * Source of its shape: https://docs.aws.amazon.com/lexv2/latest/dg/lambda-response-format.html
 */
export interface LexAnswer {
  readonly sessionState: {
    readonly sessionAttributes: { readonly [name: string]: string };
    readonly dialogAction: { readonly type: 'ElicitIntent' | 'Close' };
    readonly intent: { readonly name: string; readonly state: 'InProgress' | 'Fulfilled' };
  };
  /** None, where there is nothing to say on the way back to the flow. */
  readonly messages?: readonly Message[];
}

/**
 * The most bytes of session attributes: 12 KB after base-64 encoding, which is 9 KB before.
 * Source: https://docs.aws.amazon.com/lexv2/latest/dg/quotas.html
 */
const MAX_ATTRIBUTES = 9_000;
/** The most that is kept from turn to turn: an event has 12 KB in all. */
const MAX_KEPT = 6_000;

/** What is said and set, as Lex takes it: `ElicitIntent` to go on listening, `Close` and `Fulfilled` to go back to the flow. */
export function answer(
  event: LexEvent,
  next: 'listen' | 'close',
  messages: readonly Message[],
  attributes: { readonly [name: string]: string },
): LexAnswer {
  const name = event.sessionState.intent.name || 'FallbackIntent';
  const most = next === 'close' ? MAX_ATTRIBUTES : MAX_KEPT;
  return {
    sessionState: {
      sessionAttributes: fitting(inOrder({ ...attributes, ...passedOn(event, attributes) }), most),
      dialogAction: { type: next === 'listen' ? 'ElicitIntent' : 'Close' },
      intent: { name, state: next === 'listen' ? 'InProgress' : 'Fulfilled' },
    },
    ...(messages.length > 0 ? { messages } : {}),
  };
}

/** The attributes that are not ours stay as they came: an answer replaces them all. Those that are ours are set anew each time. */
function passedOn(event: LexEvent, set: { readonly [name: string]: string }): { readonly [name: string]: string } {
  const kept = Object.entries(event.sessionState.sessionAttributes).filter(
    ([name]) => name !== '' && !Object.hasOwn(set, name) && !name.startsWith('parley_'),
  );
  return Object.fromEntries(kept);
}

/** The attributes that the flow gave Lex for the session to begin with: not those that are Lex's own, or ours. */
export function givenBy({ sessionState }: LexEvent): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(sessionState.sessionAttributes)
      .filter(([name]) => !/^(x-amz-|parley_)/.test(name))
      .map(([name, value]) => [name, value.slice(0, 32_768)]),
  );
}
