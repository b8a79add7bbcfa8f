import { z } from 'zod';

/** Who sits at this tab, over reloads: whoever has the token is the agent. */
const agent = z.object({ token: z.string(), name: z.string() });
export type KeptAgent = z.infer<typeof agent>;

const AGENT = 'parley-agent';
const SELECTED = 'parley-agent-contact';

export function keptAgent(): KeptAgent | undefined {
  try {
    return agent.parse(JSON.parse(sessionStorage.getItem(AGENT) ?? ''));
  } catch {
    return undefined;
  }
}

export function keepAgent(name: string): KeptAgent {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  const kept = { name, token: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('') };
  sessionStorage.setItem(AGENT, JSON.stringify(kept));
  return kept;
}

export function forgetAgent(): void {
  sessionStorage.removeItem(AGENT);
  sessionStorage.removeItem(SELECTED);
}

/** The contact that was looked at last. */
export const keptContact = (): string | undefined => sessionStorage.getItem(SELECTED) ?? undefined;

export function keepContact(contact: string | undefined): void {
  if (contact === undefined) sessionStorage.removeItem(SELECTED);
  else sessionStorage.setItem(SELECTED, contact);
}
