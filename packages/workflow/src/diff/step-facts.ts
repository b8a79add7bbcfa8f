import type {
  AskStep,
  BrokenStep,
  Choice,
  ConfirmStep,
  EndStep,
  Failed,
  FormStep,
  Route,
  SayStep,
  Step,
  ToolCall,
  UseStep,
} from '../program.ts';
import { duration } from './duration.ts';
import { type Fact, listed, quote, stop } from './fact.ts';
import { writeCondition, writeData, writeText } from './names.ts';
import { memberFacts, setFacts, textFact, type View, verb, wordsFact, written } from './view.ts';

/** What a step says of itself, but for its choices and the ways on it tries in order. */
export function stepFacts(view: View, step: Step | BrokenStep): readonly Fact[] {
  const { names } = view;
  const name = names.step(step.name);
  const at = `At \`${name}\``;
  const caller = verb(`${at}, the caller`, 'hears', 'hears');
  const waiting = verb(`${at}, a caller who waits`, 'hears', 'hears');
  switch (step.kind) {
    case 'say':
      return sayFacts(view, step);
    case 'ask':
      return [...textFact(view, 'text', 'text', step.text, caller), ...questionFacts(view, step)];
    case 'form': {
      const asked = step.variables.map(names.variable);
      return [
        ...textFact(view, 'intro', 'text', step.intro, verb(`${at}, the caller`, 'first hears', 'first hears')),
        ...memberFacts('form', 'form', asked, step.at, {
          added: (variable) => `${at}, the form now asks for \`${variable}\` too.`,
          removed: (variable) => `${at}, the form no longer asks for \`${variable}\`.`,
        }),
        {
          id: 'again',
          aspect: 'form',
          value: step.again ? 'yes' : undefined,
          at: step.at,
          words: {
            now: '',
            gone: '',
            added: () => `${at}, the form now asks for what is known already, too.`,
            removed: () => `${at}, the form no longer asks for what is known already.`,
          },
        },
        ...questionFacts(view, step),
      ];
    }
    case 'decide':
      return [
        ...wordsFact('decide', 'guidance', step.instructions, step.at, verb(`${at}, the model`, 'decides', 'decides')),
        ...memberFacts('given', 'guidance', step.given.map(names.variable), step.at, {
          added: (variable) => `${at}, the model is now told \`${variable}\`.`,
          removed: (variable) => `${at}, the model is no longer told \`${variable}\`.`,
        }),
        ...fillFacts(view, step),
        doorFact(view, step, step.otherwise),
      ];
    case 'call':
      return [
        {
          id: 'tool',
          aspect: 'call',
          value: `\`${step.call.tool}\``,
          at: step.call.at,
          words: { now: `${at}, the tool called is now`, gone: `${at}, the tool called is no longer` },
        },
        ...callFacts(view, '', at, step.call),
        ...failedFacts(view, step, step.failed),
        ...textFact(view, 'meanwhile', 'text', step.meanwhile, waiting),
      ];
    case 'parallel': {
      const seen = new Map<string, number>();
      return [
        ...step.calls.flatMap((call) => {
          const count = (seen.get(call.tool) ?? 0) + 1;
          seen.set(call.tool, count);
          const id = `calls/${call.tool}${count === 1 ? '' : `#${count}`}`;
          return [
            {
              id,
              aspect: 'call' as const,
              value: `\`${call.tool}\``,
              at: call.at,
              words: {
                now: '',
                gone: '',
                added: (tool: string) => `${at}, ${tool} is now called too.`,
                removed: (tool: string) => `${at}, ${tool} is no longer called.`,
              },
            },
            ...callFacts(view, `${id}/`, at, call),
          ];
        }),
        ...failedFacts(view, step, step.failed),
        ...textFact(view, 'meanwhile', 'text', step.meanwhile, waiting),
      ];
    }
    case 'branch':
      return [];
    case 'confirm':
      return [
        ...textFact(view, 'text', 'text', step.text, caller),
        ...wayFacts(view, 'yes', `${at}, a yes`, step.yes),
        ...wayFacts(view, 'no', `${at}, a no`, step.no),
        ...questionFacts(view, step),
      ];
    case 'wait':
      return [
        {
          id: 'for',
          aspect: 'limit',
          value: duration(step.for),
          at: step.at,
          words: { now: `${at}, the wait is now`, gone: `${at}, the wait is no longer` },
        },
        ...named(
          'signal',
          'condition',
          step.signal,
          step,
          verb(`${at}, the wait`, 'ends at the signal', 'ends at the signal'),
        ),
        ...named('save', 'data', step.save === undefined ? undefined : names.variable(step.save), step, {
          now: `${at}, the signal's data is now saved in`,
          gone: `${at}, the signal's data is no longer saved in`,
        }),
        ...textFact(
          view,
          'meanwhile',
          'text',
          step.meanwhile,
          verb(`${at}, a caller who speaks while it waits`, 'hears', 'hears'),
        ),
        ...named('timeout', 'door', step.timeout === undefined ? undefined : names.step(step.timeout), step, {
          now: `${at}, the end of the time now leads to`,
          gone: `${at}, the end of the time no longer leads to`,
        }),
      ];
    case 'use':
      return useFacts(view, step);
    case 'transfer':
      return [
        ...named(
          'queue',
          'call',
          step.queue,
          step,
          verb(`${at}, the caller`, 'goes to the queue', 'goes to the queue'),
        ),
        ...textFact(view, 'text', 'text', step.say, caller),
        {
          id: 'brief',
          aspect: 'text',
          at: typeof step.brief === 'boolean' ? step.at : step.brief.at,
          words: { now: `${at}, the person is now told`, gone: '' },
          ...written(view, (names) => {
            if (typeof step.brief !== 'boolean') return quote(writeText(step.brief, names));
            return step.brief ? 'all that is known and not sensitive' : 'nothing';
          }),
        },
      ];
    case 'end':
      return [
        ...textFact(view, 'text', 'text', step.say, caller),
        ...named('outcome', 'data', step.outcome, step, {
          now: `${at}, the ${step.leave ? 'part' : 'session'} now ends as`,
          gone: `${at}, the ${step.leave ? 'part' : 'session'} no longer ends as`,
        }),
        ...setFacts(view, 'set', `${at}, the end`, step.set),
      ];
    case 'broken':
      return [
        {
          id: 'targets',
          aspect: 'target',
          value: step.targets.length === 0 ? undefined : listed(step.targets.map((one) => `\`${names.step(one)}\``)),
          at: step.at,
          words: { now: `\`${name}\` now seems to lead to`, gone: `\`${name}\` no longer seems to lead to` },
        },
      ];
  }
}

