import type { Choice, Program, Step } from '@parley/workflow';
import { asks, canBeSpokenAt, heardInterrupts, interruptsAt, isComposed, notedInterrupts } from '@parley/workflow';
import { isQuestion, type QuestionStep } from './question.ts';
import { behindLastDoor, LEFT, START, STUCK, thenOf, type Way } from './way.ts';

/** A guard or action of `behaviour.ts` by name, with what it needs to know. */
export interface Named {
  readonly type: string;
  readonly params: { readonly [name: string]: string };
}

export interface Transition {
  readonly target?: string;
  readonly reenter?: true;
  readonly guard?: Named;
  readonly actions?: readonly Named[];
  readonly description?: string;
}

export interface StateConfiguration {
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly type?: 'final';
  readonly entry?: readonly Named[];
  readonly always?: readonly Transition[];
  readonly on?: { readonly [event: string]: readonly Transition[] };
}

/** An XState machine as JSON: what runs, and what Stately's editor opens. */
export interface Configuration {
  readonly id: string;
  readonly version: string;
  readonly description: string;
  readonly initial: string;
  readonly states: { readonly [step: string]: StateConfiguration };
}

/** The code of a tool's failure where the guardrail blocked what it was given or returned. */
const GUARDRAIL = 'guardrail';

const named = (type: string, params: { readonly [name: string]: string } = {}): Named => ({ type, params });

