import type { JournalEvent } from '@parley/engine';
import type { Caller, Line } from './caller.ts';
import type { Ledger } from './notes.ts';

/** What must hold of every contact, whatever its channel does. */
export type Invariant =
  /** Each message is taken, once, in the order it was said. */
  | 'taken'
  /** Each message has its answer, once, in order, and nothing else is heard. */
  | 'answered'
  /** What a message writes is written once. */
  | 'written'
  /** The journal has no gap. */
  | 'journal'
  /** The contact comes to its end, or to a person. */
  | 'done'
  /** A request that is made again begins nothing. */
  | 'begun once';

export interface Wrong {
  readonly invariant: Invariant;
  readonly what: string;
}

/** What came of a contact. */
export interface Came {
  readonly caller: Pick<Caller, 'lines' | 'heard' | 'lost'>;
  /** How many of the lines were said. */
  readonly said: number;
  readonly journal: readonly JournalEvent[];
  readonly ledger: Ledger;
  /** `over`: through to its end. `person`: faults that nothing could mend have led to a person, or to words of farewell. */
  readonly end: 'over' | 'person' | 'stuck';
  /** Nothing told the channel of the order. */
  readonly unordered?: boolean;
  /** More that does not hold, which only the channel can tell. */
  readonly wrong: readonly Wrong[];
}

/** What the session has taken of what was said, in order. */
export const takenIn = (journal: readonly JournalEvent[]): readonly string[] =>
  journal.flatMap(({ type, data }) =>
    type === 'caller.said' && typeof data['text'] === 'string' ? [data['text']] : [],
  );

/** What does not hold of a contact. */
export function wrongWith({ caller, said, journal, ledger, end, unordered, wrong: more }: Came): readonly Wrong[] {
  const wrong: Wrong[] = [...more];
  const find = (invariant: Invariant, what: string) => wrong.push({ invariant, what });
  if (unordered) return wrong;
  const lines = caller.lines.slice(0, said);
  const spoken = lines.map(({ says }) => says);
  const taken = takenIn(journal);
  // Of who came to a person, the last words may be what could not be taken.
  const whole = end === 'person' ? [spoken, spoken.slice(0, -1)] : [spoken];
  if (!whole.some((one) => one.join('\n') === taken.join('\n')))
    find('taken', `said ${spoken.join(', ')}; taken ${taken.join(', ')}`);

  const heard = caller.heard.join(' ');
  const answers: readonly string[] = heard.match(/Noted N\d{3}\.|Note N\d{3}\?|Is N\d{3} final\?|Goodbye\./g) ?? [];
  const due = lines.slice(0, taken.length).filter((line) => !caller.lost.has(line));
  // A question may be put again; what was done is told once.
  const told = answers.filter((answer, index) => !answer.endsWith('?') || answers.indexOf(answer) === index);
  const last = due.at(-1);
  const expected = (of: readonly Line[]) => of.map(({ hears }) => hears).join(' ');
  const known = new Set(due.map(({ hears }) => hears));
  const toldOfThese = told.filter(
    (answer) => known.has(answer) || !caller.lines.some((line) => caller.lost.has(line) && line.hears === answer),
  );
  const ways = end === 'person' && last ? [due, due.slice(0, -1)] : [due];
  if (!ways.some((way) => expected(way) === toldOfThese.join(' ')))
    find('answered', `expected ${expected(due)}; heard ${told.join(' ')}`);

  for (const [note, keys] of ledger.noted) if (keys.size > 1) find('written', `${note} was written ${keys.size} times`);
  for (const note of ledger.noted.keys())
    if (lines.some(({ says }) => says === `add note=${note}`) && !answers.includes(`Is ${note} final?`))
      find('written', `${note} was written without a yes to what was heard`);
  const confirmed = (index: number) => lines[index]?.hears.startsWith('Noted');
  for (let index = 0; index < Math.min(taken.length, lines.length) - (end === 'over' ? 0 : 1); index++) {
    const note = /N\d{3}/.exec(lines[index]?.hears ?? '')?.[0] ?? '';
    if (note !== '' && confirmed(index) && !ledger.noted.has(note)) find('written', `${note} was not written`);
  }
  const gap = journal.findIndex(({ seq }, index) => seq !== index + 1);
  if (gap >= 0) find('journal', `there is a gap at ${gap + 1}`);
  if (end === 'stuck') find('done', `it came to no end after ${said} messages`);
  if (end === 'over' && !journal.some(({ type }) => type === 'session.ended')) find('done', 'the session goes on');
  return wrong;
}
