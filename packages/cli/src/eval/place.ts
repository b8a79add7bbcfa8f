import { createHash } from 'node:crypto';
import { type Asking, type Line, type Question, questionOf, transcriptOf } from '@parley/engine';
import type { Machine } from '@parley/machine';
import { decisionsOf, type RecordedDecision, type Recording } from '@parley/replay';
import { type Json, readValue } from '@parley/workflow';

/** A place in a recording where a decision was taken, that can be put to a model again. */
export interface Place {
  /** The file and the line of the recorded answer. */
  readonly file: string;
  readonly line: number;
  readonly workflow: string;
  readonly step: string;
  /** Changes when the recording, the workflow or anything else that the model would be asked does. */
  readonly id: string;
  /** What was picked then, and by whom. */
  readonly choice: string;
  readonly by: string;
  /** The workflow's `limits.decide`, in milliseconds: a later answer is none. */
  readonly limit: number;
  /** The very question that was put then. */
  question(asking: Omit<Asking, 'session' | 'transcript'>): Question;
  /** How the values of an answer compare with those recorded, as the machine reads both. */
  compare(values: { readonly [variable: string]: Json }): Values;
}

/** none: neither gave a value. */
export type Values = 'none' | 'same' | 'other';

export interface Places {
  readonly places: readonly Place[];
  /** Decisions that failed then: nothing is known that an answer could be compared with. */
  readonly failed: number;
  /** The recording does not go through this workflow any more: these are the places before that. */
  readonly diverged: boolean;
}

/** The places of a recording. `text` is that of its file. */
export function placesOf(machine: Machine, recording: Recording, file: string, text: string): Places {
  const { decisions, replayed } = decisionsOf(machine, recording);
  const recorded = digest(text);
  const places = decisions.flatMap((one) => {
    const { answer } = one;
    return answer.type === 'model.decided' ? [placeOf(machine, recording, file, recorded, { ...one, answer })] : [];
  });
  const diverged = replayed.outcome === 'diverged' && replayed.divergence.kind !== 'words';
  return { places, failed: decisions.length - places.length, diverged };
}

type Decided = RecordedDecision & { readonly answer: { readonly type: 'model.decided' } };

function placeOf(
  machine: Machine,
  { session }: Recording,
  file: string,
  recorded: string,
  { effect, snapshot, before, answer, line }: Decided,
): Place {
  const { program } = machine;
  const lines = transcriptOf(program, snapshot.memory.vars, before);
  const question = (asking: Omit<Asking, 'session' | 'transcript'>) =>
    questionOf(machine, snapshot, effect, {
      session,
      transcript: async () => lines,
      due: asking.due,
      deadline: asking.deadline,
      get signal() {
        return asking.signal;
      },
    });
  const asked = question({ due: 0, deadline: 0, signal: new AbortController().signal });
  const read = (values: { readonly [variable: string]: Json }) => {
    const canonical = asked.fill.flatMap(({ name, variable }) => {
      const given = Object.hasOwn(values, name) ? values[name] : undefined;
      const value = given === undefined ? undefined : readValue(variable, given, asked.moment);
      return value?.ok ? [[name, inOrder(value.value)]] : [];
    });
    return JSON.stringify(canonical);
  };
  const then = read(answer.values);
  const by = answer.by?.['decider'];
  return {
    file,
    line,
    workflow: program.name,
    step: effect.step,
    id: `${recorded} ${answer.decision} ${contentOf(asked, lines)}`,
    choice: answer.choice,
    by: typeof by === 'string' ? by : 'not told',
    limit: program.limits.decide,
    question,
    compare(values) {
      const now = read(values);
      return now !== then ? 'other' : now === '[]' ? 'none' : 'same';
    },
  };
}

/** What a model is told by a question, as a digest. */
function contentOf(question: Question, lines: readonly Line[]): string {
  const { workflow, step, kind, instructions, asked, heard, choices, fill, memory, moment } = question;
  return digest(
    JSON.stringify([workflow, step, kind, instructions, asked, heard ?? null, choices, fill, memory, moment, lines]),
  );
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** The same value with its keys in order. */
function inOrder(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(inOrder);
  const entries = Object.entries(value).map(([key, item]): [string, Json] => [key, inOrder(item)]);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
