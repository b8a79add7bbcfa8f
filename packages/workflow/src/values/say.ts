import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Format, Json, Type } from '../type.ts';
import { isDate } from './date.ts';

type Channel = 'voice' | 'chat';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const SIGNS: ReadonlyMap<string, string> = new Map([
  ['-', 'dash'],
  ['_', 'underscore'],
  ['.', 'dot'],
  ['/', 'slash'],
  ['#', 'hash'],
  ['*', 'star'],
  ['+', 'plus'],
  ['@', 'at'],
]);

/**
 * A value as a caller hears it (`voice`) or reads it (`chat`), in American English. Codes are spelled sign by sign on
 * voice, phone numbers are grouped, e-mail addresses said with "at" and "dot". Null and undefined are nothing at all.
 * A date and time is said as it is written, in the timezone it is written in.
 */
export function sayValue(value: Json | undefined, type: Type | undefined, channel: Channel): string {
  if (value === null || value === undefined) return '';
  if (type?.kind === 'union')
    return sayValue(
      value,
      type.of.find((one) => fits(one, value)),
      channel,
    );
  switch (typeof value) {
    case 'boolean':
      return value ? 'yes' : 'no';
    case 'number':
      return type?.kind === 'number' ? sayNumber(value, type) : sayNumber(value, undefined);
    case 'string':
      return sayString(value, type, channel);
  }
  if (Array.isArray(value)) {
    const items = type?.kind === 'list' ? type.items : undefined;
    return join(value.map((item: Json) => sayValue(item, items, channel)));
  }
  const fields = type?.kind === 'object' ? type.fields : {};
  return join(
    Object.entries(value).map(([name, field]) =>
      sayValue(field, Object.hasOwn(fields, name) ? fields[name]?.type : undefined, channel),
    ),
  );
}

/** How a value is meant to be read aloud, and an amount's currency, where its type says so. */
export function formatOf(
  value: Json,
  type: Type | undefined,
): { readonly format: Format; readonly currency?: string } | undefined {
  if (type?.kind === 'union')
    return formatOf(
      value,
      type.of.find((one) => fits(one, value)),
    );
  if (type?.kind === 'number' && type.format === 'money') return { format: 'money', currency: type.currency ?? 'USD' };
  if ((type?.kind === 'string' || type?.kind === 'number') && type.format && typeof value === type.kind)
    return { format: type.format };
  return undefined;
}

function fits(type: Type, value: Json): boolean {
  if (Array.isArray(value)) return type.kind === 'list';
  return (
    type.kind === typeof value && (type.kind !== 'string' || !type.values || type.values.some((one) => one === value))
  );
}

function join(items: readonly string[]): string {
  const said = items.filter((item) => item !== '');
  return said.length < 2 ? said.join('') : `${said.slice(0, -1).join(', ')} and ${said.at(-1)}`;
}

/** $49.99 is the same on both channels: speech engines read it as "forty-nine dollars and ninety-nine cents". */
function sayNumber(value: number, type: Extract<Type, { kind: 'number' }> | undefined): string {
  if (type?.format === 'money') return amounts(type.currency ?? 'USD').format(value);
  if (type?.format === 'digits' || type?.format === 'characters') return String(value);
  return (Math.abs(value) > 9_999 ? GROUPED : PLAIN).format(value);
}

// Making a formatter costs a hundred times what using one does.
const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 6, useGrouping: true });
const PLAIN = new Intl.NumberFormat('en-US', { maximumFractionDigits: 6, useGrouping: false });
const byCurrency = new Map<string, Intl.NumberFormat>();

function amounts(currency: string): Intl.NumberFormat {
  const known = byCurrency.get(currency);
  if (known) return known;
  const made = new Intl.NumberFormat('en-US', { style: 'currency', currency });
  byCurrency.set(currency, made);
  return made;
}

function sayString(value: string, type: Type | undefined, channel: Channel): string {
  if (type?.kind !== 'string') return value;
  switch (type.format) {
    case 'characters':
    case 'digits':
      return channel === 'voice' ? spell(value) : value;
    case 'phone':
      return sayPhone(value, channel);
    case 'email':
      return channel === 'voice' ? sayEmail(value) : value;
    case 'date':
      return isDate(value) ? sayDate(value, channel) : value;
    case 'time':
      return sayTime(value, channel) ?? value;
    case 'date-time':
      return sayDateTime(value, channel);
  }
  // The name of a value, such as in_transit, is said as the words it is made of.
  return type.values && /^[a-z0-9]+(_[a-z0-9]+)+$/.test(value) ? value.replaceAll('_', ' ') : value;
}

/** One sign at a time, with a pause after each: the comma makes a speech engine say "A" as the letter. */
function spell(value: string): string {
  return [...value]
    .filter((sign) => sign.trim() !== '')
    .map((sign) => SIGNS.get(sign) ?? sign.toUpperCase())
    .join(', ');
}

function sayPhone(value: string, channel: Channel): string {
  const number = parsePhoneNumberFromString(value);
  if (!number) return channel === 'voice' ? spell(value) : value;
  const home = number.countryCallingCode === '1';
  if (channel === 'chat') return home ? number.formatNational() : number.formatInternational();
  const groups = (home ? number.formatNational() : number.formatInternational())
    .split(/[^\d+]+/)
    .filter((group) => group !== '');
  return groups.map((group) => [...group].map((sign) => (sign === '+' ? 'plus' : sign)).join(' ')).join(', ');
}

function sayEmail(value: string): string {
  return value
    .replace(/[-_.+@]/g, (sign) => ` ${SIGNS.get(sign) ?? sign} `)
    .replace(/ +/g, ' ')
    .trim();
}

function sayDate(value: string, channel: Channel): string {
  const [year = '', month, day] = value.split('-');
  const name = MONTHS[Number(month) - 1] ?? '';
  return `${name} ${channel === 'voice' ? ordinal(Number(day)) : Number(day)}, ${year}`;
}

function ordinal(day: number): string {
  const ending = day >= 11 && day <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');
  return `${day}${ending}`;
}

function sayTime(value: string, channel: Channel): string | undefined {
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)(?::\d\d(?:\.\d+)?)?/.exec(value) ?? [];
  if (hour === undefined || minute === undefined) return undefined;
  const twelve = Number(hour) % 12 || 12;
  const half = Number(hour) < 12 ? 'AM' : 'PM';
  return channel === 'voice' && minute === '00' ? `${twelve} ${half}` : `${twelve}:${minute} ${half}`;
}

function sayDateTime(value: string, channel: Channel): string {
  const [date = '', clock = ''] = value.split(/[T ]/);
  if (!isDate(date)) return value;
  const time = sayTime(clock, channel);
  const at = channel === 'voice' ? ' at ' : ', ';
  return time === undefined ? sayDate(date, channel) : `${sayDate(date, channel)}${at}${time}`;
}
