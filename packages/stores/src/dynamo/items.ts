import { createHash, randomBytes } from 'node:crypto';
import { isUint8Array } from 'node:util/types';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { JournalEvent } from '@parley/engine';
import { z } from 'zod';
import { type Kept, toText } from '../codec.ts';
import type { Item, Key } from './requests.ts';

/**
 * The items of the table.
 *
 * | pk | sk | |
 * |---|---|---|
 * | `s NAME` | `head` | a session: its state, and all of its last commit. Written on condition, and the only one in an index |
 * | `s NAME` | `LIFE j SEQ REVISION` | the events of an earlier commit |
 * | `s NAME` | `LIFE r ID REVISION` | the reply of an earlier commit |
 * | `s NAME` | `LIFE p PARTS N` | a part of a text that is too large for its item |
 * | `w VERSION` | `head` | a workflow |
 * | `w VERSION` | `w p PARTS N` | a part of its source |
 *
 * A *life* is a session from its beginning to its removal: a name may have several, one after the other.
 */
export const HEAD = 'head';

/** How large a part is, in bytes: an item takes 409,600 with all its names. */
const PART = 350_000;

/** A text as it is kept: within its item, or in parts beside it. */
export type Held = Uint8Array | Parts;
export interface Parts {
  readonly parts: string;
  readonly count: number;
}

export interface Head {
  readonly kind: 'session';
  readonly pk: string;
  readonly life: string;
  /** What encrypts the texts of this life, as the store's codec keeps it: without the head, none of them can be read. */
  readonly key: Kept;
  /** Which commit wrote it: no two have the same. */
  readonly commit: string;
  readonly revision: number;
  readonly seq: number;
  readonly workflow: string;
  readonly version: string;
  readonly status: 'active' | 'ended';
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly working: boolean;
  /** JSON: `[name, due]` each. */
  readonly timers: readonly (readonly [string, number])[];
  readonly removeAt: number | undefined;
  readonly snapshot: Held;
  /** Of the last commit. */
  readonly events: Held | undefined;
  readonly reply: { readonly id: string; readonly held: Held } | undefined;
}

/** What is left of a session while it is being removed: nobody sees it any more, and a sweep finds it. */
export interface Removed {
  readonly kind: 'removed';
  readonly life: string;
  readonly commit: string;
}

export const newId = (): string => randomBytes(9).toString('base64url');
export const sessionKey = (session: string): string => `s ${toText(session)}`;
export const workflowKey = (version: string): string => `w ${toText(version)}`;
const padded = (count: number): string => String(count).padStart(16, '0');
// An id may be longer than a key.
const hashed = (id: string): string => createHash('sha256').update(toText(id)).digest('base64url');

/** Which shard of the indexes a session is in. */
export function shardOf(pk: string, shards: number): number {
  return createHash('sha256').update(pk).digest().readUInt32BE() % shards;
}

// ---- keys within a session. '~' comes after all that is in them.

export const journalKey = (life: string, seq: number, revision: number): string =>
  `${life} j ${padded(seq)} ${padded(revision)}`;
/** From the first commit whose last event comes after `after`. */
export const journalRange = (life: string, after: number): [string, string] => [
  `${life} j ${padded(after)} ~`,
  `${life} j ~`,
];
export const replyKey = (life: string, id: string, revision: number): string =>
  `${life} r ${hashed(id)} ${padded(revision)}`;
export const replyRange = (life: string, id: string): [string, string] => [
  `${life} r ${hashed(id)} `,
  `${life} r ${hashed(id)} ~`,
];
export const partsRange = (life: string, { parts }: Parts): [string, string] => [
  `${life} p ${parts} `,
  `${life} p ${parts} ~`,
];
export const partKeys = (pk: string, life: string, { parts, count }: Parts): Key[] =>
  Array.from({ length: count }, (_, n) => ({ pk, sk: `${life} p ${parts} ${padded(n)}` }));
/** Whose an item beside a head is. */
export const lifeOf = (sk: string): string => sk.slice(0, sk.indexOf(' '));

// ---- texts too large for an item

/**
 * Decides which of these texts go into the item, at most `inline` bytes in all, and gives the items of the others' parts, the largest first.
 * `written`: the time, by which a part is known that nobody will ever refer to.
 */
export function placed(
  pk: string,
  life: string,
  written: number,
  texts: readonly (Uint8Array | undefined)[],
  inline: number,
): { readonly held: readonly (Held | undefined)[]; readonly parts: readonly Item[] } {
  const held: (Held | undefined)[] = [...texts];
  const parts: Item[] = [];
  const size = () => held.reduce((sum, text) => sum + (isUint8Array(text) ? text.length : 0), 0);
  while (size() > inline) {
    const [text, at] = held
      .map((text, index) => [isUint8Array(text) ? text : new Uint8Array(), index] as const)
      .reduce((largest, one) => (one[0].length > largest[0].length ? one : largest));
    const whole: Parts = { parts: newId(), count: Math.ceil(text.length / PART) };
    for (const [n, { sk }] of partKeys(pk, life, whole).entries()) {
      const bytes = text.subarray(n * PART, (n + 1) * PART);
      parts.push({ pk: { S: pk }, sk: { S: sk }, written: { N: String(written) }, bytes: { B: bytes } });
    }
    held[at] = whole;
  }
  return { held, parts };
}

const isHeldInline = (held: Held): held is Uint8Array => isUint8Array(held);
export const heldAttribute = (held: Held): AttributeValue =>
  isHeldInline(held) ? { B: held } : { S: `${held.parts} ${held.count}` };

// ---- writing and reading items

