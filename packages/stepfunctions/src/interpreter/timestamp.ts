const FORM =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d{2}):(\d{2})(?::(\d{2}))?)$/i;

/**
 * The time that a Wait's `Timestamp` names, in milliseconds since the epoch; undefined where it is no ISO 8601 date and
 * time with an offset, to the calendar (what Java's ISO_OFFSET_DATE_TIME reads, as AWS's messages tell).
 */
export function waitUntil(timestamp: string): number | undefined {
  const found = FORM.exec(timestamp);
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found.slice(1, 6).map(Number);
  const second = Number(found[6] ?? 0);
  const milliseconds = Math.floor(Number(`0.${found[7] ?? 0}`) * 1000);
  const [offsetHours, offsetMinutes, offsetSeconds] = [found[9], found[10], found[11]].map((part) => Number(part ?? 0));
  const offset = ((offsetHours ?? 0) * 60 + (offsetMinutes ?? 0)) * 60 + (offsetSeconds ?? 0);
  if (hour > 23 || minute > 59 || second > 59 || (offsetMinutes ?? 0) > 59 || offset > 18 * 3600) return undefined;
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second, milliseconds));
  date.setUTCFullYear(year);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.getTime() - (found[8] === '-' ? -offset : offset) * 1000;
}
