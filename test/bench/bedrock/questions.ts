import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Line, type Question, questionOf, type Tools, transcriptOf } from '@parley/engine';
import { createMachine, type Machine } from '@parley/machine';
import { isInput, type RecordedInput, type Recording, readRecording } from '@parley/replay';
import { compileWorkflow, loadWorkflow } from '@parley/workflow';
import { z } from 'zod';

const workflows = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'workflows');

export const WORKFLOWS = ['support', 'supply-chain', 'healthcare-intake'] as const;

type Decided = Extract<RecordedInput, { type: 'model.decided' }>;

const toolsModule = z.object({
  default: z.custom<(place: object) => Tools>((made) => typeof made === 'function'),
});

/** One decision of a recorded conversation. */
export interface Asked {
  readonly question: Question;
  /** When it was asked for: milliseconds since the conversation began. */
  readonly after: number;
  /** What was answered, as a model would write it; '' where nothing was. */
  readonly answer: string;
}

/** The machine of a workflow in this repository, and all its recordings, each as the decisions that it asked for. */
export async function questionsOf(
  workflow: string,
): Promise<{ readonly machine: Machine; readonly sessions: readonly (readonly Asked[])[] }> {
  const folder = path.join(workflows, workflow);
  const made = toolsModule.parse(await import(pathToFileURL(path.join(folder, 'tools.ts')).href));
  const signatures = Object.fromEntries(Object.entries(made.default({})).map(([name, one]) => [name, one.signature]));
  const source = await loadWorkflow(path.join(folder, 'workflow.yaml'));
  const machine = createMachine(compileWorkflow(source, signatures), signatures);
  const recordings = path.join(folder, 'recordings');
  if (!existsSync(recordings)) return { machine, sessions: [] };
  const sessions = readdirSync(recordings)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => askedIn(machine, readRecording(readFileSync(path.join(recordings, name), 'utf8'), name)));
  return { machine, sessions };
}

function askedIn(machine: Machine, { session, events }: Recording): readonly Asked[] {
  const asked: Asked[] = [];
  let snapshot = machine.initial;
  for (const [index, event] of events.entries()) {
    if (!isInput(event)) continue;
    const result = machine.step(snapshot, event);
    snapshot = result.snapshot;
    for (const effect of result.effects) {
      if (effect.type !== 'decide') continue;
      const lines: readonly Line[] = transcriptOf(machine.program, snapshot.memory.vars, events.slice(0, index + 1));
      const asking = {
        session,
        transcript: async () => lines,
        due: event.at + 5_000,
        deadline: event.at + 7_000,
        signal: new AbortController().signal,
      };
      const question = questionOf(machine, snapshot, effect, asking);
      const decided = events.find((one) => one.type === 'model.decided' && one.decision === effect.decision);
      asked.push({
        question,
        after: event.at - (events[0]?.at ?? 0),
        answer: decided?.type === 'model.decided' ? answerOf(question, decided) : '',
      });
    }
  }
  return asked;
}

/** Every variable stands in an answer, with null where it has no value. */
function answerOf({ fill }: Question, { choice, values, confidence, why = '' }: Decided): string {
  const all = Object.fromEntries(fill.map(({ name }) => [name, values[name] ?? null]));
  return JSON.stringify({ choice, values: all, confidence, why });
}
