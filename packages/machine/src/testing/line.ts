import {
  checkWorkflow,
  compileWorkflow,
  draftWorkflow,
  type Json,
  type Program,
  type Step,
  sourceOf,
  type ToolSignature,
  type ToolSignatures,
} from '@parley/workflow';
import type { Effect, SessionEvent } from '../event.ts';
import { createMachine, type Machine, type Snapshot, type StepResult } from '../machine.ts';

/** When every test's session starts: 2026-11-24, 12:00 UTC. Each event comes a second after the one before. */
export const NOON = Date.UTC(2026, 10, 24, 12);

export interface LineOptions {
  readonly tools?: ToolSignatures;
  /** The shared parts' files, by name. */
  readonly parts?: { readonly [name: string]: string };
  /** Takes a workflow that the checker refuses: what the machine does all the same is tested with it. */
  readonly unchecked?: true;
  readonly channel?: 'voice' | 'chat';
}

/** Problems that make a test another one than it seems, whatever it lets pass besides. */
const SLIPS = /^(yaml|schema|expression|part)\/|^(variable|step|tool)\/(unknown|reserved|built-in|twice)$/;

/** The program of a small workflow. */
export function programOf(text: string, { tools, parts = {}, unchecked }: LineOptions = {}): Program {
  const files = Object.entries(parts).map(([name, text]) => [name, { file: `${name}.yaml`, text }] as const);
  const source = { ...sourceOf(text), parts: Object.fromEntries(files) };
  if (!unchecked) return compileWorkflow(source, tools);
  const slip = checkWorkflow(source, tools).problems.find(({ code }) => SLIPS.test(code));
  if (slip) throw new Error(`${slip.line}:${slip.column} ${slip.code}: ${slip.message}`);
  const draft = draftWorkflow(source, tools);
  const steps = new Map<string, Step>();
  for (const [name, step] of draft.steps) {
    if (step.kind === 'broken') throw new Error(`The step ${name} can't be read.`);
    steps.set(name, step);
  }
  return { ...draft, steps };
}

/** A session of a small workflow, event by event. What is answered is what the session waits for. */
export function line(text: string, options: LineOptions = {}) {
  const machine = createMachine(programOf(text, options), options.tools ?? {});
  return lineOf(machine, options.channel);
}

export function lineOf(machine: Machine, channel: 'voice' | 'chat' = 'chat') {
  let snapshot: Snapshot = machine.initial;
  let seconds = 0;

  const send = (event: SessionEvent): StepResult => {
    const result = machine.step(snapshot, event);
    snapshot = result.snapshot;
    return result;
  };
  const at = () => NOON + 1000 * seconds++;
  const decision = () => {
    const { waiting } = snapshot.memory;
    if (waiting.for !== 'decision' && waiting.for !== 'words')
      throw new Error(`It waits for ${waiting.for}, not for a decision.`);
    return waiting.decision;
  };
  /** The id of the call of this tool; of the only call, where none is named. */
  const call = (tool?: string) => {
    const { waiting } = snapshot.memory;
    if (waiting.for !== 'calls') throw new Error(`It waits for ${waiting.for}, not for calls.`);
    const found = Object.entries(waiting.calls).find(([, one]) => tool === undefined || one.tool === tool);
    if (!found) throw new Error(`It does not wait for ${tool}.`);
    return found[0];
  };

  return {
    machine,
    get snapshot() {
      return snapshot;
    },
    get step() {
      return snapshot.step;
    },
    get memory() {
      return snapshot.memory;
    },
    send,
    start: () => send({ type: 'session.started', at: at(), contact: { id: 'c1', channel } }),
    said: (text: string) => send({ type: 'caller.said', at: at(), text }),
    saidBefore: (text: string) => send({ type: 'caller.said', at: at(), text, before: true }),
    pressed: (keys: string) => send({ type: 'caller.pressed', at: at(), keys }),
    silent: () => send({ type: 'caller.silent', at: at() }),
    left: () => send({ type: 'caller.left', at: at() }),
    signal: (name: string, data: Json) => send({ type: 'signal.received', at: at(), name, data }),
    decided: (choice: string, values: { readonly [variable: string]: Json } = {}, confidence = 1) =>
      send({ type: 'model.decided', at: at(), decision: decision(), choice, values, confidence }),
    composed: (text: string, more?: true) =>
      send({ type: 'model.composed', at: at(), decision: decision(), text, ...(more ? { more } : {}) }),
    undecided: () => send({ type: 'model.failed', at: at(), decision: decision(), code: 'timeout', message: '' }),
    /** The guardrail blocked the decision. */
    blocked: () =>
      send({ type: 'model.failed', at: at(), decision: decision(), code: 'decider/guardrail', message: '' }),
    returned: (output: Json, tool?: string) => send({ type: 'tool.returned', at: at(), call: call(tool), output }),
    failed: (code: string, tool?: string, more: { readonly done?: true } = {}) =>
      send({ type: 'tool.failed', at: at(), call: call(tool), code, message: '', ...more }),
    fired: () => {
      const { waiting } = snapshot.memory;
      if (waiting.for !== 'timer') throw new Error(`It waits for ${waiting.for}, not for a timer.`);
      return send({ type: 'timer.fired', at: waiting.due, timer: waiting.timer });
    },
  };
}

/** The words of a result, in order. */
export const words = ({ effects }: Pick<StepResult, 'effects'>): readonly string[] =>
  effects.flatMap((effect) => (effect.type === 'say' ? [effect.text] : []));

/** The one effect of a type. */
export function effect<T extends Effect['type']>(
  { effects }: Pick<StepResult, 'effects'>,
  type: T,
): Extract<Effect, { type: T }> {
  const found = effects.filter((one): one is Extract<Effect, { type: T }> => one.type === type);
  const [one] = found;
  if (one === undefined || found.length > 1) throw new Error(`There are ${found.length} effects of type ${type}.`);
  return one;
}

/** The steps entered, in order. */
export const path = ({ moves }: Pick<StepResult, 'moves'>): readonly string[] => moves.map(({ to }) => to);

/** A tool that reads and takes and gives anything, but for what is said of it. */
export function tool(more: Partial<ToolSignature> = {}): ToolSignature {
  return {
    about: 'Does something.',
    effect: 'reads',
    input: {},
    output: {},
    requires: { confirmation: false, identity: 'none' },
    grants: 'none',
    timeout: 1000,
    errors: [],
    cleared: [],
    ...more,
  };
}
