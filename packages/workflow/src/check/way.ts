import {
  type Assignment,
  asks,
  type BrokenStep,
  type Choice,
  canBeSpokenAt,
  type Condition,
  type Data,
  type Draft,
  heardInterrupts,
  interruptsAt,
  isComposed,
  notedInterrupts,
  type Route,
  type Step,
  type Text,
  type ToolCall,
  type Variable,
} from '../program.ts';
import { IDENTITY_LEVELS, type IdentityLevel, type ToolSignature, type ToolSignatures } from '../tool-signature.ts';

/**
 * What happens on a way from one step to the next, as far as the checker has to know: the machine's behaviour
 * (`behaviour.ts` of the machine) without values. A change there is a change here.
 */
export type Op =
  | { readonly op: 'if'; readonly condition: Condition; readonly holds: boolean }
  /** The variable takes a value: from the caller, a tool or a signal. `maybe`: or keeps what it has. */
  | { readonly op: 'take'; readonly variable: string; readonly maybe: boolean }
  | { readonly op: 'forget'; readonly variable: string }
  /** All values are worked out before any is set. `quiet`: a part's outputs, which may be left without a value. */
  | { readonly op: 'set'; readonly set: readonly Assignment[]; readonly quiet: number }
  | { readonly op: 'grant'; readonly level: IdentityLevel; readonly maybe: boolean }
  /** The step was let through: what its tool requires held. */
  | { readonly op: 'passed'; readonly level: IdentityLevel }
  /** The caller said yes to what was read back. */
  | { readonly op: 'yes' }
  /** A question was put: an earlier yes counts no more. */
  | { readonly op: 'asked' }
  /** A step that can't be read: nothing can be held against what comes after it. */
  | { readonly op: 'anything' }
  | { readonly op: 'read'; readonly text: Text }
  | { readonly op: 'argument'; readonly data: Data; readonly required: boolean; readonly tool: string };

export type Cause =
  | 'then'
  | 'choice'
  | 'interrupt'
  /** An interrupt that is heard in what the caller says, whatever was going on. */
  | 'heard'
  | 'again'
  | 'yes'
  | 'no'
  | 'otherwise'
  | 'failed'
  /** The guardrail stepped in. */
  | 'guardrail'
  | 'timeout'
  /** No condition held. */
  | 'none'
  /** The turns are used up: the door of last resort. */
  | 'turns'
  | 'broken';

export interface Way {
  /** Undefined: there is no door, and the caller is stuck. */
  readonly to: string | undefined;
  readonly cause: Cause;
  readonly ops: readonly Op[];
  /** The way's place in a list of routes. */
  readonly route?: Route;
}

export interface StepWays {
  readonly step: Step | BrokenStep;
  readonly ways: readonly Way[];
  /** What is read at the step besides, each list from the state it is entered in. */
  readonly reads: readonly (readonly Op[])[];
}

const read = (text: Text | undefined): readonly Op[] => (text ? [{ op: 'read', text }] : []);
const setOp = (set: readonly Assignment[], quiet = set.length): readonly Op[] =>
  set.length > 0 ? [{ op: 'set', set, quiet }] : [];

export function signatureOf(tools: ToolSignatures | undefined, tool: string): ToolSignature | undefined {
  return tools && Object.hasOwn(tools, tool) ? tools[tool] : undefined;
}

/** The ways on from a step, in the order in which they are tried; those of interrupts that are heard come last. */
export function waysOf(draft: Draft, step: Step | BrokenStep, tools: ToolSignatures | undefined): StepWays {
  const own = ownWaysOf(draft, step, tools);
  if (!canBeSpokenAt(step)) return own;
  // What is noted on the way may be so from here on, or not.
  const noted = notedInterrupts(draft).flatMap(({ set }) =>
    set.flatMap(({ variable, value }): readonly Op[] => {
      const take: Op = { op: 'take', variable, maybe: true };
      // It may be cleared, too: then anything is possible.
      return value.kind === 'literal' && value.value !== null ? [take] : [{ op: 'forget', variable }, take];
    }),
  );
  const before = noted.length === 0 ? own.ways : own.ways.map((way) => ({ ...way, ops: [...noted, ...way.ops] }));
  const heard = heardInterrupts(draft).map((one): Way => {
    const open: readonly Op[] = one.if ? [{ op: 'if', condition: one.if, holds: true }] : [];
    // An earlier yes counts no more, as at a question.
    const ops: readonly Op[] = [...noted, { op: 'asked' }, ...open, ...setOp(one.set), ...read(one.say)];
    return { to: one.to, cause: 'heard', ops };
  });
  return { ...own, ways: [...before, ...heard] };
}

