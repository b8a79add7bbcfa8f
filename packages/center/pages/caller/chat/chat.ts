/// <reference types="amazon-connect-chatjs" />
import 'amazon-connect-chatjs';
import { z } from 'zod';
import type { CenterInfo } from '../../../src/desk/messages.ts';
import { ask, askCenter } from '../../shared/center.ts';
import { type KeptChat, keep } from '../kept.ts';
import { Changing } from '../store.ts';
import { chatItem, History, type Shown } from './history.ts';
import { INTERACTIVE } from './interactive.ts';

/** A chat as its page shows it. */
export interface ChatView extends Shown {
  readonly state: 'connecting' | 'open' | 'lost' | 'over';
  /** The contact center was started again, and the chat was lost with it. */
  readonly restarted: boolean;
  /** Who is typing. */
  readonly typing: string | undefined;
  /** What went wrong, in words. */
  readonly problem: string | undefined;
}

const begun = z.object({ ContactId: z.string(), ParticipantId: z.string(), ParticipantToken: z.string() });
const page = z.object({ Transcript: z.array(chatItem), NextToken: z.string().nullish() });
const answered = z.object({ Id: z.string() });
/** What chatjs rejects with where the service refused: it nests what went wrong. */
const refused = z.object({ _debug: z.object({ _debug: z.object({ statusCode: z.number() }) }) });

const TEXT = 'text/plain';
const REGION = 'us-east-1';
const TYPING = 'application/vnd.amazonaws.connect.event.typing';
const CHAT_ENDED = 'application/vnd.amazonaws.connect.event.chat.ended';
/** How long somebody counts as typing after it was told, and how long it is waited before another connection is tried. Milliseconds. */
const TYPES = 12_000;
const AGAIN = 2_000;

/** Begins a chat with a workflow, as StartChatContact of Connect does. `after`: the contact whose conversation goes on. */
export async function startChat(
  center: CenterInfo,
  workflow: CenterInfo['workflows'][number],
  after?: string,
): Promise<Chat> {
  const { ContactId, ParticipantId, ParticipantToken } = await ask(begun, 'PUT', '/contact/chat', {
    InstanceId: center.instanceId,
    ContactFlowId: workflow.flowId,
    ParticipantDetails: { DisplayName: 'Caller' },
    ClientToken: crypto.randomUUID(),
    SupportedMessagingContentTypes: [TEXT, INTERACTIVE, `${INTERACTIVE}.response`],
    ...(after === undefined
      ? {}
      : { PersistentChat: { RehydrationType: 'ENTIRE_PAST_SESSION', SourceContactId: after } }),
  });
  const details = { contactId: ContactId, participantId: ParticipantId, participantToken: ParticipantToken };
  return new Chat({ kind: 'chat', workflow: workflow.name, ...details, items: [], started: center.started });
}

