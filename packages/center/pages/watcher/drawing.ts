import { useEffect, useMemo, useState } from 'react';
import { type DrawingMessage, drawing } from '../../src/desk/sessions-messages.ts';
import { ask } from '../shared/center.ts';
import type { Move } from './path.ts';

/** Drawings that were asked for, by what was asked. A version of a workflow never changes. */
const asked = new Map<string, Promise<DrawingMessage>>();
const MOST = 40;

/**
 * The drawing of a version of a workflow, undefined until it is there. `moves`: only of what was gone through. Where another is asked for,
 * the one before stays until that is there. What failed is asked for again once the page is `connected`.
 */
export function useDrawing(
  workflow: string,
  version: string | undefined,
  moves: readonly Move[] | undefined,
  connected: boolean,
): { readonly drawing: DrawingMessage | undefined; readonly failed: string | undefined } {
  const [state, setState] = useState<{ of: string; drawing?: DrawingMessage; failed?: string }>({ of: '' });
  const wanted = useMemo(() => {
    if (version === undefined) return undefined;
    if (!moves) return JSON.stringify({ workflow, version });
    const taken = new Map(moves.map(({ from, to }) => [JSON.stringify([from, to]), { from, to }]));
    return JSON.stringify({ workflow, version, taken: [...taken.values()] });
  }, [workflow, version, moves]);
  const of = `${workflow} ${version}`;
  useEffect(() => {
    if (wanted === undefined || !connected) return;
    let there = true;
    const answer = asked.get(wanted) ?? ask(drawing, 'POST', '/desk/drawing', JSON.parse(wanted));
    if (asked.size >= MOST) asked.clear();
    asked.set(wanted, answer);
    answer.then(
      (found) => there && setState({ of, drawing: found }),
      (error: unknown) => {
        asked.delete(wanted);
        if (there) setState({ of, failed: error instanceof Error ? error.message : 'It could not be drawn.' });
      },
    );
    return () => {
      there = false;
    };
  }, [wanted, of, connected]);
  return state.of === of ? { drawing: state.drawing, failed: state.failed } : { drawing: undefined, failed: undefined };
}
