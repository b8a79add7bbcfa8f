import type { Place } from '../error.ts';
import type { Assignment, Data, Draft, Program, Text } from '../program.ts';
import type { Aspect } from './change.ts';
import type { Fact, Words } from './fact.ts';
import { bare, type Names, writeData, writeText } from './names.ts';

/** One of the two workflows that are compared, in the names of the newer one. */
export interface View {
  readonly program: Program | Draft;
  readonly names: Names;
  /** The names to compare with. */
  readonly bare: Names;
}

export function viewOf(program: Program | Draft, names: Names): View {
  return { program, names, bare: bare(names) };
}

/** What is written of something by `write`: shown as it stands, compared without what means nothing. */
export function written(
  view: View,
  write: (names: Names) => string | undefined,
): { value: string | undefined; same: string | undefined } {
  return { value: write(view.names), same: write(view.bare) };
}

/** `{lead} now {verb} …` and `{lead} no longer {base} …`. */
export function verb(lead: string, does: string, todo: string): Words {
  return { now: `${lead} now ${does}`, gone: `${lead} no longer ${todo}` };
}

/** What a text says, where there is one. */
export function textFact(
  view: View,
  id: string,
  aspect: Aspect,
  text: Text | undefined,
  words: Words,
): readonly Fact[] {
  if (text === undefined) return [];
  return [{ id, aspect, quoted: true, at: text.at, words, ...written(view, (names) => writeText(text, names)) }];
}

/** Plain words that are no template: guidance, descriptions. */
export function wordsFact(
  id: string,
  aspect: Aspect,
  text: string | undefined,
  at: Place,
  words: Words,
): readonly Fact[] {
  return text === undefined ? [] : [{ id, aspect, quoted: true, at, words, value: text }];
}

/** One fact for each name of a list whose order means nothing; one that stands there several times is a fact each time. */
export function memberFacts(
  id: string,
  aspect: Aspect,
  members: readonly string[],
  at: Place,
  words: { added: (name: string) => string; removed: (name: string) => string },
): readonly Fact[] {
  return members.map((name, index) => {
    const before = members.slice(0, index).filter((other) => other === name).length;
    return {
      id: before === 0 ? `${id}/${name}` : `${id}/${before + 1} × ${name}`,
      aspect,
      value: name,
      at,
      words: { now: '', gone: '', ...words },
    };
  });
}

/** Variables that are set: `lead` says where, as in `At \`need\`, the choice \`track\``. */
export function setFacts(view: View, id: string, lead: string, set: readonly Assignment[]): readonly Fact[] {
  return set.map((one) => {
    const name = view.names.variable(one.variable);
    return {
      id: `${id}/${name}`,
      aspect: 'data',
      at: one.at,
      words: verb(lead, `sets \`${name}\` to`, `sets \`${name}\` to`),
      ...written(view, (names) => dataOr(one.value, names)),
    };
  });
}

/** Null clears a variable. */
function dataOr(data: Data, names: Names): string {
  return data.kind === 'literal' && data.value === null ? 'nothing' : writeData(data, names);
}
