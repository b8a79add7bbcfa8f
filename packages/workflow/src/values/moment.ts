import { ParleyError } from '../error.ts';

/** When and where something was said: what "tomorrow" is counted from. */
export interface Moment {
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
  /** An IANA name: America/New_York. */
  readonly timezone: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * The calendar day of a moment in its own timezone, as the number of days since 1970-01-01. Dates are
 * counted in whole days, so that neither the process's timezone nor a change of clocks can shift one.
 * Throws a ParleyError (`values/timezone`) where the timezone is not one.
 */
export function dayOf({ now, timezone }: Moment): number {
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  const parts = formatOf(timezone).formatToParts(now);
  return dayNumber(part('year'), part('month'), part('day'));
}

/** The number of a calendar day; months count from 1, and a day past the end of its month runs on into the next. */
export function dayNumber(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime() / 86_400_000;
}

/** Year, month (from 1), day and weekday (Sunday is 0) of a day's number. */
export function calendar(day: number) {
  const date = new Date(day * 86_400_000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
  };
}

/** Whether there is such a day: not February 30. */
export function isDay(year: number, month: number, day: number): boolean {
  if (year < 1000 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
  const back = calendar(dayNumber(year, month, day));
  return back.month === month && back.day === day;
}

function formatOf(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US-u-ca-gregory', {
      timeZone: timezone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
    });
    formats.set(timezone, format);
    return format;
  } catch (cause) {
    throw new ParleyError('values/timezone', 'The timezone is not one that is known here.', {
      fix: 'Use an IANA name, such as America/New_York.',
      cause,
    });
  }
}
