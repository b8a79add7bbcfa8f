import { randomBytes } from 'node:crypto';
import type { Check, Effect, Machine, Snapshot, StepResult } from '@parley/machine';
import { type Json, type Moment, ParleyError, type Program, type TypedVariable } from '@parley/workflow';
import { recordable } from '../recordable.ts';
import { isInput, type RecordedEvent, type RecordedInput, recordedEvent } from '../recorded.ts';
import type { Recording } from '../recording.ts';
import { replay } from '../replay.ts';
import type { Drawing } from './pseudonym.ts';
import {
  type Happened,
  isComposedAt,
  isMap,
  type SensitiveData,
  SensitiveParts,
  type SensitiveValue,
  valuesIn,
  vocabularyOf,
} from './sensitive.ts';
import { type Known, RAW, Substitution } from './substitution.ts';

export interface RedactOptions {
  /**
   * What pseudonyms are drawn with (HMAC-SHA256): with the same key, the same session has the same. Drawn at random where
   * left out, so that nobody can find out by trying which value a pseudonym stands for.
   */
  readonly key?: Uint8Array | string;
}

export interface Redaction {
  readonly recording: Recording;
  /** How many values were replaced, and in how many of the caller's lines something was. */
  readonly replaced: { readonly values: number; readonly lines: number };
}

/** Runs of the session that are made, at most, to find pseudonyms with which it goes the same way. */
const MOST_RUNS = 2_000;

/**
 * A recording with every sensitive value replaced by a pseudonym of the same form, the same wherever it stands, that
 * replays to the same path: what came from outside is redacted, and what the workflow made of it worked out anew, so
 * that words, calls and briefs are those of a session that could have been. Where a condition depends on a value,
 * other pseudonyms are tried, then some that keep a part of it which many share (a date's year, the first signs of a code).
 * What was said is scrubbed besides of what tells who somebody is, though no variable holds it (see `findPersonal`).
 * What a tool said of its failure is left out, as it may hold anything: only its code counts.
 *
 * Choices, yes and no, and texts that the workflow's own conditions name stay: they are the file's words.
 *
 * Throws ParleyError `recording/unlike` where the recording does not replay by this machine, `recording/other-version`
 * and `recording/imported` as `replay` does, and `recording/no-pseudonym`, naming the variable and the place in the
 * file, where nothing but the value itself leads the same way. Nothing is ever kept raw instead.
 */
export function redact(
  machine: Machine,
  recording: Recording,
  { key = randomBytes(32) }: RedactOptions = {},
): Redaction {
  if (replay(machine, recording).outcome !== 'same') {
    throw new ParleyError('recording/unlike', 'The recording does not replay by this workflow and these tools.', {
      fix: 'Redact it with the workflow and the tools it was made with: whether it still goes the same way could not be told otherwise.',
    });
  }
  let refused: unknown;
  for (const reach of REACHES) {
    try {
      return new Redactor(machine, recording, key, reach).run();
    } catch (error) {
      if (!(error instanceof ParleyError)) throw error;
      refused = error;
    }
  }
  throw refused;
}

/**
 * How far goes what is found by its form and the words before it, though no variable holds it: into what the variables
 * hold that are not sensitive (and is looked for there too); only there where it stands in words is looked for, but replaced
 * everywhere; only where it stands. What leads elsewhere is what the file says it is.
 */
const REACHES = ['everything', 'from words', 'words'] as const;
type Reach = (typeof REACHES)[number];

/**
 * A conversation that no workflow ran (see `importContactLens`), scrubbed of what tells who somebody is by its form and
 * the words before it.
 */
export function scrub(recording: Recording, { key = randomBytes(32) }: RedactOptions = {}): Redaction {
  const { session, start } = recording;
  const moment = { now: start, timezone: 'UTC' };
  const drawing = { key, session, moment, literals: new Set<string>(), isHeard: () => false, variables: new Map() };
  const substitution = new Substitution(drawing, new Set());
  for (const event of recording.events) substitution.learnFrom(happened(event).data);
  substitution.settle();
  let lines = 0;
  const events = recording.events.map((event) => {
    const clean = cleanEvent(substitution, event);
    if ('text' in event && 'text' in clean && event.text !== clean.text) lines += 1;
    return clean;
  });
  const values = substitution.replaced;
  return { recording: { ...recording, redacted: true, events }, replaced: { values, lines } };
}

