import type { Item } from './contact.ts';
import { ACCOUNT_ID, INSTANCE } from './names.ts';

/**
 * What SNS delivers of a chat whose messages are streamed.
 * Source: https://docs.aws.amazon.com/connect/latest/adminguide/sns-message-stream-data.html
 */
export interface Notice {
  /** The chat item, as JSON. */
  readonly Message: string;
  readonly MessageAttributes: { readonly [name: string]: { readonly Type: 'String'; readonly Value: string } };
}

/** The notice of an item of a chat. */
export function noticeOf(item: Item): Notice {
  const attributes = {
    InitialContactId: item.InitialContactId,
    ContactId: item.ContactId,
    ParticipantRole: item.ParticipantRole ?? 'SYSTEM',
    InstanceId: INSTANCE,
    AccountId: ACCOUNT_ID,
    Type: item.Type,
    ContentType: item.ContentType,
    MessageVisibility: 'ALL',
  };
  return {
    Message: JSON.stringify(item),
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, Value]) => [name, { Type: 'String' as const, Value }]),
    ),
  };
}
