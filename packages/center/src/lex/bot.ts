import { randomUUID } from 'node:crypto';
import type { Intent } from '@parley/connect';
import type { Clock } from '@parley/engine';
import { invoke, type LambdaFunction } from '../flow/lambda.ts';
import { type HookAnswer, readAnswer } from './answer.ts';

/** A bot of Lex V2 as far as Connect sees it: intents that are known by their utterances, and a code hook for all of them. */
export interface Bot {
  readonly name: string;
  readonly intents: readonly Intent[];
  readonly hook: LambdaFunction;
}

/** What came in. No text is silence. */
export interface Input {
  readonly mode: 'DTMF' | 'Speech' | 'Text';
  readonly text: string;
  readonly others?: readonly (readonly [text: string, sure: number])[];
}

export interface Conversation {
  /** The session attributes as they are now. */
  attributes: { readonly [name: string]: string };
  /** What Lex gives for an input; undefined where it fails: its hook is too late, throws, or answers what Lex refuses. */
  take(input: Input): Promise<Recognized | undefined>;
}

export interface Recognized {
  readonly messages: NonNullable<HookAnswer['messages']>;
  readonly intent: {
    readonly name: string;
    readonly state: string;
    readonly slots: { readonly [name: string]: unknown };
  };
  /** It is over, and the flow goes on. */
  readonly closed: boolean;
}

/** How long Lex waits for its hook, in milliseconds. */
const HOOK = 30_000;
const FALLBACK = 'FallbackIntent';
/** How sure speech is that nobody says otherwise of. */
const SURE = 0.92;

/** Opens a conversation with a bot, as Connect does for a contact: the session is the contact's. */
export function openConversation(
  { name, intents, hook }: Bot,
  {
    contact,
    channel,
    language,
    clock,
    attributes,
  }: {
    readonly contact: string;
    readonly channel: 'VOICE' | 'CHAT';
    readonly language: string;
    readonly clock: Clock;
    readonly attributes: { readonly [name: string]: string };
  },
): Conversation {
  const known = new Set(intents.map((intent) => intent.Name));
  const origin = randomUUID();
  const written = channel === 'CHAT';
  const conversation: Conversation = {
    attributes: { ...attributes, 'x-amz-lex:connect-originating-request-id': origin },
    async take({ mode, text, others = [] }) {
      const matched = intentOf(intents, text);
      const intent = { name: matched, state: 'InProgress', slots: {}, confirmationState: 'None' };
      const heard = mode === 'Speech' && text !== '' ? [[text, SURE] as const, ...others] : [];
      const event = {
        messageVersion: '1.0',
        // Every intent has only a hook for what it is fulfilled by, and no slots.
        invocationSource: 'FulfillmentCodeHook',
        inputMode: mode,
        responseContentType: written ? 'text/plain; charset=utf-8' : 'audio/pcm',
        sessionId: contact,
        inputTranscript: text,
        rawInputTranscript: text,
        bot: {
          id: 'LOCALBOT01',
          name,
          aliasId: 'LOCALALIAS',
          aliasName: 'live',
          localeId: language.replace('-', '_'),
          version: '1',
        },
        interpretations: [
          { interpretationSource: 'Lex', intent, ...(matched === FALLBACK ? {} : { nluConfidence: 1 }) },
        ],
        proposedNextState: null,
        requestAttributes: {
          'x-amz-lex:accept-content-types': written ? 'PlainText' : 'PlainText,SSML',
          'x-amz-lex:channels:platform': written ? 'Connect Chat' : 'Connect',
        },
        sessionState: {
          activeContexts: [],
          sessionAttributes: conversation.attributes,
          intent: { ...intent, state: 'ReadyForFulfillment' },
          originatingRequestId: origin,
        },
        transcriptions: heard.map(([transcription, transcriptionConfidence]) => ({
          transcription,
          transcriptionConfidence,
          resolvedContext: { intent: matched },
          resolvedSlots: {},
        })),
      };
      const called = await invoke(hook, event, { limit: HOOK, clock });
      const answer = called && readAnswer(called.value, known);
      if (!answer) return undefined;
      const { sessionAttributes, dialogAction, intent: set } = answer.sessionState;
      conversation.attributes = sessionAttributes;
      // A bot whose intents have no slots is done where it is left to Lex.
      const closed = dialogAction.type === 'Close' || dialogAction.type === 'Delegate';
      const slots = set?.slots ?? {};
      return {
        messages: answer.messages ?? [],
        intent: { name: set?.name ?? matched, state: set?.state ?? 'InProgress', slots },
        closed,
      };
    },
  };
  return conversation;
}

/** The intent that has this utterance, as near as a stand-in comes to what Lex understands; else the fallback. */
function intentOf(intents: readonly Intent[], text: string): string {
  const said = plain(text);
  const found = intents.find(({ SampleUtterances = [] }) =>
    SampleUtterances.some(({ Utterance }) => plain(Utterance) === said),
  );
  return found?.Name ?? FALLBACK;
}

const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