function cleanEvent(substitution: Substitution, event: RecordedEvent): RecordedEvent {
  const { type, at, ...data } = event;
  return recordedEvent.parse({ ...asMap(substitution.data(data)), type, at });
}

const asMap = (data: Json) => (isMap(data) ? data : {});

/** An input of the session, and what is to be replaced in it. */
interface Input {
  readonly event: RecordedInput;
  readonly sensitive: readonly SensitiveData[];
  readonly moment: Moment;
  /** What was taken from the caller's words, and of that what is not sensitive. */
  given: readonly SensitiveValue[];
  plain: readonly SensitiveValue[];
  /** They may hold something sensitive that was not understood; they answered a question for something sensitive, and nothing was. */
  numbers: boolean;
  whole: boolean;
  careful: boolean;
  /** The sensitive variable that keys were an answer to. */
  keyed: string | undefined;
  /** What the model found was said. */
  said: boolean;
}

class Redactor {
  readonly #machine: Machine;
  readonly #recording: Recording;
  readonly #inputs: readonly Input[];
  /** What the session did. */
  readonly #was: readonly Shown[];
  readonly #substitution: Substitution;
  readonly #reach: Reach;
  #runs = 0;

  constructor(machine: Machine, recording: Recording, key: Uint8Array | string, reach: Reach) {
    this.#reach = reach;
    this.#machine = machine;
    this.#recording = recording;
    const { program } = machine;
    const { session, start: now } = recording;
    const moment = { now, timezone: program.timezone };
    const drawing: Drawing = {
      key,
      session,
      moment,
      literals: literalsOf(program),
      isHeard: heardIn(program),
      variables: program.variables,
    };
    this.#substitution = new Substitution(drawing, vocabularyOf(program));
    const snapshots: Snapshot[] = [];
    this.#was = [...this.#steps(recording.events.filter(isInput))].map(({ before, result }) => {
      snapshots.push(before);
      return shownOf(result);
    });
    this.#inputs = this.#read(snapshots);
    for (const { sensitive, moment, event, keyed } of this.#inputs) {
      for (const data of sensitive) this.#substitution.learn(valuesIn(data, moment));
      if (keyed !== undefined && event.type === 'caller.pressed')
        this.#substitution.learn(valuesIn(this.#ofVariable(keyed, event.keys.replace(/#$/, '')), moment));
    }
    for (const { event } of this.#inputs) {
      const { data } = happened(event);
      for (const [name, item] of Object.entries(data))
        if (reach === 'everything' || (reach === 'from words' && !HELD.has(name))) this.#substitution.learnFrom(item);
    }
  }

  run(): Redaction {
    this.#substitution.settle();
    let best = this.#try();
    // What interrupts listen for may depend on more of the words around it; whether the model's words are said, on each.
    for (const input of this.#inputs) {
      const byWords = input.event.type === 'caller.said' || input.event.type === 'model.composed';
      if (best.differs === undefined || this.#inputs[best.differs] !== input || !byWords) continue;
      input.careful = true;
      best = this.#try();
    }
    // First such as the ways that were missed depend on by themselves, then any.
    for (const known of this.#substitution.known) {
      if (best.differs !== undefined && this.#matters(known, best)) best = this.#betterBy(known, best);
    }
    for (const known of this.#substitution.known) {
      if (best.differs !== undefined) best = this.#betterBy(known, best);
    }
    const without = this.#substitution.without[0];
    if (best.differs !== undefined || without) throw this.#noPseudonym(best, without);
    const values = this.#substitution.replaced;
    const lines = best.inputs.filter(({ type }, at) => {
      const [was, is] = [this.#inputs[at]?.event, best.inputs[at]];
      return (
        type === 'caller.said' && was?.type === 'caller.said' && is?.type === 'caller.said' && was.text !== is.text
      );
    }).length;
    return {
      recording: { ...this.#recording, redacted: true, events: this.#derive(best.inputs) },
      replaced: { values, lines },
    };
  }

  // ---- reading the session

  #read(snapshots: readonly Snapshot[]): readonly Input[] {
    const { program } = this.#machine;
    const parts = new SensitiveParts(program);
    const inputs: Input[] = [];
    /** The caller's lines that no decision has been made on yet. */
    let open: Input[] = [];
    for (const event of this.#recording.events) {
      const sensitive = parts.of(happened(event));
      if (!isInput(event)) continue;
      const moment = { now: event.at, timezone: program.timezone };
      const snapshot = snapshots[inputs.length];
      const input: Input = {
        event,
        sensitive,
        moment,
        given: [],
        plain: [],
        numbers: false,
        whole: false,
        careful: false,
        keyed: undefined,
        said: this.#was[inputs.length]?.said ?? false,
      };
      inputs.push(input);
      switch (event.type) {
        case 'caller.said':
          input.numbers = event.step !== undefined && parts.askedAt(event.step).length > 0;
          input.whole = snapshot !== undefined && this.#missing(snapshot).some((name) => this.#isSensitive(name));
          open.push(input);
          break;
        case 'caller.pressed':
          input.keyed = snapshot && this.#keyed(snapshot, event.keys);
          break;
        case 'model.decided': {
          const given = sensitive.flatMap((data) => valuesIn(data, moment));
          const plain = Object.entries(event.values)
            .filter(([name]) => !this.#isSensitive(name))
            .flatMap(([name, value]) => valuesIn(this.#ofVariable(name, value), moment));
          const understood = given.length + plain.length > 0 || event.choice !== 'unclear';
          for (const one of open) {
            one.given = given;
            one.plain = plain;
            if (understood) one.whole = false;
            if (understood) one.numbers = given.length > 0;
          }
          open = [];
          break;
        }
        case 'model.failed':
          // Of words that could not be found the caller's lines know nothing.
          if (!isComposedAt(program, event.step)) open = [];
          break;
        default:
          break;
      }
    }
    return inputs;
  }

  /** The sensitive variable that keys would answer at a step, where they don't pick a choice. */
  #keyed({ step, memory }: Snapshot, keys: string): string | undefined {
    if (this.#keysAt(step).has(keys)) return undefined;
    const [missing] = this.#missing({ step, memory });
    const type = missing === undefined ? undefined : this.#machine.program.variables.get(missing)?.definition?.type;
    // A yes, a no and a choice stay, be they pressed: a key for another would lead elsewhere.
    if (type === 'boolean' || type === 'choice') return undefined;
    return missing !== undefined && this.#isSensitive(missing) ? missing : undefined;
  }

  /** The keys that pick something at a step. */
  #keysAt(step: string | undefined): ReadonlySet<string> {
    const { program } = this.#machine;
    const one = step === undefined ? undefined : program.steps.get(step);
    const choices = one && 'choices' in one ? one.choices : [];
    return new Set([...choices, ...program.interrupts].flatMap(({ press }) => (press === undefined ? [] : [press])));
  }

  /** The variables that a form still asks for. */
  #missing({ step, memory }: Pick<Snapshot, 'step' | 'memory'>): readonly string[] {
    const one = this.#machine.program.steps.get(step);
    return one?.kind === 'form' ? one.variables.filter((name) => !Object.hasOwn(memory.vars, name)) : [];
  }

  #isSensitive(name: string): boolean {
    return this.#machine.program.variables.get(name)?.sensitive !== undefined;
  }

  #ofVariable(name: string, data: Json): SensitiveData {
    const variable = this.#machine.program.variables.get(name);
    const { type, definition, sensitive: kind = 'pii' } = variable ?? { type: undefined, definition: undefined };
    return { at: [], data, kind, from: name, type, definition };
  }

  // ---- putting other values in

  #redacted(input: Input): RecordedInput {
    const { event, sensitive, moment, keyed } = input;
    const { type, at, step, path, ...data } = event;
    const known = { ...(step === undefined ? {} : { step }), ...(path === undefined ? {} : { path }) };
    switch (event.type) {
      case 'caller.said':
        return { ...event, text: this.#substitution.words(event.text, input) };
      case 'caller.pressed': {
        if (keyed === undefined) return event;
        const definition = this.#machine.program.variables.get(keyed)?.definition;
        return {
          ...event,
          keys: this.#substitution.keys(event.keys, definition, { moment, taken: this.#keysAt(event.step) }),
        };
      }
      case 'tool.failed':
        return { ...event, message: LEFT_OUT, ...this.#checked(event) };
      case 'tool.returned': {
        const output = this.#replaced(event.output, ['output'], sensitive, []);
        return { ...event, output, ...this.#checked(event) };
      }
      case 'caller.silent':
      case 'caller.left':
      case 'timer.fired':
        return event;
      case 'model.composed':
        if (input.careful) return { ...event, text: input.said ? LEFT_OUT_WORDS : '' };
        return { ...event, text: String(this.#substitution.quoting(event.text)), ...this.#by(event) };
      default: {
        const clean = this.#replaced(data, [], sensitive, KEPT[event.type] ?? []);
        const one = recordedEvent.parse({ ...asMap(clean), ...known, type, at });
        return isInput(one) ? one : event;
      }
    }
  }

  /** What a guard says of its work should quote nobody, and is looked through all the same. */
  #checked({ checks }: { readonly checks?: readonly Check[] }): { readonly checks?: readonly Check[] } {
    if (checks === undefined) return {};
    return {
      checks: checks.map(({ by, ...check }) =>
        by === undefined ? check : { ...check, by: asMap(this.#substitution.quoting(by)) },
      ),
    };
  }

  #by({ by }: Extract<RecordedInput, { type: 'model.composed' }>) {
    return by === undefined ? {} : { by: asMap(this.#substitution.quoting(by)) };
  }

  /** Data with what is sensitive replaced as a whole, and known values in all else. */
  #replaced(data: Json, at: readonly string[], sensitive: readonly SensitiveData[], kept: readonly string[]): Json {
    if (kept.includes(at.join('.'))) return data;
    const place = at.join('\n');
    const whole = sensitive.find((one) => one.at.join('\n') === place);
    if (whole?.loose) return this.#substitution.loose(data);
    if (whole) return this.#substitution.whole(data, whole.type, whole.definition);
    if (QUOTES.has(at[0] ?? '')) return this.#substitution.quoting(data);
    const within = at.length === 0 || sensitive.some((one) => one.at.join('\n').startsWith(`${place}\n`));
    if (!isMap(data) || !within)
      return this.#substitution.data(data, this.#reach === 'everything' || !HELD.has(at[0] ?? ''));
    return Object.fromEntries(
      Object.entries(data).map(([name, item]) => [name, this.#replaced(item, [...at, name], sensitive, kept)]),
    );
  }

  // ---- running it

  *#steps(events: readonly RecordedInput[]): Iterable<{ before: Snapshot; result: StepResult }> {
    let before = this.#machine.initial;
    for (const event of events) {
      const result = this.#machine.step(before, event);
      yield { before, result };
      before = result.snapshot;
    }
  }

  /** Runs the session with the pseudonyms as they are; `differs`: the first input that led elsewhere. */
  #try(): Attempt {
    this.#runs += 1;
    const inputs = this.#inputs.map((input) => this.#redacted(input));
    let at = 0;
    for (const { result } of this.#steps(inputs)) {
      const was = this.#was[at];
      const is = shownOf(result);
      if (was === undefined || was.shape !== is.shape) return { inputs, differs: at, went: is };
      at += 1;
    }
    return { inputs, differs: undefined };
  }

  /** Whether the session would go the same way for longer if a value stayed as it is. */
  #matters({ value, turned }: Known, best: Attempt): boolean {
    this.#substitution.turn(value, RAW);
    const further = isFurther(this.#try(), best);
    this.#substitution.turn(value, turned);
    return further;
  }

  /** Turns to the pseudonym of a value with which the session goes the same way the longest. */
  #betterBy(known: Known, best: Attempt): Attempt {
    const { value } = known;
    const first = known.turned;
    let reached = best;
    let kept = first;
    for (let turned = 0; turned < this.#substitution.triesOf(known) && this.#runs < MOST_RUNS; turned++) {
      if (turned === first) continue;
      this.#substitution.turn(value, turned);
      const attempt = this.#try();
      if (!isFurther(attempt, reached)) continue;
      reached = attempt;
      kept = turned;
      if (attempt.differs === undefined) break;
    }
    this.#substitution.turn(value, kept);
    return reached;
  }

  /** The redacted inputs with what the machine makes of them, and what its host said in between. */
  #derive(inputs: readonly RecordedInput[]): readonly RecordedEvent[] {
    const events: RecordedEvent[] = [];
    const steps = this.#steps(inputs)[Symbol.iterator]();
    let snapshot = this.#machine.initial;
    let at = 0;
    for (const event of this.#recording.events) {
      if (isInput(event)) {
        const input = inputs[at++];
        const next = steps.next();
        if (input === undefined || next.done) continue;
        const { step: _, path: __, ...bare } = input;
        events.push(...recordable(bare, next.value.result));
        snapshot = next.value.result.snapshot;
      } else if (event.type === 'filler.said') {
        events.push({ ...event, text: this.#machine.words(snapshot).meanwhile || this.#substitution.text(event.text) });
      } else if (event.type === 'person.said') {
        events.push({ ...event, text: this.#substitution.text(event.text) });
      }
    }
    return events;
  }

  #noPseudonym(best: Attempt, without: Known | undefined): ParleyError {
    const fix =
      'Mark as sensitive only what is; or have the condition ask for less of the value, such as its first signs or its year.';
    if (best.differs === undefined) {
      const from = without?.uses.map(({ from }) => from).find((name) => this.#machine.program.variables.has(name));
      return new ParleyError(
        'recording/no-pseudonym',
        `Nothing else has the form that ${named(from)} must have, so its value can't be replaced.`,
        { fix: 'Let its pattern or bounds admit other values.', ...this.#placeOf(from) },
      );
    }
    const was = this.#was[best.differs];
    const blamed = this.#substitution.known.find((known) => this.#matters(known, best));
    const from = blamed?.uses[0]?.from;
    // The first way that was taken and now is not.
    const way = was?.moves.find(({ to }, at) => best.went?.moves[at]?.to !== to);
    const step = way?.from ?? was?.step ?? '';
    return new ParleyError(
      'recording/no-pseudonym',
      `No value but its own has ${named(from)} lead the same way at step ${step}.`,
      { fix, ...(way?.at === undefined ? this.#placeOf(from) : { place: way.at }) },
    );
  }

  #placeOf(name: string | undefined) {
    const place = name === undefined ? undefined : this.#machine.program.variables.get(name)?.at;
    return place === undefined ? {} : { place };
  }
}

const named = (from: string | undefined) => (from === undefined ? 'what the caller said' : from.replaceAll('__', '/'));

/** Stands for what is left out: a tool's own words. */
const LEFT_OUT = '(left out)';
/** The same as a sentence that a model may say, whatever the facts. */
const LEFT_OUT_WORDS = 'This is left out.';

/** Fields in which a decider may quote the caller. */
const QUOTES: ReadonlySet<string> = new Set(['say', 'why', 'by', 'message']);

/** Fields of which variables are made. */
const HELD: ReadonlySet<string> = new Set(['values', 'output', 'data']);

/** Fields that hold no caller's value: names and numbers that the host and the workflow gave. */
const KEPT: { readonly [type: string]: readonly string[] } = {
  'session.started': ['contact.id', 'contact.channel'],
  'model.decided': ['decision', 'choice', 'confidence'],
  'model.failed': ['decision', 'code'],
  'signal.received': ['name'],
};

interface Attempt {
  readonly inputs: readonly RecordedInput[];
  readonly differs: number | undefined;
  /** What it did there instead. */
  readonly went?: Shown;
}

const isFurther = ({ differs: one }: Attempt, { differs: other }: Attempt) =>
  other !== undefined && (one === undefined || one > other);

function happened({ type, at, ...data }: RecordedEvent): Happened {
  return { type, at, data };
}

/** What of a step's result must be the same with other values. */
interface Shown {
  readonly shape: string;
  /** Something is said, and not in place of the model's words. */
  readonly said: boolean;
  readonly step: string;
  readonly moves: StepResult['moves'];
}

function shownOf({ taken, moves, effects, snapshot }: StepResult): Shown {
  const { vars, waiting, identity, ids, turns, tries, hops, confirmed, done, asked } = snapshot.memory;
  const waits =
    waiting.for === 'decision'
      ? [waiting.decision, waiting.choices, waiting.early]
      : waiting.for === 'words'
        ? [waiting.decision, Object.keys(waiting.facts), waiting.said !== undefined]
        : waiting.for === 'calls'
          ? Object.entries(waiting.calls).map(([call, { tool, failed, done }]) => [call, tool, failed, done])
          : waiting;
  const asks = effects.map(asksOf);
  const path = moves.map(({ from, to, at }) => [from, to, at?.line, at?.column]);
  const names = Object.keys(vars).sort();
  const memory = [names, identity, waiting.for, waits, ids, turns, tries, hops, confirmed, done, asked];
  return {
    shape: JSON.stringify([taken, path, asks, snapshot.step, snapshot.ended, memory]),
    said: effects.some((effect) => effect.type === 'say' && effect.instead === undefined),
    step: snapshot.step,
    moves,
  };
}

/** What an effect asks for, without the values in it. */
function asksOf(effect: Effect): readonly unknown[] {
  const { type, step } = effect;
  switch (type) {
    case 'say':
      return [type, step, effect.asks];
    case 'compose':
      return [type, step, effect.decision, Object.keys(effect.facts), effect.longest];
    case 'call':
      return [type, step, effect.call, effect.tool, Object.keys(effect.input), effect.retry];
    case 'decide':
      return [type, step, effect.decision, effect.question, effect.choices, effect.fill];
    case 'transfer':
      return [type, step, effect.queue, effect.brief?.from, Object.keys(effect.brief?.known ?? {})];
    case 'listen':
    case 'schedule':
    case 'cancel':
    case 'end':
      return [effect];
  }
}

/** What a workflow's files name themselves, in small letters: the texts they quote, choices, and what variables are at the start. */
function literalsOf(program: Program): ReadonlySet<string> {
  const { text, parts } = program.source;
  const files = [text, ...Object.values(parts).map((part) => part.text)];
  const quoted = files.flatMap((text) =>
    [...text.toLowerCase().matchAll(/(['"])((?:(?!\1)[^\n]){1,60})\1/g)].map(([, , quoted = '']) => quoted),
  );
  // Single digits are quoted as keys.
  const variables = [...program.variables.values()];
  const initial = variables.flatMap(({ initial }) => leavesOf(initial ?? null));
  const offered = variables.flatMap(({ definition }) => (definition ? choicesIn(definition) : []));
  return new Set([...quoted.filter((text) => !/^\d$/.test(text)), ...initial, ...offered]);
}

/** What a variable may be, where the file says what that is: "Dr. Hart" of the doctors there are tells nothing of who calls. */
function choicesIn(definition: TypedVariable): readonly string[] {
  switch (definition.type) {
    case 'choice':
      return Array.isArray(definition.values)
        ? definition.values.map(lower)
        : [...Object.keys(definition.values), ...Object.values(definition.values).flat()].map(lower);
    case 'list':
      return choicesIn(definition.of);
    case 'object':
      return Object.values(definition.fields).flatMap(choicesIn);
    default:
      return [];
  }
}

const lower = (text: string) => text.toLowerCase();

/** Whether a word is one that interrupts listen for: `word*` in a sign is every word that begins so. */
function heardIn({ interrupts }: Program): (word: string) => boolean {
  const words = new Set<string>();
  const beginnings: string[] = [];
  for (const { source } of interrupts.flatMap(({ hears }) => hears)) {
    for (const [, word = '', star] of source.toLowerCase().matchAll(/([\p{L}\p{M}\p{N}'’]+)(\*?)/gu)) {
      if (star) beginnings.push(word);
      else words.add(word);
    }
  }
  return (word) => words.has(word) || beginnings.some((beginning) => word.startsWith(beginning));
}

function leavesOf(data: Json): readonly string[] {
  if (typeof data !== 'object' || data === null) return [String(data).toLowerCase()];
  return Object.values(data).flatMap(leavesOf);
}
