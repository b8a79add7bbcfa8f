import type { Place } from '../error.ts';
import type { Problem } from '../problem.ts';
import type { Draft } from '../program.ts';
import type { Rule } from './rules.ts';

/** A problem of a rule at a place. */
export function problemAt(
  at: Place,
  code: Rule,
  severity: Problem['severity'],
  message: string,
  fix: string,
  path?: readonly string[],
): Problem {
  const { file, line, column } = at;
  return { file, line, column, code, severity, message, fix, ...(path ? { path } : {}) };
}

/** Names as the file that holds them writes them: those of a part have the name of the step that uses it before them. */
export interface LocalNames {
  readonly step: (name: string) => string;
  readonly variable: (name: string) => string;
}

export function localNames(draft: Draft): LocalNames {
  const prefixes = [...draft.steps.values()]
    .flatMap((step) => (step.kind === 'use' ? [`${step.name.replaceAll('/', '__')}__`] : []))
    .sort((a, b) => b.length - a.length);
  return {
    step: (name) => name.slice(name.lastIndexOf('/') + 1),
    variable: (name) => {
      const variable = draft.variables.get(name);
      if (variable && variable.at.file === draft.file) return name;
      const prefix = prefixes.find((one) => name.startsWith(one));
      return prefix === undefined ? name : name.slice(prefix.length);
    },
  };
}

/** `a`, `b` and `c`, at most five of them. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => `\`${name}\``);
  if (names.length > 5) return `${shown.join(', ')} and more`;
  const last = shown.pop();
  return shown.length === 0 ? (last ?? '') : `${shown.join(', ')} and ${last}`;
}
