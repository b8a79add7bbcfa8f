import {
  createMachine,
  type Effect,
  type Machine,
  restoreSnapshot,
  type SessionEvent,
  type Snapshot,
  type StepResult,
} from '@parley/machine';
import type { Json, Program, ToolSignatures, TypedVariable } from '@parley/workflow';
import type { Random } from '../../packages/workflow/src/expression/testing/generate.ts';
import { type Drawn, drawnWays } from './drawn.ts';
import { outputOf } from './generate.ts';
import type { Shape } from './shape.ts';

/** What a session went through, and what it did that no session may. */
export interface Journey {
  readonly visited: ReadonlySet<string>;
  readonly events: number;
  /** How it ended. */
  readonly end: 'end' | 'transfer' | 'left' | undefined;
  readonly wrong: readonly string[];
}

/** More answers than any session can need: what goes on after so many never ends. */
const ENDLESS = 2_000;
const NOON = Date.UTC(2026, 10, 24, 12);
/** The most characters of one text, where the checker does not say that there may be more. */
const MAX_TEXT = 1_024;

export interface DriveOptions {
  readonly outputs: ReadonlyMap<string, Shape>;
  /** The checker said that a text may be longer than a channel takes. */
  readonly mayBeLong: boolean;
  /** Told of every event with what came of it. */
  readonly watch?: (event: SessionEvent, result: StepResult) => void;
}

/** Drives a session with random events: first any, of a caller and a world that stop at nothing, then answers until it ends. */
export function drive(program: Program, tools: ToolSignatures, random: Random, options: DriveOptions): Journey {
  const machine = createMachine(program, tools);
  const session = new Session(machine, tools, random, options);
  session.take({ type: 'session.started', at: NOON, contact: contactOf(random) });
  const wild = random.below(40);
  for (let index = 0; index < wild && session.goesOn; index++) session.take(session.anything());
  while (session.goesOn) session.take(session.answer());
  return session.journey();
}

function contactOf(random: Random): Extract<SessionEvent, { type: 'session.started' }>['contact'] {
  return {
    id: random.pick(['c1', '__proto__']),
    channel: random.pick<'voice' | 'chat'>(['voice', 'chat']),
    ...(random.chance(0.5) ? { address: '+12065550100' } : {}),
    ...(random.chance(0.3) ? { attributes: { lang: 'en', constructor: 'x' } } : {}),
  };
}

class Session {
  readonly #machine: Machine;
  readonly #tools: ToolSignatures;
  readonly #random: Random;
  readonly #options: DriveOptions;
  readonly #drawn: ReadonlyMap<string, Drawn>;
  readonly #wrong: string[] = [];
  readonly #visited = new Set<string>();
  #snapshot: Snapshot;
  #events = 0;
  #calm = 0;
  #end: Journey['end'];

  constructor(machine: Machine, tools: ToolSignatures, random: Random, options: DriveOptions) {
    this.#machine = machine;
    this.#tools = tools;
    this.#random = random;
    this.#options = options;
    this.#drawn = drawnWays(machine.program.source);
    this.#snapshot = machine.initial;
  }

  get goesOn(): boolean {
    return !this.#snapshot.ended && this.#wrong.length === 0;
  }

  journey(): Journey {
    return { visited: this.#visited, events: this.#events, end: this.#end, wrong: this.#wrong };
  }

  take(event: SessionEvent): void {
    const before = this.#snapshot;
    this.#events += 1;
    const result = this.#machine.step(before, event);
    this.#look(before, event, result);
    this.#options.watch?.(event, result);
    for (const { to } of result.moves) this.#visited.add(to);
    this.#snapshot = this.#random.chance(0.3) ? this.#kept(result.snapshot) : result.snapshot;
  }

  #kept(snapshot: Snapshot): Snapshot {
    return restoreSnapshot(this.#machine, JSON.parse(JSON.stringify(snapshot)));
  }

  /** The same session after many more decisions, calls and waits. */
  #late(snapshot: Snapshot): Snapshot {
    const { memory, ...rest } = this.#kept(snapshot);
    return { ...rest, memory: { ...memory, ids: memory.ids + 10_000 } };
  }

  // ---- events

