import type { Place } from '../error.ts';
import type { Aspect, Change, Subject } from './change.ts';

/** One thing a workflow says of a subject, that can be compared with what another says of it. */
export interface Fact {
  /** The same in both workflows for what is to be compared. */
  readonly id: string;
  readonly aspect: Aspect;
  /** As a sentence shows it; undefined for what is not there. */
  readonly value: string | undefined;
  /** What is compared, where that is not the value itself. */
  readonly same?: string | undefined;
  /** A text, shown in quotes and shortened to where it differs. */
  readonly quoted?: boolean;
  readonly at: Place;
  /** Not said where it stands but taken from the workflow: a change there is told once, of the workflow. */
  readonly inherited?: boolean;
  readonly words: Words;
}

/** How a change is told: `{now} AFTER instead of BEFORE.`, `{now} AFTER.` and `{gone} BEFORE.` */
export interface Words {
  readonly now: string;
  readonly gone: string;
  /** Whole sentences, where those do not fit. */
  readonly added?: (value: string) => string;
  readonly removed?: (value: string) => string;
}

/** The changes from some facts of a subject to others, in the order of the later ones. */
export function compareFacts(subject: Subject, before: readonly Fact[], after: readonly Fact[]): Change[] {
  const then = new Map(before.map((fact) => [fact.id, fact]));
  const now = new Map(after.map((fact) => [fact.id, fact]));
  const ids = [...now.keys(), ...[...then.keys()].filter((id) => !now.has(id))];
  return ids.flatMap((id) => {
    const change = compareFact(subject, then.get(id), now.get(id));
    return change === undefined ? [] : [change];
  });
}

function compareFact(subject: Subject, before: Fact | undefined, after: Fact | undefined): Change | undefined {
  const fact = after ?? before;
  if (fact === undefined || compared(before) === compared(after)) return undefined;
  if ((before?.inherited ?? false) && (after?.inherited ?? false)) return undefined;
  return {
    kind: 'changed',
    subject,
    aspect: fact.aspect,
    before: before?.value,
    after: after?.value,
    sentence: sentence(fact, before?.value, after?.value),
    at: (after?.value === undefined ? before : after)?.at ?? fact.at,
  };
}

const compared = (fact: Fact | undefined) => fact?.same ?? fact?.value;

function sentence({ words, quoted }: Fact, before: string | undefined, after: string | undefined): string {
  const [was, is] = quoted ? quotePair(before, after) : [before, after];
  if (is === undefined) return was === undefined ? '' : (words.removed?.(was) ?? `${words.gone} ${stop(was)}`);
  if (was === undefined) return words.added?.(is) ?? `${words.now} ${stop(is)}`;
  return `${words.now} ${is} instead of ${stop(was)}`;
}

/** A full stop, unless the text in quotes ends as a sentence already. */
export function stop(text: string): string {
  return /[.?!…]”$/.test(text) ? text : `${text}.`;
}

/** The longest text shown whole. */
const LONG = 160;
/** How much of what two long texts share is shown around where they differ. */
const AROUND = 40;

/** Two texts in quotes; of long ones the part where they differ. */
function quotePair(before: string | undefined, after: string | undefined): [string | undefined, string | undefined] {
  if (before === undefined || after === undefined || Math.max(before.length, after.length) <= LONG) {
    return [quote(before), quote(after)];
  }
  const shortest = Math.min(before.length, after.length);
  let head = 0;
  while (head < shortest && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shortest - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const cut = (text: string) => {
    const from = wordBefore(text, Math.max(0, head - AROUND));
    const to = wordAfter(text, Math.min(text.length, text.length - tail + AROUND));
    return quote(`${from > 0 ? '…' : ''}${shorten(text.slice(from, to))}${to < text.length ? '…' : ''}`);
  };
  return [cut(before), cut(after)];
}

/** A text in the quotes of the sentences, its line breaks as spaces. */
export function quote(text: string): string;
export function quote(text: string | undefined): string | undefined;
export function quote(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `“${shorten(text.trim().replace(/\s+/g, ' '))}”`;
}

function shorten(text: string): string {
  const most = 2 * LONG;
  return text.length <= most ? text : `${text.slice(0, wordBefore(text, most))}…`;
}

/** The start of the word that stands at an index. */
function wordBefore(text: string, index: number): number {
  const space = text.lastIndexOf(' ', index);
  return index <= 0 || space < 0 || index - space > AROUND ? Math.max(0, index) : space + 1;
}

function wordAfter(text: string, index: number): number {
  const space = text.indexOf(' ', index);
  return space < 0 || space - index > AROUND ? index : space;
}

/** `a, b and c`. */
export function listed(names: readonly string[]): string {
  const last = names[names.length - 1];
  return last === undefined ? '' : names.length === 1 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