/** What is said; where the model words it, what of, and what is said instead. */
function sayFacts(view: View, { name, text, compose }: SayStep): readonly Fact[] {
  const at = `At \`${view.names.step(name)}\``;
  const hears = verb(`${at}, the caller`, 'hears', 'hears');
  if (compose === undefined) return textFact(view, 'text', 'text', text, hears);
  const model = `${at}, the model`;
  return [
    ...wordsFact('compose', 'guidance', compose.instructions, compose.at, {
      now: `${model} now words`,
      gone: '',
      removed: () => `${model} no longer words what is said.`,
    }),
    ...[...compose.facts].map(
      ([fact, text]): Fact => ({
        id: `facts/${fact}`,
        aspect: 'data',
        quoted: true,
        at: text.at,
        words: { now: `${model} may now say \`${fact}\`,`, gone: `${model} may no longer say \`${fact}\`,` },
        ...written(view, (names) => writeText(text, names)),
      }),
    ),
    {
      id: 'longest',
      aspect: 'limit',
      value: `${compose.longest} characters`,
      at: compose.at,
      words: verb(model, 'has at most', 'has at most'),
    },
    ...textFact(view, 'text', 'text', text, hears),
  ];
}

/** A name in backticks, where there is one. */
function named(
  id: string,
  aspect: Fact['aspect'],
  value: string | undefined,
  { at }: { at: Fact['at'] },
  words: Fact['words'],
): readonly Fact[] {
  return value === undefined ? [] : [{ id, aspect, value: `\`${value}\``, at, words }];
}

function questionFacts(view: View, step: AskStep | FormStep | ConfirmStep): readonly Fact[] {
  const at = `At \`${view.names.step(step.name)}\``;
  return [
    ...textFact(view, 'unclear', 'text', step.unclear, {
      now: `${at}, an answer that is not understood now gets`,
      gone: `${at}, an answer that is not understood no longer gets`,
    }),
    ...textFact(view, 'silent', 'text', step.silent, verb(`${at}, a caller who says nothing`, 'hears', 'hears')),
    ...fillFacts(view, step),
    ...wordsFact('guidance', 'guidance', step.guidance, step.at, {
      now: `${at}, the model is now told`,
      gone: `${at}, the model is no longer told`,
    }),
    {
      id: 'reprompts',
      aspect: 'limit',
      value: times(step.reprompts),
      at: step.at,
      inherited: step.reprompts === view.program.limits.reprompts,
      words: { now: `${at}, the question may now be put again`, gone: '' },
    },
    doorFact(view, step, step.otherwise),
  ];
}

export const times = (count: number) => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`);

function fillFacts(view: View, step: { name: string; at: Fact['at']; fill: readonly string[] }): readonly Fact[] {
  const at = `At \`${view.names.step(step.name)}\``;
  return memberFacts('fill', 'data', step.fill.map(view.names.variable), step.at, {
    added: (variable) => `${at}, \`${variable}\` may now be filled too.`,
    removed: (variable) => `${at}, \`${variable}\` may no longer be filled.`,
  });
}

