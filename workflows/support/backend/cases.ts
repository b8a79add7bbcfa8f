import type { Desk } from '@parley-workflows/backend/desk';

export const TOPICS = ['order', 'return', 'exchange', 'refund', 'warranty', 'address', 'complaint', 'other'] as const;

export interface Note {
  readonly topic: (typeof TOPICS)[number];
  readonly text: string;
  readonly customerId?: string | undefined;
  readonly orderId?: string | undefined;
}

/** Keeps a note for the person who takes over. Nothing in it is looked up: a note is never refused. */
export function writeNote({ db, now, session }: Desk, { topic, text, customerId, orderId }: Note) {
  const id = db.run(
    'INSERT INTO cases (topic, text, customer, order_id, session, made_at) VALUES (?, ?, ?, ?, ?, ?)',
    topic,
    text,
    customerId ?? null,
    orderId ?? null,
    session,
    now,
  );
  return { caseId: `N${100_000 + id}` };
}
