import { EventStreamCodec } from '@smithy/core/event-streams';
import { fromUtf8, toUtf8 } from '@smithy/core/serde';

export const EVENT_STREAM = 'application/vnd.amazon.eventstream';

/** An event of a stream, or the exception that ends it, before it is framed. */
export type StreamMessage =
  | { readonly type: 'event'; readonly name: string; readonly data: unknown }
  | { readonly type: 'exception'; readonly name: string; readonly message: string };

const codec = new EventStreamCodec(toUtf8, fromUtf8);

/**
 * A message as bytes on the wire: lengths and a CRC of them, headers, the payload as JSON, and a CRC of it all (Smithy's
 * "Amazon Event Stream Specification").
 */
export function frame(message: StreamMessage): Uint8Array {
  const [kind, payload] =
    message.type === 'event' ? [':event-type', message.data] : [':exception-type', { message: message.message }];
  const text = (value: string) => ({ type: 'string' as const, value });
  return codec.encode({
    headers: {
      [kind]: text(message.name),
      ':content-type': text('application/json'),
      ':message-type': text(message.type),
    },
    body: new TextEncoder().encode(JSON.stringify(payload)),
  });
}
