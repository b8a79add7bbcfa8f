import type { Effect, Machine, SessionEvent, Snapshot, StepResult } from '@parley/machine';
import { type Json, ParleyError } from '@parley/workflow';
import { type Divergence, type Happening, type Kind, placeOfOutput, placeOfStep } from './divergence.ts';
import { outputOf } from './recordable.ts';
import { isInput, type RecordedEvent, type RecordedInput, type RecordedOutput } from './recorded.ts';
import type { Recording } from './recording.ts';

/** What came of putting a recording through a machine again. */
export type ReplayResult =
  /** `inputs`: how many events the machine took. */
  | { readonly outcome: 'same'; readonly inputs: number }
  /**
   * `divergence`: where it first goes differently or can't be known; where neither happens, the first words that differ.
   * `words`: after how many events other words are said, up to there.
   */
  | { readonly outcome: 'diverged'; readonly divergence: Divergence; readonly words: number };

/**
 * Puts a recording through the machine of the version it was made with, without I/O. Everything must come just as it
 * was recorded. Throws ParleyError `recording/other-version` for a machine of another version or workflow (see
 * `replayAgainst`), `recording/imported` for a conversation that no workflow ran.
 */
export function replay(machine: Machine, recording: Recording): ReplayResult {
  if (!isOf(machine, recording)) {
    const { name, version } = machine.program;
    throw new ParleyError(
      'recording/other-version',
      `The recording is not of version ${version.slice(0, 12)} of ${name}.`,
      { fix: 'Replay it against this workflow instead: what its answers still fit is taken from it.' },
    );
  }
  return new Replay(machine, recording, true).run();
}

/**
 * Puts a recording through the machine of any version, such as that of an edited workflow. Decisions and tools are
 * answered from the recording where the same is asked at the same point: a decision, where the question is the same,
 * what was picked may still be picked and nothing may that could not be then; a tool, where its input is the same.
 * Anything else that is asked is a divergence of kind `unknown`. Ids may differ, and other words don't end the replay.
 * Throws ParleyError `recording/imported` for a conversation that no workflow ran.
 */
export function replayAgainst(machine: Machine, recording: Recording): ReplayResult {
  return new Replay(machine, recording, isOf(machine, recording)).run();
}

/** A decision that was taken in a recording, at the place where it was asked for. */
export interface RecordedDecision {
  readonly effect: Extract<Effect, { type: 'decide' }>;
  /** Where the effect left the session. */
  readonly snapshot: Snapshot;
  /** What had happened by then, that the decision was asked for included. */
  readonly before: readonly RecordedEvent[];
  readonly answer: Extract<RecordedInput, { type: 'model.decided' | 'model.failed' }>;
  /** The line of the answer in the recording's file. */
  readonly line: number;
}

/**
 * The decisions of a recording, in order, by putting it through a machine as `replayAgainst` does: all of them where it
 * goes as it did, else those before it first goes differently. One that the caller spoke over has no answer, and is left
 * out. Throws ParleyError `recording/imported` for a conversation that no workflow ran.
 */
export function decisionsOf(
  machine: Machine,
  recording: Recording,
): { readonly decisions: readonly RecordedDecision[]; readonly replayed: ReplayResult } {
  const replay = new Replay(machine, recording, isOf(machine, recording));
  const replayed = replay.run();
  return { decisions: replay.decisions, replayed };
}

function isOf({ program }: Machine, { workflow, version }: Recording): boolean {
  if (workflow === undefined || version === undefined) {
    throw notRun();
  }
  return workflow === program.name && version === program.version;
}

/** The error of replaying a conversation that was imported. */
export function notRun(): ParleyError {
  return new ParleyError('recording/imported', 'No workflow ran this conversation, so there is nothing to replay.', {
    fix: 'Have it decided anew: `parley decide` puts what the caller said through a workflow, and makes a recording of that.',
  });
}

const NOWHERE: readonly string[] = [];

/** One replay under way. */
class Replay {
  readonly #machine: Machine;
  readonly #events: readonly RecordedEvent[];
  /** The machine is of the recording's version: ids and the order of things must be the same too. */
  readonly #exact: boolean;
  /** The ids of this replay, by those of the recording. */
  readonly #ids = new Map<string, string>();
  /** Decisions that were asked for and not answered so far, by their ids in this replay. */
  readonly #open = new Map<string, Omit<RecordedDecision, 'answer' | 'line'>>();
  readonly decisions: RecordedDecision[] = [];
  /** Answers to what is not asked any more. */
  readonly #passed = new Set<RecordedInput>();
  #words = 0;
  #divergence: Divergence | undefined;