/** One chat, through amazon-connect-chatjs as it is. */
export class Chat extends Changing<ChatView> {
  readonly #details: KeptChat;
  readonly #history: History;
  #session: connect.CustomerChatSession | undefined;
  /** Messages go one after the other, so that they arrive in the order in which they were written. */
  #sending: Promise<void>;
  /** The first of them goes once there is a connection. */
  #connectedOnce: () => void = () => undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  /** Connects; after a reload, to the chat that was kept. */
  constructor(details: KeptChat) {
    const history = new History(details.participantId, details.items);
    super({ state: 'connecting', restarted: false, typing: undefined, problem: undefined, ...history.shown });
    this.#details = details;
    this.#history = history;
    this.#sending = new Promise((resolve) => {
      this.#connectedOnce = resolve;
    });
    this.#show();
    if (this.#endSeen()) this.#over();
    else void this.#connect();
  }

  get contact(): string {
    return this.#details.contactId;
  }

  get workflow(): string {
    return this.#details.workflow;
  }

  get own(): string {
    return this.#details.participantId;
  }

  /** Sends a message, or what was picked; `token`: of the message that is sent again. */
  send(text: string, token: string = crypto.randomUUID()): void {
    this.#history.sending(token, text);
    this.#show();
    this.#sending = this.#sending.then(async () => {
      try {
        const { data } = await this.#connected().sendMessage({
          message: text,
          contentType: TEXT,
          clientToken: token,
        });
        this.#history.sent(token, answered.parse(data).Id);
      } catch {
        this.#history.failed(token);
      }
      this.#show();
    });
  }

  /** The caller types: the other side sees it. chatjs tells so at most every ten seconds. */
  types(): void {
    if (this.view().state !== 'open') return;
    // Whoever writes goes on, whether the other side sees it or not.
    this.#connected()
      .sendEvent({ contentType: TYPING })
      ?.catch(() => undefined);
  }

  async end(): Promise<void> {
    try {
      await this.#connected().disconnectParticipant();
    } catch {
      this.change({ problem: 'The chat could not be ended: the contact center does not answer. Try again.' });
    }
  }

  /** Leaves the page's hand. The chat itself goes on, unless it was ended. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#typing);
  }

  async #connect(): Promise<void> {
    if (this.#closed) return;
    const config = {
      endpoint: location.origin,
      region: REGION,
      loggerConfig: { useDefaultLogger: false },
    };
    connect.ChatSession.setGlobalConfig(config);
    const { contactId, participantId, participantToken } = this.#details;
    const session = connect.ChatSession.create({
      chatDetails: { contactId, participantId, participantToken },
      options: { region: REGION },
      type: 'CUSTOMER',
      disableCSM: true,
    });
    this.#session = session;
    const current = (what: () => void) => () => {
      if (this.#session === session && !this.#closed) what();
    };
    session.onMessage(({ data }) => current(() => this.#take(data))());
    session.onTyping(({ data }) => current(() => this.#typed(data))());
    session.onConnectionEstablished(
      current(() => {
        this.#connectedOnce();
        void this.#catchUp(session);
      }),
    );
    session.onConnectionLost(current(() => this.#lost()));
    session.onConnectionBroken(
      current(() => {
        if (this.view().state === 'over') return;
        // It has given up, and we have not.
        this.#lost();
        setTimeout(() => void this.#connect(), AGAIN);
      }),
    );
    session.onEnded(current(() => this.#over()));
    try {
      await session.connect();
    } catch (error) {
      const { statusCode = 500 } = refused.safeParse(error).data?._debug._debug ?? {};
      // Its tokens hold no longer: it came to its end while nobody looked, or was lost.
      if (statusCode >= 400 && statusCode < 500) return this.#refused();
      this.#lost();
      setTimeout(() => void this.#connect(), AGAIN);
    }
  }

  async #refused(): Promise<void> {
    try {
      const { started } = await askCenter();
      this.change({ restarted: started !== this.#details.started });
      this.#over();
    } catch {
      this.#lost();
      setTimeout(() => void this.#connect(), AGAIN);
    }
  }

  /** What was said while nothing was pushed stands in the transcript. */
  async #catchUp(session: connect.CustomerChatSession): Promise<void> {
    try {
      const items: z.infer<typeof chatItem>[] = [];
      let nextToken: string | undefined;
      do {
        const { data } = await session.getTranscript({
          maxResults: 100,
          scanDirection: 'BACKWARD',
          sortOrder: 'ASCENDING',
          ...(nextToken === undefined ? {} : { nextToken }),
        });
        const { Transcript, NextToken } = page.parse(data);
        items.unshift(...Transcript);
        nextToken = NextToken ?? undefined;
      } while (nextToken !== undefined);
      this.#history.merge(items);
      if (this.view().state !== 'over') this.change({ state: 'open', problem: undefined });
      this.#show();
      if (this.#endSeen()) this.#over();
    } catch {
      // Until it is read there is what is pushed.
      setTimeout(() => {
        if (this.#session === session && !this.#closed && this.view().state !== 'over') void this.#catchUp(session);
      }, AGAIN);
    }
  }

  #take(data: unknown): void {
    const item = chatItem.safeParse(data).data;
    if (!item) return;
    this.#history.push(item);
    if (item.ParticipantId !== this.#details.participantId) this.#typed(undefined);
    this.#show();
  }

  #typed(data: unknown): void {
    clearTimeout(this.#typing);
    const typist = chatItem.safeParse(data).data;
    const own = typist?.ParticipantId === this.#details.participantId;
    const name = typist?.ParticipantRole === 'AGENT' ? typist.DisplayName : undefined;
    this.change({ typing: typist && !own ? (name ?? 'The assistant') : undefined });
    if (typist) this.#typing = setTimeout(() => this.change({ typing: undefined }), TYPES);
  }

  #lost(): void {
    if (this.view().state !== 'over') this.change({ state: 'lost', typing: undefined });
  }

  #over(): void {
    this.#connectedOnce();
    clearTimeout(this.#typing);
    this.change({ state: 'over', typing: undefined, problem: undefined });
  }

  #endSeen(): boolean {
    const { contactId } = this.#details;
    return this.#history.shown.items.some(
      ({ ContentType, ContactId }) => ContentType === CHAT_ENDED && ContactId === contactId,
    );
  }

  #connected(): connect.CustomerChatSession {
    if (!this.#session) throw new Error('The chat is not connected.');
    return this.#session;
  }

  #show(): void {
    const { items, outgoing } = this.#history.shown;
    if (!this.#closed) keep({ ...this.#details, items: [...items] });
    this.change({ items, outgoing });
  }
}
