import type { Machine, SessionEvent, Snapshot } from '@parley/machine';
import { type RecordedEvent, type Recording, recordable } from '@parley/replay';
import { type Chart, isFarewell, OPENING } from './chart.ts';
import { cut, SAID } from './convert.ts';
import type { Dialogue, Move } from './format.ts';

/** One decision of a human agent. */
export interface Judged {
  readonly label: string;
  /** An arrow of the chart leads there. */
  readonly drawn: boolean;
  /** What a decider is asked here, where the workflow offers what the human picked. */
  readonly asked: Asked | undefined;
  /** Why the workflow does not offer it. */
  readonly beyond: Beyond | undefined;
}

/** Of a decision that the workflow does not allow, the first of these that fits. */
export type Beyond =
  /** A label that the task does not have. */
  | 'unknownLabel'
  /** The last thing the agent said was a farewell. */
  | 'afterFarewell'
  /** The arrows lead from there to the last label: the agent went back. */
  | 'back'
  | 'other';

export interface Asked {
  readonly snapshot: Snapshot;
  readonly choices: readonly string[];
  /** The name of what the human picked. */
  readonly picked: string;
  readonly heard: string | undefined;
  readonly lines: readonly { readonly who: 'caller' | 'agent'; readonly text: string }[];
}

/** A dialogue put through its workflow: cut where the human did what the workflow does not allow. */
export interface Segments {
  readonly recordings: readonly Recording[];
  readonly decisions: readonly Judged[];
  /** What the chart has no place for. */
  readonly outside: { readonly freeText: number; readonly unasked: number };
}

export const NOTHING = '(nothing)';
/** What of an answer is kept, in characters. */
const LONGEST = 500;

/**
 * Puts a dialogue through the machine. The human's picks answer what the machine asks; a pick it does not offer ends the
 * recording, and another begins at the label picked. A pick without words of the caller before it is put as `(nothing)`.
 */
