import type { LexV2Event } from 'aws-lambda';

/** A change of an event: what is given stands in place of what there is. */
export interface Turn {
  readonly mode?: LexV2Event['inputMode'];
  readonly transcript?: string;
  readonly others?: readonly (readonly [transcription: string, confidence: number])[];
  /** Slots that Lex has resolved. */
  readonly slots?: { readonly [name: string]: string };
  readonly attributes?: { readonly [name: string]: string };
  readonly intent?: string;
  readonly session?: string;
  readonly locale?: string;
}

/**
 * An event of a voice contact on Amazon Connect, by the documented input format
 * (docs.aws.amazon.com/lexv2/latest/dg/lambda-input-format.html) and the types of `@types/aws-lambda`.
 */
export function spokenEvent({
  mode = 'Speech',
  transcript = 'where is my order',
  others = [],
  slots = {},
  attributes = {},
  intent = 'FallbackIntent',
  session = '4a573372-1f28-4e26-b97b-aaaaaaaaaaaa',
  locale = 'en_US',
}: Turn = {}): LexV2Event {
  const resolved = Object.fromEntries(
    Object.entries(slots).map(([name, interpretedValue]) => [
      name,
      {
        shape: 'Scalar' as const,
        value: { originalValue: transcript, interpretedValue, resolvedValues: [interpretedValue] },
      },
    ]),
  );
  const heard = mode === 'Speech' && transcript !== '' ? [[transcript, 0.92] as const, ...others] : others;
  return {
    messageVersion: '1.0',
    invocationSource: 'DialogCodeHook',
    inputMode: mode,
    responseContentType: mode === 'Text' ? 'text/plain; charset=utf-8' : 'audio/pcm',
    sessionId: session,
    inputTranscript: transcript,
    bot: {
      id: 'BOTID12345',
      name: 'parley-support',
      aliasId: 'ALIASID123',
      aliasName: 'live',
      localeId: locale,
      version: '3',
    },
    interpretations: [
      { intent: { name: intent, state: 'InProgress', slots: resolved, confirmationState: 'None' } },
      {
        nluConfidence: 0.4,
        intent: { name: 'Unused', state: 'InProgress', slots: {}, confirmationState: 'None' },
      },
    ],
    proposedNextState: {
      dialogAction: { type: 'Close' },
      intent: { name: intent, state: 'Fulfilled', slots: resolved, confirmationState: 'None' },
    },
    requestAttributes: {
      'x-amz-lex:accept-content-types': mode === 'Text' ? 'PlainText' : 'PlainText,SSML',
      'x-amz-lex:channels:platform': mode === 'Text' ? 'Connect Chat' : 'Connect',
    },
    sessionState: {
      activeContexts: [],
      sessionAttributes: { 'x-amz-lex:connect-originating-request-id': '0f6c2b9e-0001', ...attributes },
      intent: { name: intent, state: 'InProgress', slots: resolved, confirmationState: 'None' },
      originatingRequestId: '0f6c2b9e-0001',
    },
    transcriptions: heard.map(([transcription, transcriptionConfidence]) => ({
      transcription,
      transcriptionConfidence,
      resolvedContext: { intent },
      resolvedSlots: {},
    })),
  };
}

/** The same from a chat contact: what is written. */
export const writtenEvent = (turn: Turn = {}): LexV2Event => spokenEvent({ ...turn, mode: 'Text' });

/** What was pressed. */
export const pressedEvent = (keys: string, turn: Turn = {}): LexV2Event =>
  spokenEvent({ ...turn, mode: 'DTMF', transcript: keys });
