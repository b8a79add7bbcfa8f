import type { Channel } from '@parley/machine';
import { type Json, ParleyError } from '@parley/workflow';
import { z } from 'zod';
import { FIELDS, type RecordedEvent, recordedEvent } from './recorded.ts';

/** A session's events. In a file it is JSON Lines: a header, then one event a line, numbered by `seq` from 1. */
export interface Recording {
  readonly session: string;
  /** Both are undefined in a conversation that was imported: no workflow ran it, so it can't be replayed, only decided anew. */
  readonly workflow?: string;
  readonly version?: string;
  readonly channel: Channel;
  /** Milliseconds since the epoch. */
  readonly start: number;
  /** The format it was imported from, such as `contact-lens`. */
  readonly imported?: string;
  /** Its sensitive values are pseudonyms (see `redact`). */
  readonly redacted?: true;
  readonly events: readonly RecordedEvent[];
}

/** One row of a journal. */
export interface JournalRow {
  readonly seq: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly type: string;
  readonly data: { readonly [key: string]: Json };
}

const MAX_LINE = 1_048_576;
const MAX_LINES = 100_000;
/** Nothing that a workflow handles is nested as deep. */
const MAX_DEPTH = 100;

const header = z
  .object({
    parley: z.literal(1),
    session: z.string(),
    workflow: z.string().exactOptional(),
    version: z.string().exactOptional(),
    channel: z.enum(['voice', 'chat']),
    start: z.iso.datetime({ offset: true }).transform((instant) => Date.parse(instant)),
    imported: z.string().exactOptional(),
    redacted: z.literal(true).exactOptional(),
  })
  .refine(({ workflow, version, imported }) =>
    imported === undefined ? workflow !== undefined && version !== undefined : true,
  );

/**
 * Reads a recording. `file` is the name it goes by in messages. Keys it doesn't know are left out.
 * Throws ParleyError with the line: `recording/empty`, `recording/not-a-recording`, `recording/other-format`,
 * `recording/not-json`, `recording/truncated`, `recording/bad-event`, `recording/out-of-order`,
 * `recording/no-start`, `recording/too-large`.
 */
export function readRecording(text: string, file: string): Recording {
  const lines = linesOf(text, file);
  const [first, ...rest] = lines;
  if (first === undefined) throw failure('empty', 'The recording is empty.', file, 1);
  const read = readHeader(parseLine(first, file, 1, text), file);
  const events = rest.map((line, index) => {
    const number = index + 2;
    const value = parseLine(line, file, number, text);
    if (!isMap(value) || value['seq'] !== index + 1) {
      throw failure('out-of-order', `This should be event ${index + 1} (its \`seq\`).`, file, number, {
        fix: 'Events are numbered from 1 without a gap: a line is missing, doubled or out of place.',
      });
    }
    const event = recordedEvent.safeParse(value);
    if (!event.success) throw badEvent(event.error, file, number);
    return shifted(event.data, read.start);
  });
  const { parley: _, ...about } = read;
  const recording: Recording = { ...about, events };
  if (recording.imported === undefined && events[0]?.type !== 'session.started') {
    throw failure('no-start', 'The first event is not `session.started`.', file, 2, {
      fix: 'A session can only be replayed from its start: make the recording anew from the whole session.',
    });
  }
  return recording;
}

/** Writes a recording as JSON Lines. The same recording gives the same text, and so does one that was written and read. */
export function writeRecording({ events, start, ...about }: Recording): string {
  const { session, workflow, version, channel, imported, redacted } = about;
  const begun = new Date(start).toISOString();
  const first = { parley: 1, session, workflow, version, channel, start: begun, imported, redacted };
  const lines = events.map((event, index) => {
    const fields: [string, unknown][] = Object.entries(shifted(event, -start));
    const given = new Map(fields);
    // A map made from entries: a key like `__proto__` stays data.
    const ordered = (FIELDS.get(event.type) ?? []).flatMap((key): [string, unknown][] =>
      given.has(key) ? [[key, given.get(key)]] : [],
    );
    return JSON.stringify({ seq: index + 1, ...Object.fromEntries(ordered) });
  });
  return `${[JSON.stringify(first), ...lines].join('\n')}\n`;
}

/**
 * The recording of a session, from its journal: all rows, in order. Throws ParleyError `recording/bad-event` or
 * `recording/out-of-order` where a row can't be one of a recording, and `recording/no-start` where there is no first one.
 */
