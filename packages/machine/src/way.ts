import {
  type Assignment,
  asks,
  type Condition,
  canBeSpokenAt,
  isComposed,
  type Place,
  type Program,
  type Route,
  type Step,
  type Text,
} from '@parley/workflow';

/** A way from one step to another: what must hold for it, what it sets and says. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly if: Condition | undefined;
  readonly set: readonly Assignment[];
  readonly say: Text | undefined;
  readonly at: Place;
}

/** Where a session is before its first step, after the caller hung up, and when no way was left. */
export const START = '(start)';
export const LEFT = '(left)';
export const STUCK = '(stuck)';

/** All ways of a program, each under a name that says where it stands in the file: `need.choices.return`. */
export function collectWays(program: Program): ReadonlyMap<string, Way> {
  const ways = new Map<string, Way>();
  const none = { if: undefined, set: [], say: undefined };
  const route = (id: string, from: string, { if: condition, to, set, at }: Route) => {
    ways.set(id, { from, to, if: condition, set, say: undefined, at });
  };
  for (const step of program.steps.values()) {
    const { name, at } = step;
    const door = (id: string, to: string | undefined) => ways.set(id, { ...none, from: name, to: to ?? STUCK, at });
    for (const [index, one] of thenOf(step).entries()) route(`${name}.then.${index}`, name, one);
    if ('choices' in step) {
      for (const choice of step.choices) {
        if (choice.to !== undefined)
          ways.set(`${name}.choices.${choice.name}`, { from: name, ...choice, to: choice.to });
      }
    }
    if (canBeSpokenAt(step)) {
      for (const interrupt of program.interrupts) {
        if (interrupt.to !== undefined && (asks(step) || interrupt.hears.length > 0)) {
          ways.set(`${name}.interrupts.${interrupt.name}`, { from: name, ...interrupt, to: interrupt.to });
        }
      }
    }
    switch (step.kind) {
      case 'confirm':
        route(`${name}.yes`, name, step.yes);
        route(`${name}.no`, name, step.no);
        door(`${name}.otherwise`, step.otherwise);
        break;
      case 'ask':
      case 'form':
      case 'decide':
        door(`${name}.otherwise`, step.otherwise);
        break;
      case 'call':
      case 'parallel':
        door(`${name}.failed`, step.failed.to);
        for (const [code, to] of step.failed.codes) door(`${name}.failed.${code}`, to);
        break;
      case 'wait':
        if (step.timeout !== undefined) door(`${name}.timeout`, step.timeout);
        break;
      default:
        break;
    }
    // Where the guardrail steps in, be it at a decision or at what a tool is given or returns.
    const guarded = program.models.guardrail?.to;
    if (guarded !== undefined && stepsIn(step)) door(`${name}.guardrail`, guarded);
    // Where no condition holds, or a caller has had all the turns there are.
    door(`${name}.door`, program.otherwise);
    // Where it goes round and not even that door leads out.
    door(`${name}.stuck`, undefined);
  }
  ways.set('start', { ...none, from: START, to: program.start, at: { file: program.file, line: 1, column: 1 } });
  return ways;
}

/**
 * The steps a caller comes through who is sent to the door of last resort and gives no answer that is understood: the
 * checker's rule `door/last` proves that they lead to an end.
 */
export function behindLastDoor(program: Program, ways: ReadonlyMap<string, Way>): ReadonlySet<string> {
  const found = new Set(program.otherwise === undefined ? [] : [program.otherwise]);
  for (const name of found) {
    const step = program.steps.get(name);
    for (const [id, { from, to }] of ways) {
      if (from !== name || to === STUCK || id === `${name}.door`) continue;
      // What is heard is for a caller in need, who says so.
      if (step && (asks(step) ? id !== `${name}.otherwise` : id.startsWith(`${name}.interrupts.`))) continue;
      found.add(to);
    }
  }
  return found;
}

/** Whether the guardrail may step in at a step that names no way of its own for that. */
export function stepsIn(step: Step): boolean {
  if (step.kind === 'call' || step.kind === 'parallel') return !step.failed.codes.has('guardrail');
  return asks(step) || step.kind === 'decide' || isComposed(step);
}

/** The ways on from a step that come in order, the first that holds being taken. */
export function thenOf(step: Step): readonly Route[] {
  if ('then' in step) return step.then;
  if (step.kind === 'end' && step.leave) return [step.leave];
  return [];
}
