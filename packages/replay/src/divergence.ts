import type { Machine, Snapshot } from '@parley/machine';
import { type Place, type Program, type Step, sayValue, type Text } from '@parley/workflow';
import type { RecordedEvent, RecordedInput, RecordedOutput } from './recorded.ts';
import type { Recording } from './recording.ts';

/**
 * How a replay differs from its recording. `words`: only a text does. `differently`: it goes another way or asks for
 * something else. `unknown`: it asks what the recording has no answer for, so nobody knows how it would have gone on.
 */
export type Kind = 'words' | 'differently' | 'unknown';

/** What is recorded, or what came instead. */
export type Happening = { readonly type: 'step.entered'; readonly step: string } | RecordedOutput | RecordedInput;

/** A place where a replay asks for something other than the recording holds. */
export interface Divergence {
  readonly kind: Kind;
  /** The line of the recording, from 1, the header's. */
  readonly line: number;
  /** The step it is about. */
  readonly step: string;
  /** What the recording holds. Undefined: nothing. An event of the session: the machine was to take it, and doesn't. */
  readonly expected: Happening | undefined;
  /** What came instead. Undefined: nothing. */
  readonly came: Happening | undefined;
  /** What of the workflow is responsible. */
  readonly place: Place | undefined;
}

/** Sessions that diverge in the same way. */
export interface DivergenceGroup {
  readonly kind: Kind;
  readonly summary: string;
  readonly place: Place | undefined;
  readonly sessions: readonly string[];
}

/** Where a step stands in the workflow. */
export function placeOfStep(program: Program, step: string): Place | undefined {
  return program.steps.get(step)?.at;
}

/** Where the workflow asks for this. `snapshots`: what was known, so that of a step's texts the one that was said is found. */
export function placeOfOutput(
  { program }: Machine,
  output: RecordedOutput,
  snapshots: readonly Snapshot[],
): Place | undefined {
  const step = program.steps.get(output.step);
  if (!step) return undefined;
  switch (output.type) {
    case 'agent.said':
    case 'filler.said': {
      const said = textsOf(program, step).find(({ template }) =>
        snapshots.some(({ memory: { vars, identity, channel } }) => {
          const words = template.render({ ...vars, identity }, (value, type) => sayValue(value, type, channel));
          return words === output.text;
        }),
      );
      return said?.at ?? step.at;
    }
    case 'tool.called': {
      const calls = step.kind === 'call' ? [step.call] : step.kind === 'parallel' ? step.calls : [];
      return calls.find(({ tool }) => tool === output.tool)?.at ?? step.at;
    }
    default:
      return step.at;
  }
}

/** All that a step may say. */
function textsOf(program: Program, step: Step): readonly Text[] {
  const texts: (Text | undefined)[] = [];
  if ('text' in step) texts.push(step.text);
  if ('say' in step) texts.push(step.say);
  if ('intro' in step) texts.push(step.intro);
  if ('unclear' in step) texts.push(step.unclear, step.silent);
  if ('meanwhile' in step) texts.push(step.meanwhile);
  if ('choices' in step) texts.push(...[...step.choices, ...program.interrupts].map(({ say }) => say));
  if (step.kind === 'form') {
    for (const name of step.variables) {
      const variable = program.variables.get(name);
      texts.push(variable?.ask, variable?.invalid);
    }
  }
  return texts.filter((text) => text !== undefined);
}

/** In a line, without any value of the session, how it diverges. */
export function summarize({ kind, step, expected, came }: Divergence): string {
  if (kind === 'words') return `other words at ${step}`;
  const [was, is] = [does(expected), does(came)];
  if (was !== is) return `${step} ${is}; recorded: it ${was}`;
  if (came?.type === 'model.asked') return `the question at ${step} is another, or offers other choices`;
  if (came?.type === 'words.asked') return `the model is to word something else at ${step}`;
  if (came?.type === 'tool.called') return `${came.tool} is called with other input at ${step}`;
  return `${step} ${is}, but in another way`;
}

/** Groups what diverged in the same way at the same place, the largest group first. */
export function groupByDivergence(
  diverged: readonly { readonly session: string; readonly divergence: Divergence }[],
): readonly DivergenceGroup[] {
  const groups = new Map<string, DivergenceGroup & { readonly sessions: string[] }>();
  for (const { session, divergence } of diverged) {
    const { kind, place } = divergence;
    const summary = summarize(divergence);
    const key = JSON.stringify([kind, place, summary]);
    const group = groups.get(key);
    if (group) group.sessions.push(session);
    else groups.set(key, { kind, summary, place, sessions: [session] });
  }
  return [...groups.values()].sort((a, b) => b.sessions.length - a.sessions.length);
}

