import type { Line, Question } from '@parley/engine';
import type { Json, TypedVariable } from '@parley/workflow';
import { cut, fenced, visible } from './fence.ts';
import { rulesOf } from './rules.ts';
import { estimateTokens } from './tokens.ts';

/** A decision as it is put to a model. */
export interface Prompt {
  /** What is the same for every caller at this step: it goes first, and can be cached. */
  readonly stable: string;
  /** What is this caller's: what is known, what was said. */
  readonly turn: string;
}

export interface PromptOptions {
  /** About how many tokens the prompt may have; 6,000 where it is left out. What must not be left out may be more. */
  readonly tokens?: number;
}

/**
 * Puts a question to a model. What is the caller's or a tool's stands in sections, as JSON that can't end them.
 *
 * What goes beyond the budget is left out in this order: what a single known value has beyond a quarter of it, the oldest
 * lines of the transcript but the last four, of those what is long, known values (the largest first), examples (the last
 * first), the last lines. Rules, guidance, choices, variables and what was asked stay; of what was said only the middle
 * of more than 4,000 characters goes. `local-bedrock` reads this format back: change both together.
 */
export async function promptOf(question: Question, { tokens = 6_000 }: PromptOptions = {}): Promise<Prompt> {
  const lines = before(await question.transcript(), question);
  const all: Parts = { known: question.memory, lines, examples: Number.POSITIVE_INFINITY };
  // Nearly every prompt has room for all of it, which is found out faster than what there would be room for.
  const whole = written(question, all);
  const small = Object.values(question.memory).every((value) => JSON.stringify(value).length * 4 <= tokens / 4);
  if (small && tokensOfStable(whole.stable) + estimateTokens(whole.turn) <= tokens) return whole;
  return written(question, fit(question, all, tokens));
}

/** By the text: there are about as many as there are steps. */
const STABLE = new Map<string, number>();

function tokensOfStable(text: string): number {
  let tokens = STABLE.get(text);
  if (tokens === undefined) {
    tokens = estimateTokens(text);
    if (STABLE.size >= 1_000) STABLE.clear();
    STABLE.set(text, tokens);
  }
  return tokens;
}

/** What of a prompt may be left out. */
interface Parts {
  readonly known: { readonly [variable: string]: Json };
  readonly lines: readonly Line[];
  /** How many examples a choice may have. */
  readonly examples: number;
}

function written(question: Question, { known, lines, examples }: Parts): Prompt {
  const { kind, step, instructions, choices, fill, asked, heard, moment } = question;
  const wanted = fill.filter((one) => one.wanted).map(({ name }) => name);
  return {
    stable: [
      rulesOf(question),
      ...(instructions === '' ? [] : ['<guidance>', visible(instructions), '</guidance>']),
      `<question step="${step}" kind="${kind}">`,
      ...choices.map(({ name, when, examples: all, unheard }) => {
        const some = all.slice(0, examples);
        return fenced({
          choice: name,
          when,
          ...(some.length > 0 ? { examples: some } : {}),
          ...(unheard ? { unheard } : {}),
        });
      }),
      ...fill.map(({ name, variable }) => fenced({ variable: name, ...described(variable) })),
      '</question>',
    ].join('\n'),
    turn: [
      `<now>${fenced(localTime(moment))}</now>`,
      ...(Object.keys(known).length > 0 ? [`<known>${fenced(known)}</known>`] : []),
      ...(lines.length > 0
        ? ['<transcript>', ...lines.map(({ who, text }) => fenced({ [who]: text })), '</transcript>']
        : []),
      ...(wanted.length > 0 ? [`<wanted>${fenced(wanted)}</wanted>`] : []),
      `<asked>${fenced(cut(asked, LONGEST))}</asked>`,
      ...(heard === undefined ? [] : [`<caller>${fenced(cut(heard, LONGEST))}</caller>`]),
    ].join('\n'),
  };
}

// ---- what goes in

/** Characters of what was asked or said. Who says more than this says it somewhere near the beginning or the end. */
const LONGEST = 4_000;
/** Characters of a line of the transcript, where there is not room for all. */
const SHORT = 200;
/** Lines that are left out last. */
const LAST = 4;

