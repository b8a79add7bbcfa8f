import type { BoardMessage, Row } from '../../src/desk/sessions-messages.ts';

/** The sessions of the list, newest first. A row that did not change stays the same object. */
export type Rows = readonly Row[];

/** What is looked for; left out: everything. */
export interface Filter {
  readonly workflow?: string;
  readonly state?: Row['state'];
  /** In the session's id or step. */
  readonly find?: string;
}

export const keyOf = ({ workflow, session }: Pick<Row, 'workflow' | 'session'>): string => `${workflow}/${session}`;

/** The rows after a message. */
export function applied(rows: Rows, { all, rows: fresh, changed, gone }: BoardMessage): Rows {
  const next = new Map(all ? [] : rows.map((row) => [keyOf(row), row]));
  for (const row of fresh) next.set(keyOf(row), row);
  for (const part of changed) {
    const row = next.get(keyOf(part));
    if (row) next.set(keyOf(part), Object.assign({}, row, part));
  }
  for (const one of gone) next.delete(keyOf(one));
  const list = [...next.values()];
  return all || fresh.length > 0 ? list.sort((a, b) => b.startedAt - a.startedAt) : list;
}

/** The rows that a filter lets through. */
export function matching(rows: Rows, { workflow, state, find = '' }: Filter): Rows {
  const wanted = find.trim().toLowerCase();
  return rows.filter(
    (row) =>
      (workflow === undefined || row.workflow === workflow) &&
      (state === undefined || row.state === state) &&
      (wanted === '' || row.session.toLowerCase().includes(wanted) || row.step.toLowerCase().includes(wanted)),
  );
}

const STATE_NAMES = {
  caller: "Caller's turn",
  working: 'Working',
  waiting: 'Waiting',
  person: 'With a person',
  ended: 'Ended',
} as const satisfies { readonly [S in Row['state']]: string };

/** How a state is called. */
export const nameOfState = (state: Row['state']): string => STATE_NAMES[state];

/** How a session stands, in words. */
export function standing({ state, result }: Pick<Row, 'state' | 'result'>): string {
  return result === undefined ? nameOfState(state) : `${nameOfState(state)}: ${result}`;
}