const VERDICT: { readonly [kind in Kind]: string } = {
  words: 'says something else',
  differently: 'goes differently',
  unknown: "can't be known: the recording has no answer for what is asked now",
};

/** How many lines of the conversation are shown before a divergence. */
const LINES_BEFORE = 3;

/**
 * A divergence for a person to read: the conversation up to it, what was expected and what came, and the line of the
 * workflow that is responsible. It shows what was said, as the recording does. `file`: the recording's.
 */
export function describeDivergence(
  { program }: Machine,
  { events, session }: Recording,
  divergence: Divergence,
  file: string,
): string {
  const { kind, line, step, expected, came, place } = divergence;
  const before = events
    .slice(0, Math.max(0, line - 2))
    .flatMap(conversation)
    .slice(-LINES_BEFORE);
  // The input it came of stands on the divergent line itself where the path differs.
  const at = events[line - 2];
  const also = at && at !== expected ? conversation(at) : [];
  const where = place ? `${place.file}:${place.line}:${place.column}` : program.file;
  return [
    `${session} ${VERDICT[kind]}, at ${step} (${file}:${line})`,
    ...[...before, ...also].slice(-LINES_BEFORE).map((one) => `    ${one}`),
    `  - recorded: ${inWords(expected)}`,
    `  + now:      ${inWords(came)}`,
    `  ${where}`,
    ...quote(program, place),
  ].join('\n');
}

/** An event as a line of the conversation; what nobody said or decided is left out. */
function conversation(event: RecordedEvent): readonly string[] {
  const line = (who: string, what: string) => [`${who.padEnd(7)} ${what}`];
  switch (event.type) {
    case 'caller.said':
      return line('caller', event.text);
    case 'caller.pressed':
      return line('caller', `pressed ${event.keys}`);
    case 'caller.silent':
      return line('caller', '(silent)');
    case 'caller.left':
      return line('caller', '(left)');
    case 'agent.said':
    case 'filler.said':
      return line('agent', event.text);
    case 'person.said':
      return line('person', event.text);
    case 'model.decided':
      return line('model', `${event.step === undefined ? '' : `${event.step}: `}${event.choice}`);
    case 'model.composed':
      return line('model', `worded: ${event.text}`);
    case 'model.failed':
    case 'tool.failed':
      return line(event.type === 'model.failed' ? 'model' : 'tool', `failed: ${event.code}`);
    case 'tool.called':
      return line('tool', event.tool);
    case 'signal.received':
      return line('signal', event.name);
    case 'timer.fired':
      return line('timer', 'fired');
    default:
      return [];
  }
}

function inWords(happening: Happening | undefined): string {
  if (!happening) return 'nothing';
  switch (happening.type) {
    case 'agent.said':
      return `says ${JSON.stringify(happening.text)}`;
    case 'model.asked':
      return `asks at ${happening.step} which of ${happening.choices.join(', ')} (question ${happening.question})`;
    case 'words.asked':
      return `has the model word ${JSON.stringify(happening.instructions)} from ${JSON.stringify(happening.facts)}`;
    case 'tool.called':
      return `calls ${happening.tool} with ${JSON.stringify(happening.input)}`;
    case 'timer.set':
      return `sets a timer for ${new Date(happening.due).toISOString()}`;
    case 'session.transferred':
      return `transfers to ${happening.queue}${happening.brief ? ` with ${JSON.stringify(happening.brief)}` : ''}`;
    default:
      return does(happening);
  }
}

/** What a step does, in a few words and without a value of the session. */
function does(happening: Happening | undefined): string {
  if (!happening) return 'does nothing';
  switch (happening.type) {
    case 'step.entered':
      return `goes to ${happening.step}`;
    case 'agent.said':
    case 'filler.said':
      return 'speaks';
    case 'model.asked':
      return 'asks the model';
    case 'words.asked':
      return 'has the model word it';
    case 'tool.called':
      return `calls ${happening.tool}`;
    case 'timer.set':
      return 'sets a timer';
    case 'timer.cancelled':
      return 'calls off its timer';
    case 'session.transferred':
      return `transfers to ${happening.queue}`;
    case 'session.ended':
      return `ends as ${happening.outcome}`;
    default:
      return `takes ${happening.type}`;
  }
}

/** The line of the workflow's text, with a mark under the column. */
function quote({ source }: Program, place: Place | undefined): readonly string[] {
  const file = place && [source, ...Object.values(source.parts)].find(({ file }) => file === place.file);
  const text = place && file?.text.split(/\r?\n/)[place.line - 1];
  if (!place || text === undefined) return [];
  const number = `${place.line} | `;
  return [`    ${number}${text}`, `    ${' '.repeat(number.length + place.column - 1)}^`];
}
