import path from 'node:path';
import type { ToolContext } from '@parley/engine';
import { z } from 'zod';
import { DAY, type Day, dayAt, dayOf } from './calendar.ts';
import { Database } from './database.ts';

/** Where a back end is kept, and which day it is there. */
export interface Place {
  /** Where its file lies; in memory if left out. */
  readonly folder?: string;
  /** The back end's day, ISO 8601 (2026-11-24); the day of each call (UTC) if left out. */
  readonly today?: string;
}

/** Whoever asks a back end something, and when: `now` in milliseconds since the epoch. */
export interface Desk {
  readonly db: Database;
  readonly today: Day;
  readonly now: number;
  readonly session: string;
}

/** A back end: its tables, what is in them at first, and what keeps its distance from today. */
export interface BackEnd {
  /** The name of its file in a folder, such as `shop.sqlite`. */
  readonly file: string;
  /** What makes its tables, in SQL. */
  readonly tables: readonly string[];
  /** Fills a new one so that everything stands as it should on a day. */
  fill(db: Database, today: Day): void;
  /** The columns that hold a Day, by table: they move on with today, so that "came 12 days ago" stays true. */
  readonly days?: Columns;
  /** The columns that hold a moment, in milliseconds since the epoch, and move on as days do. */
  readonly moments?: Columns;
}

interface Columns {
  readonly [table: string]: readonly string[];
}

const FILLED = 'CREATE TABLE filled (day INTEGER NOT NULL) STRICT;';

/** A back end at a place, opened and filled when it is first asked something: looking at its tools writes no file. */
export function openDesk(backEnd: BackEnd, { folder, today }: Place): (context: ToolContext) => Desk {
  if (today !== undefined && !z.iso.date().safeParse(today).success)
    throw new RangeError('`today` is not a date: write it as 2026-11-24.');
  const fixed: Day | undefined = today === undefined ? undefined : dayOf(today);
  let db: Database | undefined;
  return ({ now, session }) => {
    const day = fixed ?? dayAt(now);
    db ??= open(backEnd, folder, day);
    return { db, today: day, now, session };
  };
}

function open(backEnd: BackEnd, folder: string | undefined, day: Day): Database {
  const db = new Database({
    file: folder === undefined ? undefined : path.join(folder, backEnd.file),
    tables: tablesOf(backEnd),
    fill: (fresh) => {
      fresh.run('INSERT INTO filled (day) VALUES (?)', day);
      backEnd.fill(fresh, day);
    },
  });
  db.transaction(() => moveTo(db, backEnd, day));
  return db;
}

/** All tables of a back end, for whoever opens its file without a desk. */
export const tablesOf = ({ tables }: BackEnd): readonly string[] => [FILLED, ...tables];

/** Moves every day in a database so that it stands on `day` as it did on the day it was filled. */
function moveTo(db: Database, { days = {}, moments = {} }: BackEnd, day: Day): void {
  const filled = db.one(z.object({ day: z.int() }), 'SELECT day FROM filled')?.day ?? day;
  if (filled === day) return;
  for (const [columns, length] of [[days, 1] as const, [moments, DAY] as const])
    for (const [table, names] of Object.entries(columns))
      for (const name of names) db.run(`UPDATE ${table} SET ${name} = ${name} + ?`, (day - filled) * length);
  db.run('UPDATE filled SET day = ?', day);
}
