import { createMachine } from '@parley/machine';
import { type Json, ParleyError, type Place, type Program, type Step, type ToolSignatures } from '@parley/workflow';
import { lengthOf, MOST_EVENTS } from './bounds.ts';
import { changesFrom } from './changes.ts';
import { requireRight } from './lint.ts';
import { Names } from './names.ts';
import { callSeconds, decideSeconds, EXPRESS, MARGIN, RETRY } from './patience.ts';
import { type PlaceKind, placesOf } from './places.ts';

/** `per-contact`: one Standard execution a contact. `per-turn`: one Express execution a turn, from an event to the next rest. */
export type Shape = 'per-contact' | 'per-turn';

/** What the functions are called by: names or ARNs. */
export interface FunctionNames {
  readonly ask: string;
  readonly decide: string;
  readonly call: string;
  readonly finish: string;
}

export interface CompileOptions {
  readonly shape: Shape;
  readonly functions: FunctionNames;
  /** Tells how long tools may take; 3 s for those left out. */
  readonly tools?: ToolSignatures;
}

/** A state machine in Amazon States Language, as JSON. */
export interface StateMachine {
  readonly Comment: string;
  readonly QueryLanguage: 'JSONata';
  readonly StartAt: string;
  readonly States: { readonly [name: string]: JsonObject };
  readonly TimeoutSeconds?: number;
}

type JsonObject = { readonly [field: string]: Json };

/** A definition may have so many bytes. */
const LARGEST = 1024 * 1024;
/** A comment tells of so many of the steps that are only passed. */
const TOLD = 10;
/** Names that Step Functions or this compiler keeps for itself. */
const RESERVED: ReadonlySet<string> = new Set(['states', 'parley']);

const PAYLOAD = '$states.result.Payload';
/** Of the calls of a parallel step, the last one to be answered says where it goes on. */
const LAST = '$states.result[$exists(parley)][-1]';

/**
 * Compiles a checked workflow into a state machine: a state for each step where a session can be between two moves, named as
 * the step is. What a session does next is worked out by the functions, with the machine itself; the definition draws all
 * that this can be. The same program gives the same text.
 *
 * Throws ParleyError, with the step's place in the file: `stepfunctions/variable` where a variable's name can't be one of
 * Step Functions, `stepfunctions/too-long` where a contact could need more than 25,000 events of history,
 * `stepfunctions/too-large` where the definition has more than 1 MB, `stepfunctions/wrong` where Step Functions would not take
 * it, which is a fault of the compiler.
 */