const S = z.object({ S: z.string() }).transform(({ S }) => S);
const N = z.object({ N: z.string() }).transform(({ N }) => Number(N));
const B = z.object({ B: z.custom<Uint8Array>(isUint8Array) }).transform(({ B }): Uint8Array => B);
const held = z.union([
  B,
  S.transform((text): Parts => {
    const [parts = '', count = ''] = text.split(' ');
    return { parts, count: Number(count) };
  }),
]);
const timersText = S.transform((text) => z.array(z.tuple([z.string(), z.number()])).parse(JSON.parse(text)));
const of = <T extends string>(...values: T[]) => S.pipe(z.enum(values));

const headItem = z
  .object({
    kind: of('session'),
    pk: S,
    life: S,
    key: z.union([S, B]),
    commit: S,
    revision: N,
    seq: N,
    workflow: S,
    version: S,
    status: of('active', 'ended'),
    startedAt: N,
    updatedAt: N,
    workingSince: N.optional(),
    timers: timersText,
    removeAt: N.optional(),
    snapshot: held,
    events: held.optional(),
    answers: S.optional(),
    reply: held.optional(),
  })
  .transform(
    ({ workingSince, answers, reply, events, removeAt, ...rest }): Head => ({
      ...rest,
      working: workingSince !== undefined,
      events,
      removeAt,
      reply: answers === undefined || reply === undefined ? undefined : { id: answers, held: reply },
    }),
  );
const removedItem = z.object({ kind: of('removed'), pk: S, life: S, commit: S });
const anyHead = z.union([headItem, removedItem]);
const journalItem = z.object({ sk: S, revision: N, commit: S, events: held.optional() });
const replyItem = z.object({ revision: N, reply: held });
const partItem = z.object({ bytes: B });
const workflowItem = z.object({ workflow: S, source: held });
const besideItem = z.object({ pk: S, sk: S, written: N.optional() });

export const readHead = (item: Item): (Head & { pk: string }) | (Removed & { pk: string }) => anyHead.parse(item);
export const readJournal = (item: Item) => journalItem.parse(item);
export const readReply = (item: Item) => replyItem.parse(item);
export const readPart = (item: Item): Uint8Array => partItem.parse(item).bytes;
export const readWorkflow = (item: Item) => workflowItem.parse(item);
/** An item's key, and when it was written where it is none of a head. */
export const readBeside = (item: Item) => besideItem.parse(item);
/** The attributes that `readBeside` takes. */
export const BESIDE = 'pk, sk, written';

const text = (S: string): AttributeValue => ({ S });
const number = (value: number): AttributeValue => ({ N: String(value) });

export function headToItem(head: Head, shards: number): Item {
  const due = head.timers.reduce((least, [, due]) => Math.min(least, due), Number.POSITIVE_INFINITY);
  const { events, reply, removeAt } = head;
  return {
    pk: text(head.pk),
    sk: text(HEAD),
    kind: text(head.kind),
    life: text(head.life),
    key: typeof head.key === 'string' ? text(head.key) : { B: head.key },
    commit: text(head.commit),
    revision: number(head.revision),
    seq: number(head.seq),
    workflow: text(head.workflow),
    version: text(head.version),
    status: text(head.status),
    startedAt: number(head.startedAt),
    updatedAt: number(head.updatedAt),
    timers: text(JSON.stringify(head.timers)),
    snapshot: heldAttribute(head.snapshot),
    shard: text(String(shardOf(head.pk, shards))),
    ...(head.working ? { workingSince: number(head.updatedAt) } : {}),
    ...(head.timers.length > 0 ? { due: number(due) } : {}),
    ...(removeAt === undefined ? {} : { removeAt: number(removeAt), ttl: number(Math.ceil(removeAt / 1000)) }),
    ...(events ? { events: heldAttribute(events) } : {}),
    ...(reply ? { answers: text(reply.id), reply: heldAttribute(reply.held) } : {}),
  };
}

/** A removed session stays in the index of removals, first of all, until everything beside it is deleted. */
export function removedToItem(pk: string, { kind, life, commit }: Removed, shards: number): Item {
  const shard = text(String(shardOf(pk, shards)));
  return {
    pk: text(pk),
    sk: text(HEAD),
    kind: text(kind),
    life: text(life),
    commit: text(commit),
    shard,
    removeAt: number(0),
  };
}

/** The items that keep what a head holds of its commit once the next takes its place: whoever writes them, writes the same. */
export function recordsOf(head: Omit<Head, 'snapshot'>, written: number, withReply: boolean): Item[] {
  const { pk, life, seq, revision, commit, events, reply } = head;
  const at = { revision: number(revision), written: number(written) };
  const journal: Item = {
    pk: text(pk),
    sk: text(journalKey(life, seq, revision)),
    ...at,
    commit: text(commit),
    ...(events ? { events: heldAttribute(events) } : {}),
  };
  if (!reply || !withReply) return [journal];
  const sk = text(replyKey(life, reply.id, revision));
  return [journal, { pk: text(pk), sk, ...at, reply: heldAttribute(reply.held) }];
}

// ---- the events of a commit as a text

const journalEvents = z.array(
  // Not a record of zod's, which leaves out keys that mean something to objects.
  z.tuple([z.number(), z.number(), z.string(), z.custom<JournalEvent['data']>(isObject)]),
);

export const eventsToText = (events: readonly JournalEvent[]): string =>
  JSON.stringify(events.map(({ seq, at, type, data }) => [seq, at, type, data]));
export const eventsFromText = (text: string): JournalEvent[] =>
  journalEvents.parse(JSON.parse(text)).map(([seq, at, type, data]) => ({ seq, at, type, data }));

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
