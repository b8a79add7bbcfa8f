import { ParleyError } from '@parley/workflow';
import { z } from 'zod';
import type { RecordedEvent } from './recorded.ts';
import type { Recording } from './recording.ts';

const participant = z.object({ ParticipantId: z.string(), ParticipantRole: z.string() });

const offset = z.number().min(0).transform(Math.round);

/** What an item can do without may be null too: files pass through other hands on their way. */
const item = { Id: z.string().nullish(), Content: z.string().nullish(), ParticipantRole: z.string().nullish() };

const spoken = z.object({
  ...item,
  ParticipantId: z.string(),
  BeginOffsetMillis: offset,
  EndOffsetMillis: offset.nullish(),
});

const written = z.object({
  ...item,
  Type: z.string(),
  AbsoluteTime: z.iso.datetime({ offset: true }),
  ContentType: z.string().nullish(),
  ParticipantId: z.string().nullish(),
});

const common = {
  JobStatus: z.string().nullish(),
  Participants: z.array(participant).nullish(),
  CustomerMetadata: z.object({ ContactId: z.string().min(1), InputS3Uri: z.string().nullish() }),
};

// The shapes as the administrator guide of Amazon Connect shows them ("Contact Lens conversational analytics output file").
const analysis = z.discriminatedUnion('Channel', [
  z.object({ ...common, Channel: z.literal('VOICE'), Transcript: z.array(spoken) }),
  z.object({ ...common, Channel: z.literal('CHAT'), Transcript: z.array(written) }),
]);

type Analysis = z.output<typeof analysis>;

/** Speech is cut into segments: those of one speaker with less than this between them, in milliseconds, are one turn. */
const PAUSE = 1500;

/** One piece of a transcript; times since the epoch. */
interface Piece {
  readonly begin: number;
  readonly end: number;
  readonly role: string;
  /** Undefined: they left. */
  readonly text: string | undefined;
}

/**
 * Reads a Contact Lens analysis file, of voice or chat, as a conversation that can be decided anew: what the caller said
 * as `caller.said`, what anybody else did as `person.said`, in the order in which they began to speak. What was redacted
 * stays as it stands there (`[PII]`). Of a conversation in several files give all: they are put together, and what
 * stands in two of them is taken once. `file` is the name it goes by in messages.
 * A voice file holds no instant, so it is taken from the name of the call's recording (`…_20260105T09:30_UTC.wav`) or
 * of this file (`…_analysis_2026-01-05T09:41:07Z.json`); or give `start`, in milliseconds since the epoch.
 * Throws ParleyError `recording/not-contact-lens`, `recording/no-transcript`, `recording/no-participant` or
 * `recording/no-instant`.
 */
export function importContactLens(
  pages: string | readonly string[],
  file: string,
  { start }: { readonly start?: number } = {},
): Recording {
  const all = (typeof pages === 'string' ? [pages] : pages).map((page) => read(page, file));
  const [first] = all;
  if (!first) throw failure('no-transcript', 'There is no file to import.', file, 'Give the analysis file.');
  const { Channel, CustomerMetadata } = first;
  const session = CustomerMetadata.ContactId;
  if (all.some((page) => page.Channel !== Channel || page.CustomerMetadata.ContactId !== session)) {
    throw failure('not-contact-lens', 'These files are not of one contact.', file, 'Import each contact by itself.');
  }
  const voice = Channel === 'VOICE';
  const began = voice ? (start ?? instantOf(first, file)) : 0;
  const pieces = piecesOf(all, began, file).sort((a, b) => a.begin - b.begin || a.end - b.end);
  const turns = voice ? joined(pieces) : pieces;
  const [earliest] = turns;
  if (!earliest) {
    throw failure('no-transcript', 'Nobody says anything in this file.', file, 'Import one that has a transcript.');
  }
  return {
    session,
    channel: voice ? 'voice' : 'chat',
    start: voice ? began : earliest.begin,
    imported: 'contact-lens',
    events: turns.map(eventOf),
  };
}

function read(text: string, file: string): Analysis {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw failure('not-contact-lens', 'This file is not JSON.', file, FIX);
  }
  const result = analysis.safeParse(json);
  if (result.success) return result.data;
  const status = z.object({ JobStatus: z.string() }).safeParse(json);
  if (status.success && status.data.JobStatus !== 'COMPLETED') {
    throw failure('no-transcript', 'Contact Lens did not finish this analysis.', file, 'Its JobDetails say why.');
  }
  const where = result.error.issues.map(({ path, code }) => `${path.join('.') || 'it'} (${code})`);
  const listed = where.length > 5 ? `${where.slice(0, 5).join(', ')} and ${where.length - 5} more` : where.join(', ');
  throw failure('not-contact-lens', `This is not a Contact Lens analysis of voice or chat: ${listed}.`, file, FIX);
}

