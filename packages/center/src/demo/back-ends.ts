import type { Tool, Tools } from '@parley/engine';

/** As many back ends are kept, for the sessions that asked theirs last. */
const KEPT = 50;

/**
 * Tools that ask a back end of its own for each session that `isOwn` says: the same caller can call again and again, and finds what they found
 * the first time. All others share one. `open`: opens the tools with a new back end.
 */
export function ownBackEnds(
  shared: Tools,
  open: () => Tools | Promise<Tools>,
  isOwn: (session: string) => boolean,
): Tools {
  const kept = new Map<string, Promise<Tools>>();
  const of = (session: string): Promise<Tools> => {
    const own = kept.get(session) ?? Promise.resolve(open());
    kept.delete(session);
    kept.set(session, own);
    for (const [oldest] of kept) {
      if (kept.size <= KEPT) break;
      kept.delete(oldest);
    }
    return own;
  };
  const chosen = (name: string, tool: Tool): Tool => ({
    signature: tool.signature,
    call: async (input, context) => {
      const own = isOwn(context.session) ? (await of(context.session))[name] : undefined;
      return (own ?? tool).call(input, context);
    },
  });
  return Object.fromEntries(Object.entries(shared).map(([name, tool]) => [name, chosen(name, tool)]));
}
