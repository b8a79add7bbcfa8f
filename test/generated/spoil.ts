import { generateExpression, type Random } from '../../packages/workflow/src/expression/testing/generate.ts';
import { type Generated, isMap, placesOf, type Tree, type TreeMap } from './generate.ts';

/** Breaks a workflow's data in one to four ways, be it at random or as people do. */
export function spoil(random: Random, generated: Generated): void {
  for (let times = 1 + random.below(3); times > 0; times--) {
    if (random.chance(0.6)) slip(random, generated);
    else {
      const names = Object.keys(generated.parts);
      const part = random.chance(0.2) ? names[random.below(names.length)] : undefined;
      const tree = part === undefined ? generated.workflow : generated.parts[part];
      if (tree !== undefined) mutate(random, tree);
    }
  }
}

/** Breaks a file's text. */
export function spoilText(random: Random, text: string): string {
  const at = random.below(text.length + 1);
  const noise = random.pick([
    '"',
    "'",
    '{',
    '[',
    ': ',
    ' #',
    '\t',
    '&a ',
    '*a ',
    '!!',
    '- ',
    '\n',
    '%',
    '\u0000',
    '\u202e',
    '\ud800',
    '|',
    '? ',
    '<<: ',
  ]);
  switch (random.below(8)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1 + random.below(30));
    case 2: {
      // A line twice: a key that stands there twice.
      const lines = text.split('\n');
      const one = random.below(lines.length);
      return [...lines.slice(0, one + 1), ...lines.slice(one)].join('\n');
    }
    case 3:
      return text.replaceAll('\n  ', '\n\t');
    case 4:
      return `${text}\nnested: ${'['.repeat(random.below(300))}`;
    case 5:
      return `${text}\na: &a [1,1,1]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\nd: [*c,*c,*c,*c]\n`;
    default:
      return text.slice(0, at) + noise + text.slice(at);
  }
}

const SCALARS: readonly [Tree, ...Tree[]] = [
  null,
  true,
  false,
  0,
  -1,
  1e99,
  1.5,
  '',
  ' ',
  '=',
  '={{',
  '{{ $',
  '{{ $goal',
  '$',
  '[]',
  '=$order.',
  '__proto__',
  'constructor',
  'person',
  's0',
  'goal',
  '$goal',
  '=$goal',
  'orders.get',
  'bye',
  '4h',
  '\u202eevil',
  '\u0000',
  'ｐerson',
  [],
  {},
  [[]],
  [{}],
  { to: 'person' },
  { if: '$x', to: 1 },
  ['a', 'a'],
];

function mutate(random: Random, tree: Tree): void {
  const all = placesOf(tree);
  const place = all[random.below(all.length)];
  const other = all[random.below(all.length)];
  if (!place || !other) return;
  const { holder, key } = place;
  const value: Tree = structuredClone(Reflect.get(holder, key));
  const put = (name: string, item: Tree) => {
    Object.defineProperty(holder, name, { value: item, enumerable: true, configurable: true, writable: true });
  };
  const name = random.pick([
    'constructor',
    'toString',
    '__proto__',
    `${key}x`,
    key.slice(1),
    'then',
    'to',
    'with',
    'hasOwnProperty',
    'ask',
    'a b',
  ]);
  switch (random.below(6)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      break;
    case 1:
      put(key, structuredClone(random.pick(SCALARS)));
      break;
    case 2:
      put(key, structuredClone(Reflect.get(other.holder, other.key)));
      break;
    case 3:
      if (Array.isArray(holder)) break;
      delete holder[key];
      put(name, value);
      break;
    case 4:
      if (Array.isArray(holder)) holder.push(value);
      else put(name, value);
      break;
    default:
      if (typeof value === 'string')
        put(
          key,
          random.chance(0.5) ? `=${generateExpression(random, 3)}` : `${value} {{ ${generateExpression(random, 2)} }}`,
        );
      break;
  }
}

type Slip = (random: Random, top: TreeMap, generated: Generated) => void;

function slip(random: Random, generated: Generated): void {
  if (!isMap(generated.workflow)) return;
  const one = SLIPS[random.below(SLIPS.length)];
  one?.(random, generated.workflow, generated);
}

const section = (top: TreeMap, name: string): TreeMap => {
  const found = top[name];
  if (isMap(found)) return found;
  const made: TreeMap = {};
  top[name] = made;
  return made;
};

const limits =
  (more: TreeMap): Slip =>
  (_, top) => {
    Object.assign(section(top, 'limits'), more);
  };