/** The door of a question or a decision. */
function doorFact(view: View, step: { name: string; at: Fact['at'] }, to: string | undefined): Fact {
  const at = `At \`${view.names.step(step.name)}\``;
  return {
    id: 'otherwise',
    aspect: 'door',
    value: to === undefined ? undefined : `\`${view.names.step(to)}\``,
    at: step.at,
    inherited: to === view.program.otherwise,
    words: {
      now: `${at}, the door now leads to`,
      gone: '',
      added: (door) => `${at}, there is now a door, which leads to ${door}.`,
      removed: (door) => `${at}, the door to ${door} is gone.`,
    },
  };
}

function failedFacts(view: View, step: { name: string }, failed: Failed): readonly Fact[] {
  const at = `At \`${view.names.step(step.name)}\``;
  return [
    {
      id: 'retry',
      aspect: 'limit',
      value: failed.retry === 0 ? undefined : times(failed.retry),
      at: failed.at,
      words: {
        now: `${at}, what fails is now tried again`,
        gone: '',
        removed: () => `${at}, what fails is no longer tried again.`,
      },
    },
    ...[...failed.codes].map(
      ([code, to]): Fact => ({
        id: `codes/${code}`,
        aspect: 'door',
        value: `\`${view.names.step(to)}\``,
        at: failed.at,
        words: verb(`${at}, the failure \`${code}\``, 'leads to', 'leads to'),
      }),
    ),
    {
      id: 'failed',
      aspect: 'door',
      value: failed.to === undefined ? undefined : `\`${view.names.step(failed.to)}\``,
      at: failed.at,
      inherited: failed.to === view.program.otherwise,
      words: verb(`${at}, a failure`, 'leads to', 'leads to'),
    },
  ];
}

function callFacts(view: View, prefix: string, at: string, call: ToolCall): readonly Fact[] {
  const { names } = view;
  return [
    ...[...call.with].map(
      ([input, data]): Fact => ({
        id: `${prefix}with/${input}`,
        aspect: 'call',
        at: data.at,
        words: {
          now: `${at}, \`${call.tool}\` is now given \`${input}\` as`,
          gone: `${at}, \`${call.tool}\` is no longer given \`${input}\` as`,
        },
        ...written(view, (names) => writeData(data, names)),
      }),
    ),
    ...(call.save === undefined
      ? []
      : named(`${prefix}save`, 'data', names.variable(call.save), call, {
          now: `${at}, what \`${call.tool}\` returns is now saved in`,
          gone: `${at}, what \`${call.tool}\` returns is no longer saved in`,
        })),
  ];
}

/** A way that is always there: the yes and no of a confirmation. */
function wayFacts(view: View, id: string, lead: string, way: Route): readonly Fact[] {
  return [
    {
      id: `${id}/to`,
      aspect: 'target',
      value: `\`${view.names.step(way.to)}\``,
      at: way.at,
      words: verb(lead, 'leads to', 'leads to'),
    },
    ...setFacts(view, `${id}/set`, lead, way.set),
  ];
}

/** What a use of a part says: the ends of the part lead to where its outcomes do. */
function useFacts(view: View, step: UseStep): readonly Fact[] {
  const { names, program } = view;
  const name = names.step(step.name);
  const at = `At \`${name}\``;
  const own = (variable: string) => withoutPrefix(names.variable(variable), `${name.replaceAll('/', '__')}__`);
  const [first] = step.then;
  const ends = [...program.steps.values()].filter(
    (one): one is EndStep =>
      one.kind === 'end' && one.name.startsWith(`${step.name}/`) && !one.name.slice(step.name.length + 1).includes('/'),
  );
  const outcomes = new Map(ends.flatMap(({ outcome, leave }) => (leave ? [[outcome, leave] as const] : [])));
  const taken = new Map([...outcomes.values()].flatMap(({ set }) => set.map((one) => [one.variable, one] as const)));
  return [
    ...named('part', 'call', step.part, step, {
      now: `${at}, the part gone through is now`,
      gone: `${at}, the part gone through is no longer`,
    }),
    ...(first.to === step.name
      ? []
      : named('first', 'target', withoutPrefix(names.step(first.to), `${name}/`), step, {
          now: `${at}, the part now begins at`,
          gone: `${at}, the part no longer begins at`,
        })),
    // What a part clears as it begins stands where the step does: it is the part's own doing.
    ...first.set
      .filter((one) => one.at.line !== first.at.line || one.at.column !== first.at.column)
      .map(
        (one): Fact => ({
          id: `with/${own(one.variable)}`,
          aspect: 'call',
          at: one.at,
          words: {
            now: `${at}, the part is now given \`${own(one.variable)}\` as`,
            gone: `${at}, the part is no longer given \`${own(one.variable)}\` as`,
          },
          ...written(view, (names) => writeData(one.value, names)),
        }),
      ),
    ...[...taken.values()].flatMap((one) => {
      const source = one.value.kind === 'expression' ? one.value.expression.source.slice(1) : undefined;
      const variable = names.variable(one.variable);
      return named(`save/${variable}`, 'data', source === undefined ? undefined : own(source), one, {
        now: `${at}, \`${variable}\` now takes the part's`,
        gone: `${at}, \`${variable}\` no longer takes the part's`,
      });
    }),
    ...[...outcomes].map(
      ([outcome, { to, at: place }]): Fact => ({
        id: `outcomes/${outcome}`,
        aspect: 'target',
        value: `\`${names.step(to)}\``,
        at: place,
        words: verb(`${at}, the outcome \`${outcome}\``, 'leads to', 'leads to'),
      }),
    ),
  ];
}

