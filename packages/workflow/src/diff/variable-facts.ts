import type { Variable } from '../program.ts';
import type { TypedVariable } from '../schema.ts';
import { type Fact, listed } from './fact.ts';
import { writeCondition, writeJson } from './names.ts';
import { textFact, type View, verb, wordsFact, written } from './view.ts';

/** What the further keys of a type are called. */
const BOUNDS = {
  pattern: 'pattern',
  minLength: 'shortest length',
  maxLength: 'greatest length',
  min: 'least value',
  max: 'greatest value',
  currency: 'currency',
  country: 'country',
  prefer: 'preference',
  spoken: 'spoken form',
  maxItems: 'greatest number of entries',
} as const;

/** What a workflow says of a variable. */
export function variableFacts(view: View, variable: Variable): readonly Fact[] {
  const { at } = variable;
  const name = view.names.variable(variable.name);
  const lead = `The variable \`${name}\``;
  const { check, initial } = variable;
  return [
    ...(variable.definition === undefined
      ? [kindFact('type', lead, `the output of \`${variable.tool ?? '?'}\``, variable)]
      : typeFacts('type', lead, variable.definition, variable)),
    ...(variable.sensitive === undefined
      ? []
      : [
          {
            id: 'sensitive',
            aspect: 'sensitive' as const,
            value: variable.sensitive,
            at,
            words: verb(lead, 'is sensitive:', 'is sensitive:'),
          },
        ]
    ).map((fact) => ({
      ...fact,
      words: { now: `${lead} is now sensitive:`, gone: `${lead} is no longer sensitive:` },
    })),
    {
      id: 'readback',
      aspect: 'sensitive',
      value: variable.readback ? 'yes' : undefined,
      at,
      words: {
        now: '',
        gone: '',
        added: () => `${lead} may now be read back to the caller.`,
        removed: () => `${lead} may no longer be read back to the caller.`,
      },
    },
    ...wordsFact('about', 'guidance', variable.about, at, {
      now: `${lead} is now described as`,
      gone: `${lead} is no longer described as`,
    }),
    ...textFact(view, 'ask', 'text', variable.ask, {
      now: `For \`${name}\`, the caller is now asked`,
      gone: `For \`${name}\`, the caller is no longer asked`,
    }),
    ...textFact(
      view,
      'invalid',
      'text',
      variable.invalid,
      verb(`For a \`${name}\` that is not valid, the caller`, 'hears', 'hears'),
    ),
    ...(check === undefined
      ? []
      : [
          {
            id: 'check',
            aspect: 'condition' as const,
            at: check.at,
            words: { now: `${lead} must now meet`, gone: `${lead} need no longer meet` },
            ...written(view, (names) => writeCondition(check, names)),
          },
        ]),
    ...(initial === undefined
      ? []
      : [
          {
            id: 'initial',
            aspect: 'data' as const,
            value: writeJson(initial),
            at,
            words: { now: `${lead} now begins as`, gone: `${lead} no longer begins as` },
          },
        ]),
  ];
}

/** What a variable is, in a word or two: for one that is new. */
export function describeVariable(variable: Variable): string {
  return variable.definition === undefined
    ? `the output of \`${variable.tool ?? '?'}\``
    : article(variable.definition.type);
}

function kindFact(id: string, lead: string, value: string, { at }: Pick<Variable, 'at'>): Fact {
  return { id, aspect: 'type', value, at, words: { now: `${lead} is now`, gone: `${lead} is no longer` } };
}

/** The type, what bounds it, and what it is made of. */
function typeFacts(id: string, lead: string, definition: TypedVariable, variable: Variable): readonly Fact[] {
  const { at } = variable;
  const bounds = Object.entries(BOUNDS).flatMap(([key, label]): readonly Fact[] => {
    const value = Object.entries(definition).find(([name]) => name === key)?.[1];
    if (value === undefined) return [];
    const words = { now: `${lead} now has the ${label}`, gone: `${lead} no longer has the ${label}` };
    return [{ id: `${id}/${key}`, aspect: 'type', value: String(value), at, words }];
  });
  const facts = [kindFact(id, lead, article(definition.type), variable), ...bounds];
  switch (definition.type) {
    case 'choice':
      return [...facts, ...valueFacts(id, lead, definition.values, variable)];
    case 'object':
      return [
        ...facts,
        ...Object.entries(definition.fields).flatMap(([field, one]) =>
          nestedFacts(`${id}/fields/${field}`, `${lead}, in \`${field}\`,`, one, variable),
        ),
      ];
    case 'list':
      return [...facts, ...nestedFacts(`${id}/of`, `${lead}, in each entry,`, definition.of, variable)];
    default:
      return facts;
  }
}

/** A field or an entry: it has a type as a variable does, and may be there or not. */
function nestedFacts(id: string, lead: string, definition: TypedVariable, variable: Variable): readonly Fact[] {
  const [kind, ...rest] = typeFacts(id, lead, definition, variable);
  const { about, sensitive, check } = definition;
  const more: readonly (readonly [string, string | undefined, string])[] = [
    ['about', about, 'description'],
    ['sensitive', sensitive, 'sensitivity'],
    ['check', check, 'condition'],
  ];
  return [
    ...(kind === undefined
      ? []
      : [
          {
            ...kind,
            words: {
              ...kind.words,
              added: (value: string) => `${lead} now holds ${value}.`,
              removed: (value: string) => `${lead} no longer holds ${value}.`,
            },
          },
        ]),
    ...rest,
    ...more.flatMap(([key, value, label]): readonly Fact[] =>
      value === undefined
        ? []
        : [
            {
              id: `${id}/${key}`,
              aspect: 'type',
              value,
              at: variable.at,
              words: { now: `${lead} now has the ${label}`, gone: `${lead} no longer has the ${label}` },
            },
          ],
    ),
  ];
}

/** Each value a choice can have, and the other words for it. */
function valueFacts(
  id: string,
  lead: string,
  values: readonly string[] | { readonly [value: string]: readonly string[] },
  { at }: Variable,
): readonly Fact[] {
  const all: readonly (readonly [string, readonly string[]])[] = isList(values)
    ? values.map((value) => [value, []])
    : Object.entries(values);
  return all.flatMap(([value, words], index): readonly Fact[] => [
    {
      // A list may have a value twice: each time is a fact.
      id: `${id}/values/${value}${' again'.repeat(all.slice(0, index).filter(([other]) => other === value).length)}`,
      aspect: 'type',
      value: `'${value}'`,
      at,
      words: { now: `${lead} can now be`, gone: `${lead} can no longer be` },
    },
    ...(words.length === 0
      ? []
      : [
          {
            id: `${id}/values/${value}/words`,
            aspect: 'meaning' as const,
            value: listed([...words].sort().map((word) => `'${word}'`)),
            at,
            words: {
              now: `${lead} is now understood as '${value}' from`,
              gone: `${lead} is no longer understood as '${value}' from`,
            },
          },
        ]),
  ]);
}

const isList = (
  values: readonly string[] | { readonly [value: string]: readonly string[] },
): values is readonly string[] => Array.isArray(values);

const article = (type: string) => `${/^[aeio]/.test(type) ? 'an' : 'a'} ${type}`;
