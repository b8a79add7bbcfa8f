import type { ChoiceOffered, Line, Question, VariableWanted } from '@parley/engine';
import { type Json, variableSchema } from '@parley/workflow';
import { z } from 'zod';

/** What of a question a prompt tells. */
export type Told = Pick<
  Question,
  'step' | 'kind' | 'instructions' | 'asked' | 'heard' | 'choices' | 'fill' | 'memory' | 'moment'
> & { readonly lines: readonly Line[] };

const OPENING = /^<question step="([^"]*)" kind="(ask|form|confirm|decide)">$/m;

const choice = z.object({
  choice: z.string(),
  when: z.string(),
  examples: z.array(z.string()).default([]),
  unheard: z.literal(true).optional(),
});
const variable = z.looseObject({ variable: z.string() });
const line = z.union([z.object({ caller: z.string() }), z.object({ agent: z.string() })]);

/**
 * Reads a prompt of Parley's own (bedrock/prompt.ts) back into the question; undefined where it is none. What a prompt
 * leaves out (how a variable is asked for, whether it is sensitive) can't be read back.
 */
export function readPrompt(prompt: string): Told | undefined {
  const opening = OPENING.exec(prompt);
  if (opening === null) return undefined;
  const [tag, step = '', kind = ''] = opening;
  const [before = '', after = ''] = halves(prompt, tag);
  const [body = '', turn = ''] = halves(after, '</question>');
  const parts = body.split('\n').flatMap(jsonOf);
  const wanted = z.array(z.string()).catch([]).parse(section(turn, 'wanted'));
  const heard = z.string().optional().catch(undefined).parse(section(turn, 'caller'));
  return {
    step,
    kind: z.enum(['ask', 'form', 'confirm', 'decide']).parse(kind),
    instructions: /<guidance>\n([\s\S]*)\n<\/guidance>/.exec(before)?.[1] ?? '',
    asked: z.string().catch('').parse(section(turn, 'asked')),
    ...(heard === undefined ? {} : { heard }),
    choices: parts.flatMap(choiceOf),
    fill: parts.flatMap((part) => variableOf(part, wanted)),
    memory: z.record(z.string(), z.json()).catch({}).parse(section(turn, 'known')),
    moment: momentOf(z.string().catch('').parse(section(turn, 'now'))),
    lines: linesOf(turn),
  };
}

/** What of a composition a prompt tells (bedrock/compose-prompt.ts). */
export interface WordsTold {
  readonly facts: { readonly [name: string]: string };
  /** The most characters. */
  readonly longest: number;
}

/** Reads the prompt of a composition; undefined where it is none. */
export function readComposition(prompt: string): WordsTold | undefined {
  const longest = /^At most (\d+) characters\.$/m.exec(prompt)?.[1];
  const facts = z.record(z.string(), z.string()).safeParse(section(prompt, 'facts'));
  return longest === undefined || !facts.success ? undefined : { facts: facts.data, longest: Number(longest) };
}

function choiceOf(part: Json): ChoiceOffered[] {
  const read = choice.safeParse(part);
  if (!read.success) return [];
  const { choice: name, when, examples, unheard } = read.data;
  return [{ name, when, examples, ...(unheard ? { unheard } : {}) }];
}

function variableOf(part: Json, wanted: readonly string[]): VariableWanted[] {
  const read = variable.safeParse(part);
  if (!read.success) return [];
  const { variable: name, ...described } = read.data;
  const typed = variableSchema.safeParse(described);
  return typed.success && 'type' in typed.data ? [{ name, variable: typed.data, wanted: wanted.includes(name) }] : [];
}

function linesOf(turn: string): Line[] {
  const [, inside = ''] = /<transcript>\n([\s\S]*?)\n<\/transcript>/.exec(turn) ?? [];
  return inside.split('\n').flatMap((text) =>
    jsonOf(text).flatMap((part): Line[] => {
      const read = line.safeParse(part);
      if (!read.success) return [];
      return 'caller' in read.data
        ? [{ who: 'caller', text: read.data.caller }]
        : [{ who: 'agent', text: read.data.agent }];
    }),
  );
}

/** `2026-11-25T14:30 Wednesday America/New_York` as an instant; the first of them where clocks were put back. */
function momentOf(now: string): Question['moment'] {
  const [local = '', , timezone = 'UTC'] = now.split(' ');
  const wall = Date.parse(`${local}Z`);
  if (Number.isNaN(wall)) return { now: Date.now(), timezone: 'UTC' };
  const ahead = (instant: number) => wallClock(instant, timezone) - instant;
  const guess = wall - ahead(wall);
  return { now: wall - ahead(guess), timezone };
}

/** What a clock shows there then, as if it were UTC. */
function wallClock(instant: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
    hourCycle: 'h23',
  });
  return Date.parse(`${format.format(instant).replace(', ', 'T')}Z`);
}

/** The JSON in `<name>…</name>`: it holds no signs of a tag, so the first end is its own. */
function section(text: string, name: string): Json | undefined {
  const [, inside = ''] = new RegExp(`<${name}>(.*?)</${name}>`).exec(text) ?? [];
  return jsonOf(inside)[0];
}

/** A text as JSON; nothing where it is none. */
function jsonOf(text: string): Json[] {
  try {
    return [z.json().parse(JSON.parse(text))];
  } catch {
    return [];
  }
}

function halves(text: string, at: string): readonly [string, string] {
  const index = text.indexOf(at);
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + at.length)];
}
