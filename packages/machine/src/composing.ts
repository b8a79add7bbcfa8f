import type { Compose, Json, Program, Text } from '@parley/workflow';
import type { Context } from './context.ts';
import type { SessionEvent } from './event.ts';
import { checkWords, tellsAny } from './words/words.ts';

/** The longest fact that is put to a model, in characters: as much as is said at once. */
const LONGEST_FACT = 1_024;

/**
 * What the model may say, as `say` says it, without what has no value; undefined where one is too long to be put to it,
 * or holds something sensitive all the same, as what a tool returned may.
 */
export function factsOf(
  program: Program,
  vars: Context['vars'],
  { facts }: Compose,
  say: (text: Text) => string,
): { readonly [name: string]: string } | undefined {
  const told = [...facts].map(([name, text]) => [name, say(text).trim()] as const).filter(([, words]) => words !== '');
  const sensitive = sensitiveIn(program, vars);
  const mayBe = ([, words]: readonly [string, string]) => words.length <= LONGEST_FACT && !tellsAny(words, sensitive);
  return told.every(mayBe) ? Object.fromEntries(told) : undefined;
}

/** What came of composing, held against what the model was told and what it must not tell; `text`: what is still to be said. */
export function checkComposed(
  program: Program,
  { vars, waiting }: Pick<Context, 'vars' | 'waiting'>,
  { instructions, longest }: Compose,
  { text, more }: Extract<SessionEvent, { type: 'model.composed' }>,
): ReturnType<typeof checkWords> {
  const { facts = {}, said } = waiting.for === 'words' ? waiting : {};
  // The last of its sentences may have been said already.
  if (said !== undefined && more === undefined && text.trim() === '') return { ok: true, text: '' };
  return checkWords(text, {
    facts,
    told: [instructions, ...(program.guidance === undefined ? [] : [program.guidance])],
    longest: said === undefined ? longest : longest - said.length - 1,
    sensitive: sensitiveIn(program, vars),
  });
}

function sensitiveIn({ variables }: Program, vars: Context['vars']): readonly Json[] {
  const named = [...variables.values()].flatMap(({ name, sensitive }) => {
    const value = sensitive === undefined || !Object.hasOwn(vars, name) ? undefined : vars[name];
    return value === undefined ? [] : [value];
  });
  const { contact } = vars;
  const address = typeof contact === 'object' && contact !== null && 'address' in contact ? contact.address : undefined;
  return address === undefined ? named : [...named, address];
}
