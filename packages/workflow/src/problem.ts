import { ParleyError, type Place } from './error.ts';

/** Something wrong with a workflow file. An error keeps it from running, a warning doesn't. */
export interface Problem extends Place {
  /** Stable, such as `step/unreachable`: the rule that found it. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** What is wrong, in an operator's words. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
  /** The steps of the path that shows it, from the start. */
  readonly path?: readonly string[];
}

/** `support/workflow.yaml:12:5` and the rest, as the checker prints it. */
export function describeProblem(problem: Problem): string {
  const { file, line, column, severity, code, message, fix, path } = problem;
  const way = path ? `\n    on the way ${path.join(' → ')}` : '';
  return `${file}:${line}:${column}  ${severity}  ${code}\n    ${message}${way}\n    ${fix}`;
}

/** Problems in the order of the file, each once. */
export function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  return problems
    .filter((problem) => {
      const key = JSON.stringify([problem.file, problem.line, problem.column, problem.code, problem.message]);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .sort((a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.code, b.code));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** A workflow that cannot run. Its problems are in `problems`; the message shows them all. */
export class WorkflowError extends ParleyError {
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const errors = problems.filter((problem) => problem.severity === 'error');
    const first = errors[0];
    super(
      'workflow/invalid',
      `${file} has ${errors.length === 1 ? 'a problem' : `${errors.length} problems`}:\n${errors.map(describeProblem).join('\n')}`,
      { fix: 'Mend what is listed; `parley check` lists it again.', ...(first ? { place: first } : {}) },
    );
    this.name = 'WorkflowError';
    this.problems = problems;
  }
}

/** The name among `known` that was probably meant, or undefined. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  let best: { name: string; distance: number } | undefined;
  const written = name.toLowerCase();
  for (const candidate of known) {
    // Of a name of one letter nothing would be left.
    const most = Math.min(Math.max(1, Math.floor(candidate.length / 3)), candidate.length - 1);
    const distance = editDistance(written, candidate.toLowerCase(), best ? Math.min(most, best.distance - 1) : most);
    if (distance !== undefined) best = { name: candidate, distance };
  }
  return best?.name;
}

/** What to do about an unknown name: the one that was probably meant, else all there are. */
export function nameFix(name: string, known: readonly string[], what: string): string {
  const meant = didYouMean(name, known);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  if (known.length === 0) return `There is no ${what} here at all.`;
  const shown = known.slice(0, 12).join(', ');
  return `There ${known.length === 1 ? 'is' : 'are'} ${shown}${known.length > 12 ? ' and more' : ''}.`;
}

/** Levenshtein's distance with swaps of neighbours, which typing makes; undefined where it is more than `most`. */
function editDistance(a: string, b: string, most: number): number | undefined {
  if (a.length > 80 || b.length > 80 || Math.abs(a.length - b.length) > most) return undefined;
  if (a === b) return most < 0 ? undefined : 0;
  if (most <= 0) return undefined;
  let before: number[] = [];
  let leastBefore = 0;
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let d = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, (before[j - 2] ?? 0) + 1);
      row.push(d);
      if (d < least) least = d;
    }
    // A swap reaches back two rows.
    if (least > most && leastBefore > most) return undefined;
    leastBefore = least;
    before = last;
    last = row;
  }
  const distance = last[b.length] ?? 0;
  return distance <= most ? distance : undefined;
}
