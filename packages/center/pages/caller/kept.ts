import { z } from 'zod';
import { chatItem } from './chat/history.ts';

/** What a tab keeps of its conversation, so that a reload does not end it. Another tab has its own. */
const kept = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('chat'),
    workflow: z.string(),
    contactId: z.string(),
    participantId: z.string(),
    participantToken: z.string(),
    items: z.array(chatItem),
    /** When the contact center was started that it is with. */
    started: z.number(),
  }),
  z.object({
    kind: z.literal('call'),
    workflow: z.string(),
    call: z.string(),
    contact: z.string(),
    started: z.number(),
    /** The number of the last entry that was said aloud, or needs not be. */
    spoken: z.int(),
  }),
]);
export type Kept = z.infer<typeof kept>;
export type KeptChat = Extract<Kept, { kind: 'chat' }>;
export type KeptCall = Extract<Kept, { kind: 'call' }>;

const KEY = 'parley.conversation';

export function readKept(): Kept | undefined {
  try {
    return kept.safeParse(JSON.parse(sessionStorage.getItem(KEY) ?? '')).data;
  } catch {
    return undefined;
  }
}

export function keep(what: Kept): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(what));
  } catch {
    // A browser that keeps nothing has a conversation that ends with a reload.
  }
}

export const forget = (): void => sessionStorage.removeItem(KEY);
