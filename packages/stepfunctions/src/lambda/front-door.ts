import type { Reply, TurnRequest } from '@parley/engine';
import type { ToolSignatures } from '@parley/workflow';
import { executionsOf } from './executions.ts';
import { front } from './front.ts';
import { type Handler, handlerOf, type LambdaContext, type Place } from './handler.ts';

export { deliver } from '../functions/deliver.ts';
export type { Handler, LambdaContext };

/** What a way in has: the front door in its own process, and what that works with. */
export interface WayIn extends Place {
  /** Measures each turn, as the function *turn* does. */
  readonly door: (request: TurnRequest) => Promise<Reply>;
}

/**
 * A Lambda function that takes events of a contact in their own shape, and has the front door in its own process: a call of *turn* would
 * only cost time. `signatures`: those of the tools, by workflow, as `npm run bundle` writes them.
 */
export function wayIn(
  name: string,
  signatures: { readonly [workflow: string]: ToolSignatures },
  work: (way: WayIn, event: unknown, context: LambdaContext | undefined) => Promise<unknown>,
): Handler {
  return handlerOf(name, { signatures, executions: executionsOf }, (place, event, context) =>
    work({ ...place, door: (request) => front(place, request) }, event, context),
  );
}
