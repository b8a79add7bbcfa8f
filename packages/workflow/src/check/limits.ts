import type { Node } from '../expression/ast.ts';
import type { Problem } from '../problem.ts';
import type { Place } from '../error.ts';
import { asks, type BrokenStep, type Draft, isComposed, type Step, type Text } from '../program.ts';
import type { TypedVariable } from '../schema.ts';
import type { ToolSignatures } from '../tool-signature.ts';
import type { Json, Type } from '../type.ts';
import { sayValue, typeOfVariable } from '../values/values.ts';
import type { Piece } from './pieces.ts';
import { type LocalNames, problemAt } from './report.ts';
import { rests, type StepWays, signatureOf } from './way.ts';

/** The longest text a channel takes: Amazon Connect's messages, 1,024 characters. */
const MAX_TEXT = 1_024;
/** How long Amazon Connect waits for a turn of a phone call, in milliseconds. */
const MAX_PHONE_TURN = 8_000;
/** A caller who was cut off, or writes while doing something else, comes back within this time, in milliseconds. */
const MIN_KEEP = 3_600_000;
/** The pause before the first retry of a call, doubled for each after it, in milliseconds. */
const FIRST_BACKOFF = 200;

/** Texts that are too long or empty, and turns that can take too long. */
export function checkLimits(
  draft: Draft,
  pieces: readonly Piece[],
  ways: ReadonlyMap<string, StepWays>,
  tools: ToolSignatures | undefined,
  names: LocalNames,
): readonly Problem[] {
  const problems: Problem[] = [];
  for (const piece of pieces) {
    if (piece.what === 'said' || piece.what === 'brief' || piece.what === 'fact')
      problems.push(...text(draft, piece.text));
  }
  for (const step of draft.steps.values()) {
    if (isComposed(step) && step.compose.instructions.trim() === '') problems.push(empty(step.compose.at));
  }
  const top = { file: draft.file, line: 1, column: 1 };
  const { silence, turn, decide, keep } = draft.limits;
  if (silence < 2_000 || silence > 30_000) {
    problems.push(
      problemAt(
        top,
        'limits/silence',
        'warning',
        silence < 2_000
          ? `A caller has only ${seconds(silence)} to begin before the question is put again.`
          : `A caller who is silent waits ${seconds(silence)} until something happens.`,
        'Set limits.silence to something between 2s and 30s.',
      ),
    );
  }
  if (turn > MAX_PHONE_TURN) {
    problems.push(
      problemAt(
        top,
        'limits/channel',
        'warning',
        `A turn may take ${seconds(turn)}, and on the phone nothing waits longer than ${seconds(MAX_PHONE_TURN)}.`,
        'Set limits.turn to 7s or less.',
      ),
    );
  }
  if (keep !== undefined && keep < MIN_KEEP) {
    problems.push(
      problemAt(
        top,
        'limits/keep',
        'warning',
        `A session is removed ${seconds(keep)} after its last event, and a caller who comes back begins anew.`,
        'Set limits.keep to an hour or more.',
      ),
    );
  }
  const questions = [...draft.steps.values()].filter(
    (step) => asks(step) || step.kind === 'decide' || isComposed(step),
  );
  if (decide > turn && questions.length > 0 && !draft.busy) {
    problems.push(
      problemAt(
        top,
        'limits/decide',
        'error',
        `A decision may take ${seconds(decide)}, longer than a turn (${seconds(turn)}), and nothing is said meanwhile.`,
        'Set limits.decide lower than limits.turn, or say something meanwhile: busy: One moment, please.',
      ),
    );
  }
  if (!draft.busy) problems.push(...slowTurns(draft, ways, tools, names));
  return problems;
}

const empty = (at: Place) =>
  problemAt(at, 'text/empty', 'error', 'This text is empty.', 'Write what is said, or take it out.');

function text(draft: Draft, { template, at }: Text): readonly Problem[] {
  if (template.source.trim() === '') return [empty(at)];
  const fixed = template.parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 0), 0);
  if (fixed > MAX_TEXT) {
    return [
      problemAt(
        at,
        'text/long',
        'error',
        `This text has ${thousands(fixed)} characters; at most ${thousands(MAX_TEXT)} can be said at once.`,
        'Make it shorter, or split it over several steps.',
      ),
    ];
  }
  const most = template.parts.reduce(
    (sum, part) => sum + (typeof part === 'string' ? part.length : longest(draft, part.expression.ast, part.type)),
    0,
  );
  if (most <= MAX_TEXT) return [];
  return [
    problemAt(
      at,
      'text/long',
      'warning',
      `This text can come to ${thousands(most)} characters; at most ${thousands(MAX_TEXT)} can be said at once.`,
      'Make it shorter, or bound what is put into it: maxLength.',
    ),
  ];
}