export function compileToStepFunctions(program: Program, options: CompileOptions): StateMachine {
  const { shape, functions } = options;
  const tools = options.tools ?? {};
  const places = placesOf(program, createMachine(program, tools).configuration);
  const { kinds, onward, passed } = places;
  const variables = mirrored(program);
  const names = new Names();
  const states = new Map<string, JsonObject>();
  const RECOVER = 'Recover';
  const NOWHERE = 'Off the map';
  const OUT_OF_ORDER = 'Out of order';

  if (shape === 'per-contact') checkLength();
  start();
  for (const [name, kind] of kinds) place(name, kind);
  recover();
  const machine: StateMachine = {
    Comment: `${program.title} (${program.name}, version ${program.version.slice(0, 12)}), ${shape}. Made from ${program.file}: edit that.`,
    QueryLanguage: 'JSONata',
    StartAt: 'Start',
    States: Object.fromEntries(states),
    ...(shape === 'per-turn' ? { TimeoutSeconds: EXPRESS } : {}),
  };
  checkSize(machine);
  requireRight(definitionText(machine), shape === 'per-turn' ? 'EXPRESS' : 'STANDARD');
  return machine;

  // ---- the states

  function start(): void {
    const input = '$states.input';
    states.set('Start', {
      Type: 'Pass',
      Comment: `Where the session is, as the front door says; a new one begins at ${program.start}`,
      Assign: assigns(input),
      Output: {},
      Next: names.of('Start', 'next'),
    });
    // Per contact too: an execution that ended though its contact has not is followed by another, from where the session is.
    choice('Start', [...kinds.keys()], true, 'Where the session is');
  }

  function place(name: string, kind: PlaceKind): void {
    const step = program.steps.get(name);
    const comment = `${step?.kind ?? 'end'}, ${placeOf(step)}`;
    const state = names.of(name);
    switch (kind) {
      case 'ends':
        states.set(state, { Type: 'Succeed', Comment: comment, Output: end(name) });
        return;
      case 'asks':
      case 'waits': {
        const then = names.of(name, workOf(kind));
        if (shape === 'per-turn') {
          states.set(state, { Type: 'Succeed', Comment: comment, Output: end(name) });
          if (kind === 'waits') return;
        } else {
          states.set(state, {
            Type: 'Task',
            Comment: comment,
            Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
            Arguments: {
              FunctionName: functions.ask,
              Payload: { ...payload(name), token: '{% $states.context.Task.Token %}' },
            },
            TimeoutSeconds: '{% $parley.wait %}',
            Retry: [RETRY],
            Catch: [{ ErrorEquals: ['States.Timeout'], Output: { late: true }, Next: then }, ...failing()],
            Output: {},
            Next: then,
          });
        }
        const late = shape === 'per-contact' ? { late: '{% $exists($states.input.late) %}' } : {};
        const told = `${comment}: what came is taken`;
        states.set(then, task(functions.decide, { ...payload(name), ...late }, decideSeconds(program), told, name));
        choice(name, onward.get(name) ?? [], false, `From ${name}${through(name)}`);
        return;
      }
      case 'decides':
        states.set(state, task(functions.decide, payload(name), decideSeconds(program), comment, name));
        choice(name, onward.get(name) ?? [], true, `From ${name}${through(name)}`);
        return;
      case 'calls':
        states.set(state, calls(name, step, comment));
        choice(name, onward.get(name) ?? [], true, `From ${name}${through(name)}`);
        return;
    }
  }

  function calls(name: string, step: Step | undefined, comment: string): JsonObject {
    if (step?.kind !== 'parallel') {
      const retry = step?.kind === 'call' ? step.failed.retry : 0;
      const tool = step?.kind === 'call' ? step.call.tool : '';
      const told = `${comment}: ${tool}`;
      return task(functions.call, payload(name), callSeconds(tools, tool, retry), told, name);
    }
    const branches = step.calls.map(({ tool, at }, index) => {
      const state = names.of(name, `call ${index + 1}`);
      const one = {
        Type: 'Task',
        Comment: `${tool}, ${at.file}:${at.line}`,
        Resource: 'arn:aws:states:::lambda:invoke',
        Arguments: { FunctionName: functions.call, Payload: { ...payload(name), index } },
        TimeoutSeconds: callSeconds(tools, tool, step.failed.retry),
        Retry: [RETRY],
        Output: `{% ${PAYLOAD} %}`,
        End: true,
      };
      return { StartAt: state, States: { [state]: one } };
    });
    return {
      Type: 'Parallel',
      Comment: comment,
      Branches: branches,
      Catch: failing(),
      Assign: assigns(LAST, name),
      Output: {},
      Next: next(name),
    };
  }

  /** What is done when a function could not do its work: the session goes through the door that the workflow has for it. */
  function recover(): void {
    nowhere();
    // Per turn, a workflow that only speaks and waits has no function called at all.
    if (![...states.values()].some((state) => 'Catch' in state)) return;
    states.set(RECOVER, {
      Type: 'Task',
      Comment: 'A function failed or was late: its work counts as failed, and the door of the step is taken',
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: {
        FunctionName: functions.finish,
        Payload: { session: '{% $parley.session %}', hop: '{% $parley.hop %}', error: '{% $states.input.error %}' },
      },
      TimeoutSeconds: MARGIN,
      Retry: [RETRY],
      Catch: [{ ErrorEquals: ['States.ALL'], Output: {}, Next: OUT_OF_ORDER }],
      Assign: assigns(PAYLOAD),
      Output: {},
      Next: names.of(RECOVER, 'next'),
    });
    choice(RECOVER, [...kinds.keys()], true, 'Where the door leads');
    states.set(OUT_OF_ORDER, {
      Type: 'Fail',
      Comment: 'Not even the door could be taken: the front door puts the caller through to a person',
      Error: 'Parley.OutOfOrder',
      Cause: 'The functions can not be reached, or can not keep the session.',
    });
  }

  function nowhere(): void {
    states.set(NOWHERE, {
      Type: 'Fail',
      Comment: 'The machine went where this definition draws no way: they are of two versions',
      Error: 'Parley.OffTheMap',
      Cause: 'The session is at a step that this state machine has no way to from where it was.',
    });
  }

  /** `step`: where it is done, and from where it goes on. */
  function task(name: string, input: JsonObject, seconds: number, comment: string, step: string): JsonObject {
    return {
      Type: 'Task',
      Comment: comment,
      Resource: 'arn:aws:states:::lambda:invoke',
      Arguments: { FunctionName: name, Payload: input },
      TimeoutSeconds: seconds,
      Retry: [RETRY],
      Catch: failing(),
      Assign: assigns(PAYLOAD, step),
      Output: {},
      Next: next(step),
    };
  }

  function failing(): Json[] {
    const Output = { error: '{% $states.errorOutput.Error %}' };
    return [
      { ErrorEquals: ['States.DataLimitExceeded'], Output, Next: RECOVER },
      { ErrorEquals: ['States.ALL'], Output, Next: RECOVER },
    ];
  }

  /** Where it goes on from a step: its Choice, or the one place there is. */
  function next(name: string): string {
    const [only, ...others] = onward.get(name) ?? [];
    if (only !== undefined && others.length === 0 && kinds.get(only) !== 'asks') return names.of(only);
    return names.of(name, 'next');
  }

  /** `busy`: the caller may have spoken before, so that a question that is come to may be being answered already. */
  function choice(from: string, targets: readonly string[], busy: boolean, comment: string): void {
    const state = names.of(from, 'next');
    if (from !== 'Start' && from !== RECOVER && next(from) !== state) return;
    const rules = targets.flatMap((name) => {
      const kind = kinds.get(name);
      const rule = { Condition: `{% $parley.to = ${quoted(name)} %}`, Next: names.of(name) };
      if (kind !== 'asks' || !busy) return [rule];
      const answering = {
        Condition: `{% $parley.to = ${quoted(name)} and $parley.busy %}`,
        Next: names.of(name, workOf(kind)),
      };
      return [answering, rule];
    });
    states.set(state, { Type: 'Choice', Comment: comment, Choices: rules, Default: NOWHERE });
  }

  // ---- pieces

  function payload(step: string): JsonObject {
    return { session: '{% $parley.session %}', hop: '{% $parley.hop %}', step };
  }

  /** Where the session is now, and what may be seen of its variables: those that can change at a step, all where there is none. */
  function assigns(from: string, step?: string): JsonObject {
    const steps = step === undefined ? [] : [step, ...(passed.get(step) ?? [])];
    const changes = step === undefined ? undefined : changesFrom(program, steps, onward.get(step) ?? []);
    const told = variables.filter((name) => changes === undefined || changes.has(name));
    const seen = told.map((name): [string, string] => [name, `{% ${from}.vars.${name} %}`]);
    return { parley: `{% ${from}.parley %}`, ...Object.fromEntries(seen) };
  }

  /** Where it ended, and what may be seen of its variables: for who has an execution without its history. */
  function end(step: string): JsonObject {
    const vars = Object.fromEntries(variables.map((name) => [name, `{% $${name} %}`]));
    return { ...payload(step), vars };
  }

  function through(name: string): string {
    const steps = passed.get(name) ?? [];
    const [first, rest] = [steps.slice(0, TOLD), steps.length - TOLD];
    if (steps.length === 0) return '';
    return `, through ${first.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  }

  function placeOf(step: Step | undefined): string {
    return step ? `${step.at.file}:${step.at.line}` : program.file;
  }

  // ---- limits

  function checkLength(): void {
    const { events, step } = lengthOf(program, places);
    if (events <= MOST_EVENTS) return;
    throw new ParleyError(
      'stepfunctions/too-long',
      `A contact of ${program.name} can come to ${events} events of history, and Step Functions keeps ${MOST_EVENTS}. The longest turn begins at ${step}.`,
      {
        ...at(program.steps.get(step)),
        fix: 'Lower limits.turns, do less between two questions, or compile per-turn.',
      },
    );
  }

  function checkSize(machine: StateMachine): void {
    const bytes = Buffer.byteLength(definitionText(machine));
    if (bytes <= LARGEST) return;
    let largest = '';
    let most = 0;
    for (const name of kinds.keys()) {
      const size = JSON.stringify(states.get(names.of(name, 'next')) ?? null).length;
      if (size > most) [most, largest] = [size, name];
    }
    throw new ParleyError(
      'stepfunctions/too-large',
      `The definition of ${program.name} has ${bytes} bytes, and Step Functions takes ${LARGEST}. Most of it is at ${largest}.`,
      { ...at(program.steps.get(largest)), fix: 'Put a part of it into a workflow of its own.' },
    );
  }
}

/** The text of a definition, as it is given to Step Functions and as `LARGEST` counts it. */
export const definitionText = (machine: StateMachine): string => `${JSON.stringify(machine, null, 1)}\n`;

const workOf = (kind: 'asks' | 'waits') => (kind === 'asks' ? 'decide' : 'resume');

const at = (step: { readonly at: Place } | undefined) => (step ? { place: step.at } : {});

/** Steps' names have no quotes in them: the schema sees to that. */
const quoted = (text: string) => `'${text}'`;

/** The variables that may be seen. Throws where one can't have its name. */
function mirrored(program: Program): readonly string[] {
  const open = [...program.variables.values()].filter(
    ({ name, sensitive }) => name !== 'contact' && sensitive === undefined,
  );
  for (const { name, at } of open) {
    if (/^[\p{ID_Start}_][\p{ID_Continue}]*$/u.test(name) && [...name].length <= 80 && !RESERVED.has(name)) continue;
    throw new ParleyError('stepfunctions/variable', `The variable ${name} can't have this name in Step Functions.`, {
      place: at,
      fix: 'Give it at most 80 letters, digits and underscores, and not the names `states` or `parley`.',
    });
  }
  return open.map(({ name }) => name);
}
