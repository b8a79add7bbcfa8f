import { z } from 'zod';

/** What a caller of the demo does next: says or presses something, says nothing, or hangs up. */
export type DemoLine =
  | string
  | { readonly type: 'caller.pressed'; readonly keys: string }
  | { readonly type: 'caller.silent' }
  | { readonly type: 'caller.left' };

/** Somebody who calls again and again. */
export interface DemoCaller {
  readonly name: string;
  readonly workflow: string;
  readonly channel: 'voice' | 'chat';
  readonly lines: readonly DemoLine[];
}

const line = z.union([
  z.string(),
  z.object({ type: z.literal('caller.pressed'), keys: z.string() }),
  z.object({ type: z.literal('caller.silent') }),
  z.object({ type: z.literal('caller.left') }),
]);
const conversation = z.object({ name: z.string(), channel: z.enum(['voice', 'chat']), lines: z.array(line).min(1) });
/** Who can't be played by a caller alone: in a back end that another conversation left, or with a decider that is down. */
const special = z.union([z.object({ after: z.string() }), z.object({ decider: z.string() })]);

/**
 * The callers of a workflow, of the conversations that its recordings were made of (`CONVERSATIONS` of its `conversations.ts`). Those in which something
 * else happens than what a caller does, such as a signal, are left out; so is what is no conversation.
 */
export function demoCallers(workflow: string, conversations: unknown): readonly DemoCaller[] {
  const all = z.array(z.unknown()).safeParse(conversations).data ?? [];
  return all.flatMap((one) => {
    const read = conversation.safeParse(one);
    return read.success && !special.safeParse(one).success ? [{ workflow, ...read.data }] : [];
  });
}
