import { z } from 'zod';
import type { Center } from '../center.ts';
import type { Contact } from '../contact.ts';
import { lexListening } from '../lex/listening.ts';

/** A caller's end of a contact. */
export interface CallerLine {
  readonly contact: string;
  say(text: string): void;
  /** They type. */
  typing(): void;
  press(keys: string): void;
  silent(): void;
  leave(): void;
}

/** What a caller hears. */
export interface Hears {
  /** Somebody said something. `agent`: it was a person. */
  words(agent: boolean): void;
  /** It is their turn: for how long silence is waited for, in milliseconds, and how many keys. Calls only. */
  listening(silence: number, keys: number): void;
  over(): void;
}

/** Calls a workflow. */
export function openCall(center: Center, workflow: string, from: string, hears: Hears): CallerLine {
  const phone = center.call(workflow, from);
  phone.hear((sound) => {
    switch (sound.type) {
      case 'words':
        return hears.words(sound.by === 'AGENT');
      case 'listening': {
        const { silence, keys = 1 } = lexListening(sound.settings);
        return hears.listening(silence, keys);
      }
      case 'over':
        return hears.over();
    }
  });
  return {
    contact: phone.contact,
    say: (text) => phone.say(text),
    typing: () => undefined,
    press: (keys) => phone.press(keys),
    silent: () => phone.silent(),
    leave: () => phone.hangUp(),
  };
}

const begun = z.object({ ContactId: z.string(), ParticipantToken: z.string() });
const connected = z.object({ ConnectionCredentials: z.object({ ConnectionToken: z.string() }) });

/** Begins a chat with a workflow, by the requests of a real client. Rejects where the contact center does not answer. */
export async function openChat(center: Center, workflow: string, name: string, hears: Hears): Promise<CallerLine> {
  const ask = async (method: string, path: string, bearer: string | undefined, body: object): Promise<unknown> => {
    const response = await fetch(`${center.endpoint}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(bearer === undefined ? {} : { 'x-amz-bearer': bearer }) },
      body: JSON.stringify(body),
    });
    return response.json();
  };
  const { ContactId, ParticipantToken } = begun.parse(
    await ask('PUT', '/contact/chat', undefined, {
      InstanceId: center.instanceId,
      ContactFlowId: center.flowId(workflow),
      ParticipantDetails: { DisplayName: name },
    }),
  );
  listen(center.contacts.find(ContactId), hears);
  const { ConnectionCredentials } = connected.parse(
    await ask('POST', '/participant/connection', ParticipantToken, {
      Type: ['CONNECTION_CREDENTIALS'],
      ConnectParticipant: true,
    }),
  );
  const tell = (path: string, body: object) => {
    // Who speaks in a contact that is just over is told so, which changes nothing.
    void ask('POST', path, ConnectionCredentials.ConnectionToken, body).catch(() => undefined);
  };
  return {
    contact: ContactId,
    say: (text) => tell('/participant/message', { ContentType: 'text/plain', Content: text }),
    typing: () => tell('/participant/event', { ContentType: 'application/vnd.amazonaws.connect.event.typing' }),
    // A chat has neither keys nor silence.
    press: () => undefined,
    silent: () => undefined,
    leave: () => tell('/participant/disconnect', {}),
  };
}

function listen(contact: Contact | undefined, hears: Hears): void {
  contact?.watch({
    item: ({ Type, ...item }) => {
      if (Type !== 'MESSAGE' || !('ParticipantRole' in item) || item.ParticipantRole === 'CUSTOMER') return;
      hears.words(item.ParticipantRole === 'AGENT');
    },
    over: () => hears.over(),
  });
}
