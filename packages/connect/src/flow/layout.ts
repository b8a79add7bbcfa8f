import type { Action, ContactFlow } from './generate.ts';

const COLUMN = 280;
const ROW = 240;

interface Note {
  readonly id: string;
  readonly content: string;
  readonly at?: string;
}

/**
 * A flow with its blocks in columns, by how many ways they are from the beginning, and in rows, in their own order: from
 * left to right, as the console draws flows.
 */
export function laidOut(actions: readonly Action[], notes: readonly Note[]): ContactFlow {
  const start = actions[0]?.Identifier ?? '';
  const columns = depths(actions, start);
  const rows = new Map<number, number>();
  const positions = new Map(
    actions.map(({ Identifier }) => {
      const column = columns.get(Identifier) ?? 0;
      const row = rows.get(column) ?? 0;
      rows.set(column, row + 1);
      return [Identifier, { x: 160 + column * COLUMN, y: 40 + row * ROW }];
    }),
  );
  return {
    Version: '2019-10-30',
    StartAction: start,
    Metadata: {
      entryPointPosition: { x: 20, y: 40 },
      ActionMetadata: Object.fromEntries(
        [...positions].map(([name, position]) => [name, { position, isFriendlyName: true }]),
      ),
      Annotations: notes.map(({ id, content, at = '' }, index) => ({
        type: 'default',
        id,
        content,
        actionId: at,
        isFolded: at !== '',
        position: positions.get(at) ?? { x: 160 + index * COLUMN, y: -280 },
        size: { height: 240, width: 300 },
      })),
    },
    Actions: actions,
  };
}

/** How many ways each action is from the start, by the shortest. */
function depths(actions: readonly Action[], start: string): ReadonlyMap<string, number> {
  const named = new Map(actions.map((action) => [action.Identifier, action]));
  const found = new Map([[start, 0]]);
  for (const [name, depth] of found) {
    const { NextAction, Errors = [], Conditions = [] } = named.get(name)?.Transitions ?? {};
    const ways = [...Conditions, ...Errors].map((way) => way.NextAction);
    for (const next of NextAction === undefined ? ways : [NextAction, ...ways]) {
      if (!found.has(next)) found.set(next, depth + 1);
    }
  }
  return found;
}
