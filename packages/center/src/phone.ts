import type { Contact, Heard, Reason, Role } from './contact.ts';

/** What comes out of a phone. */
export type Sound =
  /** Words, as text or as SSML, and whose they are. */
  | { readonly type: 'words'; readonly by: Role; readonly content: string; readonly ssml: boolean }
  /** The caller is listened to, once all was said; how, in the session attributes of Lex. Who holds the phone tells of silence. */
  | { readonly type: 'listening'; readonly settings: { readonly [name: string]: string } }
  /** Somebody of the center has taken the call. */
  | { readonly type: 'person'; readonly name: string }
  | { readonly type: 'over'; readonly reason: Reason };

/** A call from the caller's side. */
export interface Phone {
  readonly contact: string;
  /** What was said up to now, and then what comes, until what it returns is called. */
  hear(hear: (sound: Sound) => void): () => void;
  /** `others`: how else it may be understood, and how sure that is, from 0 to 1. */
  say(text: string, others?: readonly (readonly [text: string, sure: number])[]): void;
  /** Keys, one after the other. */
  press(keys: string): void;
  /** Nothing was said for as long as is waited for. */
  silent(): void;
  hangUp(): void;
}

/** The phone at the other end of a call. */
export function phoneOf(contact: Contact): Phone {
  const caller = [...contact.participants.values()].find(({ role }) => role === 'CUSTOMER');
  const heardNow: Sound[] = [];
  const listeners = new Set<(sound: Sound) => void>();
  const sound = (what: Sound) => {
    heardNow.push(what);
    for (const listener of [...listeners]) listener(what);
  };
  contact.watch({
    item: (item, by) => {
      if (by?.role === 'AGENT' && item.ContentType.endsWith('.participant.joined'))
        return sound({ type: 'person', name: by.name });
      if (item.Type !== 'MESSAGE' || item.ParticipantRole === 'CUSTOMER') return;
      const { Content = '', ContentType, ParticipantRole = 'SYSTEM' } = item;
      sound({ type: 'words', by: ParticipantRole, content: Content, ssml: ContentType === 'application/ssml+xml' });
    },
    listening: ({ settings }) => sound({ type: 'listening', settings }),
    over: (reason) => sound({ type: 'over', reason }),
  });
  const hear = (heard: Heard) => {
    if (!contact.ended) contact.hear(heard);
  };
  return {
    contact: contact.id,
    hear(listener) {
      for (const what of heardNow) listener(what);
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    say(text, others) {
      if (contact.ended) return;
      if (caller) contact.say(caller, text);
      hear({ type: 'said', text, ...(others ? { others } : {}) });
    },
    press(keys) {
      for (const key of keys) if (/[0-9*#]/.test(key)) hear({ type: 'pressed', key });
    },
    silent: () => hear({ type: 'silent' }),
    hangUp() {
      if (caller) contact.leave(caller);
      contact.end('CUSTOMER_DISCONNECT');
    },
  };
}
