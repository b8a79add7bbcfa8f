import { type Chat, connectChat, memoryChats } from '@parley/connect';
import type { Clock, LogEntry } from '@parley/engine';
import type { CenterWorkflow } from './center.ts';
import type { LambdaFunction } from './flow/lambda.ts';
import { clientConfig } from './names.ts';
import type { Topics } from './sns.ts';

/** What reaches the callers of chats that a bot leads, for a host that says more than it is asked for. */
export type Outward = Pick<Chat, 'push' | 'reaches' | 'stream'>;

export interface ChatBot extends Outward {
  /** The function of the flow's block. */
  readonly joined: LambdaFunction;
  /** The function that is subscribed to the topic. */
  readonly notified: LambdaFunction;
  close(): void;
}

export interface ChatBotOptions {
  /** The ARN of the topic that chats are streamed to. */
  readonly topic: string;
  readonly topics: Topics;
  /** Where the APIs are, once there are chats. */
  readonly endpoint: () => string;
  readonly clock: Clock;
  readonly log: (entry: LogEntry) => void;
}

/** The bot that leads a workflow's chats. It comes in by the APIs of the contact center, through the real clients. */
export function chatBot({ program, door, pushesTo }: CenterWorkflow, options: ChatBotOptions): ChatBot {
  const { topic, topics, endpoint, clock, log } = options;
  let opened: Promise<Chat> | undefined;
  /** The same, once it is there. */
  let chat: Chat | undefined;
  const closing: (() => void)[] = [];

  const open = async (): Promise<Chat> => {
    // Loaded when the first chat needs them, as it takes half a second.
    const [{ ConnectClient }, { ConnectParticipantClient }] = await Promise.all([
      import('@aws-sdk/client-connect'),
      import('@aws-sdk/client-connectparticipant'),
    ]);
    const config = clientConfig(endpoint());
    const connect = new ConnectClient(config);
    const participants = new ConnectParticipantClient(config);
    closing.push(
      () => connect.destroy(),
      () => participants.destroy(),
    );
    chat = connectChat({
      door,
      workflow: program,
      connect,
      participants,
      topic,
      fetcher: topics.published,
      chats: memoryChats(),
      persistent: true,
      pushes: pushesTo !== undefined,
      // A transcript is never behind here: no message has to wait for another.
      hold: 0,
      clock,
      log,
    });
    return chat;
  };
  const theChat = (): Promise<Chat> => {
    opened ??= open();
    return opened;
  };

  return {
    joined: async (event, context) => (await theChat()).joined(event, context),
    notified: async (event, context) => (await theChat()).notified(event, context),
    push: async (reply) => chat?.push(reply),
    reaches: async (session) => (await chat?.reaches(session)) ?? false,
    stream: (session, words) => chat?.stream(session, words),
    close() {
      for (const close of closing) close();
    },
  };
}
