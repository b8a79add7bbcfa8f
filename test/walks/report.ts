import type { Verdict, Walk } from './walk.ts';

/** The figures of walks of one workflow by one kind of caller. */
export interface Figures {
  readonly workflow: string;
  readonly kind: string;
  readonly walks: number;
  readonly verdicts: { readonly [verdict in Verdict]: number };
  /** The caller's turns to the goal, of those who reached it, and the fewest it could have taken them. */
  readonly turns: number;
  readonly least: number;
  readonly again: number;
  readonly unheard: number;
  readonly reprompts: number;
}

export function figuresOf(workflow: string, kind: string, walks: readonly Walk[]): Figures {
  const count = (verdict: Verdict) => walks.filter((walk) => walk.verdict === verdict).length;
  const repeats = (how: string) => walks.flatMap((walk) => walk.repeats).filter((repeat) => repeat.how === how).length;
  const reached = walks.filter(({ turns, goal }) => turns !== undefined && goal.by === 'line');
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    workflow,
    kind,
    walks: walks.length,
    verdicts: {
      contained: count('contained'),
      'handed off': count('handed off'),
      'passed on': count('passed on'),
      'gave up': count('gave up'),
      'left empty': count('left empty'),
      stuck: count('stuck'),
      wrong: count('wrong'),
    },
    turns: sum(reached.map(({ turns = 0 }) => turns)) / Math.max(1, reached.length),
    least: sum(reached.map(({ goal }) => goal.least)) / Math.max(1, reached.length),
    again: repeats('again'),
    unheard: repeats('unheard'),
    reprompts: repeats('reprompt'),
  };
}

/** The figures as a table in Markdown. */
export function tableOf(figures: readonly Figures[]): string {
  const head =
    'workflow,caller,walks,contained,handed off,passed on,gave up,left empty,stuck,wrong,turns (least),asked again,unheard,reprompts'.split(
      ',',
    );
  const rows = figures.map(({ workflow, kind, walks, verdicts, turns, least, again, unheard, reprompts }) => [
    workflow,
    kind,
    ...[walks, ...Object.values(verdicts)].map(String),
    `${turns.toFixed(1)} (${least.toFixed(1)})`,
    ...[again, unheard, reprompts].map(String),
  ]);
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column < 2 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}
