import type { ChoiceOffered, Line, Question, VariableWanted } from '@parley/engine';
import type { Json, TypedVariable } from '@parley/workflow';

export const choice = (name: string, when: string, ...examples: readonly string[]): ChoiceOffered => ({
  name,
  when,
  examples,
});

export const HUMAN = choice('human', 'asks for a person', 'agent', 'let me talk to somebody');
export const REPEAT = choice('repeat', 'did not hear what was said and wants it again', 'say that again');
const UNCLEAR = choice('unclear', 'the answer fits none of these, or could mean several');
const ANSWERED = choice('answered', 'gives what was asked for, or part of it');
const YES = choice('yes', 'agrees', 'yes', "that's right", 'go ahead');
const NO = choice('no', 'does not agree', 'no', "that's wrong", "don't");
const CHANGED = choice('changed', 'corrects something in what was read back');

/** Monday, 2 March 2026, noon in New York. */
export const NOON = Date.UTC(2026, 2, 2, 17);

export interface Asked {
  readonly kind: Question['kind'];
  readonly heard?: string;
  readonly choices?: readonly ChoiceOffered[];
  /** Asked for and still missing. */
  readonly wanted?: { readonly [name: string]: TypedVariable };
  /** Known already, but may be corrected. */
  readonly known?: { readonly [name: string]: TypedVariable };
  readonly memory?: { readonly [name: string]: Json };
  readonly lines?: readonly Line[];
}

/** A question as the engine puts it: with the choices that every question of its kind has. */
export function question({
  kind,
  heard,
  choices = [],
  wanted = {},
  known = {},
  memory = {},
  lines = [],
}: Asked): Question {
  const named = (variables: { readonly [name: string]: TypedVariable }, isWanted: boolean): VariableWanted[] =>
    Object.entries(variables).map(([name, variable]) => ({ name, variable, wanted: isWanted }));
  const fill = [...named(wanted, true), ...named(known, false)];
  const builtIn = {
    ask: [UNCLEAR],
    form: [ANSWERED, UNCLEAR],
    confirm: [YES, NO, ...(fill.length > 0 ? [CHANGED] : []), UNCLEAR],
    decide: [],
  }[kind];
  return {
    session: 's1',
    workflow: 'test',
    step: 'question',
    kind,
    instructions: '',
    asked: 'What can I do for you?',
    ...(heard === undefined ? {} : { heard }),
    choices: [...choices, ...builtIn],
    fill,
    memory,
    transcript: async () => lines,
    moment: { now: NOON, timezone: 'America/New_York' },
    models: { decide: undefined, fallback: [], residency: undefined },
    due: NOON + 7_000,
    deadline: NOON + 5_000,
    signal: new AbortController().signal,
  };
}