  /** An answer to what is waited for. The caller stays and says something that may be meant. */
  answer(): SessionEvent {
    this.#calm += 1;
    // What only waits and looks again may go on for days: those are passed over, up to the bound of the machine.
    if (this.#calm === ENDLESS / 2) this.#snapshot = this.#late(this.#snapshot);
    if (this.#calm > ENDLESS) this.#wrong.push(`It has not come to an end after ${ENDLESS} answers.`);
    const random = this.#random;
    const { waiting, at: last } = this.#snapshot.memory;
    const at = last + 1_000;
    switch (waiting.for) {
      case 'caller':
        return random.chance(0.8)
          ? { type: 'caller.said', at, text: random.chance(0.95) ? 'well' : 'there is a fire' }
          : this.#event('caller.pressed', at, true);
      case 'decision':
        return this.#event(random.chance(0.95) ? 'model.decided' : 'model.failed', at, true);
      case 'words':
        return this.#event(random.chance(0.8) ? 'model.composed' : 'model.failed', at, true);
      case 'calls':
        return this.#event(random.chance(0.85) ? 'tool.returned' : 'tool.failed', at, true);
      case 'timer':
        return this.#event(random.chance(0.7) ? 'timer.fired' : 'signal.received', at, true);
      default:
        this.#wrong.push(`It waits for ${waiting.for}, which nothing brings.`);
        return { type: 'caller.silent', at };
    }
  }

  /** Anything that can happen, and much that can't. */
  anything(): SessionEvent {
    const random = this.#random;
    const at = this.#snapshot.memory.at + random.below(10_000);
    if (random.chance(0.55)) return this.answer();
    const type = random.pick<SessionEvent['type']>([
      'session.started',
      'caller.said',
      'caller.pressed',
      'caller.pressed',
      'caller.silent',
      'caller.silent',
      'signal.received',
      'timer.fired',
      'model.decided',
      'model.decided',
      'model.failed',
      'model.composed',
      'tool.returned',
      'tool.failed',
    ]);
    if (random.chance(0.01)) return { type: 'caller.left', at };
    return this.#event(type, at, random.chance(0.6));
  }

  #event(type: SessionEvent['type'], at: number, fitting: boolean): SessionEvent {
    const random = this.#random;
    const { waiting } = this.#snapshot.memory;
    const early = random.chance(0.1) ? ({ before: true } as const) : {};
    switch (type) {
      case 'session.started':
        return { type, at, contact: contactOf(random) };
      case 'caller.said':
        return {
          type,
          at,
          text: random.pick([
            'well',
            'fire',
            'no fire',
            'smoke in the house',
            '',
            ' ',
            '{{ $goal }}',
            '=1',
            '\u0000',
            '__proto__',
          ]),
          ...early,
        };
      case 'caller.pressed':
        return { type, at, keys: random.pick(['1', '2', '3', '4', '0', '9', '7', '#', '1234']), ...early };
      case 'caller.silent':
        return { type, at, ...early };
      case 'caller.left':
        return { type, at };
      case 'signal.received':
        return {
          type,
          at,
          name: fitting ? 'parcel' : random.pick(['parcels', 'constructor', '']),
          data: random.pick<Json>([null, 1, 'blue', { a: [1] }, '2026-11-24', true, ['blue']]),
        };
      case 'timer.fired':
        return {
          type,
          at,
          timer: waiting.for === 'timer' && fitting ? waiting.timer : random.pick(['t1', '', 'toString']),
        };
      case 'model.decided': {
        const [decision, choices] = waiting.for === 'decision' ? [waiting.decision, waiting.choices] : ['d1', ['yes']];
        const offered = choices[random.below(choices.length)] ?? 'none';
        const all = [...(this.#drawn.get(this.#snapshot.step)?.choices.keys() ?? [])];
        // Much of what is picked outside of the choices is drawn there, but not offered now.
        const outside = random.chance(0.5) ? all[random.below(all.length)] : undefined;
        return {
          type,
          at,
          decision: fitting ? decision : random.pick(['d1', 'd0', 'constructor']),
          choice: fitting ? offered : (outside ?? random.pick(['nonsense', '__proto__', 'person', ''])),
          values: this.#values(fitting),
          confidence: random.pick([0.2, 0.5, 0.9, 1]),
        };
      }
      case 'model.failed':
        return {
          type,
          at,
          decision: (waiting.for === 'decision' || waiting.for === 'words') && fitting ? waiting.decision : 'd0',
          code: random.pick(['timeout', 'timeout', 'decider/guardrail']),
          message: 'It took too long.',
        };
      case 'model.composed':
        return {
          type,
          at,
          decision: waiting.for === 'words' && fitting ? waiting.decision : random.pick(['d1', 'd0', 'constructor']),
          text: this.#words(),
          ...(random.chance(0.3) ? { more: true } : {}),
        };
      case 'tool.returned':
      case 'tool.failed': {
        const calls = waiting.for === 'calls' ? Object.entries(waiting.calls) : [];
        const open = calls.filter(([, one]) => one.done !== true && one.failed === undefined);
        const [call, pending] = (fitting ? open : calls)[random.below(calls.length)] ?? open[0] ?? ['c1', undefined];
        if (type === 'tool.failed') {
          const code = random.pick([
            'not_found',
            'refused',
            'timeout',
            'error',
            'constructor',
            'guardrail',
            'guardrail',
          ]);
          const done = code === 'guardrail' && random.chance(0.5) ? ({ done: true } as const) : {};
          return { type, at, call: fitting ? call : 'c0', code, message: 'It failed.', ...done };
        }
        const shape = this.#options.outputs.get(pending?.tool ?? '');
        return { type, at, call: fitting ? call : 'c0', output: outputOf(random, shape) };
      }
    }
  }

  /** What a model might write: of the facts, of what it knows besides, or nonsense. */
  #words(): string {
    const random = this.#random;
    const { waiting, vars } = this.#snapshot.memory;
    const facts = waiting.for === 'words' ? Object.values(waiting.facts) : [];
    const fact = facts[random.below(facts.length)] ?? 'on its way';
    const known = Object.values(vars);
    return random.pick([
      'It is on its way.',
      `It is ${fact}.`,
      `${fact}, and we are sorry.`,
      `It is ${fact}. It will be there in 77 days.`,
      `It is ${JSON.stringify(known[random.below(known.length)] ?? null)}.`,
      'Ask Mr. Smith on October 31.',
      '<b>It is late.</b>',
      'Sorry, '.repeat(200),
      '',
    ]);
  }

  /** Nothing is said that the model made up: each number is one that it was told, and nothing is sensitive. */
  #worded(before: Snapshot, event: SessionEvent, effects: readonly Effect[], wrong: (what: string) => void): void {
    const { waiting, vars } = before.memory;
    const step = this.#machine.program.steps.get(before.step);
    const [first] = effects;
    if (event.type !== 'model.composed' || waiting.for !== 'words' || step?.kind !== 'say' || !step.compose) return;
    if (first?.type !== 'say' || first.step !== before.step || first.instead !== undefined) return;
    // A fact may also be said in the form it is kept in: 15:00 for 3 PM.
    const kept = [...step.compose.facts.values()]
      .flatMap(({ template }) => template.parts)
      .flatMap((part) => (typeof part === 'string' ? [] : part.expression.variables))
      .map(({ name }) => JSON.stringify(vars[name] ?? null));
    const guidance = this.#machine.program.guidance ?? '';
    const told = [step.compose.instructions, guidance, ...Object.values(waiting.facts), ...kept];
    const numbers = (text: string) => text.match(/\d+/g) ?? [];
    const known = new Set(told.flatMap(numbers));
    // A phone number may be said in other groups, and with its country.
    const digits = told.map((text) => text.replaceAll(/\D/g, ''));
    const isTold = (number: string) =>
      known.has(number) || (number.length >= 10 && digits.some((one) => one.includes(number.slice(-10))));
    for (const number of numbers(first.text)) if (!isTold(number)) wrong(`It says ${number}, which nobody told it`);
    if (first.text.length > step.compose.longest) wrong(`It says ${first.text.length} characters of the model's`);
    for (const variable of this.#machine.program.variables.values()) {
      const value = vars[variable.name];
      if (variable.sensitive === undefined || typeof value !== 'string' || value.length < 3) continue;
      if (
        first.text
          .toLowerCase()
          .split(/[^\p{L}\d@.+-]+/u)
          .includes(value.toLowerCase())
      )
        wrong('It says a sensitive value');
    }
  }

  /** Values for the variables that are wanted, valid or not, and for some that aren't. */
  #values(fitting: boolean): { readonly [name: string]: Json } {
    const random = this.#random;
    const plan = this.#machine.questions.get(this.#snapshot.step);
    const { variables } = this.#machine.program;
    const wanted = (plan?.fill ?? []).filter(() => random.chance(0.6));
    const others = fitting ? [] : [...variables.keys()].filter(() => random.chance(0.2));
    return Object.fromEntries(
      [...wanted, ...others].map((name) => [name, given(random, variables.get(name)?.definition)]),
    );
  }

