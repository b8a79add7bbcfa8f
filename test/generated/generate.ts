import { defineTool, signaturesOf, type Tool } from '@parley/engine';
import type { IdentityLevel, Json, ToolSignatures } from '@parley/workflow';
import { generateExpression, type Random } from '../../packages/workflow/src/expression/testing/generate.ts';
import { type Fields, fieldsOf, type Shape, shapeOf, sampleOf, zodOf } from './shape.ts';

/** A file's content, that may be changed. */
export type Tree = null | boolean | number | string | Tree[] | TreeMap;
export interface TreeMap {
  [key: string]: Tree;
}

/** A workflow with its parts and tools, as data. */
export interface Generated {
  workflow: Tree;
  readonly parts: { [name: string]: Tree };
  readonly tools: ToolSignatures;
  /** What each tool returns. */
  readonly outputs: ReadonlyMap<string, Shape>;
}

interface Known {
  readonly name: string;
  /** How expressions read it: a variable's type, or what a tool returns. */
  readonly type: string;
  readonly shape: Shape | undefined;
  readonly values: readonly string[];
  readonly sensitive: string | undefined;
  readonly sayable: boolean;
  readonly initial: boolean;
}

interface MadeTool {
  readonly name: string;
  readonly tool: Tool;
  readonly input: Fields;
  readonly output: Shape;
  readonly requires: boolean;
}

const WISHES = [
  'wants to know where an order is',
  'wants to send something back',
  'asks for the opening hours',
  'would like a refund',
  'complains about the driver',
  'needs a new password',
  'is moving house',
  'lost the card',
  'wants to cancel',
  'asks what it costs',
  'speaks of an invoice',
  'reports a leak',
  'has changed their mind',
  'wants to pay now',
  'cannot log in',
  'asks about the warranty',
];
const EXAMPLES = WISHES.map((wish, index) => `${wish.split(' ').slice(-2).join(' ')} please ${index}`);
const WORDS: readonly [string, ...string[]] = [
  'Good.',
  "Let's see.",
  'One more thing.',
  'Très bien.',
  'שלום.',
  'It is \\{{ as it is }}.',
  'Thanks 😀.',
];
const TYPES: readonly [string, ...string[]] = [
  'string',
  'number',
  'integer',
  'money',
  'boolean',
  'date',
  'time',
  'email',
  'phone',
  'choice',
  'object',
  'list',
];
const VARIABLES = ['goal', 'size', 'place', 'amount', 'born', 'mail', 'nick', 'pin', 'many', 'extra', 'constructor'];
const TOOLS: readonly string[] = ['orders.get', 'stock.count', 'notes.add', 'slots.list', 'prices.find'];

/** A workflow that uses all of the language, and is mostly right. */
export function generate(random: Random): Generated {
  const tools = makeTools(random);
  const parts: { [name: string]: Tree } = {};
  const uses = new Map<string, PartFace>();
  for (const name of ['identity', 'address'].filter(() => random.chance(0.35))) {
    const { tree, face } = makePart(random, name, tools, uses);
    parts[name] = tree;
    uses.set(name, face);
  }
  return {
    workflow: makeWorkflow(random, tools, uses),
    parts,
    tools: signaturesOf(Object.fromEntries(tools.map(({ name, tool }) => [name, tool]))),
    outputs: new Map(tools.map(({ name, output }) => [name, output])),
  };
}

/** A tool that is only looked at: nothing here calls it. */
function makeTool(random: Random, name: string, more: Partial<Parameters<typeof defineTool>[0]> = {}): MadeTool {
  const input = fieldsOf(random, 3, 0);
  const output = random.chance(0.85) ? fieldsOf(random, 5, 2) : shapeOf(random, 1);
  const tool = defineTool({
    about: `Does ${name}.`,
    effect: random.chance(0.7) ? 'reads' : 'writes',
    timeout: random.pick(['500ms', '1s', '3s']),
    errors: ['not_found', 'refused'].filter(() => random.chance(0.5)),
    cleared: random.chance(0.5) ? ['pii', 'phi', 'pci'] : [],
    ...more,
    input: zodOf(input),
    output: zodOf(output),
    run: () => {
      throw new Error('Nothing calls it.');
    },
  });
  return { name, tool, input, output, requires: more.requires !== undefined };
}

