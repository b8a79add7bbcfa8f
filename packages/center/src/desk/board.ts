import { type StoredSession, standingOf } from '@parley/engine';
import type { Sessions } from '../center.ts';
import type { Peer } from './listener.ts';
import { paced } from './paced.ts';
import type { BoardMessage, Row } from './sessions-messages.ts';

/** What the board tells, at most every so many milliseconds. */
const PACE = 100;
/** The most sessions of a workflow that are listed. */
const MOST = 1_000;
/** Bytes on their way to a page that is then told nothing more until it has them. */
const BEHIND = 1_000_000;

/**
 * All sessions, as whoever watches sees them. What changed is read one session at a time, without its journal, and only while
 * somebody watches.
 */
export class Board {
  readonly #workflows: ReadonlyMap<string, Sessions>;
  readonly #rows = new Map<string, Row>();
  /** Sessions that changed, by workflow. */
  readonly #dirty = new Map<string, Set<string>>();
  /** Who watches, and whether they have all rows. */
  readonly #peers = new Map<Peer, boolean>();
  readonly #pace = paced(PACE, () => this.#tell());
  /** Workflows whose sessions could not be listed yet. */
  readonly #unlisted = new Set<string>();
  #more = false;
  #unwatch: (() => void) | undefined;

  constructor(workflows: ReadonlyMap<string, Sessions>) {
    this.#workflows = workflows;
  }

  /** Tells a page of all sessions, and from then on of what changes, until what it returns is called. */
  watch(peer: Peer): () => void {
    this.#peers.set(peer, false);
    this.#pace.ask();
    return () => {
      this.#peers.delete(peer);
      if (this.#peers.size > 0) return;
      this.#unwatch?.();
      this.#unwatch = undefined;
    };
  }

  async #tell(): Promise<void> {
    if (this.#peers.size === 0) return;
    if (!this.#unwatch) this.#begin();
    if (this.#unlisted.size > 0) await this.#list();
    const message = await this.#look();
    for (const [peer, current] of this.#peers) {
      const behind = peer.buffered > BEHIND;
      if (behind) this.#pace.ask();
      else if (!current) peer.send(this.#whole());
      else if (message) peer.send(message);
      this.#peers.set(peer, !behind);
    }
  }

  /** Watches from now on, and forgets what it knew. */
  #begin(): void {
    this.#rows.clear();
    this.#dirty.clear();
    this.#more = false;
    for (const workflow of this.#workflows.keys()) this.#unlisted.add(workflow);
    const ends = [...this.#workflows].map(([workflow, sessions]) =>
      sessions.watch((session) => {
        this.#mark(workflow, session);
        this.#pace.ask();
      }),
    );
    this.#unwatch = () => {
      for (const end of ends) end();
    };
  }

  /** Reads all; what can't be read now is, a while later. */
  async #list(): Promise<void> {
    for (const workflow of [...this.#unlisted]) {
      try {
        const found = (await this.#workflows.get(workflow)?.store.sessions({ workflow, limit: MOST + 1 })) ?? [];
        this.#unlisted.delete(workflow);
        this.#more ||= found.length > MOST;
        for (const session of found.slice(0, MOST)) this.#put(session);
        for (const peer of this.#peers.keys()) this.#peers.set(peer, false);
      } catch {
        this.#pace.ask();
      }
    }
  }

  /** Reads what changed. */
  async #look(): Promise<BoardMessage | undefined> {
    const dirty = [...this.#dirty].flatMap(([workflow, sessions]) =>
      [...sessions].map((session) => ({ workflow, session })),
    );
    this.#dirty.clear();
    const message: BoardMessage = { all: false, rows: [], changed: [], gone: [], more: this.#more };
    await Promise.all(
      dirty.map(async ({ workflow, session }) => {
        const key = keyOf(workflow, session);
        try {
          const found = await this.#workflows.get(workflow)?.store.load(session);
          const before = this.#rows.get(key);
          const now = found && this.#put(found);
          if (!now) {
            if (this.#rows.delete(key)) message.gone.push({ workflow, session });
          } else if (!before) message.rows.push(now);
          else {
            const changed = difference(before, now);
            if (changed) message.changed.push({ ...changed, workflow, session });
          }
        } catch {
          // It is read again a while later.
          this.#mark(workflow, session);
          this.#pace.ask();
        }
      }),
    );
    const { rows, changed, gone } = message;
    return rows.length + changed.length + gone.length === 0 ? undefined : message;
  }

  #mark(workflow: string, session: string): void {
    const marked = this.#dirty.get(workflow) ?? new Set();
    this.#dirty.set(workflow, marked.add(session));
  }

  #put(found: StoredSession): Row | undefined {
    const row = rowOf(found);
    if (row) this.#rows.set(keyOf(row.workflow, row.session), row);
    return row;
  }

  #whole(): BoardMessage {
    return { all: true, rows: [...this.#rows.values()], changed: [], gone: [], more: this.#more };
  }
}

const keyOf = (workflow: string, session: string) => JSON.stringify([workflow, session]);

/** A session as it is listed; undefined for one that can't be read. */
export function rowOf(found: StoredSession): Row | undefined {
  const { session, workflow, version, startedAt, updatedAt } = found;
  try {
    const standing = standingOf(found);
    const { step, channel, state, turns } = standing;
    const result =
      standing.state === 'person' ? standing.queue : standing.state === 'ended' ? standing.outcome : undefined;
    const row = { workflow, session, version, startedAt, updatedAt, channel, step, state, turns };
    return result === undefined ? row : { ...row, result };
  } catch {
    return undefined;
  }
}

/** The fields that are not as before; undefined where all are. */
function difference(before: Row, now: Row): Partial<Row> | undefined {
  const was = new Map<string, unknown>(Object.entries(before));
  const changed = Object.entries(now).filter(([key, value]) => was.get(key) !== value);
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}