export function segmentsOf(machine: Machine, chart: Chart, dialogue: Dialogue): Segments {
  const { name, version } = machine.program;
  const recordings: Recording[] = [];
  const decisions: Judged[] = [];
  const outside = { freeText: 0, unasked: 0 };
  const lines: { who: 'caller' | 'agent'; text: string }[] = [];
  let events: RecordedEvent[] = [];
  let snapshot = machine.initial;
  let at = dialogue.moves[0]?.at ?? 0;
  let label: string = OPENING;

  const apply = (event: SessionEvent) => {
    const result = machine.step(snapshot, event);
    if (!result.taken) return;
    events.push(...recordable(event, result));
    snapshot = result.snapshot;
  };
  const begin = (step: string, known: { readonly [variable: string]: string } = {}) => {
    snapshot = machine.initial;
    events = [];
    const attributes = step === OPENING ? {} : { attributes: { at: step, ...known } };
    apply({ type: 'session.started', at, contact: { id: dialogue.id, channel: 'chat', ...attributes } });
  };
  const finish = () => {
    if (!snapshot.ended) apply({ type: 'caller.left', at });
    const session = `${dialogue.id}-${recordings.length + 1}`;
    const start = events[0]?.at ?? at;
    recordings.push({ session, workflow: name, version, channel: 'chat', start, events });
  };
  /** What is to be decided now; where nothing is, the agent goes on without a word of the caller's. */
  const pending = () => {
    if (snapshot.memory.waiting.for === 'caller') apply({ type: 'caller.said', at, text: NOTHING });
    const { waiting } = snapshot.memory;
    return waiting.for === 'decision' ? waiting : undefined;
  };
  /** The human went on from what was heard: so it was the answer. */
  const answered = (heard: string | undefined): { readonly [variable: string]: string } => {
    const step = machine.questions.get(snapshot.step)?.step;
    const [answer] = step?.kind === 'form' ? step.variables : [];
    return answer === undefined || heard === undefined ? {} : { [answer]: cut(heard, LONGEST) };
  };
  /** The rest is a recording of its own, which begins at a step with what has been answered. */
  const goOn = (step: string, heard: string | undefined) => {
    const before = Object.entries(snapshot.memory.vars).flatMap(([name, value]) =>
      name.startsWith(SAID) && typeof value === 'string' ? [[name, value] as const] : [],
    );
    const known = { ...Object.fromEntries(before), ...answered(heard) };
    finish();
    begin(step, known);
  };
  const decide = (decision: string, choice: string, values: { readonly [variable: string]: string } = {}) =>
    apply({ type: 'model.decided', at, decision, choice, values, confidence: 1 });

  const take: { readonly [K in Move['kind']]: (move: Extract<Move, { kind: K }>) => void } = {
    caller: ({ text }) => {
      lines.push({ who: 'caller', text });
      apply({ type: 'caller.said', at, text: text.trim() === '' ? NOTHING : text });
    },
    free: ({ text }) => {
      outside.freeText += 1;
      lines.push({ who: 'agent', text });
    },
    query: ({ given }) => {
      const waiting = pending();
      const wanted = callOf(chart, given, waiting?.choices ?? []);
      if (wanted === undefined) {
        outside.unasked += 1;
        return;
      }
      if (waiting?.choices.includes(wanted))
        decide(waiting.decision, wanted, { ...answered(waiting.heard), wanted: cut(given.join('; '), LONGEST) });
      else {
        outside.unasked += 1;
        goOn(wanted, waiting?.heard);
      }
    },
    item: ({ item }) => {
      const { waiting } = snapshot.memory;
      const call = waiting.for === 'calls' ? Object.keys(waiting.calls)[0] : undefined;
      if (call !== undefined) apply({ type: 'tool.returned', at, call, output: item });
    },
    pick: ({ label: named }) => {
      const picked = meant(chart, named);
      const drawn = chart.drawn(label).includes(picked) || throughCall(chart, label).includes(picked);
      const choice = chart.names.get(picked);
      if (choice === undefined) {
        decisions.push({ label: picked, drawn, asked: undefined, beyond: 'unknownLabel' });
        return;
      }
      const waiting = pending();
      // The same again is what a workflow calls unclear: the question is put once more.
      const repeats = picked === label && snapshot.step === choice && waiting?.choices.includes('unclear');
      const answer = repeats ? 'unclear' : choice;
      if (waiting?.choices.includes(answer)) {
        const { heard } = waiting;
        const asked = { snapshot, choices: waiting.choices, picked: answer, heard, lines: [...lines] };
        decisions.push({ label: picked, drawn, asked, beyond: undefined });
        decide(waiting.decision, answer, repeats ? {} : answered(heard));
      } else {
        const back = isFarewell(label) ? 'afterFarewell' : leadsTo(chart, picked, label) ? 'back' : 'other';
        decisions.push({ label: picked, drawn, asked: undefined, beyond: back });
        goOn(choice, waiting?.heard);
      }
      label = picked;
      lines.push({ who: 'agent', text: machine.words(snapshot).asked });
    },
  };

  begin(OPENING);
  for (const move of dialogue.moves) {
    at = Math.max(at, move.at);
    switch (move.kind) {
      case 'caller':
        take.caller(move);
        break;
      case 'pick':
        take.pick(move);
        break;
      case 'query':
        take.query(move);
        break;
      case 'item':
        take.item(move);
        break;
      case 'free':
        take.free(move);
        break;
    }
  }
  finish();
  return { recordings, decisions, outside };
}

/** A farewell that the chart has under another name is its own farewell. */
function meant(chart: Chart, picked: string): string {
  if (chart.names.has(picked) || !isFarewell(picked)) return picked;
  return chart.labels.find(isFarewell) ?? picked;
}

/** Whether the arrows lead from one node to another. */
function leadsTo(chart: Chart, from: string, to: string): boolean {
  const reached = new Set([from]);
  for (const node of reached) for (const one of chart.drawn(node)) reached.add(one);
  return from !== to && reached.has(to);
}

/** What the chart draws behind the back-end call that follows a label. */
function throughCall(chart: Chart, label: string): readonly string[] {
  return chart.drawn(label).flatMap((node) => (chart.calls.includes(node) ? chart.drawn(node) : []));
}

/** The call that a query of the dialogue is: of several, the one whose name stands among what was asked for, or that is offered. */
function callOf(chart: Chart, given: readonly string[], offered: readonly string[]): string | undefined {
  const asked = given.map((one) => one.replace(/\W/g, '').toLowerCase());
  const named = chart.calls.find((node) => asked.includes(node.replace(/^query_?/i, '').toLowerCase()));
  const open = chart.calls.find((node) => offered.includes(chart.names.get(node) ?? ''));
  const node = named ?? open ?? chart.calls[0];
  return node === undefined ? undefined : chart.names.get(node);
}
