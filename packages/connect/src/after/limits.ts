import { ParleyError } from '@parley/workflow';

/** What Connect takes of a field: characters (`bytes`: UTF-8), entries of a map (`least` of them too), a pattern. */
interface Limit {
  readonly least?: number;
  readonly most?: number;
  readonly bytes?: number;
  readonly entries?: number;
  readonly pattern?: RegExp;
  /** Of a map: what its keys and its values may be. */
  readonly keys?: Limit;
  readonly values?: Limit;
}

/** InstanceId, ContactId, ContactFlowId, ClientToken. */
const instance: Limit = { least: 1, most: 100 };
const contact: Limit = { least: 1, most: 256 };
const flow: Limit = { least: 1, most: 500 };
const token: Limit = { most: 500 };
/** Name, Description: of tasks and of calls alike. */
const name: Limit = { most: 1_024 };
const description: Limit = { most: 4_096 };
/** PhoneNumber. */
const phone: Limit = { pattern: /^\+[1-9]\d{1,14}$/ };
/**
 * Attributes: the lengths of AttributeName and AttributeValue. That all of a contact's have 32 KB together, and that names are letters, digits, dashes
 * and underscores, stands in the descriptions of the operations.
 */
const attributes: Limit = {
  bytes: 32_768,
  keys: { least: 1, most: 32_767, pattern: /^[A-Za-z0-9_-]+$/ },
  values: { most: 32_767 },
};

/**
 * What Connect takes, by operation and field: as the API's own model states it (2017-08-08; AWS publishes it with its SDKs, and the page of each
 * operation, https://docs.aws.amazon.com/connect/latest/APIReference/API_OPERATION.html, is made from it), by the names of its shapes.
 */
export const LIMITS = {
  UpdateContactAttributes: { InstanceId: instance, InitialContactId: contact, Attributes: attributes },
  StartTaskContact: {
    InstanceId: instance,
    RelatedContactId: contact,
    ContactFlowId: flow,
    // The model takes an empty one; nobody knows what such a task is about.
    Name: { ...name, least: 1 },
    Description: description,
    Attributes: attributes,
    ClientToken: token,
  },
  StartOutboundVoiceContact: {
    InstanceId: instance,
    RelatedContactId: contact,
    ContactFlowId: flow,
    DestinationPhoneNumber: phone,
    SourcePhoneNumber: phone,
    Name: name,
    Description: description,
    Attributes: attributes,
    ClientToken: token,
  },
  TagContact: {
    InstanceId: instance,
    ContactId: contact,
    // ContactTagMap. From + to = are the digits as well: the range stands in the pattern like that.
    Tags: {
      least: 1,
      entries: 6,
      keys: { least: 1, most: 128, pattern: /^(?!aws:)[a-zA-Z+-=._:/]+$/ },
      values: { most: 256 },
    },
  },
  StopContact: { InstanceId: instance, ContactId: contact },
} as const satisfies { readonly [operation: string]: { readonly [field: string]: Limit } };

/**
 * Looks at a request before it is sent. Throws ParleyError `connect/limit`, which names the field and what of it is wrong, but
 * nothing of what it holds.
 */
export function withinLimits<T extends object>(operation: keyof typeof LIMITS, request: T): T {
  const limits: { readonly [field: string]: Limit } = LIMITS[operation];
  for (const [field, value] of Object.entries(request)) {
    const limit = limits[field];
    const wrong = limit === undefined || value === undefined ? undefined : wrongWith(value, limit);
    if (wrong !== undefined) {
      throw new ParleyError('connect/limit', `Connect would not take this ${operation}: ${field} ${wrong}.`, {
        fix: 'Nothing was sent. Make it shorter, or leave it out.',
      });
    }
  }
  return request;
}

function wrongWith(value: unknown, limit: Limit): string | undefined {
  const { least = 0, most = Number.POSITIVE_INFINITY, pattern, entries = Number.POSITIVE_INFINITY } = limit;
  if (typeof value === 'string') {
    // Its limits count characters, not UTF-16 units.
    const length = [...value].length;
    if (length < least) return 'is empty';
    if (length > most) return `has ${length} characters, of at most ${most}`;
    return pattern?.test(value) === false ? 'is not in the form that is asked for' : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const pairs = Object.entries(value);
  if (pairs.length < least) return 'is empty';
  if (pairs.length > entries) return `has ${pairs.length} entries, of at most ${entries}`;
  const bytes = pairs.reduce((sum, [key, text]) => sum + Buffer.byteLength(key) + Buffer.byteLength(String(text)), 0);
  if (limit.bytes !== undefined && bytes > limit.bytes) return `has ${bytes} bytes, of at most ${limit.bytes}`;
  for (const [key, text] of pairs) {
    const wrong = limit.keys && wrongWith(key, limit.keys);
    if (wrong !== undefined) return `has a name that ${wrong}`;
    const wrongValue = limit.values && wrongWith(text, limit.values);
    if (wrongValue !== undefined) return `has a value that ${wrongValue}`;
  }
  return undefined;
}