/** Changes a step of one of these kinds, where there is one. */
const step =
  (kinds: readonly string[], change: (step: TreeMap, random: Random, top: TreeMap) => void): Slip =>
  (random, top) => {
    const fit = Object.values(section(top, 'steps'))
      .filter(isMap)
      .filter((one) => kinds.some((kind) => Object.hasOwn(one, kind)));
    const one = fit[random.below(fit.length)];
    if (one) change(one, random, top);
  };

const variable =
  (
    change: (definition: TreeMap, name: string, random: Random) => void,
    fits: (definition: TreeMap) => boolean = () => true,
  ): Slip =>
  (random, top) => {
    const fit = Object.entries(section(top, 'variables')).flatMap(([name, one]) =>
      isMap(one) && fits(one) ? [[name, one] as const] : [],
    );
    const [name, one] = fit[random.below(fit.length)] ?? [];
    if (one && name !== undefined) change(one, name, random);
  };

const choicesOf = (one: TreeMap): TreeMap[] =>
  isMap(one['choices']) ? Object.values(one['choices']).filter(isMap) : [];
const QUESTIONS = ['ask', 'form', 'confirm'];
const SAYING = ['say', 'ask', 'confirm'];
const setText = (one: TreeMap, text: string) => {
  const key = SAYING.find((kind) => typeof one[kind] === 'string');
  if (key !== undefined) one[key] = text;
};
const texts = (text: string): Slip => step(SAYING, (one) => setText(one, text));
const conditions = (condition: string): Slip =>
  step(['say', 'call', 'branch', 'form'], (one, _, top) => {
    const key = Object.hasOwn(one, 'branch') ? 'branch' : 'then';
    const to = Object.keys(section(top, 'steps')).at(-1) ?? 'person';
    one[key] = [{ if: condition, to }, ...(Array.isArray(one[key]) ? one[key] : [{ to: one[key] ?? to }])];
  });
const addStep =
  (name: string, content: TreeMap): Slip =>
  (_, top) => {
    section(top, 'steps')[name] = content;
  };
const sensitiveOf = (top: TreeMap): string | undefined => {
  const variables = section(top, 'variables');
  return Object.keys(variables).find((name) => {
    const one = variables[name];
    return isMap(one) && one['sensitive'] !== undefined;
  });
};
/** With a variable that is sensitive. */
const secret =
  (change: (name: string, top: TreeMap, random: Random) => void): Slip =>
  (random, top) => {
    if (sensitiveOf(top) === undefined) {
      section(top, 'variables')['secret'] = { type: 'string', sensitive: 'pii', initial: 'x', ask: 'What is it?' };
    }
    change(sensitiveOf(top) ?? 'secret', top, random);
  };

