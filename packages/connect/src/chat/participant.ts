import type { ConnectClient } from '@aws-sdk/client-connect';
import type { ConnectParticipantClient } from '@aws-sdk/client-connectparticipant';
import { ParleyError } from '@parley/workflow';
import { sdk } from '../sdk.ts';
import { type Item, readItem } from './item.ts';
import type { INTERACTIVE } from './picker.ts';

/** The tokens of a bot that takes part in a chat: secrets. */
export interface Tokens {
  readonly participant: string;
  readonly connection: string;
}

/** A message as SendMessage takes it. */
export interface Post {
  readonly contentType: 'text/plain' | typeof INTERACTIVE;
  readonly content: string;
  /** The same for the same message, so that it is posted once however often it is sent. */
  readonly token: string;
}

const TYPING = 'application/vnd.amazonaws.connect.event.typing';
/** How many items of a transcript are read at once, and how often. */
const PAGE = 30;
const PAGES = 10;

export interface ParticipantOptions {
  readonly connect: ConnectClient;
  readonly participants: ConnectParticipantClient;
  /** The SNS topic that the chat is streamed to. */
  readonly topic: string;
  /** What the caller sees as the bot's name. */
  readonly displayName: string;
}

/** The bot's place in a chat, as Connect's and the Participant service's APIs have it. Every call may be made again. */
export class Participant {
  readonly #options: ParticipantOptions;

  constructor(options: ParticipantOptions) {
    this.#options = options;
  }

  /** Has the chat streamed, and joins it as a custom bot: within 15 s, or Connect takes the bot out again. */
  async join(instance: string, contact: string): Promise<Tokens> {
    const { CreateParticipantCommand, StartContactStreamingCommand } = await sdk();
    const { connect, topic, displayName } = this.#options;
    const who = { InstanceId: instance, ContactId: contact };
    await connect.send(
      new StartContactStreamingCommand({
        ...who,
        ChatStreamingConfiguration: { StreamingEndpointArn: topic },
        ClientToken: `${contact}-stream`,
      }),
    );
    const made = await connect.send(
      new CreateParticipantCommand({
        ...who,
        ParticipantDetails: { ParticipantRole: 'CUSTOM_BOT', DisplayName: displayName },
        ClientToken: `${contact}-bot`,
      }),
    );
    const participant = made.ParticipantCredentials?.ParticipantToken;
    if (!participant) throw noToken();
    return { participant, connection: await this.connection(participant) };
  }

  /** A connection for a bot that takes part already. */
  async connection(participant: string): Promise<string> {
    const { CreateParticipantConnectionCommand } = await sdk();
    const made = await this.#options.participants.send(
      new CreateParticipantConnectionCommand({
        ParticipantToken: participant,
        Type: ['CONNECTION_CREDENTIALS'],
        ConnectParticipant: true,
      }),
    );
    const token = made.ConnectionCredentials?.ConnectionToken;
    if (!token) throw noToken();
    return token;
  }

  async post(connection: string, { contentType, content, token }: Post): Promise<void> {
    const { SendMessageCommand } = await sdk();
    await this.#options.participants.send(
      new SendMessageCommand({
        ConnectionToken: connection,
        ContentType: contentType,
        Content: content,
        ClientToken: token,
      }),
    );
  }

  async typing(connection: string): Promise<void> {
    const { SendEventCommand } = await sdk();
    await this.#options.participants.send(new SendEventCommand({ ConnectionToken: connection, ContentType: TYPING }));
  }

  /** Ends the bot's part: the flow goes on. One that is out already is out. */
  async leave(connection: string, contact: string): Promise<void> {
    const { DisconnectParticipantCommand } = await sdk();
    try {
      await this.#options.participants.send(
        new DisconnectParticipantCommand({ ConnectionToken: connection, ClientToken: `${contact}-left` }),
      );
    } catch (error) {
      if (!isOut(error)) throw error;
    }
  }

  /** What the customer did in this contact, as the chat itself has it: at least all since the item `after`. */
  async transcript(connection: string, contact: string, after: string | undefined): Promise<readonly Item[]> {
    const { GetTranscriptCommand } = await sdk();
    const items: Item[] = [];
    let next: string | undefined;
    let enough = false;
    for (let page = 0; page < PAGES; page++) {
      const got = await this.#options.participants.send(
        new GetTranscriptCommand({
          ConnectionToken: connection,
          MaxResults: PAGE,
          ScanDirection: 'BACKWARD',
          SortOrder: 'DESCENDING',
          ...(next === undefined ? {} : { NextToken: next }),
        }),
      );
      for (const raw of got.Transcript ?? []) {
        // A persistent chat has what was said in contacts before this one as well.
        if (raw.RelatedContactId !== undefined || (raw.ContactId ?? contact) !== contact) return items;
        enough ||= raw.Id === after;
        const item = readItem(raw);
        if (item) items.push(item);
      }
      next = got.NextToken;
      if (!next || enough) return items;
    }
    return items;
  }

  /** The contact that a persistent chat goes on from, where this contact does. */
  async continues(instance: string, contact: string): Promise<string | undefined> {
    const { DescribeContactCommand } = await sdk();
    const { Contact } = await this.#options.connect.send(
      new DescribeContactCommand({ InstanceId: instance, ContactId: contact }),
    );
    return Contact?.RelatedContactId;
  }
}

/** The bot is not in the chat, or its connection is none any more. */
export const isOut = (error: unknown): boolean => error instanceof Error && error.name === 'AccessDeniedException';

/** The service does not take such a message. */
export const isRefused = (error: unknown): boolean => error instanceof Error && error.name === 'ValidationException';

const noToken = () =>
  new ParleyError('connect/no-token', 'Connect gave the bot no token.', {
    fix: 'Is the contact a chat that is not over yet?',
  });