const FIX = 'Take the file that Connect wrote to S3 under Analysis/Voice or Analysis/Chat.';

/** What everybody said, each piece once. */
function piecesOf(pages: readonly Analysis[], began: number, file: string): Piece[] {
  const roles = new Map(
    pages.flatMap(({ Participants }) =>
      (Participants ?? []).map((one) => [one.ParticipantId, one.ParticipantRole] as const),
    ),
  );
  const seen = new Set<string>();
  const isNew = (id: string | null | undefined) => id == null || (!seen.has(id) && seen.add(id));
  const roleOf = (item: Spoken | Written, index: number) => {
    const id = item.ParticipantId ?? '';
    const known = item.ParticipantRole ?? roles.get(id) ?? (ROLES.has(id) ? id : undefined);
    if (known !== undefined) return known;
    const message = `Transcript.${index} is of a participant that Participants does not list.`;
    throw failure('no-participant', message, file, 'Add who it is (CUSTOMER, AGENT …) to Participants.');
  };
  return pages.flatMap((page) => {
    if (page.Channel === 'VOICE') {
      return page.Transcript.flatMap((item, index): Piece[] => {
        const text = item.Content?.trim();
        if (!text || !isNew(item.Id)) return [];
        const begin = began + item.BeginOffsetMillis;
        const end = began + (item.EndOffsetMillis ?? item.BeginOffsetMillis);
        return [{ begin, end, role: roleOf(item, index), text }];
      });
    }
    return page.Transcript.flatMap((item, index): Piece[] => {
      const begin = Date.parse(item.AbsoluteTime);
      const text = item.Type === 'MESSAGE' ? item.Content?.trim() : undefined;
      const left = item.Type === 'EVENT' && item.ContentType === LEFT;
      if ((!text && !left) || !isNew(item.Id)) return [];
      return [{ begin, end: begin, role: roleOf(item, index), text: left ? undefined : text }];
    }).filter(({ role, text }) => text !== undefined || role === CUSTOMER);
  });
}

type Spoken = z.output<typeof spoken>;
type Written = z.output<typeof written>;

const CUSTOMER = 'CUSTOMER';
const ROLES: ReadonlySet<string> = new Set([CUSTOMER, 'AGENT', 'SYSTEM', 'CUSTOM_BOT', 'SUPERVISOR']);
const LEFT = 'application/vnd.amazonaws.connect.event.participant.left';

/** Pieces of one speaker that follow each other closely, as one. */
function joined(pieces: readonly Piece[]): readonly Piece[] {
  const turns: Piece[] = [];
  for (const piece of pieces) {
    const last = turns.at(-1);
    if (last && last.role === piece.role && piece.begin - last.end < PAUSE) {
      turns[turns.length - 1] = { ...last, end: Math.max(last.end, piece.end), text: `${last.text} ${piece.text}` };
    } else turns.push(piece);
  }
  return turns;
}

function eventOf({ begin: at, role, text }: Piece): RecordedEvent {
  if (text === undefined) return { type: 'caller.left', at };
  return role === CUSTOMER
    ? { type: 'caller.said', at, text }
    : { type: 'person.said', at, who: role.toLowerCase(), text };
}

function instantOf({ CustomerMetadata }: Analysis, file: string): number {
  const named =
    /_(\d{4})(\d\d)(\d\d)T(\d\d):(\d\d)_UTC/.exec(CustomerMetadata.InputS3Uri ?? '') ??
    /_(\d{4})-(\d\d)-(\d\d)T(\d\d)[:_](\d\d)/.exec(file);
  const [year, month, day, hour, minute] = (named ?? []).slice(1).map(Number);
  if (year !== undefined && month !== undefined) return Date.UTC(year, month - 1, day, hour, minute);
  throw failure(
    'no-instant',
    'Nothing here says when the call was.',
    file,
    'Keep the name that Connect gave the file.',
  );
}

function failure(code: string, message: string, file: string, fix: string): ParleyError {
  return new ParleyError(`recording/${code}`, message, { fix, place: { file, line: 1, column: 1 } });
}
