import { type JournalEvent, type Known, Mask } from '@parley/engine';
import { type Json, type Program, readValue, type TypedVariable } from '@parley/workflow';

/** Somebody whose data is looked for, as they were named on the command line: an e-mail address, a phone number, or an id. */
export interface Customer {
  /** Where a session speaks of them, in words without values; undefined where it does not. */
  findIn(session: Session): string | undefined;
}

/** A session as far as it is looked through. `program`: of the version it is on; undefined where that is lost. */
export interface Session {
  readonly session: string;
  readonly program: Program | undefined;
  readonly known: Known | undefined;
  readonly events: readonly JournalEvent[];
}

/** What a person is called where ids are told apart: `customerId`, `patient.id`. An order's id is nobody's. */
const PERSON = /^(?:person|customer|patient|member|user|account|caller|contact|client|subscriber)$/i;
const PERSON_ID = /^(?:person|customer|patient|member|user|account|caller|contact|client|subscriber)_?id$/i;

/** The customer that a text names. */
export function customerOf(given: string): Customer {
  const text = given.trim();
  const [email, phone] = [readAs('email', text), readAs('phone', text)];
  const forms = new Set([text, email, phone].filter((form) => form !== undefined).map((form) => form.toLowerCase()));
  /** What only one person has: it counts wherever it stands. Ten digits could be a product's. */
  const own = [email, phone, /^\d+$/.test(text) ? undefined : (email ?? phone) && text.toLowerCase()].filter(
    (form) => form !== undefined,
  );

  const is = (value: Json | undefined) =>
    (typeof value === 'string' || typeof value === 'number') && forms.has(String(value).trim().toLowerCase());
  const names = (value: string) => own.some((form) => standsIn(value.toLowerCase(), form));

  return {
    findIn({ session, program, known, events }) {
      if (session === given) return 'its name';
      const contact = events.find(({ type }) => type === 'session.started')?.data['contact'];
      if (isMap(contact) && (is(contact['address']) || is(contact['id']))) return 'its contact';
      const everything: readonly Json[] = [known?.vars ?? {}, ...events.map(({ data }) => data)];
      if (program && sensitive(program, known, events)) return 'a sensitive value';
      if (everything.some((data) => idIn(data, ''))) return "a person's id";
      return own.length > 0 && everything.some(saidIn) ? 'what was said or looked up' : undefined;
    },
  };

  function sensitive(program: Program, known: Known | undefined, events: readonly JournalEvent[]): boolean {
    const mask = new Mask(program);
    for (const event of events) mask.see(event);
    for (const [name, value] of Object.entries(known?.vars ?? {})) mask.value(name, value);
    return [...forms].some((form) => mask.knows(form));
  }

  /** `under`: the key that the data stands under. */
  function idIn(data: Json, under: string): boolean {
    if (Array.isArray(data)) return data.some((item: Json) => idIn(item, under));
    if (!isMap(data)) return false;
    return Object.entries(data).some(([key, value]) => {
      // A variable of a part is named step__variable.
      const name = key.split('__').at(-1) ?? key;
      const isId = PERSON_ID.test(name) || (/^id$/i.test(name) && PERSON.test(under));
      return (isId && is(value)) || idIn(value, name);
    });
  }

  function saidIn(data: Json): boolean {
    if (typeof data === 'string') return names(data);
    if (Array.isArray(data)) return data.some(saidIn);
    return isMap(data) && Object.values(data).some(saidIn);
  }
}

/** As a variable of this type holds it; undefined where it is none. */
function readAs(type: 'email' | 'phone', text: string): string | undefined {
  // A word could be read as an address that somebody spells.
  if (type === 'email' ? !text.includes('@') : !/^[+(\d][\d\s().-]{6,}$/.test(text)) return undefined;
  const variable: TypedVariable = { type };
  const read = readValue(variable, text, { now: 0, timezone: 'UTC' });
  return read.ok && typeof read.value === 'string' ? read.value : undefined;
}

/** Whether a form stands in a text, not as a part of something longer. */
function standsIn(text: string, form: string): boolean {
  for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
    const [before, after] = [text.charAt(at - 1), text.charAt(at + form.length)];
    if (!/[\p{L}\p{N}]/u.test(before) && !/[\p{L}\p{N}]/u.test(after)) return true;
  }
  return false;
}

function isMap(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
