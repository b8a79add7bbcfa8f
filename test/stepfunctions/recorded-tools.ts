import { type Tool, ToolError, type Tools } from '@parley/engine';
import type { Recording } from '@parley/replay';
import type { Json } from '@parley/workflow';

type Outcome = { readonly output: Json } | { readonly code: string; readonly message: string };

/**
 * Tools that answer as they did in a recording, at once: the values of a redacted recording are pseudonyms, which no back
 * end knows. Calls of one tool are answered in their order, those with the recorded input first; a call that is made again
 * with its key gets the same answer. `tools`: the workflow's own, for what they are like.
 */
export function recordedTools({ events }: Recording, tools: Tools): Tools {
  const outcomes = new Map<string, Outcome>();
  for (const event of events) {
    if (event.type === 'tool.returned') outcomes.set(event.call, { output: event.output });
    if (event.type === 'tool.failed') outcomes.set(event.call, { code: event.code, message: event.message });
  }
  const open = events.flatMap((event) => {
    const outcome = event.type === 'tool.called' ? outcomes.get(event.call) : undefined;
    return event.type === 'tool.called' && outcome ? [{ tool: event.tool, input: event.input, outcome }] : [];
  });
  const given = new Map<string, Outcome>();
  const take = (tool: string, input: Json, key: string): Outcome => {
    const known = given.get(key);
    if (known) return known;
    const same = open.findIndex((one) => one.tool === tool && JSON.stringify(one.input) === JSON.stringify(input));
    const index = same < 0 ? open.findIndex((one) => one.tool === tool) : same;
    const [found] = index < 0 ? [] : open.splice(index, 1);
    const outcome = found?.outcome ?? { code: 'not_recorded', message: `${tool} was not called.` };
    given.set(key, outcome);
    return outcome;
  };
  const recorded = ([name, { signature }]: [string, Tool]): [string, Tool] => [
    name,
    {
      signature,
      call: async (input, { idempotencyKey }) => {
        const outcome = take(name, input, idempotencyKey);
        if ('output' in outcome) return outcome.output;
        throw new ToolError(outcome.code, outcome.message);
      },
    },
  ];
  return Object.fromEntries(Object.entries(tools).map(recorded));
}
