import type { Machine, SessionEvent, Snapshot } from '@parley/machine';
import { type RecordedEvent, type Recording, recordable } from '@parley/replay';
import { type Chart, isFarewell } from './convert.ts';
import type { Dialogue, Move } from './format.ts';

/** One decision of a human agent. */
export interface Judged {
  readonly label: string;
  /** An arrow of the chart leads there. */
  readonly drawn: boolean;
  /** The converted workflow offers it at this point. */
  readonly offered: boolean;
  /** What a decider is asked here, where the workflow offers what the human picked. */
  readonly asked: Asked | undefined;
}

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
  readonly outside: { readonly freeText: number; readonly unknownLabel: number; readonly unasked: number };
}

const NOTHING = '(nothing)';

/**
 * Puts a dialogue through the machine. The human's picks answer what the machine asks; a pick it does not offer ends the
 * recording, and another begins at the label picked. A pick without words of the caller before it is put as `(nothing)`.
 */
export function segmentsOf(machine: Machine, chart: Chart, dialogue: Dialogue): Segments {
  const { name, version } = machine.program;
  const recordings: Recording[] = [];
  const decisions: Judged[] = [];
  const outside = { freeText: 0, unknownLabel: 0, unasked: 0 };
  const lines: { who: 'caller' | 'agent'; text: string }[] = [];
  let events: RecordedEvent[] = [];
  let snapshot = machine.initial;
  let at = dialogue.moves[0]?.at ?? 0;
  let label = 'opening';

  const apply = (event: SessionEvent) => {
    const result = machine.step(snapshot, event);
    if (!result.taken) return;
    events.push(...recordable(event, result));
    snapshot = result.snapshot;
  };
  const begin = (step: string) => {
    snapshot = machine.initial;
    events = [];
    const attributes = step === 'opening' ? {} : { attributes: { at: step } };
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
      if (wanted === undefined) return;
      if (waiting?.choices.includes(wanted))
        decide(waiting.decision, wanted, { wanted: given.join('; ').slice(0, 1000) });
      else {
        outside.unasked += 1;
        finish();
        begin(wanted);
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
        outside.unknownLabel += 1;
        decisions.push({ label: picked, drawn, offered: false, asked: undefined });
        return;
      }
      const waiting = pending();
      // The same again is what a workflow calls unclear: the question is put once more.
      const repeats = picked === label && snapshot.step === choice && waiting?.choices.includes('unclear');
      const answer = repeats ? 'unclear' : choice;
      if (waiting?.choices.includes(answer)) {
        const { heard } = waiting;
        const asked = { snapshot, choices: waiting.choices, picked: answer, heard, lines: [...lines] };
        decisions.push({ label: picked, drawn, offered: true, asked });
        decide(waiting.decision, answer);
      } else {
        decisions.push({ label: picked, drawn, offered: false, asked: undefined });
        finish();
        begin(choice);
      }
      label = picked;
      lines.push({ who: 'agent', text: machine.words(snapshot).asked });
    },
  };

  begin('opening');
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
