/** A calendar day: whole days since 1970-01-01. A back end's days begin at midnight UTC. */
export type Day = number;

/** A day in milliseconds. */
export const DAY = 86_400_000;

/** The day a moment lies in; `now` in milliseconds since the epoch. */
export const dayAt = (now: number): Day => Math.floor(now / DAY);

/** The day of an ISO 8601 date (2026-11-24). The date must be a real one. */
export const dayOf = (date: string): Day => dayAt(Date.parse(`${date}T00:00:00Z`));

/** A day as an ISO 8601 date. */
export const dateOf = (day: Day): string => new Date(day * DAY).toISOString().slice(0, 10);
