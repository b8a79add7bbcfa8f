import { spokenEvent } from './events.ts';

const scalar = (originalValue: string, interpretedValue: string | null = originalValue) => ({
  shape: 'Scalar',
  value: {
    originalValue,
    ...(interpretedValue === null ? {} : { interpretedValue }),
    resolvedValues: interpretedValue === null ? [] : [interpretedValue],
  },
});

/** An event, and what the caller did by it. */
export interface Documented {
  readonly about: string;
  readonly event: object;
  readonly heard: object;
}

const attributes = { parley_turn: '1', parley_expects: 'orderId' };
const said = (text: string) => ({ type: 'caller.said', text });

/** With other fields in place of those that the event has, in its intent as well; those that are undefined are not there. */
function having(
  event: ReturnType<typeof spokenEvent>,
  { intent = {}, ...fields }: { readonly intent?: object; readonly [field: string]: unknown },
): object {
  const { sessionState } = event;
  const all = { ...event, sessionState: { ...sessionState, intent: { ...sessionState.intent, ...intent } }, ...fields };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/**
 * Events in the forms that Lex V2 documents, besides the plain ones: each shape of a slot, each place in a dialog, each kind of interpretation,
 * and what may be left out.
 * Sources: https://docs.aws.amazon.com/lexv2/latest/dg/lambda-input-format.html, API_runtime_Slot.html, session-attribs-speech.html.
 */
export const DOCUMENTED: readonly Documented[] = [
  {
    about: 'a composite slot, in Spanish',
    event: having(
      spokenEvent({ transcript: 'es el pedido doble u uno', attributes, locale: 'es_US', intent: 'Track' }),
      {
        intent: {
          slots: {
            order: {
              shape: 'Composite',
              value: null,
              subSlots: { orderId: scalar('doble u uno', 'W1000001'), pin: null },
            },
          },
        },
      },
    ),
    heard: said('es el pedido doble u uno, W1000001'),
  },
  {
    about: 'a composite slot that has a value of its own',
    event: having(spokenEvent({ transcript: 'double you one', attributes, intent: 'Track' }), {
      intent: {
        slots: {
          order: { ...scalar('double you one'), shape: 'Composite', subSlots: { orderId: scalar('W1000001') } },
        },
      },
    }),
    heard: said('double you one, W1000001'),
  },
  {
    about: 'a slot with several values',
    event: having(spokenEvent({ transcript: 'double you one and two', attributes, intent: 'Track' }), {
      intent: { slots: { orderId: { shape: 'List', values: [scalar('W1000001'), scalar('W1000002')] } } },
    }),
    heard: said('double you one and two'),
  },
  {
    about: 'a slot that could not be resolved, beside one that was never filled',
    event: having(spokenEvent({ transcript: 'double you', attributes, intent: 'Track' }), {
      intent: { slots: { orderId: scalar('double you', null), pin: null } },
    }),
    heard: said('double you'),
  },
  {
    about: 'several interpretations, one of a model, with sentiment and contexts that are active',
    event: having(spokenEvent({ transcript: 'das ist ja furchtbar', attributes, locale: 'de_DE' }), {
      interpretations: [
        {
          interpretationSource: 'Bedrock',
          intent: { name: 'Complain', state: 'InProgress', slots: {}, confirmationState: 'None' },
          nluConfidence: 0.81,
          sentimentResponse: {
            sentiment: 'NEGATIVE',
            sentimentScore: { mixed: 0.01, negative: 0.97, neutral: 0.01, positive: 0.01 },
          },
        },
        { interpretationSource: 'Lex', intent: { name: 'FallbackIntent', state: 'InProgress', slots: {} } },
        { intent: { name: 'Track', slots: { orderId: null } }, nluConfidence: { score: 0.3 } },
      ],
      activeContexts: [
        {
          name: 'tracking',
          contextAttributes: { orderId: 'W1000001' },
          timeToLive: { timeToLiveInSeconds: 90, turnsToLive: 5 },
        },
      ],
    }),
    heard: said('das ist ja furchtbar'),
  },
  {
    about: 'a confirmation within a dialog, with a label and an attempt',
    event: having(spokenEvent({ transcript: 'はい、お願いします', attributes, locale: 'ja_JP', intent: 'Track' }), {
      invocationSource: 'DialogCodeHook',
      invocationLabel: 'confirmTrack',
      rawInputTranscript: 'はいお願いします',
      intent: { state: 'InProgress', confirmationState: 'Confirmed', slots: {} },
      proposedNextState: {
        dialogAction: { type: 'ConfirmIntent' },
        intent: { name: 'Track', state: 'InProgress', slots: {}, confirmationState: 'None' },
        prompt: { attempt: 'Retry1' },
      },
    }),
    heard: said('はい、お願いします'),
  },
  {
    about: 'an intent that is denied, at its fulfilment',
    event: having(spokenEvent({ transcript: 'no', attributes, intent: 'Track' }), {
      invocationSource: 'FulfillmentCodeHook',
      intent: { state: 'ReadyForFulfillment', confirmationState: 'Denied', kendraResponse: { ResultItems: [] } },
      proposedNextState: null,
    }),
    heard: said('no'),
  },
  {
    about: 'keys, and the key that ends them',
    event: spokenEvent({ mode: 'DTMF', transcript: '123456#', attributes }),
    heard: { type: 'caller.pressed', keys: '123456#' },
  },
  {
    about: 'keys without it, with a pause between',
    event: spokenEvent({ mode: 'DTMF', transcript: '123 456', attributes }),
    heard: { type: 'caller.pressed', keys: '123456' },
  },
  {
    about: 'no keys within the time there was',
    event: spokenEvent({ mode: 'DTMF', transcript: '', attributes }),
    heard: { type: 'caller.silent' },
  },
  {
    about: 'nothing that may be left out',
    event: having(spokenEvent({ transcript: 'hello', attributes }), {
      requestAttributes: undefined,
      transcriptions: undefined,
      proposedNextState: undefined,
      interpretations: undefined,
      responseContentType: undefined,
    }),
    heard: said('hello'),
  },
  {
    about: 'null for what is not there',
    event: having(spokenEvent({ transcript: 'hello', attributes }), {
      requestAttributes: null,
      transcriptions: null,
      proposedNextState: null,
      intent: { slots: null, confirmationState: null },
    }),
    heard: said('hello'),
  },
];
