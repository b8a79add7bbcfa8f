import { ConnectClient } from '@aws-sdk/client-connect';
import { ConnectParticipantClient } from '@aws-sdk/client-connectparticipant';
import { type Chat, connectChat } from '../chat/chat.ts';
import { chatsIn } from '../chat/record.ts';
import { type Entry, variable } from './entry.ts';

/** A part of a chat without Lex, on the topic `PARLEY_TOPIC`. Chats are remembered beside the sessions. */
export const partOfChat =
  (part: 'joined' | 'notified'): Entry['make'] =>
  (...made) =>
    chatOf(...made)[part];

export function chatOf(...[options, { world, aws }]: Parameters<Entry['make']>): Chat {
  return connectChat({
    ...options,
    connect: new ConnectClient(aws),
    participants: new ConnectParticipantClient(aws),
    topic: variable('PARLEY_TOPIC'),
    chats: chatsIn(world.store, () => world.clock.now()),
    pushes: world.pusher?.(options.workflow.name) !== undefined,
  });
}
