import { z } from 'zod';
import { text, texts } from '../loose.ts';

const slot = z.object({
  value: z.object({ interpretedValue: text }).catch({ interpretedValue: '' }),
  subSlots: z.record(z.string(), z.unknown()).catch({}),
});

interface Slot {
  readonly name: string;
  readonly value: string;
}

/** The slots that have a value; a composite one's parts are slots as well. */
const slotsIn = (given: { readonly [name: string]: unknown }): readonly Slot[] =>
  Object.entries(given).flatMap(([name, one]) => {
    const { value, subSlots = {} } = slot.safeParse(one).data ?? {};
    const own = value === undefined || value.interpretedValue === '' ? [] : [{ name, value: value.interpretedValue }];
    return [...own, ...slotsIn(subSlots)];
  });
const slots = z.record(z.string(), z.unknown()).catch({}).transform(slotsIn);

const transcription = z.object({
  transcription: text,
  transcriptionConfidence: z.number().optional().catch(undefined),
  resolvedSlots: slots,
});
const intent = z.object({ name: text, slots }).catch({ name: '', slots: [] });

const lexEvent = z.object({
  inputMode: z.enum(['DTMF', 'Speech', 'Text']).optional().catch(undefined),
  sessionId: text,
  inputTranscript: text,
  requestAttributes: texts,
  sessionState: z
    .object({ sessionAttributes: texts, intent, originatingRequestId: text })
    .catch({ sessionAttributes: {}, intent: { name: '', slots: [] }, originatingRequestId: '' }),
  transcriptions: z
    .array(z.unknown())
    .catch([])
    .transform((all) => all.flatMap((one) => transcription.safeParse(one).data ?? [])),
});

/** What the code hook reads of an event of Lex V2. */
export type LexEvent = z.output<typeof lexEvent>;

/**
 * Reads an event of Lex V2: whatever it is, something comes of it.
 * Source of its shape: https://docs.aws.amazon.com/lexv2/latest/dg/lambda-input-format.html
 */
export function readLexEvent(given: unknown): LexEvent {
  const read = lexEvent.safeParse(given);
  return read.success ? read.data : lexEvent.parse({});
}

/** The channel the contact is on: what Connect says, else how the input came. */
export function channelOf({ requestAttributes, inputMode }: LexEvent): 'voice' | 'chat' {
  const platform = requestAttributes['x-amz-lex:channels:platform'];
  if (platform === 'Connect Chat') return 'chat';
  return platform !== 'Connect' && inputMode === 'Text' ? 'chat' : 'voice';
}

/** Whether what is said may be SSML: where whoever plays it says what it takes, SSML is among that. */
export function takesSsml(event: LexEvent): boolean {
  const takes = event.requestAttributes['x-amz-lex:accept-content-types'];
  return channelOf(event) === 'voice' && (takes === undefined || takes.includes('SSML'));
}
