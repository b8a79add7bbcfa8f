import type { LexV2Result } from 'aws-lambda';
import { z } from 'zod';
import type { LexAnswer } from '../answer.ts';

/**
 * What Lex V2 takes as a code hook's answer, by its documentation: the response format
 * (docs.aws.amazon.com/lexv2/latest/dg/lambda-response-format.html), the API model of the runtime (`Messages`: at most 10;
 * `Text`: 1 to 1,024 characters; `StringMap`: no empty key) and the quotas (answer 50 KB, session attributes 12 KB in base-64).
 */
const message = z.discriminatedUnion('contentType', [
  z.strictObject({ contentType: z.literal('PlainText'), content: z.string().min(1).max(1024) }),
  z.strictObject({
    contentType: z.literal('SSML'),
    content: z.string().min(1).max(1024).refine(isSsml, 'it is not SSML that Polly documents'),
  }),
]);

const attributes = z
  .record(z.string().min(1), z.string())
  .refine((given) => Buffer.from(JSON.stringify(given)).toString('base64').length <= 12 * 1024, 'too much');

const intent = z.strictObject({
  name: z.string().min(1),
  state: z.enum(['Failed', 'Fulfilled', 'FulfillmentInProgress', 'InProgress', 'ReadyForFulfillment', 'Waiting']),
});

export const accepted = z
  .strictObject({
    sessionState: z.strictObject({
      sessionAttributes: attributes,
      dialogAction: z.strictObject({ type: z.enum(['Close', 'ElicitIntent']) }),
      intent,
    }),
    messages: z.array(message).min(1).max(10).optional(),
  })
  .refine(
    ({ sessionState, messages }) => sessionState.dialogAction.type === 'Close' || messages,
    'no messages to go on',
  )
  .refine((answer) => Buffer.byteLength(JSON.stringify(answer)) <= 50 * 1024, 'too large')
  .refine(({ sessionState }) => validListening(sessionState.sessionAttributes), 'listens in a way there is none');

/** Marks balanced, and of those that Polly documents; all else escaped. */
export function isSsml(text: string): boolean {
  const [, inside] = /^<speak>(.*)<\/speak>$/s.exec(text) ?? [];
  if (inside === undefined) return false;
  const rest = inside
    .replace(/<say-as interpret-as="(?:digits|telephone)">\d+<\/say-as>/g, '')
    .replace(/<say-as interpret-as="date" format="mdy">\d\d-\d\d-\d{4}<\/say-as>/g, '')
    .replace(/<sub alias="[^<>"]*">[^<>]*<\/sub>/g, '')
    .replace(/&(?:amp|lt|gt|quot|apos);/g, '');
  return !/[<>&"']/.test(rest);
}

/** By docs.aws.amazon.com/lexv2/latest/dg/session-attribs-speech.html, and Connect's limit of 15 s. */
function validListening(given: { readonly [name: string]: string }): boolean {
  const times = ['audio:start-timeout-ms', 'audio:end-timeout-ms', 'audio:max-length-ms', 'dtmf:end-timeout-ms'];
  const rules: [string, RegExp][] = [
    ...times.map((name): [string, RegExp] => [name, /^(?:[1-9]\d{0,3}|1[0-4]\d{3}|15000)$/]),
    ['dtmf:max-length', /^(?:[1-9]\d{0,2}|10[01]\d|102[0-4])$/],
    ['dtmf:end-character', /^[A-D0-9#*]$/],
    ['dtmf:deletion-character', /^[A-D0-9#*]$/],
    ['allow-interrupt', /^(?:true|false)$/],
  ];
  return rules.every(([name, rule]) => {
    const value = given[`x-amz-lex:${name}:*:*`];
    return value === undefined || rule.test(value);
  });
}

/** The answer as the types that AWS's users share have it: the compiler checks that it is one. */
export const asTyped = ({ sessionState, messages }: LexAnswer): LexV2Result => ({
  sessionState: { ...sessionState, sessionAttributes: { ...sessionState.sessionAttributes } },
  ...(messages ? { messages: [...messages] } : {}),
});