  constructor(machine: Machine, { events }: Recording, exact: boolean) {
    this.#machine = machine;
    this.#events = events;
    this.#exact = exact;
  }

  run(): ReplayResult {
    let before = this.#machine.initial;
    let inputs = 0;
    for (const [index, input] of this.#events.entries()) {
      if (!isInput(input)) continue;
      inputs += 1;
      if (this.#passed.has(input)) continue;
      const event = this.#asked(input);
      const stepped = this.#machine.step(before, event);
      const result = this.#exact ? stepped : this.#written(stepped, this.#outputsAfter(index), input.at);
      if (result.taken) this.#answer(index, input, event);
      this.#compare(index, this.#recorded(index, input, result), before, result);
      if (this.#divergence !== undefined && this.#divergence.kind !== 'words') break;
      this.#ask(index, result);
      before = result.snapshot;
    }
    return this.#divergence === undefined
      ? { outcome: 'same', inputs }
      : { outcome: 'diverged', divergence: this.#divergence, words: this.#words };
  }

  #ask(index: number, { effects, snapshot }: StepResult): void {
    for (const effect of effects) {
      if (effect.type !== 'decide') continue;
      const before = [...this.#events.slice(0, index + 1), ...this.#outputsAfter(index)];
      this.#open.set(effect.decision, { effect, snapshot, before });
    }
  }

  #answer(index: number, answer: RecordedInput, event: SessionEvent): void {
    if (answer.type !== 'model.decided' && answer.type !== 'model.failed') return;
    const asked = 'decision' in event ? this.#open.get(event.decision) : undefined;
    // The header is line 1.
    if (asked) this.decisions.push({ ...asked, answer, line: index + 2 });
  }

  /** Where the model is to word what it did not word then, the written text is gone on with: the path is the same. */
  #written(result: StepResult, expected: readonly RecordedOutput[], at: number): StepResult {
    const { waiting } = result.snapshot.memory;
    const { step } = result.snapshot;
    if (waiting.for !== 'words' || expected.some((output) => output.type === 'words.asked' && output.step === step))
      return result;
    const { decision } = waiting;
    const code = 'decider/not-recorded';
    const next = this.#machine.step(result.snapshot, { type: 'model.failed', at, decision, code, message: '' });
    const moves = [...result.moves, ...next.moves];
    const effects = [...result.effects, ...next.effects];
    return this.#written({ ...next, moves, effects, taken: result.taken }, expected, at);
  }

  /**
   * What was recorded of an input. Where the model worded then what it does not word now, what came of its words belongs
   * to it as well, if nothing else happened meanwhile.
   */
  #recorded(index: number, input: RecordedInput, { effects }: StepResult): Recorded {
    const own = { input, path: input.path ?? NOWHERE, outputs: this.#outputsAfter(index) };
    if (this.#exact) return own;
    const isGone = (output: RecordedOutput): output is WordsAsked =>
      output.type === 'words.asked' && !effects.some(({ type, step }) => type === 'compose' && step === output.step);
    let { path, outputs } = own;
    const passed: RecordedInput[] = [];
    for (let at = index + 1; at < this.#events.length; at++) {
      const asked = outputs.find(isGone);
      if (!asked) break;
      const event = this.#events[at];
      if (event === undefined || !isInput(event)) continue;
      if ((event.type !== 'model.composed' && event.type !== 'model.failed') || event.decision !== asked.decision)
        break;
      passed.push(event);
      path = [...path, ...(event.path ?? NOWHERE)];
      const goesOn = event.type === 'model.composed' && event.more === true && event.path === undefined;
      outputs = [...outputs.filter((output) => goesOn || output !== asked), ...this.#outputsAfter(at)];
    }
    if (outputs.some(isGone)) return own;
    for (const event of passed) this.#passed.add(event);
    return { input, path, outputs };
  }

  /** A recorded event as the machine takes it: an answer names the id that the effect has this time. */
  #asked(event: RecordedInput): SessionEvent {
    if (this.#exact) return event;
    switch (event.type) {
      case 'model.decided':
      case 'model.composed':
      case 'model.failed':
        return { ...event, decision: this.#ids.get(event.decision) ?? event.decision };
      case 'tool.returned':
      case 'tool.failed':
        return { ...event, call: this.#ids.get(event.call) ?? event.call };
      case 'timer.fired':
        return { ...event, timer: this.#ids.get(event.timer) ?? event.timer };
      default:
        return event;
    }
  }

  #compare(
    index: number,
    { input, path, outputs: expected }: Recorded,
    before: Snapshot,
    { taken, moves, effects, snapshot }: StepResult,
  ): void {
    const { program } = this.#machine;
    const note = (
      kind: Kind,
      expected: Happening | undefined,
      came: Happening | undefined,
      step: string,
      place: Divergence['place'],
    ) => {
      const at = expected && expected.type !== 'step.entered' ? this.#events.indexOf(expected) : -1;
      // The header is line 1.
      const line = (at < 0 ? index : at) + 2;
      this.#divergence =
        kind === 'words' && this.#divergence ? this.#divergence : { kind, line, step, expected, came, place };
    };

    if (!taken) {
      note('differently', input, undefined, before.step, placeOfStep(program, before.step));
      return;
    }

    for (let at = 0; at < path.length || at < moves.length; at++) {
      const expected = path[at];
      const move = moves[at];
      if (move !== undefined && move.to === expected) continue;
      const from = move?.from ?? moves.at(-1)?.to ?? before.step;
      note('differently', entering(expected), entering(move?.to), from, move?.at ?? placeOfStep(program, from));
      return;
    }

    const came = outputsOf(effects, input.at);
    if (this.#allSame(expected, came)) return;

    const place = (output: RecordedOutput) => placeOfOutput(this.#machine, output, [snapshot, before]);
    const said = expected.filter(isSaid);
    const says = came.filter(isSaid);
    const other = Math.max(said.length, says.length);
    for (let at = 0; at < other; at++) {
      const [was, is] = [said[at], says[at]];
      const either = is ?? was;
      if (either === undefined || (was !== undefined && is !== undefined && this.#differs(was, is) === undefined))
        continue;
      this.#words += 1;
      note('words', was, is, either.step, place(either));
      break;
    }

    const open = expected.filter((output) => !isSaid(output));
    for (const is of came) {
      if (isSaid(is)) continue;
      // The calls of a parallel step may stand in another order.
      const found = this.#exact ? 0 : open.findIndex((was) => this.#differs(was, is) === undefined);
      const alike = found < 0 ? open.findIndex(({ type }) => type === 'words.asked' && type === is.type) : found;
      const isNew = !this.#exact && is.type === 'words.asked' && alike < 0;
      const [was] = isNew ? [] : open.splice(Math.max(alike, 0), 1);
      const kind = this.#differs(was, is);
      if (kind === 'words') {
        this.#words += 1;
        note(kind, was, is, is.step, place(is));
        if (was !== undefined) this.#pair(was, is);
      } else if (kind !== undefined) {
        note(kind, was, is, is.step, place(is));
        return;
      } else if (was !== undefined) this.#pair(was, is);
    }
    const [was] = open;
    if (was !== undefined) note('differently', was, undefined, was.step, placeOfStep(program, was.step));
    else if (this.#exact && this.#divergence === undefined) {
      // The same things, in another order.
      const at = expected.findIndex((output, at) => this.#differs(output, came[at]) !== undefined);
      const step = expected[at]?.step ?? before.step;
      note('differently', expected[at], came[at], step, placeOfStep(program, step));
    }
  }

  /** What is recorded as asked because of the input at `index`. What the host said on its own is left out. */
  #outputsAfter(index: number): readonly RecordedOutput[] {
    const outputs: RecordedOutput[] = [];
    for (let at = index + 1; ; at++) {
      const event = this.#events[at];
      if (event === undefined || isInput(event)) return outputs;
      if (event.type !== 'filler.said' && event.type !== 'person.said') outputs.push(event);
    }
  }

  #allSame(expected: readonly RecordedOutput[], came: readonly RecordedOutput[]): boolean {
    if (expected.length !== came.length) return false;
    for (const [at, was] of expected.entries()) if (this.#differs(was, came[at]) !== undefined) return false;
    if (this.#exact) return true;
    for (const [at, was] of expected.entries()) this.#pair(was, came[at]);
    return true;
  }

  #pair(was: RecordedOutput, is: RecordedOutput | undefined): void {
    const [from, to] = [idOf(was), is && idOf(is)];
    if (from !== undefined && to !== undefined) this.#ids.set(from, to);
  }

  /** How what came differs from what was recorded, or undefined where it doesn't. */
  #differs(was: RecordedOutput | undefined, is: RecordedOutput | undefined): Kind | undefined {
    if (is === undefined) return 'differently';
    const asks = is.type === 'model.asked' || is.type === 'tool.called';
    const worded = is.type === 'agent.said' || is.type === 'words.asked';
    if (was === undefined) return asks ? 'unknown' : worded ? 'words' : 'differently';
    const kind = this.#differsAsSuch(was, is);
    if (kind !== undefined) return kind;
    if (was.step !== is.step) return is.type === 'agent.said' ? 'words' : 'differently';
    return this.#exact && idOf(was) !== idOf(is) ? 'differently' : undefined;
  }

  #differsAsSuch(was: RecordedOutput, is: RecordedOutput): Kind | undefined {
    switch (is.type) {
      case 'agent.said':
      case 'filler.said':
        return was.type === is.type && was.text === is.text ? undefined : 'words';
      case 'model.asked':
        return was.type === is.type && this.#mayAnswer(was, is) ? undefined : 'unknown';
      case 'words.asked':
        if (was.type !== is.type) return 'unknown';
        // Wherever the session goes, it does not go by them.
        return was.instructions === is.instructions && was.longest === is.longest && equal(was.facts, is.facts)
          ? undefined
          : 'words';
      case 'tool.called':
        return was.type === is.type && was.tool === is.tool && equal(was.input, is.input) ? undefined : 'unknown';
      case 'timer.set':
        return was.type === is.type && was.due === is.due ? undefined : 'differently';
      case 'timer.cancelled':
        return was.type === is.type ? undefined : 'differently';
      case 'session.transferred': {
        if (was.type !== is.type || was.queue !== is.queue) return 'differently';
        if (was.brief === undefined || is.brief === undefined) {
          return was.brief === is.brief ? undefined : 'differently';
        }
        const { summary, ...facts } = was.brief;
        const { summary: sums, ...now } = is.brief;
        return equal(facts, now) ? (summary === sums ? undefined : 'words') : 'differently';
      }
      case 'session.ended':
        return was.type === is.type && was.outcome === is.outcome ? undefined : 'differently';
    }
  }

  /** Whether a recorded decision answers what is asked now. */
  #mayAnswer(was: Asked, is: Asked): boolean {
    if (was.question !== is.question || !equal(was.fill, is.fill)) return false;
    if (equal(was.choices, is.choices)) return true;
    if (this.#exact) return false;
    // Fewer choices than then, and what was picked is still one: it would be picked again. A new one might have been preferred.
    const picked = this.#events.find((event) => event.type === 'model.decided' && event.decision === was.decision);
    return (
      is.choices.every((choice) => was.choices.includes(choice)) &&
      (picked?.type !== 'model.decided' || is.choices.includes(picked.choice))
    );
  }
}

/** An input of the recording and what became of it. */
interface Recorded {
  readonly input: RecordedInput;
  readonly path: readonly string[];
  readonly outputs: readonly RecordedOutput[];
}

type WordsAsked = Extract<RecordedOutput, { type: 'words.asked' }>;
type Asked = Extract<RecordedOutput, { type: 'model.asked' }>;
type Said = Extract<RecordedOutput, { type: 'agent.said' }>;

const isSaid = (output: RecordedOutput): output is Said => output.type === 'agent.said';

const entering = (step: string | undefined): Happening | undefined =>
  step === undefined ? undefined : { type: 'step.entered', step };

function idOf(output: RecordedOutput): string | undefined {
  switch (output.type) {
    case 'model.asked':
    case 'words.asked':
      return output.decision;
    case 'tool.called':
      return output.call;
    case 'timer.set':
    case 'timer.cancelled':
      return output.timer;
    default:
      return undefined;
  }
}

function outputsOf(effects: readonly Effect[], at: number): readonly RecordedOutput[] {
  const outputs: RecordedOutput[] = [];
  for (const effect of effects) {
    const output = outputOf(effect, at);
    if (output) outputs.push(output);
  }
  return outputs;
}

/** Whether two pieces of JSON are the same; the order of keys means nothing. */
function equal(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (isList(a) || isList(b)) {
    if (!isList(a) || !isList(b) || a.length !== b.length) return false;
    for (let at = 0; at < a.length; at++) if (!equal(a[at] ?? null, b[at] ?? null)) return false;
    return true;
  }
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  for (const key of keys) {
    if (!Object.hasOwn(b, key) || !equal(a[key] ?? null, b[key] ?? null)) return false;
  }
  return true;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