  // ---- what must hold

  #look(before: Snapshot, event: SessionEvent, { snapshot, effects, moves, taken }: StepResult): void {
    const wrong = (what: string) => this.#wrong.push(`${what} (at ${before.step}, on ${event.type})`);
    if (!taken && (snapshot !== before || effects.length > 0 || moves.length > 0))
      wrong('It ignored an event, and did something');
    if (before.ended && taken) wrong('It went on after its end');
    let from = before.step;
    const blocked = isBlocked(before, event);
    for (const [index, move] of moves.entries()) {
      if (move.from !== from) wrong(`It left ${move.from}, and was at ${from}`);
      from = move.to;
      const drawn = this.#drawn.get(move.from);
      if (move.to === '(stuck)') wrong('It got stuck');
      else if (move.from === '(start)') continue;
      else if (!drawn) wrong(`There is no step ${move.from} in the file`);
      else if (
        !drawn.ways.has(move.to) &&
        ![...drawn.choices.values()].includes(move.to) &&
        !drawn.doors.has(move.to) &&
        !(index === 0 && blocked && drawn.guarded === move.to)
      ) {
        wrong(`No way leads from ${move.from} to ${move.to}`);
      }
    }
    this.#decided(before, event, moves[0]?.to, wrong);
    const guarded = this.#drawn.get(before.step)?.guarded;
    if (event.type === 'model.failed' && blocked && taken && guarded !== undefined && moves[0]?.to !== guarded)
      wrong(`A decision that was blocked led to ${moves[0]?.to}`);
    const writes = this.#writes(before, event);
    const done = snapshot.memory.done.length - before.memory.done.length;
    if (done !== (taken && writes ? 1 : 0)) wrong(`It counts ${done} writes`);
    this.#worded(before, event, effects, wrong);
    const { waiting } = snapshot.memory;
    if (snapshot.ended) {
      if (snapshot.step === '(stuck)') wrong('It ended as stuck');
      const last = effects.filter(({ type }) => type === 'end' || type === 'transfer');
      if (last.length !== 1) wrong(`It ended with ${last.length} ends`);
      this.#end = snapshot.step === '(left)' ? 'left' : last[0]?.type === 'transfer' ? 'transfer' : 'end';
    } else if (
      snapshot.step !== '(start)' &&
      !['caller', 'decision', 'words', 'calls', 'timer'].includes(waiting.for)
    ) {
      wrong(`It waits for ${waiting.for}, which nothing brings`);
    }
    if (waiting.for === 'calls' && Object.values(waiting.calls).every((one) => one.done || one.failed !== undefined)) {
      wrong('It waits for calls that have all been answered');
    }
    for (const effect of effects) this.#effect(effect, snapshot, wrong);
    if (JSON.stringify(JSON.parse(JSON.stringify(effects))) !== JSON.stringify(effects))
      wrong('Its effects are no JSON');
    this.#offers(snapshot, wrong);
  }

  /** Whether a tool says that it has written something: it may, though its result is withheld. */
  #writes({ memory: { waiting } }: Snapshot, event: SessionEvent): boolean {
    if (event.type !== 'tool.returned' && !(event.type === 'tool.failed' && event.done)) return false;
    const calls = waiting.for === 'calls' ? new Map(Object.entries(waiting.calls)) : undefined;
    return this.#tools[calls?.get(event.call)?.tool ?? '']?.effect === 'writes';
  }

  /** A decision leads where its choice is drawn to lead, if it was offered; else to the door. */
  #decided(before: Snapshot, event: SessionEvent, to: string | undefined, wrong: (what: string) => void): void {
    const { waiting } = before.memory;
    if (event.type !== 'model.decided' || to === undefined) return;
    if (waiting.for !== 'decision' || waiting.decision !== event.decision) return void wrong('A stale decision led on');
    const drawn = this.#drawn.get(before.step);
    const chosen = drawn?.choices.get(event.choice);
    const isDoor = drawn?.doors.has(to) === true;
    if (!waiting.choices.includes(event.choice)) {
      if (!isDoor) wrong(`A choice that was not offered, ${event.choice}, led to ${to}`);
    } else if (event.choice === 'answered') {
      if (!isDoor && drawn?.ways.has(to) !== true) wrong(`An answer led to ${to}`);
    } else if (chosen !== to && !isDoor && drawn?.ways.has(to) !== true) {
      wrong(`The choice ${event.choice} led to ${to}`);
    }
  }

  /** What may be picked now is drawn, and its guard holds. */
  #offers({ step, memory }: Snapshot, wrong: (what: string) => void): void {
    const { waiting } = memory;
    if (waiting.for !== 'decision') return;
    const plan = this.#machine.questions.get(step);
    const scope = { ...memory.vars, identity: memory.identity };
    for (const name of waiting.choices) {
      const offer = plan?.offers.find((one) => one.name === name);
      if (!offer) wrong(`${name} was offered, and is no choice`);
      const guard = offer?.choice?.if;
      // What the caller says while a decision is awaited changes no variable.
      if (guard && guard.expression.evaluate(scope) !== true)
        wrong(`${name} was offered, and its condition does not hold`);
    }
  }

  #effect(effect: Effect, { memory }: Snapshot, wrong: (what: string) => void): void {
    switch (effect.type) {
      case 'say': {
        const { text } = effect;
        if (text.trim() === '') wrong('It says nothing');
        if (text.length > MAX_TEXT && !this.#options.mayBeLong) wrong(`It says ${text.length} characters`);
        if (/undefined|\[object|NaN/.test(text)) wrong(`It says "${text}"`);
        if (/\{\{(?! as it is)/.test(text) && !said(memory.vars, '{{')) wrong(`It says a hole, "${text}"`);
        break;
      }
      case 'schedule':
        if (!Number.isFinite(effect.due) || effect.due < memory.at) wrong(`A timer is due at ${effect.due}`);
        break;
      case 'listen':
        if (new Set(effect.keys).size < effect.keys.length) wrong('It listens for one key twice');
        break;
      default:
        break;
    }
  }
}

/** Whether the guardrail has stepped in: at a decision, or at one of the calls that are waited for. */
function isBlocked({ memory: { waiting } }: Snapshot, event: SessionEvent): boolean {
  if (event.type === 'model.failed') return event.code === 'decider/guardrail';
  if (event.type === 'tool.failed' && event.code === 'guardrail') return true;
  return waiting.for === 'calls' && Object.values(waiting.calls).some(({ failed }) => failed === 'guardrail');
}

/** Whether a caller's own words hold this. */
const said = (vars: { readonly [name: string]: Json }, what: string) => JSON.stringify(vars).includes(what);

/** What a caller might give for a variable. */
function given(random: Random, definition: TypedVariable | undefined): Json {
  if (!definition || random.chance(0.15)) {
    return random.pick<Json>([
      null,
      '',
      7,
      -1,
      1e300,
      [],
      {},
      'nonsense',
      '__proto__',
      '{{ 1 + 1 }}',
      { a: [] },
      [[1]],
    ]);
  }
  switch (definition.type) {
    case 'string':
      return definition.pattern === undefined
        ? random.pick(['blue', 'a b', 'שלום', '=1'])
        : random.pick(['W1234', '1234', 'double u one two three four', 'one two three four']);
    case 'number':
    case 'integer':
      return random.pick<Json>([1, 3, 8, 7, 'five', '2', 499]);
    case 'money':
      return random.pick<Json>([12, 'twelve', 49, 3]);
    case 'boolean':
      return random.pick<Json>([true, false, 'yes', 'no']);
    case 'date':
      return random.pick(['2026-03-04', 'tomorrow', 'March 4th', '2024-02-29']);
    case 'time':
      return random.pick(['15:00', 'half past three', 'noon']);
    case 'email':
      return random.pick(['jane@example.com', 'jane dot doe at example dot com']);
    case 'phone':
      return random.pick(['+12065550100', '206 555 0100', '+4915123456789']);
    case 'choice':
      return random.pick(['small', 'large', 'big', 'constructor']);
    case 'object':
      return Object.fromEntries(Object.entries(definition.fields).map(([name, one]) => [name, given(random, one)]));
    case 'list':
      return random.list(3, () => given(random, definition.of));
  }
}