function ownWaysOf(draft: Draft, step: Step | BrokenStep, tools: ToolSignatures | undefined): StepWays {
  const found = (ways: readonly Way[], ...reads: (readonly Op[])[]): StepWays => ({
    step,
    ways,
    reads: reads.filter((ops) => ops.length > 0),
  });
  switch (step.kind) {
    case 'say':
      return found(
        [...routes(step.then), ...(isComposed(step) ? guarded([]) : [])],
        read(step.text),
        ...[...(step.compose?.facts.values() ?? [])].map(read),
      );
    case 'branch':
    case 'use':
      return found(routes(step.then));
    case 'call':
    case 'parallel': {
      const calls = step.kind === 'call' ? [step.call] : step.calls;
      const passed = calls.flatMap((call): Op[] => {
        const signature = signatureOf(tools, call.tool);
        return signature ? [{ op: 'passed', level: signature.requires.identity }] : [];
      });
      const success = [...passed, ...calls.flatMap((call) => granted(call, false)), ...calls.flatMap(saved)];
      // Of calls at once, some may have proved the caller's identity though another failed.
      const failure = step.kind === 'call' ? [] : calls.flatMap((call) => granted(call, true));
      const doors = [...new Set([...step.failed.codes.values(), step.failed.to])];
      return found(
        [
          ...routes(step.then, success),
          ...doors.map((to): Way => ({ to, cause: 'failed', ops: failure })),
          ...(step.failed.codes.has('guardrail') ? [] : guarded(failure)),
        ],
        calls.flatMap((call) => given(call)),
        read(step.meanwhile),
      );
    }
    case 'wait': {
      const { save, signal, timeout } = step;
      const came: readonly Op[] =
        save === undefined ? [] : [{ op: 'take', variable: save, maybe: timeout === undefined }];
      return found(
        [
          ...(signal === undefined && timeout !== undefined ? [] : routes(step.then, came)),
          ...(timeout === undefined ? [] : [{ to: timeout, cause: 'timeout' as const, ops: [] }]),
        ],
        read(step.meanwhile),
      );
    }
    case 'decide': {
      const filled = fills(step.fill);
      return found([
        ...step.choices.map((choice) => ofChoice(choice, 'choice', filled)),
        { to: step.otherwise, cause: 'otherwise', ops: filled },
        ...guarded([]),
        { to: draft.otherwise, cause: 'turns', ops: [] },
      ]);
    }
    case 'transfer':
      return found([], read(step.say), typeof step.brief === 'boolean' ? [] : read(step.brief));
    case 'end': {
      const { leave } = step;
      if (!leave) return found([], [...setOp(step.set), ...read(step.say)]);
      return found([
        { to: leave.to, cause: 'then', ops: setOp([...step.set, ...leave.set], step.set.length), route: leave },
      ]);
    }
    case 'broken':
      return found(step.targets.map((to) => ({ to, cause: 'broken', ops: [{ op: 'anything' }] })));
    case 'ask':
    case 'form':
    case 'confirm':
      return question(step);
  }

  function routes(then: readonly Route[], before: readonly Op[] = []): readonly Way[] {
    const ways: Way[] = [];
    const failed: Op[] = [...before];
    for (const route of then) {
      const held: readonly Op[] = route.if ? [{ op: 'if', condition: route.if, holds: true }] : [];
      ways.push({ to: route.to, cause: 'then', ops: [...failed, ...held, ...setOp(route.set)], route });
      if (!route.if) return ways;
      failed.push({ op: 'if', condition: route.if, holds: false });
    }
    return then.length === 0 ? ways : [...ways, { to: draft.otherwise, cause: 'none', ops: failed }];
  }

  /** Where the guardrail leads that steps in here, if it has a door of its own. */
  function guarded(ops: readonly Op[]): readonly Way[] {
    const to = draft.models.guardrail?.to;
    return to === undefined ? [] : [{ to, cause: 'guardrail', ops }];
  }

  function granted({ tool }: ToolCall, maybe: boolean): readonly Op[] {
    // Where nothing is said of tools, any of them may prove who is calling.
    if (!tools) return IDENTITY_LEVELS.map((level) => ({ op: 'grant', level, maybe: true }));
    const signature = signatureOf(tools, tool);
    // Of a tool that isn't there nothing is known: nothing is held against the steps after it.
    if (!signature) return [{ op: 'grant', level: 'person', maybe }];
    return signature.grants === 'none' ? [] : [{ op: 'grant', level: signature.grants, maybe }];
  }

  function saved({ tool, save }: ToolCall): readonly Op[] {
    if (save === undefined) return [];
    const output = signatureOf(tools, tool)?.output;
    return output?.['type'] === 'null'
      ? [{ op: 'forget', variable: save }]
      : [{ op: 'take', variable: save, maybe: false }];
  }

  function given({ tool, with: data }: ToolCall): readonly Op[] {
    const input = signatureOf(tools, tool)?.input;
    const required = Array.isArray(input?.['required']) ? input['required'] : [];
    return [...data].map(([name, data]) => ({ op: 'argument', data, required: required.includes(name), tool }));
  }

  function fills(names: readonly string[]): readonly Op[] {
    return names.map((variable) => ({ op: 'take', variable, maybe: true }));
  }

  function ofChoice(choice: Choice, cause: Cause, before: readonly Op[]): Way {
    const offered: readonly Op[] = choice.if ? [{ op: 'if', condition: choice.if, holds: true }] : [];
    return {
      to: choice.to ?? step.name,
      cause: choice.to === undefined ? 'again' : cause,
      ops: [...offered, ...before, ...setOp(choice.set), ...read(choice.say)],
    };
  }

  function question(asked: Extract<Step, { unclear: unknown }>): StepWays {
    const wanted = asked.kind === 'form' ? asked.variables : [];
    const forgot: readonly Op[] =
      asked.kind === 'form' && asked.again ? wanted.map((variable) => ({ op: 'forget', variable })) : [];
    // A form that has all it wants asks nothing, and an earlier yes would still count: nobody should build on that.
    const put: readonly Op[] = [...forgot, { op: 'asked' }];
    const filled = [...put, ...fills([...new Set([...wanted, ...asked.fill])])];
    const complete: readonly Op[] = [
      ...put,
      ...fills(asked.fill),
      ...wanted.map((variable): Op => ({ op: 'take', variable, maybe: false })),
    ];
    const interrupts = interruptsAt(draft, asked);
    const ways: Way[] = [
      ...(asked.kind === 'form' ? routes(asked.then, complete) : []),
      ...(asked.kind === 'confirm'
        ? [
            {
              to: asked.yes.to,
              cause: 'yes' as const,
              ops: [...filled, { op: 'yes' as const }, ...setOp(asked.yes.set)],
            },
            { to: asked.no.to, cause: 'no' as const, ops: [...filled, ...setOp(asked.no.set)] },
          ]
        : []),
      ...asked.choices.map((choice) => ofChoice(choice, 'choice', filled)),
      ...interrupts.map((choice) => ofChoice(choice, 'interrupt', filled)),
      { to: asked.otherwise, cause: 'otherwise', ops: filled },
      ...guarded(filled),
      { to: draft.otherwise, cause: 'turns', ops: filled },
    ];
    const said =
      asked.kind === 'form' ? [[...forgot, ...read(asked.intro)], ...askedInTurn(wanted, forgot)] : [read(asked.text)];
    return {
      step,
      ways,
      reads: [
        ...said,
        [...forgot, ...read(asked.unclear)],
        [...forgot, ...read(asked.silent)],
        ...[...new Set([...wanted, ...asked.fill])].map((name) => checked(draft.variables.get(name), forgot)),
      ].filter((ops) => ops.some(({ op }) => op === 'read' || op === 'if')),
    };
  }

  /** A form asks for a variable once those before it have their values. */
  function askedInTurn(wanted: readonly string[], entry: readonly Op[]): readonly (readonly Op[])[] {
    const known: Op[] = [...entry];
    return wanted.map((name) => {
      const variable = draft.variables.get(name);
      const ops = [...known, ...read(variable?.ask), ...read(variable?.invalid)];
      known.push({ op: 'take', variable: name, maybe: false });
      return ops;
    });
  }

  function checked(variable: Variable | undefined, entry: readonly Op[]): readonly Op[] {
    if (!variable?.check) return [];
    return [
      ...entry,
      { op: 'take', variable: variable.name, maybe: false },
      { op: 'if', condition: variable.check, holds: true },
    ];
  }
}

/** Whether a step rests until the caller, a signal or the time does something. */
export function rests(step: Step | BrokenStep): boolean {
  return asks(step) || step.kind === 'wait' || step.kind === 'transfer' || (step.kind === 'end' && !step.leave);
}
