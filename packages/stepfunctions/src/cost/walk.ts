import type { Machine, SessionEvent } from '@parley/machine';
import { type Json, ParleyError } from '@parley/workflow';
import { checkDefinition } from '../interpreter/check.ts';
import type { Definition, StateOf } from '../interpreter/definition.ts';
import { evaluate } from '../interpreter/jsonata.ts';
import { Evaluation } from '../interpreter/jsonata-functions.ts';
import { seeded } from '../interpreter/random.ts';
import type { Shape } from '../compiler/compile.ts';

/** What an execution goes through. */
interface Execution {
  /** In order, those within a parallel state too: each is a transition. */
  readonly states: readonly string[];
  /** What was done in it. `moved`: the session went on by that, not only by what came after it. */
  readonly answers: readonly { readonly type: string; readonly attempts: number; readonly moved: boolean }[];
}

/** What a session goes through on a state machine. */
export interface Walk {
  readonly executions: readonly Execution[];
  /** How many of them wait for the contact, and how many do work, each by a function. */
  readonly waits: number;
  readonly works: number;
}

/** A move of the session: where it came to, and whether work was begun there. */
interface Move {
  readonly to: string;
  readonly busy: boolean;
}

/**
 * The way of a session through a compiled definition: `events` are put through the machine, and its moves lead through the
 * states as they lead an execution. Nothing is carried out. Throws ParleyError `cost/off-the-map` where the definition is not
 * one of this machine.
 */
export async function walk(
  definition: string,
  shape: Shape,
  machine: Machine,
  events: readonly SessionEvent[],
): Promise<Walk> {
  const walker = new Walker(read(definition, shape));
  let snapshot = machine.initial;
  for (const event of events) {
    const { step } = snapshot;
    const result = machine.step(snapshot, event);
    if (!result.taken) continue;
    snapshot = result.snapshot;
    const busy = ['decision', 'words', 'calls'].includes(snapshot.memory.waiting.for);
    const here = { to: snapshot.step, busy };
    const moved = result.moves.length > 0 || snapshot.step !== step;
    if (moved) walker.moves.push(here);
    if (event.type.startsWith('model.') || event.type.startsWith('tool.')) {
      const attempts = 'attempts' in event ? (event.attempts ?? 1) : 1;
      walker.executions.at(-1)?.answers.push({ type: event.type, attempts, moved });
    }
    // Per turn, an execution begins where there is work, wherever the session is by then.
    if (!walker.under && (shape === 'per-turn' ? busy : moved)) await walker.start(here);
    await walker.goOn(here);
  }
  return walker;
}

function read(text: string, shape: Shape): Definition {
  const { definition } = checkDefinition(text, shape === 'per-contact' ? 'STANDARD' : 'EXPRESS');
  if (definition) return definition;
  throw new ParleyError('cost/off-the-map', 'This is no definition of a state machine.', {
    fix: 'Give what the compiler makes.',
  });
}

/** The ways that a definition draws go by nothing but where the session is. */
const evaluation = new Evaluation(seeded(''), () => 0);

class Walker implements Walk {
  readonly executions: { states: string[]; answers: Execution['answers'][number][] }[] = [];
  waits = 0;
  works = 0;
  /** Those that the execution has not made yet. */
  moves: Move[] = [];
  readonly #definition: Definition;
  #state: string | undefined;
  #told: Move = { to: '', busy: false };

  constructor(definition: Definition) {
    this.#definition = definition;
  }

  /** Whether an execution is under way. */
  get under(): boolean {
    return this.#state !== undefined;
  }

  async start(here: Move): Promise<void> {
    this.#told = here;
    this.moves = [];
    this.executions.push({ states: [], answers: [] });
    this.#enter(this.#definition.StartAt);
  }

  /** As far as the execution goes by itself. */
  async goOn(here: Move): Promise<void> {
    while (this.#state !== undefined) {
      const state = this.#definition.States[this.#state];
      switch (state?.Type) {
        case 'Pass':
          this.#enter(state.Next);
          break;
        case 'Choice':
          this.#enter(await this.#chosen(state));
          break;
        case 'Task':
        case 'Parallel': {
          const waits = state.Type === 'Task' && state.Resource.endsWith('.waitForTaskToken');
          if (waits && !here.busy && this.moves.length === 0) return;
          if (!waits) {
            const move = this.moves.shift();
            if (!move && here.busy) return;
            // Nothing is under way any more: it is told to come back to where it was.
            this.#told = move ?? here;
          }
          this.#enter(state.Next);
          break;
        }
        case 'Succeed':
          this.#state = undefined;
          break;
        case 'Fail':
        case 'Map':
        case 'Wait':
        case undefined:
          throw new ParleyError(
            'cost/off-the-map',
            `The session goes where its state machine draws no way: ${this.#state}.`,
            {
              fix: 'This is a fault of the compiler: report it with the workflow and the recording.',
            },
          );
      }
    }
  }

  #enter(name: string | undefined): void {
    const state = name === undefined ? undefined : this.#definition.States[name];
    this.#state = name;
    const entered = this.executions.at(-1)?.states;
    if (name === undefined || !state || !entered) return;
    entered.push(name);
    if (state.Type === 'Parallel') {
      this.works += state.Branches.length;
      entered.push(...state.Branches.map(({ StartAt }) => StartAt));
    }
    if (state.Type !== 'Task') return;
    if (state.Resource.endsWith('.waitForTaskToken')) this.waits += 1;
    else this.works += 1;
  }

  async #chosen({ Choices, Default }: StateOf<'Choice'>): Promise<string | undefined> {
    const parley: Json = { ...this.#told };
    for (const { Condition, Next } of Choices) {
      const sight = { variables: { parley }, evaluation, prefix: '' };
      if (Condition === true || (Condition && (await evaluate(Condition, 'Condition', sight)) === true)) return Next;
    }
    return Default;
  }
}