function makeTools(random: Random): readonly MadeTool[] {
  const plain = TOOLS.filter((_, index) => index === 0 || random.chance(0.6)).map((name) => makeTool(random, name));
  const level = random.pick<IdentityLevel>(['looked_up', 'code', 'person']);
  return [
    ...plain,
    makeTool(random, 'id.find', { grants: level }),
    makeTool(random, 'order.cancel', {
      effect: 'writes',
      requires: { confirmation: random.chance(0.8), ...(random.chance(0.7) ? { identity: level } : {}) },
    }),
  ];
}

/** What whoever uses a part has to know of it. */
interface PartFace {
  readonly inputs: readonly { readonly name: string; readonly value: Tree }[];
  readonly outputs: readonly string[];
  readonly outcomes: readonly string[];
}

/** A guardrail that mostly leads to a person; now and then to any step, which may have been meant for others. */
function guardrail(random: Random, steps: readonly string[]): TreeMap {
  const to = random.chance(0.6)
    ? 'person'
    : random.chance(0.5)
      ? 'bye'
      : (steps[random.below(steps.length)] ?? 'person');
  return {
    id: 'ymj6rhd0f2ow',
    version: random.pick<Tree>([1, '7', 'DRAFT']),
    ...(random.chance(0.8) ? { to } : {}),
  };
}

function makeWorkflow(random: Random, tools: readonly MadeTool[], parts: ReadonlyMap<string, PartFace>): TreeMap {
  const file = new FileMaker(random, tools, parts);
  file.declare(2 + random.below(6));
  const { steps } = file;
  file.segments(2 + random.below(8), ['bye']);
  steps['bye'] = file.end(random.chance(0.5) ? { outcome: 'served' } : {});
  steps['person'] = file.transfer();
  let door = 'person';
  if (random.chance(0.25)) {
    door = 'door';
    steps['door'] = random.pick([
      () => ({ say: file.text(), then: 'person' }),
      () => file.ask(['person', 'bye']),
      () => ({ wait: '2m', then: 'person' }),
      () => file.decide(['person', 'bye']),
    ])();
    // What asks behind the last door needs a door of its own.
    const made = steps['door'];
    if (isMap(made) && ('ask' in made || 'decide' in made) && random.chance(0.85)) made['otherwise'] = 'person';
  }
  return {
    workflow: random.pick(['support', 'claims', 'made-up']),
    ...(random.chance(0.7) ? { title: 'Made up' } : {}),
    ...(random.chance(0.3) ? { guidance: 'Be brief.' } : {}),
    ...(random.chance(0.3) ? { timezone: random.pick(['America/New_York', 'UTC', 'Asia/Kolkata']) } : {}),
    ...(random.chance(0.3)
      ? {
          models: {
            decide: 'us.amazon.nova-pro-v1:0',
            fallback: ['us.amazon.nova-lite-v1:0'],
            residency: 'us',
            ...(random.chance(0.6) ? { guardrail: guardrail(random, Object.keys(steps)) } : {}),
          },
        }
      : {}),
    ...(random.chance(0.7)
      ? {
          limits: {
            turns: 1 + random.below(random.chance(0.4) ? 4 : 30),
            ...(random.chance(0.5) ? { reprompts: random.below(4) } : {}),
            ...(random.chance(0.3) ? { silence: random.pick(['2s', '8s', '2500ms']) } : {}),
            ...(random.chance(0.3) ? { turn: '6s', decide: '4s' } : {}),
            ...(random.chance(0.3) ? { confidence: 0.5 } : {}),
          },
        }
      : {}),
    otherwise: door,
    ...(random.chance(0.92) ? { busy: 'One moment, please.' } : {}),
    variables: file.variables(),
    ...(random.chance(0.8) ? { interrupts: file.interrupts() } : {}),
    steps,
  };
}

function makePart(
  random: Random,
  name: string,
  tools: readonly MadeTool[],
  parts: ReadonlyMap<string, PartFace>,
): { readonly tree: TreeMap; readonly face: PartFace } {
  const file = new FileMaker(random, tools, random.chance(0.3) ? parts : new Map());
  const outcomes = ['known', 'unknown'];
  const inputs = ['given', 'more'].filter(() => random.chance(0.5)).map((name) => file.input(name));
  file.declare(1 + random.below(3));
  file.segments(1 + random.below(3), outcomes);
  for (const outcome of outcomes) file.steps[outcome] = file.end({ outcome });
  const variables = file.variables();
  const outputs = Object.keys(variables).filter((name) => file.isPlain(name) && random.chance(0.5));
  const declared = Object.fromEntries(inputs.map(({ name, definition }) => [name, definition]));
  return {
    tree: {
      part: name,
      ...(random.chance(0.4) ? { title: 'A part' } : {}),
      ...(random.chance(0.5) ? { otherwise: 'unknown' } : {}),
      ...(inputs.length > 0 ? { inputs: declared } : {}),
      ...(outputs.length > 0 ? { outputs } : {}),
      variables,
      steps: file.steps,
    },
    face: { inputs: inputs.map(({ name, value }) => ({ name, value })), outputs, outcomes },
  };
}