/** The XState configuration of a program: one state a step, named as the step is. */
export function configure(program: Program, ways: ReadonlyMap<string, Way>): Configuration {
  const go = (id: string, guard?: Named, before: readonly Named[] = []): Transition => {
    const way = ways.get(id);
    if (!way) throw new Error(`There is no way ${id}.`);
    const condition = way.if?.expression.source;
    return {
      target: way.to,
      reenter: true,
      ...(guard ? { guard } : {}),
      actions: [...before, named('go', { way: id })],
      ...(condition === undefined ? {} : { description: `if ${condition}` }),
    };
  };
  const has = (id: string) => ways.has(id);
  const behindDoor = behindLastDoor(program, ways);
  const stale: Transition = { guard: named('stale') };
  const note = notedInterrupts(program).map(({ name }) => named('note', { interrupt: name }));

  const states: [string, StateConfiguration][] = [
    [START, { on: { 'session.started': [go('start', undefined, [named('begin')])] } }],
    ...[...program.steps.values()].map((step): [string, StateConfiguration] => [step.name, state(step)]),
    [LEFT, { type: 'final', entry: [named('left')], description: 'The caller left.' }],
    [
      STUCK,
      {
        type: 'final',
        entry: [named('stuck')],
        description: 'No way was left. The checker lets no such workflow pass.',
      },
    ],
  ];
  return {
    id: program.name,
    version: program.version,
    description: program.title,
    initial: START,
    states: Object.fromEntries(states),
  };

  function state(step: Step): StateConfiguration {
    const { name } = step;
    const here = { step: name };
    const enter = named('enter');
    const described = { tags: [step.kind], ...descriptionOf(step) };
    const left: Transition = { target: LEFT, reenter: true };
    const dizzy = [
      go(`${name}.stuck`, named('lost', here)),
      go(`${name}.door`, named('dizzy', here), [named('resign')]),
    ];
    /** Ways that are open at once or as soon as the guard says so; where none holds, the door. */
    const onward = (
      guard: (way: string) => Named,
      otherwise: Named,
      first: readonly Transition[] = [],
    ): readonly Transition[] => [
      ...dizzy,
      ...first,
      ...thenOf(step).map((_, index) => go(`${name}.then.${index}`, guard(`${name}.then.${index}`))),
      ...(thenOf(step).at(-1)?.if === undefined ? [] : [go(`${name}.door`, otherwise)]),
    ];
    const busy = { 'caller.said': [...heard(step), { actions: [...note, named('overhear')] }], 'caller.left': [left] };
    const settle: readonly Transition[] = [stale, { actions: [named('settle', here)] }];
    const open = (way: string) => named('if', { way });
    const leaving = (way: string) => named('leaving', { way });

    switch (step.kind) {
      case 'say': {
        if (!isComposed(step)) {
          return { ...described, entry: [enter, named('say', here)], always: onward(open, open(`${name}.door`)) };
        }
        const word: readonly Transition[] = [stale, { actions: [named('word', here)] }];
        return {
          ...described,
          entry: [enter, named('compose', here)],
          always: onward(leaving, leaving(`${name}.door`)),
          on: { 'model.composed': word, 'model.failed': [stale, ...guarded(name), ...word], ...busy },
        };
      }
      case 'branch':
      case 'use':
        return {
          ...described,
          entry: [enter],
          always: onward(open, open(`${name}.door`)),
        };
      case 'ask':
      case 'confirm':
        return { ...described, entry: [enter, named('put', here)], on: question(step, left) };
      case 'form':
        return {
          ...described,
          entry: [enter, named('put', here)],
          always: onward(
            (way) => named('complete', { ...here, way }),
            named('complete', { ...here, way: `${name}.door` }),
          ),
          on: question(step, left),
        };
      case 'decide':
        return {
          ...described,
          entry: [enter, named('consult', here)],
          on: {
            'model.decided': [stale, ...dizzy, ...decided(step)],
            'model.failed': [stale, ...guarded(name), go(`${name}.otherwise`)],
            ...busy,
          },
        };
      case 'call':
      case 'parallel':
        return {
          ...described,
          entry: [enter, named('call', here)],
          always: onward(leaving, leaving(`${name}.door`), [
            ...[...step.failed.codes.keys()].map((code) => go(`${name}.failed.${code}`, named('failed', { code }))),
            ...(has(`${name}.guardrail`) ? [go(`${name}.guardrail`, named('failed', { code: GUARDRAIL }))] : []),
            go(`${name}.failed`, named('failed')),
          ]),
          on: { ...busy, 'tool.returned': settle, 'tool.failed': settle },
        };
      case 'wait': {
        const timeout: Transition = has(`${name}.timeout`)
          ? go(`${name}.timeout`, undefined, [named('resume')])
          : { actions: [named('resume'), named('ring')] };
        return {
          ...described,
          entry: [enter, named('schedule', here)],
          always: onward(leaving, leaving(`${name}.door`)),
          on: {
            'timer.fired': [stale, timeout],
            'caller.said': [...heard(step), { actions: [named('turn'), ...note, named('meanwhile', here)] }],
            'caller.pressed': [{ actions: [named('turn'), named('meanwhile', here)] }],
            'caller.silent': [{}],
            // Who waits for a call back has hung up: the session goes on.
            'caller.left': [{}],
            ...(step.signal === undefined
              ? {}
              : {
                  'signal.received': [
                    {
                      guard: named('signal', { name: step.signal }),
                      actions: [named('resume'), named('receive', here)],
                    },
                  ],
                }),
          },
        };
      }
      case 'transfer':
        return { ...described, type: 'final', entry: [enter, named('transfer', here)] };
      case 'end':
        return step.leave
          ? { ...described, entry: [enter, named('end', here)], always: onward(open, open(`${name}.door`)) }
          : { ...described, type: 'final', entry: [enter, named('end', here)] };
    }
  }

  /** Where a decision leads that the guardrail blocked, if the workflow names a step for it. */
  function guarded(name: string): readonly Transition[] {
    return has(`${name}.guardrail`) ? [go(`${name}.guardrail`, named('blocked'))] : [];
  }

  /** What every question takes: words, keys, silence, decisions and their failures, the caller leaving. */
  function question(
    step: Exclude<QuestionStep, { kind: 'decide' }>,
    left: Transition,
  ): NonNullable<StateConfiguration['on']> {
    const { name } = step;
    const here = { step: name };
    const turn = named('turn');
    const door = (guard: Named, before: readonly Named[] = []) => go(`${name}.otherwise`, guard, before);
    const overdrawn = behindDoor.has(name)
      ? door(named('exhausted'), [turn])
      : go(`${name}.door`, named('overdrawn'), [turn]);
    const unheard: Transition = { guard: named('before') };
    const spent = named('spent', here);
    const own = step.choices.filter((choice) => choice.to !== undefined);
    const interrupts = interruptsAt(program, step);
    const keys = [
      ...own.flatMap(({ name: choice, press }) =>
        press === undefined
          ? []
          : [go(`${name}.choices.${choice}`, named('pressed', { ...here, keys: press, choice }), [turn])],
      ),
      ...(step.kind === 'confirm'
        ? [
            go(`${name}.yes`, named('pressed', { ...here, keys: '1' }), [turn, named('confirm')]),
            go(`${name}.no`, named('pressed', { ...here, keys: '2' }), [turn]),
          ]
        : []),
      ...interrupts.flatMap((one) =>
        one.press === undefined
          ? []
          : [interrupt(step, one, named('pressed', { ...here, keys: one.press, choice: one.name }), [turn])],
      ),
    ];
    return {
      'caller.said': [...heard(step), overdrawn, { actions: [turn, ...note, named('consult', here)] }],
      'caller.pressed': [unheard, overdrawn, ...keys, door(spent, [turn]), { actions: [turn, misunderstood(step)] }],
      'caller.silent': [
        // While an answer is on its way, silence is patience.
        { guard: named('deciding') },
        unheard,
        overdrawn,
        door(spent, [turn]),
        { actions: [turn, named('silent', here)] },
      ],
      'model.decided': [stale, ...decided(step)],
      'model.failed': [stale, ...guarded(name), go(`${name}.otherwise`)],
      'caller.left': [left],
    };
  }

  /** What is found in the caller's words before anybody is asked what they mean, whatever is under way. */
  function heard(step: Step): readonly Transition[] {
    const { name } = step;
    if (!canBeSpokenAt(step)) return [];
    return heardInterrupts(program).map((one) => {
      const way = `${name}.interrupts.${one.name}`;
      const here = { step: name, way, interrupt: one.name };
      return go(way, named('heard', here), [named('drop', { step: name }), named('turn')]);
    });
  }

  /** Where a decision leads that is waited for. */
  function decided(step: QuestionStep): readonly Transition[] {
    const { name } = step;
    const here = { step: name };
    const take = named('take', here);
    const chose = (choice: string) => named('chose', { choice });
    const own = step.choices.filter((choice) => choice.to !== undefined);
    const interrupts = asks(step) ? interruptsAt(program, step) : [];
    return [
      go(`${name}.otherwise`, named('outside')),
      ...(step.kind === 'confirm'
        ? [
            { guard: named('corrected', here), actions: [named('correct', here)] },
            go(`${name}.yes`, chose('yes'), [take, named('confirm')]),
            go(`${name}.no`, chose('no'), [take]),
          ]
        : []),
      ...own.map(({ name: choice }) => go(`${name}.choices.${choice}`, chose(choice), [take])),
      ...interrupts.map((one) => interrupt(step, one, chose(one.name), [take])),
      go(`${name}.otherwise`, named('spent', here), [take]),
      { actions: [misunderstood(step)] },
    ];
  }

  function interrupt({ name }: Step, one: Choice, guard: Named, before: readonly Named[]): Transition {
    return one.to === undefined
      ? { guard, actions: [...before, named('answer', { step: name, interrupt: one.name })] }
      : go(`${name}.interrupts.${one.name}`, guard, before);
  }
}

const misunderstood = ({ kind, name }: Step) => named(kind === 'form' ? 'fill' : 'unclear', { step: name });

/** In a line, what the step does: shown in the editor. */
function descriptionOf(step: Step): { readonly description?: string } {
  if (isComposed(step)) return { description: step.compose.instructions };
  if (step.kind === 'say' || step.kind === 'ask' || step.kind === 'confirm')
    return { description: step.text.template.source };
  if (step.kind === 'form') return { description: `asks for ${step.variables.join(', ')}` };
  if (step.kind === 'call') return { description: `calls ${step.call.tool}` };
  if (step.kind === 'parallel')
    return { description: `calls ${step.calls.map(({ tool }) => tool).join(', ')} at once` };
  if (step.kind === 'transfer') return { description: `transfers to ${step.queue}` };
  if (step.kind === 'use') return { description: `goes through ${step.part}` };
  if (isQuestion(step)) return { description: step.instructions };
  return {};
}