const withoutPrefix = (name: string, prefix: string) => (name.startsWith(prefix) ? name.slice(prefix.length) : name);

/** What a choice says. `lead` names it: `At \`need\`, the choice \`track\``. */
export function choiceFacts(view: View, lead: string, choice: Choice): readonly Fact[] {
  const { at } = choice;
  return [
    ...wordsFact('when', 'meaning', choice.when, at, verb(lead, 'means', 'means')),
    ...memberFacts('examples', 'meaning', choice.examples, at, {
      added: (example) => `${lead} has a new example: ${stop(quote(example))}`,
      removed: (example) => `${lead} no longer has the example ${stop(quote(example))}`,
    }),
    ...(choice.press === undefined
      ? []
      : [
          {
            id: 'press',
            aspect: 'meaning' as const,
            value: `the key ${choice.press}`,
            at,
            words: { now: `${lead} is now picked by`, gone: `${lead} is no longer picked by` },
          },
        ]),
    ...memberFacts(
      'hears',
      'meaning',
      choice.hears.map(({ source }) => source),
      at,
      {
        added: (sign) => `${lead} is now also heard by ${stop(quote(sign))}`,
        removed: (sign) => `${lead} is no longer heard by ${stop(quote(sign))}`,
      },
    ),
    ...ifFact(view, lead, choice),
    ...textFact(view, 'say', 'text', choice.say, verb(lead, 'says', 'says')),
    ...setFacts(view, 'set', lead, choice.set),
    {
      id: 'to',
      aspect: 'target',
      value: choice.to === undefined ? 'the question that was open' : `\`${view.names.step(choice.to)}\``,
      at,
      words: verb(lead, 'leads to', 'leads to'),
    },
  ];
}

function ifFact(view: View, lead: string, choice: Choice): readonly Fact[] {
  const condition = choice.if;
  if (condition === undefined) return [];
  return [
    {
      id: 'if',
      aspect: 'condition',
      at: condition.at,
      words: {
        now: `${lead} is now only offered if`,
        gone: '',
        removed: (was) => `${lead} is now always offered, not only if ${was}.`,
      },
      ...written(view, (names) => writeCondition(condition, names)),
    },
  ];
}

/** What a new step does, in a few words. */
export function describeStep(view: View, step: Step | BrokenStep): string {
  const { names } = view;
  const text = (of: Parameters<typeof writeText>[0]) => quote(writeText(of, names));
  switch (step.kind) {
    case 'say':
      return step.compose === undefined
        ? `says ${text(step.text)}`
        : `lets the model word ${quote(step.compose.instructions)}`;
    case 'ask':
      return `asks ${text(step.text)}`;
    case 'form':
      return `asks for ${listed(step.variables.map((one) => `\`${names.variable(one)}\``))}`;
    case 'decide':
      return `lets the model decide ${quote(step.instructions)}`;
    case 'call':
      return `calls \`${step.call.tool}\``;
    case 'branch':
      return step.then.length === 1
        ? `goes on to \`${names.step(step.then[0]?.to ?? '')}\``
        : `goes one of ${step.then.length} ways`;
    case 'confirm':
      return `reads back ${text(step.text)}`;
    case 'wait':
      return `waits ${duration(step.for)}${step.signal === undefined ? '' : ` for the signal \`${step.signal}\``}`;
    case 'parallel':
      return `calls ${listed(step.calls.map(({ tool }) => `\`${tool}\``))} at once`;
    case 'use':
      return `goes through the part \`${step.part}\``;
    case 'transfer':
      return `hands the caller to the queue \`${step.queue}\``;
    case 'end':
      return step.say === undefined ? `ends as \`${step.outcome}\`` : `ends with ${text(step.say)}`;
    case 'broken':
      return 'cannot be read';
  }
}