/** Makes one file's variables and steps. */
class FileMaker {
  readonly steps: TreeMap = {};
  readonly #random: Random;
  readonly #tools: readonly MadeTool[];
  readonly #parts: ReadonlyMap<string, PartFace>;
  readonly #known: Known[] = [];
  readonly #declared: { [name: string]: TreeMap } = {};

  constructor(random: Random, tools: readonly MadeTool[], parts: ReadonlyMap<string, PartFace>) {
    this.#random = random;
    this.#tools = tools;
    this.#parts = parts;
  }

  // ---- variables

  declare(count: number): void {
    for (const name of VARIABLES.slice(0, count)) {
      const type = this.#random.pick(TYPES);
      const definition = this.#definition(type, 2);
      const initial = this.#random.chance(0.4);
      if (initial) definition['initial'] = this.#literal(definition);
      definition['ask'] = `What is the ${name}?`;
      if (this.#random.chance(0.3)) definition['invalid'] = `That is no ${name}.`;
      if (this.#random.chance(0.15)) definition['about'] = 'something';
      const numeric = type === 'number' || type === 'integer';
      if (numeric && this.#random.chance(0.3)) definition['check'] = `$${name} != 7`;
      const sensitive = this.#random.chance(0.2) ? this.#random.pick(['pii', 'phi', 'pci']) : undefined;
      if (sensitive !== undefined) definition['sensitive'] = sensitive;
      const readback = sensitive !== undefined && sensitive !== 'pci' && this.#random.chance(0.5);
      if (readback) definition['readback'] = true;
      this.#declared[name] = definition;
      this.#know(name, definition, { sensitive, readback, initial });
    }
  }

  input(name: string): { readonly name: string; readonly definition: TreeMap; readonly value: Tree } {
    const definition = this.#definition(this.#random.pick(['string', 'integer', 'boolean', 'choice']), 0);
    this.#know(name, definition, { sensitive: undefined, readback: false, initial: true });
    return { name, definition, value: this.#literal(definition) };
  }

  #know(
    name: string,
    definition: TreeMap,
    more: { readonly sensitive: string | undefined; readonly readback: boolean; readonly initial: boolean },
  ): void {
    const type = String(definition['type']);
    const values = definition['values'];
    this.#known.push({
      name,
      type,
      shape: undefined,
      values: Array.isArray(values) ? values.map(String) : Object.keys(values ?? {}),
      sensitive: more.sensitive,
      sayable: (more.sensitive === undefined || more.readback) && type !== 'object' && type !== 'list',
      initial: more.initial,
    });
  }

  #definition(type: string, depth: number): TreeMap {
    const random = this.#random;
    switch (type) {
      case 'string':
        return {
          type,
          ...random.pick<TreeMap>([
            {},
            { maxLength: 40 },
            { minLength: 2, maxLength: 30 },
            { pattern: 'W\\d{4}', spoken: 'characters' },
            { pattern: '\\d{4}', spoken: 'digits' },
            { spoken: 'words' },
          ]),
        };
      case 'number':
      case 'integer':
        return { type, ...random.pick<TreeMap>([{}, { min: 0 }, { min: -5, max: 500 }]) };
      case 'money':
        return { type, ...random.pick<TreeMap>([{}, { currency: 'EUR' }, { currency: 'JPY', max: 100000 }]) };
      case 'date':
        return { type, ...random.pick<TreeMap>([{}, { prefer: 'past' }, { prefer: 'future' }]) };
      case 'phone':
        return { type, ...random.pick<TreeMap>([{}, { country: 'DE' }]) };
      case 'choice':
        return {
          type,
          values: random.pick<Tree>([['small', 'large'], { small: ['little', 'S'], large: ['big'], constructor: [] }]),
        };
      case 'object':
        return {
          type,
          fields: {
            street: this.#inner(depth),
            ...(random.chance(0.5) ? { toString: this.#inner(depth) } : { floor: { type: 'integer' } }),
          },
        };
      case 'list':
        return { type, of: this.#inner(depth), ...(random.chance(0.5) ? { maxItems: 3 } : {}) };
      default:
        return { type };
    }
  }

  #inner(depth: number): TreeMap {
    return this.#definition(depth > 0 ? this.#random.pick(TYPES) : 'string', depth - 1);
  }

  /** A value of a type, in the form it is kept in. */
  #literal(definition: TreeMap): Tree {
    const { type, pattern, values, fields, of, min } = definition;
    switch (type) {
      case 'string':
        return pattern === undefined ? 'blue' : pattern === '\\d{4}' ? '1234' : 'W1234';
      case 'number':
      case 'integer':
        return typeof min === 'number' ? min + 1 : 3;
      case 'money':
        return 12;
      case 'boolean':
        return this.#random.chance(0.5);
      case 'date':
        return '2026-03-04';
      case 'time':
        return '15:00';
      case 'email':
        return 'jane@example.com';
      case 'phone':
        return '+12065550100';
      case 'choice':
        return Array.isArray(values) ? (values[0] ?? null) : 'small';
      case 'object':
        return Object.fromEntries(
          Object.entries(isMap(fields) ? fields : {}).map(([name, one]) => [name, this.#literal(asMap(one))]),
        );
      default:
        return [this.#literal(asMap(of))];
    }
  }

  /** What was declared. What is read and nothing sets gets a value to begin with. */
  variables(): TreeMap {
    const text = JSON.stringify(this.steps);
    for (const [name, definition] of Object.entries(this.#declared)) {
      if (definition['initial'] === undefined && 'type' in definition && text.includes(`$${name}`))
        if (this.#random.chance(0.95)) definition['initial'] = this.#literal(definition);
    }
    return this.#declared;
  }

  isPlain(name: string): boolean {
    return this.#known.some((one) => one.name === name && one.sensitive === undefined);
  }

  interrupts(): TreeMap {
    const random = this.#random;
    return {
      human: {
        when: 'asks for a person',
        examples: ['agent'],
        ...(random.chance(0.6) ? { press: '0' } : {}),
        to: 'person',
      },
      ...(random.chance(0.5)
        ? { repeat: { when: 'did not hear it', ...(random.chance(0.5) ? { say: 'Of course.' } : {}), ...this.#set() } }
        : {}),
      ...(random.chance(0.3)
        ? {
            danger: {
              when: 'is in danger',
              hears: random.chance(0.5) ? ['fire'] : ['(fire|smoke) + house', 'fire'],
              ...(random.chance(0.4) ? { if: this.condition() } : {}),
              ...this.#set(),
              to: 'person',
            },
          }
        : {}),
      ...(random.chance(0.3)
        ? { aside: { when: 'tells of smoke', hears: ['smoke'], say: 'I see.', ...this.#set() } }
        : {}),
      ...(random.chance(0.3)
        ? { rush: { when: 'is in a hurry', if: this.condition(), press: '9', to: 'person' } }
        : {}),
    };
  }

  // ---- expressions

  #one(fits: (one: Known) => boolean): Known | undefined {
    const found = this.#known.filter(fits);
    return found[this.#random.below(found.length)];
  }

  condition(depth = 1): string {
    const random = this.#random;
    if (random.chance(0.02)) return generateExpression(random, 3, 'truth');
    if (depth > 0 && random.chance(0.25))
      return `${this.condition(0)} ${random.pick(['and', 'or'])} ${this.condition(depth - 1)}`;
    const one = this.#one(() => true);
    if (one === undefined || random.chance(0.15)) {
      return random.pick([
        "$identity = 'none'",
        "$contact.channel = 'voice'",
        '$exists($contact.address)',
        "$contact.date > '2026-01-01'",
      ]);
    }
    const read = `$${one.name}`;
    switch (one.type) {
      case 'number':
      case 'integer':
      case 'money':
        return random.pick([`${read} > 3`, `${read} + 1 <= 10`, `$round(${read} * 2) = 8`, `${read} in [1, 2, 3]`]);
      case 'string':
      case 'email':
      case 'phone':
        return random.pick([
          `$contains(${read}, 'a')`,
          `$length(${read}) > 2`,
          `$uppercase(${read}) != 'W1234'`,
          `$exists(${read})`,
        ]);
      case 'boolean':
        return random.pick([read, `$not(${read})`, `${read} = true`, `$exists(${read})`]);
      case 'date':
        return `${read} > '2026-01-01'`;
      case 'choice':
        return random.pick([`${read} = 'small'`, `${read} in ['small', 'large']`, `$not($exists(${read}))`]);
      case 'tool':
        return one.shape?.kind === 'fields' ? this.#fieldCondition(one.name, one.shape) : `$exists(${read})`;
      default:
        return random.pick([`$exists(${read})`, `$not($exists(${read}))`]);
    }
  }

  #fieldCondition(name: string, { fields }: Fields): string {
    const field = fields[this.#random.below(fields.length)];
    if (!field) return `$exists($${name})`;
    const read = `$${name}.${field.name}`;
    switch (field.shape.kind) {
      case 'one':
        return `${read} = '${this.#random.pick(field.shape.values)}'`;
      case 'number':
      case 'integer':
      case 'money':
        return `${read} >= 1`;
      case 'truth':
        return read;
      case 'list':
        return `$count(${read}) > 1`;
      default:
        return `$exists(${read})`;
    }
  }

  text(): string {
    const random = this.#random;
    const said = [random.pick(WORDS)];
    const one = this.#one(({ sayable }) => sayable);
    if (one && random.chance(0.5)) said.push(`It is {{ ${this.#said(one)} }}.`);
    if (random.chance(0.1)) said.push('{{ $contact.channel }}');
    return said.join(' ');
  }

  /** Words for the model to find. */
  composed(): TreeMap {
    const random = this.#random;
    const facts = ['a', 'late', 'constructor'].flatMap((name): [string, Tree][] => {
      const one = this.#one(({ sayable, sensitive }) => sayable && sensitive === undefined);
      if (random.chance(0.4)) return one ? [[name, `=${this.#said(one)}`]] : [];
      return random.chance(0.5) ? [[name, random.pick<Tree>(['Acme', 3, true, '=$contact.channel', '=1 + 1'])]] : [];
    });
    return {
      compose: random.pick(['Say how it stands.', 'Tell them of it, at most 20 words.']),
      ...(facts.length > 0 ? { facts: Object.fromEntries(facts) } : {}),
      ...(random.chance(0.5) ? { longest: random.pick([20, 60, 1_024]) } : {}),
      text: this.text(),
    };
  }

  #said(one: Known): string {
    if (one.shape?.kind === 'fields') {
      const flat = one.shape.fields.filter(({ shape }) => shape.kind !== 'list' && shape.kind !== 'fields');
      const field = flat[this.#random.below(flat.length)];
      return field ? `$${one.name}.${field.name}` : `$exists($${one.name}) ? 'there' : 'not there'`;
    }
    if (one.shape) return `$exists($${one.name})`;
    return this.#random.pick([`$${one.name}`, `$${one.name}`, `$exists($${one.name}) ? $${one.name} : 'not known'`]);
  }

  #set(): TreeMap {
    const one = this.#one(({ type }) => type !== 'tool');
    const definition = one && this.#declared[one.name];
    if (!one || !definition || this.#random.chance(0.6)) return {};
    const counted = one.type === 'integer' || one.type === 'number';
    const value = this.#random.pick<() => Tree>([
      () => this.#literal(definition),
      () => (counted && one.initial ? `=$${one.name} + 1` : this.#literal(definition)),
      () => (one.initial ? this.#literal(definition) : null),
    ])();
    return { set: { [one.name]: value } };
  }

  #with(made: MadeTool): TreeMap {
    const given: TreeMap = {};
    for (const { name, shape, optional } of made.input.fields) {
      if (optional && this.#random.chance(0.4)) continue;
      const same = this.#one(
        ({ type, initial, sensitive }) => initial && sensitive === undefined && WANTED[type] === shape.kind,
      );
      given[name] =
        same && this.#random.chance(0.6)
          ? `=$${same.name}`
          : shape.kind === 'text' && this.#random.chance(0.5)
            ? '=$contact.id'
            : literalOf(shape);
    }
    return Object.keys(given).length > 0 ? { with: given } : {};
  }

  /** A variable for what the tool returns. */
  #save(made: MadeTool): TreeMap {
    if (this.#random.chance(0.3)) return {};
    const name = made.name.replace('.', '_');
    if (!this.#declared[name]) {
      this.#declared[name] = { from: made.name };
      this.#known.push({
        name,
        type: 'tool',
        shape: made.output,
        values: [],
        sensitive: undefined,
        sayable: true,
        initial: false,
      });
    }
    return { save: name };
  }

  #fill(): TreeMap {
    const names = this.#known
      .filter(({ name, type }) => type !== 'tool' && this.#declared[name] !== undefined && this.#random.chance(0.25))
      .map(({ name }) => name);
    return names.length > 0 ? { fill: names } : {};
  }

  // ---- steps

  /** So many pieces of conversation, each leading to the next, to later ones and, from questions, back; then to the ends. */
  segments(count: number, ends: readonly string[]): void {
    for (let index = 0; index < count; index++) {
      const later = Array.from({ length: count - index - 1 }, (_, i) => `s${index + 1 + i}`);
      const next = later.length > 0 ? [later[0] ?? '', ...later.slice(1).filter(() => this.#random.chance(0.2))] : [];
      const back = Array.from({ length: index + 1 }, (_, i) => `s${i}`).filter(() => this.#random.chance(0.15));
      this.#segment(`s${index}`, next.length > 0 ? next : [...ends], back);
    }
  }

  #segment(name: string, next: readonly string[], back: readonly string[]): void {
    const random = this.#random;
    const { steps } = this;
    // Where there are several ends, all of them must be led to.
    const onward = () => next[random.below(next.length)] ?? '';
    const make = random.pick<() => void>([
      () => (steps[name] = { say: this.text(), then: this.then(next) }),
      () => (steps[name] = { say: this.composed(), then: this.then(next) }),
      () => (steps[name] = this.ask([...next, ...back])),
      () => (steps[name] = this.ask([...next, ...back])),
      () => (steps[name] = this.form(next)),
      () => (steps[name] = this.decide(next)),
      () => (steps[name] = this.call(next)),
      () => (steps[name] = { branch: this.routes(next) }),
      () => (steps[name] = this.confirm(next, back)),
      () => (steps[name] = this.wait(next)),
      () => (steps[name] = this.parallel(next)),
      () => (steps[name] = this.use(next) ?? this.call(next)),
      () => this.guarded(name, next, onward()),
      () => this.poll(name, next),
      () => this.count(name, next),
    ]);
    make();
  }

  then(next: readonly string[]): Tree {
    return next.length === 1 && this.#random.chance(0.6) ? (next[0] ?? '') : this.routes(next);
  }

  routes(next: readonly string[]): TreeMap[] {
    const [last = '', ...others] = next;
    return [
      ...others.map((to): TreeMap => ({ if: this.condition(), to, ...this.#set() })),
      ...(this.#random.chance(0.2) ? [{ if: this.condition(), to: last, ...this.#set() }] : []),
      { to: last, ...this.#set() },
    ];
  }

  /** Steps that lead to all of these, one by one. */
  choices(next: readonly string[], taken: readonly string[] = []): TreeMap {
    const random = this.#random;
    const from = random.below(WISHES.length);
    const keys = ['3', '4', '5', '6', '7', '8', '1', '2'].filter((key) => !taken.includes(key));
    return Object.fromEntries(
      [...next, ...(random.chance(0.3) ? [next[0] ?? ''] : [])].map((to, index): [string, TreeMap] => {
        const wish = (from + index) % WISHES.length;
        const key = keys[index];
        return [
          random.chance(0.05) && index === 0 ? 'constructor' : `c${index}`,
          {
            when: WISHES[wish] ?? '',
            ...(random.chance(0.4) ? { examples: [EXAMPLES[wish] ?? ''] } : {}),
            ...(random.chance(0.3) && key !== undefined ? { press: key } : {}),
            ...(random.chance(0.2) ? { if: this.condition() } : {}),
            ...(random.chance(0.2) ? { say: this.text() } : {}),
            ...this.#set(),
            to,
          },
        ];
      }),
    );
  }

  #question(): TreeMap {
    const random = this.#random;
    return {
      ...(random.chance(0.3) ? { unclear: this.text() } : {}),
      ...(random.chance(0.3) ? { silent: this.text() } : {}),
      ...(random.chance(0.2) ? { reprompts: random.below(4) } : {}),
      ...(random.chance(0.1) ? { guidance: 'They are in a hurry.' } : {}),
    };
  }

  ask(next: readonly string[]): TreeMap {
    return { ask: this.text(), choices: this.choices(next), ...this.#fill(), ...this.#question() };
  }

  form(next: readonly string[]): TreeMap {
    const random = this.#random;
    const askable = this.#known.filter(({ name }) => this.#declared[name]?.['ask'] !== undefined);
    const names = askable.filter(() => random.chance(0.5)).map(({ name }) => name);
    const form = names.length > 0 ? names : askable.slice(0, 1).map(({ name }) => name);
    if (form.length === 0) return this.ask(next);
    return {
      form,
      ...(random.chance(0.3) ? { intro: this.text() } : {}),
      ...(random.chance(0.2) ? { again: true } : {}),
      ...(random.chance(0.3) ? { choices: this.choices(next.slice(0, 2)) } : {}),
      ...(random.chance(0.3) ? this.#fill() : {}),
      then: this.then(next),
      ...this.#question(),
    };
  }

  decide(next: readonly string[]): TreeMap {
    const given = this.#known
      .filter(({ sensitive, initial }) => sensitive === undefined && initial && this.#random.chance(0.4))
      .map(({ name }) => name);
    return {
      decide: 'Is this a good day for it?',
      ...(given.length > 0 ? { given } : {}),
      choices: this.choices(next),
      ...(this.#random.chance(0.3) ? this.#fill() : {}),
    };
  }

  #failed(next: readonly string[], errors: readonly string[]): TreeMap {
    const random = this.#random;
    const to = next[random.below(next.length)] ?? '';
    if (random.chance(0.2)) return {};
    if (random.chance(0.4)) return { failed: to };
    const codes = Object.fromEntries([...errors, 'timeout'].filter(() => random.chance(0.6)).map((code) => [code, to]));
    return {
      failed: {
        ...(random.chance(0.5) ? { retry: random.below(3) } : {}),
        ...(Object.keys(codes).length > 0 ? { codes } : {}),
        to,
      },
    };
  }

  #tool(): MadeTool {
    const free = this.#tools.filter(({ requires }) => !requires);
    const [first] = free;
    const one = free[this.#random.below(free.length)] ?? first;
    if (!one) throw new Error('There is always a tool.');
    return one;
  }

  call(next: readonly string[]): TreeMap {
    const made = this.#tool();
    return {
      call: made.name,
      ...this.#with(made),
      ...this.#save(made),
      then: this.then(next),
      ...this.#failed(next, made.tool.signature.errors),
      ...(this.#random.chance(0.4) ? { meanwhile: 'I am looking.' } : {}),
    };
  }

  parallel(next: readonly string[]): TreeMap {
    const calls = Array.from({ length: 2 + this.#random.below(2) }, (): TreeMap => {
      const made = this.#tool();
      return { call: made.name, ...this.#with(made), ...this.#save(made) };
    });
    return { parallel: calls, then: this.then(next), ...this.#failed(next, []) };
  }

  confirm(next: readonly string[], back: readonly string[]): TreeMap {
    const random = this.#random;
    const [first = '', ...others] = next;
    return {
      confirm: this.text(),
      yes: random.chance(0.5) ? first : { to: first, ...this.#set() },
      no: back[0] ?? first,
      ...this.#fill(),
      ...(others.length > 0 || random.chance(0.2)
        ? { choices: this.choices(others.length > 0 ? others : [first], ['1', '2']) }
        : {}),
      ...this.#question(),
    };
  }

  wait(next: readonly string[]): TreeMap {
    const random = this.#random;
    if (random.chance(0.3)) return { wait: random.pick(['500ms', '10m', '3d']), then: this.then(next) };
    const one = this.#one(({ name, type }) => type !== 'tool' && this.#declared[name] !== undefined);
    const signal = random.chance(0.8);
    return {
      wait: {
        for: '1.5h',
        ...(signal ? { signal: 'parcel' } : {}),
        ...(signal && one && random.chance(0.5) ? { save: one.name } : {}),
      },
      ...(random.chance(0.5) ? { meanwhile: this.text() } : {}),
      then: this.then(next),
      ...(signal && random.chance(0.6) ? { timeout: next[0] ?? '' } : {}),
    };
  }

  use(next: readonly string[]): TreeMap | undefined {
    const random = this.#random;
    const all = [...this.#parts];
    const [name, face] = all[random.below(all.length)] ?? [];
    if (name === undefined || face === undefined) return undefined;
    const save: TreeMap = {};
    for (const output of face.outputs) {
      const mine = `of_${output}`;
      if (random.chance(0.5)) continue;
      this.#declared[mine] ??= { type: 'string', about: 'from a part' };
      if (random.chance(0.7)) continue;
      save[mine] = output;
    }
    return {
      use: name,
      ...(face.inputs.length > 0
        ? { with: Object.fromEntries(face.inputs.map(({ name, value }) => [name, value])) }
        : {}),
      ...(Object.keys(save).length > 0 ? { save } : {}),
      outcomes: Object.fromEntries(face.outcomes.map((outcome, index) => [outcome, next[index % next.length] ?? ''])),
    };
  }

  /** A write behind what it requires: the caller identified, and a yes. */
  guarded(name: string, next: readonly string[], away: string): void {
    const [find, cancel] = ['id.find', 'order.cancel'].map((wanted) => this.#tools.find(({ name }) => name === wanted));
    if (!find || !cancel) return;
    this.steps[name] = { call: find.name, ...this.#with(find), then: `${name}_sure`, failed: away };
    this.steps[`${name}_sure`] = { confirm: this.text(), yes: `${name}_do`, no: away };
    this.steps[`${name}_do`] = {
      call: cancel.name,
      ...this.#with(cancel),
      then: this.then(next),
      failed: { codes: { not_allowed: away }, to: away },
    };
  }

  /** Asks a tool again and again, with a pause between. */
  poll(name: string, next: readonly string[]): void {
    this.steps[name] = this.call([`${name}_pause`, ...next]);
    this.steps[`${name}_pause`] = {
      wait: '30s',
      then: [{ if: this.condition(), to: name }, ...this.routes(next)],
    };
  }

  /** A loop that counts. */
  count(name: string, next: readonly string[]): void {
    const counter = `${name}_rounds`;
    this.#declared[counter] = { type: 'integer', initial: 0 };
    this.steps[name] = {
      say: `Round {{ $string($${counter}) }}.`,
      then: [
        { if: `$${counter} < ${this.#random.below(6) + 1}`, to: name, set: { [counter]: `=$${counter} + 1` } },
        ...this.routes(next),
      ],
    };
  }

  end(more: TreeMap): TreeMap {
    const random = this.#random;
    const said: TreeMap = random.chance(0.6) ? { say: this.text() } : {};
    if (Object.keys(more).length === 0 && random.chance(0.5)) return { end: 'Goodbye.' };
    return { end: { ...said, ...more, ...this.#set() } };
  }

  transfer(): TreeMap {
    const random = this.#random;
    return {
      transfer: {
        queue: 'people',
        ...(random.chance(0.5) ? { say: 'One moment.' } : {}),
        ...random.pick<TreeMap>([{}, { brief: true }, { brief: false }, { brief: 'They called about something.' }]),
      },
    };
  }
}

/** Which type of variable gives what a tool takes. */
const WANTED: { readonly [type: string]: Shape['kind'] } = {
  string: 'text',
  email: 'text',
  phone: 'text',
  number: 'number',
  integer: 'integer',
  money: 'money',
  boolean: 'truth',
  date: 'day',
};

function literalOf(shape: Shape): Tree {
  switch (shape.kind) {
    case 'text':
      return 'blue';
    case 'truth':
      return true;
    case 'day':
      return '2026-03-04';
    case 'one':
      return shape.values[0];
    case 'list':
      return [];
    case 'fields':
      return Object.fromEntries(shape.fields.map(({ name, shape }) => [name, literalOf(shape)]));
    default:
      return 2;
  }
}

export const isMap = (tree: Tree | undefined): tree is TreeMap =>
  typeof tree === 'object' && tree !== null && !Array.isArray(tree);

const asMap = (tree: Tree | undefined): TreeMap => (isMap(tree) ? tree : { type: 'string' });

/** A value as a tool returns it: mostly one that its schema admits. */
export const outputOf = (random: Random, shape: Shape | undefined): Json =>
  shape === undefined || random.chance(0.05)
    ? random.pick<Json>([null, 7, 'x', [], {}, { status: 'open' }, [{ a: [1, { b: null }] }]])
    : sampleOf(random, shape);

interface Place {
  readonly holder: Tree[] | TreeMap;
  readonly key: string;
}

/** Every map and list of a tree with each of its keys. */
export function placesOf(tree: Tree): readonly Place[] {
  if (typeof tree !== 'object' || tree === null) return [];
  return [
    ...Object.keys(tree).map((key) => ({ holder: tree, key })),
    ...Object.values(tree).flatMap((inner): readonly Place[] => placesOf(inner)),
  ];
}
