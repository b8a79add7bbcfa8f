import { useEffect, useState } from 'react';
import { boardMessage, type Row, type SeenEvent, sessionMessage } from '../../src/desk/sessions-messages.ts';
import { openSocket } from '../shared/socket.ts';
import { applied, type Rows } from './rows.ts';

/** The sessions as they run. `rows` is undefined until they are there. */
export interface Board {
  readonly rows: Rows | undefined;
  readonly more: boolean;
  readonly connected: boolean;
}

export function useBoard(): Board {
  const [board, setBoard] = useState<Board>({ rows: undefined, more: false, connected: true });
  useEffect(() => {
    const socket = openSocket({
      path: () => '/desk/watch',
      messages: boardMessage,
      message: (message) =>
        setBoard(({ rows = [] }) => ({ rows: applied(rows, message), more: message.more, connected: true })),
      open: (connected) => setBoard((board) => ({ ...board, connected })),
    });
    return () => socket.close();
  }, []);
  return board;
}

/** A session as it runs. */
export interface Watched {
  readonly row: Row | undefined;
  readonly events: readonly SeenEvent[];
  /** From this event on it can't be told what was known. */
  readonly lost: number | undefined;
  /** Where a recording of it can be kept. */
  readonly recordings: string | undefined;
  readonly connected: boolean;
  /** Why there is nothing to see. */
  readonly refused: 'gone' | 'unreadable' | undefined;
}

const NOTHING: Watched = {
  row: undefined,
  events: [],
  lost: undefined,
  recordings: undefined,
  connected: true,
  refused: undefined,
};
/** As the center closes the socket of a session that it can't read. */
const UNREADABLE = 4500;

export function useSession({ workflow, session }: Pick<Row, 'workflow' | 'session'>): Watched {
  const [watched, setWatched] = useState(NOTHING);
  useEffect(() => {
    setWatched(NOTHING);
    const socket = openSocket({
      path: () => `/desk/watch/session?${new URLSearchParams({ workflow, session })}`,
      messages: sessionMessage,
      message: ({ all, row, events, lost, recordings }) =>
        setWatched((before) => ({
          row,
          events: all ? events : joined(before.events, events),
          lost,
          recordings,
          connected: true,
          refused: undefined,
        })),
      open: (connected) => setWatched((before) => ({ ...before, connected })),
      refused: (code) => setWatched((before) => ({ ...before, refused: code === UNREADABLE ? 'unreadable' : 'gone' })),
    });
    return () => socket.close();
  }, [workflow, session]);
  return watched;
}

/** Events with those that are new, or shown in another way, in their places. */
export function joined(before: readonly SeenEvent[], events: readonly SeenEvent[]): readonly SeenEvent[] {
  const all = [...before];
  for (const event of events) all[event.seq - 1] = event;
  return all;
}
