import { interruptsAt, type Program, type Route, type Step } from '@parley/workflow';

/** What happened at a step, as far as it decides where a session may go from there. */
export type Cause =
  | { readonly type: 'decided'; readonly choice: string }
  /** Keys, silence, words that are listened for: any way that the caller has there. */
  | { readonly type: 'caller' }
  | { readonly type: 'unanswered' }
  | { readonly type: 'returned' }
  | { readonly type: 'failed'; readonly code: string }
  | { readonly type: 'timer' }
  | { readonly type: 'signal' }
  /** It came through, on the way from another step. */
  | { readonly type: 'passed' };

/**
 * The steps that the file draws an arrow to from a step, for what happened there. Read off the program alone, so that it
 * does not repeat what the machine makes of it. Conditions are not looked at: an arrow that is closed is one still.
 */
export function arrowsFrom(program: Program, name: string, cause: Cause): ReadonlySet<string> {
  if (name === '(start)') return new Set([program.start]);
  const step = program.steps.get(name);
  if (!step) return new Set();
  const door = program.otherwise === undefined ? [] : [program.otherwise];
  return new Set([...arrows(program, step, cause), ...door]);
}

function arrows(program: Program, step: Step, cause: Cause): readonly string[] {
  switch (step.kind) {
    case 'say':
    case 'branch':
    case 'use':
      return to(step.then);
    case 'end':
      return step.leave ? [step.leave.to] : [];
    case 'transfer':
      return [];
    case 'wait':
      return cause.type === 'timer' && step.timeout !== undefined
        ? [step.timeout]
        : [...to(step.then), ...heard(program)];
    case 'call':
    case 'parallel': {
      const codes = step.failed.codes;
      const failed = step.failed.to === undefined ? [] : [step.failed.to];
      if (cause.type === 'returned') return to(step.then);
      if (cause.type === 'failed') return [codes.get(cause.code) ?? failed[0] ?? ''];
      // On the way through, a call that is not allowed is not made.
      return cause.type === 'passed' ? [codes.get('not_allowed') ?? failed[0] ?? ''] : heard(program);
    }
    case 'decide':
    case 'ask':
    case 'form':
    case 'confirm': {
      const otherwise = step.otherwise === undefined ? [] : [step.otherwise];
      const interrupts = step.kind === 'decide' ? [] : interruptsAt(program, step);
      const choices = [...step.choices, ...interrupts];
      const on = step.kind === 'form' ? to(step.then) : [];
      const all = choices.flatMap(({ to }) => (to === undefined ? [] : [to]));
      const answers = step.kind === 'confirm' ? [step.yes.to, step.no.to] : on;
      if (cause.type === 'caller') return [...all, ...answers, ...otherwise];
      if (cause.type === 'passed') return on;
      if (cause.type !== 'decided') return otherwise;
      const { choice } = cause;
      const own = choices.find((one) => one.name === choice);
      // An interrupt that leads nowhere goes back to the question, and what came along may be all that was missing.
      if (own) return own.to === undefined ? [...on, ...otherwise] : [own.to, ...otherwise];
      if (step.kind === 'confirm' && choice === 'yes') return [step.yes.to, ...otherwise];
      if (step.kind === 'confirm' && choice === 'no') return [step.no.to, ...otherwise];
      // So may what an answer that was not understood brought along.
      return choice === 'answered' || choice === 'unclear' ? [...on, ...otherwise] : otherwise;
    }
  }
}

const to = (routes: readonly Route[]): readonly string[] => routes.map((route) => route.to);

/** Where words lead that are listened for wherever the caller speaks. */
const heard = (program: Program): readonly string[] =>
  program.interrupts.flatMap(({ hears, to }) => (hears.length > 0 && to !== undefined ? [to] : []));
