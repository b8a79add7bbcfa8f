import { z } from 'zod';

/**
 * What Lex V2 takes as a code hook's answer; more fields than these it passes over.
 * Sources: https://docs.aws.amazon.com/lexv2/latest/dg/lambda-response-format.html, the runtime's API model (at most 10 messages of
 * 1 to 1,024 characters) and its quotas (an answer of 50 KB, 12 KB of session attributes in base-64).
 */
const message = z
  .object({
    contentType: z.enum(['PlainText', 'SSML', 'CustomPayload', 'ImageResponseCard']),
    content: z.string().min(1).max(1024).optional(),
    imageResponseCard: z.object({ title: z.string().min(1).max(250) }).optional(),
  })
  .refine(({ contentType, content }) => contentType === 'ImageResponseCard' || content !== undefined)
  .refine(
    ({ contentType, imageResponseCard }) => contentType !== 'ImageResponseCard' || imageResponseCard !== undefined,
  )
  .refine(({ contentType, content = '' }) => contentType !== 'SSML' || isSsml(content));

const state = z.enum(['Failed', 'Fulfilled', 'FulfillmentInProgress', 'InProgress', 'ReadyForFulfillment', 'Waiting']);
const slots = z.record(z.string(), z.unknown());
const answer = z
  .object({
    sessionState: z.object({
      sessionAttributes: z
        .record(z.string().min(1), z.string())
        .refine((given) => Math.ceil(Buffer.byteLength(JSON.stringify(given)) / 3) * 4 <= 12 * 1024)
        .default({}),
      dialogAction: z.object({
        type: z.enum(['Close', 'ConfirmIntent', 'Delegate', 'ElicitIntent', 'ElicitSlot']),
        slotToElicit: z.string().min(1).optional(),
      }),
      intent: z.object({ name: z.string().min(1), state, slots: slots.nullish() }).optional(),
    }),
    messages: z.array(message).min(1).max(10).optional(),
  })
  .refine(({ sessionState: { dialogAction, intent } }) => dialogAction.type === 'ElicitIntent' || intent !== undefined)
  .refine(({ sessionState: { dialogAction } }) => dialogAction.type !== 'ElicitSlot' || dialogAction.slotToElicit)
  .refine(
    ({ sessionState: { dialogAction }, messages }) =>
      !['ElicitIntent', 'ConfirmIntent'].includes(dialogAction.type) || messages !== undefined,
  );

export type HookAnswer = z.output<typeof answer>;

/** The answer of a hook, or undefined where Lex would refuse it. `intents`: those of the bot. */
export function readAnswer(given: unknown, intents: ReadonlySet<string>): HookAnswer | undefined {
  if (Buffer.byteLength(JSON.stringify(given) ?? '') > 50 * 1024) return undefined;
  const read = answer.safeParse(given);
  const name = read.data?.sessionState.intent?.name;
  return name === undefined || intents.has(name) ? read.data : undefined;
}

/** Whether marks are balanced, within one `<speak>`. */
function isSsml(text: string): boolean {
  const open: string[] = [];
  let roots = 0;
  let rest = '';
  let from = 0;
  for (const { 0: tag, 1: closing, 2: name = '', 3: single, index } of text.matchAll(/<(\/?)([\w:-]+)[^<>]*?(\/?)>/g)) {
    const between = text.slice(from, index);
    if (open.length === 0) rest += between.trim();
    if (/[<>]|&(?!\w+;|#\d+;)/.test(between)) return false;
    from = index + tag.length;
    if (closing) {
      if (open.pop() !== name) return false;
    } else {
      if (open.length === 0 && (name !== 'speak' || ++roots > 1)) return false;
      if (!single) open.push(name);
    }
  }
  return roots === 1 && open.length === 0 && rest === '' && text.slice(from).trim() === '';
}
