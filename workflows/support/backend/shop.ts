import type { ToolContext } from '@parley/engine';
import { z } from 'zod';
import { type Day, dayAt, dayOf } from './calendar.ts';
import { Database } from './database.ts';
import type { Desk } from './order.ts';
import { moveTo, seed } from './seed.ts';

export interface Place {
  /** Where `shop.sqlite` is kept; in memory if left out. */
  readonly folder?: string;
  /** The shop's day, ISO 8601 (2026-11-24); the day of each call if left out. */
  readonly today?: string;
}

/** The shop of a place, opened and filled when it is first asked something: looking at the tools writes no file. */
export function openShop(place: Place): (context: ToolContext) => Desk {
  const { folder, today } = place;
  const fixed: Day | undefined = today === undefined ? undefined : dayOf(today);
  if (today !== undefined && !z.iso.date().safeParse(today).success)
    throw new RangeError('`today` is not a date: write it as 2026-11-24.');
  let db: Database | undefined;
  const open = (day: Day): Database => {
    const database = new Database(folder, (fresh) => seed(fresh, day));
    database.transaction(() => moveTo(database, day));
    return database;
  };
  return ({ now, session }) => {
    const day = fixed ?? dayAt(now);
    db ??= open(day);
    return { db, today: day, now, session };
  };
}
