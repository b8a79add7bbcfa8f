import type { TurnRequest } from '@parley/engine';
import { ParleyError } from '@parley/workflow';
import { z } from 'zod';
import { text, texts } from '../loose.ts';

const contactData = z.object({
  Attributes: texts,
  Channel: text,
  ContactId: text,
  InitialContactId: text,
  InstanceARN: text,
  CustomerEndpoint: z.object({ Address: text }).catch({ Address: '' }),
});
const details = z.object({
  ContactData: contactData.catch(contactData.parse({ CustomerEndpoint: {} })),
  Parameters: texts,
});
const blockEvent = z.object({ Details: details.catch(details.parse({ ContactData: {} })) });

/** What is read of the event of a flow's "Invoke AWS Lambda function" block. */
export interface BlockEvent {
  readonly contact: string;
  /** The contact that the chain of contacts began with. */
  readonly initial: string;
  /** The id of the Connect instance. */
  readonly instance: string;
  readonly channel: 'voice' | 'chat';
  readonly address: string | undefined;
  readonly attributes: { readonly [name: string]: string };
  readonly parameters: { readonly [name: string]: string };
}

/**
 * Reads the event of a flow's block: whatever it is, something comes of it.
 * Source of its shape: https://docs.aws.amazon.com/connect/latest/adminguide/connect-lambda-functions.html
 */
export function readBlockEvent(given: unknown): BlockEvent {
  const read = blockEvent.safeParse(given);
  const { ContactData, Parameters } = (read.success ? read.data : blockEvent.parse({ Details: {} })).Details;
  const { ContactId, InitialContactId, InstanceARN, Channel, CustomerEndpoint, Attributes } = ContactData;
  return {
    contact: ContactId,
    initial: InitialContactId || ContactId,
    instance: /instance\/([A-Za-z0-9-]{1,100})$/.exec(InstanceARN)?.[1] ?? '',
    channel: Channel === 'VOICE' ? 'voice' : 'chat',
    address: CustomerEndpoint.Address === '' ? undefined : CustomerEndpoint.Address.slice(0, 256),
    attributes: Attributes,
    parameters: Parameters,
  };
}

/**
 * What happened to the contact, by the block's parameters: `event` says what (start, said, pressed, silent, left, signal), `text`,
 * `keys`, `signal` and `data` (JSON) the rest. Undefined: the session begins. Left out, `event` is what the others make of it.
 * Throws ParleyError `connect/bad-parameters`.
 */
export function happened({
  parameters,
}: BlockEvent): Exclude<TurnRequest['event'], { type: 'session.started' }> | undefined {
  const { text = '', keys = '', signal = '', data = '', turn = '' } = parameters;
  const silent = turn === '' ? 'start' : 'silent';
  const kind = parameters['event'] || (signal ? 'signal' : keys ? 'pressed' : text ? 'said' : silent);
  switch (kind) {
    case 'start':
      return undefined;
    case 'said':
      return text.trim() === '' ? { type: 'caller.silent' } : { type: 'caller.said', text };
    case 'pressed':
      // What a flow stores where nobody pressed anything is a word, such as "Timeout".
      return /^[0-9*#]{1,64}$/.test(keys) ? { type: 'caller.pressed', keys } : { type: 'caller.silent' };
    case 'silent':
      return { type: 'caller.silent' };
    case 'left':
      return { type: 'caller.left' };
    case 'signal':
      return { type: 'signal.received', name: signal, data: jsonOf(data) };
    default:
      throw new ParleyError('connect/bad-parameters', "The block's parameter `event` is none that there is.", {
        fix: 'Give it start, said, pressed, silent, left or signal.',
      });
  }
}

/** Data as JSON; what is none is a text. */
function jsonOf(data: string): z.core.util.JSONType {
  try {
    return z.json().parse(JSON.parse(data));
  } catch {
    return data;
  }
}