/** The most characters a value can have in a text as it is said, where that is known; else none. */
function longest(draft: Draft, ast: Node, type: Type | undefined): number {
  if (type?.kind === 'string' && type.values) return Math.max(0, ...type.values.map((value) => said(value, type)));
  switch (ast.kind) {
    case 'group':
      return longest(draft, ast.inner, type);
    case 'literal':
      return typeof ast.value === 'string' ? ast.value.length : said(ast.value, undefined);
    case 'concat':
      return longest(draft, ast.left, undefined) + longest(draft, ast.right, undefined);
    case 'condition':
      return Math.max(longest(draft, ast.then, undefined), ast.else ? longest(draft, ast.else, undefined) : 0);
    case 'call': {
      const [argument] = ast.arguments;
      const keeps = ['uppercase', 'lowercase', 'trim', 'string'].includes(ast.name);
      return keeps && argument ? longest(draft, argument, undefined) : 0;
    }
    case 'variable': {
      const variable = draft.variables.get(ast.name);
      return variable?.definition ? longestOf(variable.definition, variable.type) : ofType(type);
    }
    case 'path': {
      const [first, ...rest] = ast.steps.map(({ node }) => node);
      const definition = first?.kind === 'variable' ? draft.variables.get(first.name)?.definition : undefined;
      const field = rest.reduce((inside: TypedVariable | undefined, node) => {
        if (inside?.type !== 'object' || node.kind !== 'field') return undefined;
        return Object.hasOwn(inside.fields, node.name) ? inside.fields[node.name] : undefined;
      }, definition);
      return field ? longestOf(field, typeOfVariable(field)) : ofType(type);
    }
    default:
      return ofType(type);
  }
}

function longestOf(definition: TypedVariable, type: Type): number {
  // A code is said sign by sign: its length is not that of its value.
  if (definition.type === 'string') return said('W'.repeat(definition.maxLength ?? 0), type);
  if (definition.type === 'choice') {
    const { values } = definition;
    return Math.max(0, ...(Array.isArray(values) ? values : Object.keys(values)).map((value) => said(value, type)));
  }
  if ('max' in definition && definition.max !== undefined) return said(definition.max, type);
  return ofType(type);
}

/** The most a value of a type comes to that has a longest: a day in September, say. */
function ofType(type: Type | undefined): number {
  if (type?.kind === 'boolean') return said(true, type);
  if (type?.kind !== 'string') return 0;
  if (type.format === 'date') return said('2028-09-27', type);
  if (type.format === 'time') return said('22:55', type);
  return 0;
}

const said = (value: Json, type: Type | undefined) => sayValue(value, type, 'voice').length;

/** Steps that a caller may have to wait for in silence: at the worst, a turn is over while they run. */
function slowTurns(
  draft: Draft,
  ways: ReadonlyMap<string, StepWays>,
  tools: ToolSignatures | undefined,
  names: LocalNames,
): readonly Problem[] {
  const { turn, decide } = draft.limits;
  /** The latest a step is entered, counted from the caller's words, and the way there. */
  const latest = new Map<string, { at: number; path: readonly string[] }>();
  const queue: { name: string; at: number; path: readonly string[] }[] = [];
  const enter = (name: string | undefined, at: number, path: readonly string[]) => {
    const before = name === undefined ? undefined : latest.get(name);
    // Loops that never rest are told elsewhere; what lies behind a turn's end is not looked at.
    if (name === undefined || !draft.steps.has(name) || path.includes(name) || at > turn) return;
    if (before && before.at >= at) return;
    latest.set(name, { at, path });
    queue.push({ name, at, path });
  };
  enter(draft.start, 0, []);
  for (const { step, ways: own } of ways.values()) {
    for (const { to, cause } of own) if (cause === 'heard') enter(to, 0, [step.name]);
    if (!asks(step) && step.kind !== 'wait') continue;
    const heard = asks(step) ? Math.min(decide, turn) : 0;
    for (const { to } of own) if (to !== step.name) enter(to, heard, [step.name]);
  }
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { name, at, path } = next;
    const step = draft.steps.get(name);
    if (!step || latest.get(name)?.at !== at) continue;
    const goesOn = !rests(step) || step.kind === 'form';
    if (!goesOn) continue;
    const after = at + durationOf(step, draft, tools);
    for (const { to, cause } of ways.get(name)?.ways ?? []) {
      if (cause !== 'heard' && (step.kind !== 'form' || cause === 'then')) enter(to, after, [...path, name]);
    }
  }
  const problems: Problem[] = [];
  for (const [name, { at, path }] of latest) {
    const step = draft.steps.get(name);
    const own = step ? durationOf(step, draft, tools) : 0;
    if (!step || own === 0 || at + own <= turn || ('meanwhile' in step && step.meanwhile)) continue;
    problems.push(
      problemAt(
        step.at,
        'limits/turn',
        'error',
        `At \`${names.step(name)}\` a turn can take ${seconds(at + own)}, longer than ${seconds(turn)}, and nothing is said meanwhile.`,
        step.kind === 'decide' || isComposed(step)
          ? 'Say something meanwhile: busy: One moment, please.'
          : 'Say something meanwhile: `meanwhile` at this step, or `busy` for all.',
        [...path, name],
      ),
    );
  }
  return problems;
}

/** The longest a step can take, in milliseconds: all attempts fail as late as they may. */
function durationOf(step: Step | BrokenStep, { limits, models }: Draft, tools: ToolSignatures | undefined): number {
  if (step.kind === 'decide' || isComposed(step)) return limits.decide;
  if (step.kind !== 'call' && step.kind !== 'parallel') return 0;
  const calls = step.kind === 'call' ? [step.call] : step.calls;
  const { retry } = step.failed;
  const timeout = Math.max(0, ...calls.map(({ tool }) => signatureOf(tools, tool)?.timeout ?? 0));
  if (timeout === 0) return 0;
  // A guardrail may take as long as the tool to look at what it is given, and once more at what it returns.
  const checks = models.guardrail === undefined ? 0 : 2 * timeout;
  return timeout * (1 + retry) + FIRST_BACKOFF * (2 ** retry - 1) + checks;
}

const seconds = (ms: number) => `${Math.round(ms / 100) / 10} s`;
const thousands = (count: number) => count.toLocaleString('en-US');