/** What people get wrong: for each rule of the checker something that breaks it, most of the time. */
const SLIPS: readonly Slip[] = [
  (_, top) => {
    top['timezone'] = 'America/Nowhere';
  },
  (_, top) => {
    delete top['otherwise'];
  },
  (_, top) => {
    delete top['busy'];
    Object.assign(section(top, 'limits'), { decide: '9s', turn: '3s' });
  },
  limits({ silence: '1s' }),
  limits({ turn: '20s' }),
  limits({ turns: 0 }),
  limits({ turns: 'many' }),
  limits({ silence: 'soon' }),
  (_, top) => {
    top['models'] = { residency: 'mars' };
  },
  (_, top) => {
    top['models'] = { decide: 'global.amazon.nova-2-lite-v1:0', residency: 'eu' };
  },
  (_, top) => {
    top['models'] = { guardrail: { id: 'Mine', version: 'latest', to: 'nowhere' } };
  },
  (_, top) => {
    top['models'] = { guardrail: { id: 'ymj6rhd0f2ow', version: 1, to: 'prson' } };
  },
  (_, top) => {
    top['start'] = 'nowhere';
  },
  (_, top) => {
    top['steps'] = {};
  },
  (_, top) => {
    delete top['steps'];
  },
  (_, top) => {
    top['variables'] = ['goal'];
  },
  (_, top) => {
    section(top, 'variables')['contact'] = { type: 'string' };
  },
  (_, top) => {
    section(top, 'variables')['count'] = { type: 'string' };
  },
  (_, top) => {
    section(top, 'variables')['lonely'] = { type: 'string' };
  },
  (_, top) => {
    section(top, 'variables')['untyped'] = {};
  },
  (_, top) => {
    section(top, 'variables')['given'] = { type: 'string' };
    section(top, 'variables')['a-b'] = { type: 'string' };
  },
  variable((one) => {
    one['type'] = 'strnig';
  }),
  variable((one) => {
    one['initial'] = [[1]];
  }),
  variable(
    (one) => {
      one['pattern'] = '(';
    },
    ({ type }) => type === 'string',
  ),
  variable(
    (one) => {
      one['pattern'] = '(a+)+';
    },
    ({ type }) => type === 'string',
  ),
  variable((one) => {
    delete one['ask'];
  }),
  variable((one) => {
    one['sensitive'] = 'pci';
    one['readback'] = true;
  }),
  variable((one, name) => {
    one['check'] = `$${name} = $${name} and $nowhere`;
  }),
  variable(
    (one) => {
      one['from'] = 'orders.gett';
    },
    (one) => 'from' in one,
  ),
  secret((name, top) => {
    section(top, 'steps')['bye'] = {
      say: { compose: 'Say it.', facts: { it: `=$${name}` }, text: 'So.' },
      then: 'person',
    };
  }),
  secret((name, top, random) =>
    texts(`It is {{ $${name} }}.`)(random, top, { workflow: top, parts: {}, tools: {}, outputs: new Map() }),
  ),
  secret((name, top) => {
    section(top, 'steps')['person'] = { transfer: { queue: 'people', brief: `It is {{ $${name} }}` } };
  }),
  secret((name, top) => {
    section(top, 'steps')['person'] = {
      decide: 'Is it good?',
      given: [name],
      choices: { only: { when: 'it is', to: 'bye' } },
    };
  }),
  secret((name, top) => {
    section(top, 'variables')['copy'] = { type: 'string' };
    const bye = section(top, 'steps');
    bye['bye'] = { end: { say: 'It is {{ $copy }}.', set: { copy: `=$${name}` } } };
  }),
  step(['call'], (one, _, top) => {
    const name = sensitiveOf(top);
    const given = one['with'];
    if (name === undefined || !isMap(given)) return;
    for (const key of Object.keys(given)) given[key] = `=$${name}`;
  }),
  step(['call'], (one) => {
    one['call'] = 'orders.gett';
  }),
  step(['call'], (one) => {
    one['with'] = { nothing: 1 };
  }),
  step(['call'], (one) => {
    const given = one['with'];
    if (isMap(given)) for (const key of Object.keys(given)) given[key] = [[1]];
  }),
  step(['call'], (one) => {
    const given = one['with'];
    if (isMap(given)) for (const key of Object.keys(given)) given[key] = '=$goal';
  }),
  step(['call'], (one) => {
    one['failed'] = { codes: { no_such: 'person' }, to: 'person' };
  }),
  step(['call'], (one) => {
    one['save'] = 'goal';
  }),
  step(['call'], (one) => {
    one['call'] = 'order.cancel';
  }),
  (_, top) => {
    delete top['busy'];
    section(top, 'limits')['turn'] = '1s';
  },
  (_, top) => {
    const variables = section(top, 'variables');
    variables['mine'] = { from: 'orders.get' };
    section(top, 'steps')['bye'] = {
      call: 'orders.get',
      with: { code: 'x' },
      save: 'mine',
      then: 'person',
      failed: 'person',
    };
  },
  step(QUESTIONS, (one) => {
    one['choices'] = {};
  }),
  step(['ask', 'decide'], (one) => {
    for (const choice of choicesOf(one)) choice['when'] = 'wants it';
  }),
  step(['ask', 'decide'], (one) => {
    const [first, second] = choicesOf(one);
    if (first) first['when'] = 'wants to return a parcel';
    if (second) second['when'] = 'the caller returns parcels';
  }),
  step(['ask', 'decide'], (one) => {
    for (const choice of choicesOf(one)) choice['when'] = ' ';
  }),
  step(['ask', 'decide'], (one) => {
    for (const choice of choicesOf(one)) choice['examples'] = ['the same'];
  }),
  step(['ask', 'confirm'], (one) => {
    for (const choice of choicesOf(one)) choice['press'] = '1';
  }),
  step(['ask'], (one) => {
    for (const [index, choice] of choicesOf(one).entries()) choice['press'] = index === 0 ? '7' : '77';
  }),
  step(['ask'], (one) => {
    for (const choice of choicesOf(one)) choice['press'] = 'x';
  }),
  step(['ask', 'confirm', 'form'], (one) => {
    one['choices'] = { unclear: { when: 'says nothing of use', to: 'person' } };
  }),
  step(['ask', 'confirm'], (one) => {
    one['reprompts'] = 99;
  }),
  step(['form'], (one) => {
    one['form'] = ['orders_get', 'nobody'];
  }),
  step(['ask', 'form'], (one, _, top) => {
    const variables = section(top, 'variables');
    variables['held'] = { from: 'orders.get' };
    one['fill'] = ['held'];
  }),
  step(['say', 'form', 'call'], (one) => {
    one['then'] = [{ to: 'person' }, { to: 'bye' }];
  }),
  step(['say', 'form', 'call'], (one) => {
    one['then'] = [{ if: "$contact.channel = 'voice'", to: 'person' }];
  }),
  step(['say', 'call'], (one, _, top) => {
    const [first = 's0'] = Object.keys(section(top, 'steps'));
    one['then'] = first;
  }),
  step(['say', 'call', 'wait'], (one) => {
    one['then'] = 'nowhere';
  }),
  step(['wait'], (one) => {
    one['wait'] = { for: '1h' };
    one['timeout'] = 'person';
  }),
  step(['say'], (one) => {
    one['ask'] = 'And now?';
  }),
  step(['use'], (one) => {
    one['use'] = 'identityy';
  }),
  step(['use'], (one) => {
    one['with'] = { nobody: 1 };
  }),
  step(['use'], (one) => {
    one['save'] = { goal: 'nobody' };
  }),
  step(['use'], (one) => {
    one['outcomes'] = { known: 'person', other: 'person' };
  }),
  (_, top, { parts }) => {
    for (const [name, part] of Object.entries(parts)) {
      if (isMap(part)) section(part, 'steps')['again'] = { use: name, outcomes: { known: 'again', unknown: 'again' } };
    }
    section(top, 'steps')['again'] = { say: 'Again.', then: 'person' };
  },
  (_, __, { parts }) => {
    for (const part of Object.values(parts)) {
      if (isMap(part) && isMap(part['inputs'])) part['variables'] = { ...part['inputs'] };
    }
  },
  (_, __, { parts }) => {
    for (const part of Object.values(parts)) if (isMap(part)) part['outputs'] = ['nobody'];
  },
  (_, top) => {
    for (const one of Object.values(section(top, 'steps'))) if (isMap(one) && 'transfer' in one) one['transfer'] = {};
  },
  (_, top) => {
    section(top, 'steps')['person'] = { end: 'Nobody is here.' };
  },
  addStep('island', { say: 'Nobody comes here.', then: 'person' }),
  addStep('idle', {}),
  (_, top) => {
    const steps = section(top, 'steps');
    steps['round'] = { ask: 'Again?', choices: { yes: { when: 'wants more', to: 'round' } } };
    steps['person'] = { say: 'Round we go.', then: 'round' };
    top['otherwise'] = 'round';
  },
  (_, top) => {
    section(top, 'steps')['bye'] = { say: 'Round we go.', then: 'bye' };
  },
  (_, top) => {
    delete top['otherwise'];
    section(top, 'interrupts');
    for (const one of Object.values(section(top, 'steps'))) if (isMap(one)) delete one['failed'];
  },
  (_, top) => {
    section(top, 'interrupts')['danger'] = { when: 'is in danger', hears: ['fire (', '.*'], to: 'person' };
  },
  (_, top) => {
    section(top, 'interrupts')['danger'] = { when: 'is in danger', hears: ['fire'] };
  },
  texts(' '),
  texts('Long. '.repeat(300)),
  texts(`${'Long. '.repeat(150)}{{ $goal }}`),
  texts('It is {{ $goal.'),
  texts('It is {{ $goal and }}.'),
  texts('It is {{ [1, 2] }}.'),
  texts('It is {{ $orders_get.nothing }}.'),
  texts('It is {{ $nobody }}.'),
  texts(`It is {{ ${"'x' & ".repeat(700)}'x' }}.`),
  conditions('true'),
  conditions('false'),
  conditions('1 = 2'),
  conditions("'yes'"),
  conditions('$contact.channel = "telex"'),
  conditions('$contact.channel + 1 = 2'),
  conditions('$contact.nothing'),
  conditions('$eval("1")'),
  conditions('$map([1], function($x) { $x })'),
  conditions('$length()'),
  conditions('/a/'),
  conditions('goal = 1'),
  conditions('$goal == 1'),
  conditions('$a-b = 1'),
  conditions('$`a b` = 1'),
  conditions('$contact.channel = '),
  conditions("$contact.channel = 'voice' and $contact.channel = 'chat'"),
];