export function recordingOf(
  about: { readonly session: string; readonly workflow: string; readonly version: string },
  rows: readonly JournalRow[],
): Recording {
  const { session, workflow, version } = about;
  const file = `the journal of ${session}`;
  const events = rows.map((row, index) => {
    if (row.seq !== index + 1) {
      throw failure('out-of-order', `Row ${index + 1} of the journal has another number.`, file, index + 1);
    }
    return recordedOf(row, file);
  });
  const started = events[0];
  if (started?.type !== 'session.started') {
    throw failure('no-start', 'The journal does not begin with `session.started`.', file, 1, {
      fix: 'A recording is made of the whole journal of a session, from its first row.',
    });
  }
  return { session, workflow, version, channel: started.contact.channel, start: started.at, events };
}

/** The event of a row of a journal. Throws ParleyError `recording/bad-event`; `file` is the name the journal goes by in it. */
export function recordedOf({ seq, at, type, data }: JournalRow, file: string): RecordedEvent {
  const event = recordedEvent.safeParse({ ...data, at, type });
  if (event.success) return event.data;
  throw badEvent(event.error, file, seq);
}

/** The same event with its instants moved by so many milliseconds. */
function shifted(event: RecordedEvent, by: number): RecordedEvent {
  return event.type === 'timer.set'
    ? { ...event, at: event.at + by, due: event.due + by }
    : { ...event, at: event.at + by };
}

function linesOf(text: string, file: string): readonly string[] {
  const lines: string[] = [];
  const end = text.trimEnd().length;
  for (let from = text.startsWith('\uFEFF') ? 1 : 0; from < end; ) {
    const newline = text.indexOf('\n', from);
    const to = newline < 0 ? text.length : newline;
    const number = lines.length + 1;
    if (number > MAX_LINES)
      throw failure('too-large', `A recording has at most ${MAX_LINES} lines.`, file, number, {
        fix: 'Check that this is a recording of one session.',
      });
    if (to - from > MAX_LINE)
      throw failure('too-large', `A line of a recording has at most ${MAX_LINE} characters.`, file, number, {
        fix: 'Check that this is a recording: JSON Lines, one event a line.',
      });
    lines.push(text.slice(from, to));
    from = to + 1;
  }
  return lines;
}

function parseLine(line: string, file: string, number: number, text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // The parser's own message would quote the line.
    if (!text.endsWith('\n') && text.endsWith(line))
      throw failure('truncated', 'The file ends in the middle of this line.', file, number, {
        fix: 'Copy the file again, or make the recording anew; without this line it replays up to the one before.',
      });
    throw failure('not-json', 'This line is not JSON.', file, number, {
      fix: 'Each line of a recording is one JSON object.',
    });
  }
  const json = plain(value, 0);
  if (json === undefined)
    throw failure(
      'bad-event',
      `This is nested deeper than ${MAX_DEPTH} levels, or has a number too large to be one.`,
      file,
      number,
      {
        fix: 'Check that this is a recording: nothing that a session holds is as deep or as large.',
      },
    );
  return json;
}

function readHeader(value: Json, file: string) {
  const read = header.safeParse(value);
  if (read.success) return read.data;
  const format = isMap(value) ? value['parley'] : undefined;
  if (format !== undefined && format !== 1)
    throw failure('other-format', 'This recording is in a format that this version does not know.', file, 1, {
      fix: 'Read it with the version of Parley that wrote it, or a newer one.',
    });
  throw failure('not-a-recording', `This is not the header of a recording: ${where(read.error)}.`, file, 1, {
    fix: 'The first line is { "parley": 1, "session", "workflow", "version", "channel", "start" }.',
  });
}

function badEvent(error: z.ZodError, file: string, line: number): ParleyError {
  return failure('bad-event', `This is not an event of a recording: ${where(error)}.`, file, line, {
    fix: 'Recordings are written by `parley record`; if it was edited by hand, compare it with one that was not.',
  });
}

/** Which fields are wrong and how, without their values. */
function where(error: z.ZodError): string {
  return error.issues.map(({ path, code }) => `${path.join('.') || 'it'} (${code})`).join(', ');
}

function failure(code: string, message: string, file: string, line: number, more: { fix?: string } = {}): ParleyError {
  return new ParleyError(`recording/${code}`, message, { ...more, place: { file, line, column: 1 } });
}

function isMap(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * What JSON.parse gave, as JSON: without keys that name a prototype; undefined where it is too deep, or has a number
 * that was read as infinite (1e999) and could not be written again.
 */
function plain(value: unknown, depth: number): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (depth > MAX_DEPTH || typeof value !== 'object') return undefined;
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value) {
      const one = plain(item, depth + 1);
      if (one === undefined) return undefined;
      items.push(one);
    }
    return items;
  }
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') continue;
    const one = plain(item, depth + 1);
    if (one === undefined) return undefined;
    entries.push([key, one]);
  }
  return Object.fromEntries(entries);
}