/** The lines before the open question: what was asked and heard stands in sections of its own. */
function before(lines: readonly Line[], { asked, heard = '' }: Question): readonly Line[] {
  let end = lines.length;
  const last = () => lines[end - 1];
  while (last()?.who === 'caller' && heard.includes(last()?.text ?? '')) end -= 1;
  if (last()?.who === 'agent' && last()?.text === asked) end -= 1;
  return lines.slice(0, end);
}

/** Takes out what goes beyond the budget. */
function fit(question: Question, all: Parts, budget: number): Parts {
  const none: Parts = { known: {}, lines: [], examples: 0 };
  const { stable, turn } = written(question, none);
  let room = budget - estimateTokens(stable) - estimateTokens(turn);

  const entries = Object.entries(all.known).map(([name, value]) => {
    const entry = shortened(name, value, budget / 4);
    return { ...entry, size: sizeOf({ [name]: entry.value }) };
  });
  const lines = all.lines.map((line) => ({ line, size: sizeOf({ [line.who]: line.text }) }));
  const counts = question.choices.map(({ examples }) => examples.map((example) => sizeOf(example)));
  const most = Math.max(0, ...counts.map(({ length }) => length));
  const sizeOfExamples = (count: number) => sum(counts.flatMap((sizes) => sizes.slice(0, count)));
  room -= sum(entries.map(({ size }) => size)) + sum(lines.map(({ size }) => size)) + sizeOfExamples(most);

  while (room < 0 && lines.length > LAST) room += lines.shift()?.size ?? 0;
  if (room < 0) {
    for (const [at, { line, size }] of lines.entries()) {
      const text = cut(line.text, SHORT);
      const short = { line: { ...line, text }, size: sizeOf({ [line.who]: text }) };
      room += size - short.size;
      lines[at] = short;
    }
  }
  const left = new Set(entries);
  for (const entry of entries.toSorted((a, b) => b.size - a.size)) {
    if (room >= 0) break;
    left.delete(entry);
    room += entry.size;
  }
  let examples = most;
  while (room < 0 && examples > 0) {
    room += sizeOfExamples(examples) - sizeOfExamples(examples - 1);
    examples -= 1;
  }
  while (room < 0 && lines.length > 0) room += lines.shift()?.size ?? 0;
  const known = Object.fromEntries(entries.flatMap((entry) => (left.has(entry) ? [[entry.name, entry.value]] : [])));
  return { known, lines: lines.map(({ line }) => line), examples };
}

/** A known value, or where it is too large the beginning and the end of it as text. */
function shortened(name: string, value: Json, most: number): { readonly name: string; readonly value: Json } {
  const text = JSON.stringify(value);
  // No text has more tokens than bytes, nor these more than four times its characters.
  if (text.length * 4 <= most || estimateTokens(text.slice(0, most * 8)) <= most) return { name, value };
  return { name, value: cut(typeof value === 'string' ? value : text, most) };
}

/** With the line break, comma or space that goes with it. */
const sizeOf = (value: Json): number => estimateTokens(fenced(value)) + 1;

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);

/** What of a variable tells how its values look. A workflow's variables are the same objects as long as it is loaded. */
function described(variable: TypedVariable): Described {
  const known = DESCRIBED.get(variable);
  if (!known) {
    const { ask: _, invalid: __, readback: ___, initial: ____, check: _____, sensitive: ______, ...rest } = variable;
    const made: Described = JSON.parse(JSON.stringify(rest));
    DESCRIBED.set(variable, made);
    return made;
  }
  return known;
}

interface Described {
  readonly [key: string]: Json;
}
const DESCRIBED = new WeakMap<TypedVariable, Described>();

/** `2026-11-25T14:30 Wednesday America/New_York`. */
function localTime({ now, timezone }: Question['moment']): string {
  let format = FORMATS.get(timezone);
  if (!format) {
    const time = { timeZone: timezone, dateStyle: 'short', timeStyle: 'short', hourCycle: 'h23' } as const;
    format = {
      time: new Intl.DateTimeFormat('en-CA', time),
      day: new Intl.DateTimeFormat('en-US', { timeZone: timezone, weekday: 'long' }),
    };
    FORMATS.set(timezone, format);
  }
  return `${format.time.format(now).replace(', ', 'T')} ${format.day.format(now)} ${timezone}`;
}

/** By time zone. Made once: making one takes longer than the rest of a prompt. */
const FORMATS = new Map<string, { readonly time: Intl.DateTimeFormat; readonly day: Intl.DateTimeFormat }>();
