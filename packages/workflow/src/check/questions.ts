import type { Problem } from '../problem.ts';
import { asks, type Draft } from '../program.ts';
import { type LocalNames, problemAt } from './report.ts';

/** Questions that could not be put or answered, and waits that could not end as written. */
export function checkQuestions(draft: Draft, names: LocalNames): readonly Problem[] {
  const problems: Problem[] = [];
  for (const step of draft.steps.values()) {
    if (step.kind === 'wait' && step.signal === undefined && step.timeout !== undefined) {
      problems.push(
        problemAt(
          step.at,
          'wait/no-signal',
          'error',
          `\`${names.step(step.name)}\` waits for no signal, so it always goes to its timeout and never to \`then\`.`,
          'Name the `signal` it waits for, or take `timeout` out.',
        ),
      );
    }
    if (!asks(step) && step.kind !== 'decide') continue;
    const wanted = step.kind === 'form' ? step.variables : [];
    for (const name of new Set([...wanted, ...step.fill])) {
      const variable = draft.variables.get(name);
      if (!variable) continue;
      const local = names.variable(name);
      if (!variable.definition) {
        problems.push(
          problemAt(
            step.at,
            'form/not-askable',
            'error',
            `\`${local}\` holds what a tool returns: the caller can't give it.`,
            'Declare a variable with a `type` for what the caller says.',
          ),
        );
      } else if (wanted.includes(name) && variable.ask === undefined) {
        problems.push(
          problemAt(
            step.at,
            'form/no-question',
            'error',
            `\`${names.step(step.name)}\` gets \`${local}\`, which has no question.`,
            `Add \`ask\` to the variable \`${local}\`: the question that is put for it.`,
          ),
        );
      }
    }
  }
  return problems;
}
