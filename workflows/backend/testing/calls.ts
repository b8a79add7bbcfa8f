import { type Tool, type ToolContext, ToolError, type Tools } from '@parley/engine';
import { DEMO_CODE } from '../identity.ts';

export type Input = Parameters<Tool['call']>[0];

/** What a tool is told in the session `s1`, at an instant. */
export const contextAt = (now: number, given: Partial<ToolContext> = {}): ToolContext => ({
  session: 's1',
  idempotencyKey: 'key',
  attempt: 1,
  signal: new AbortController().signal,
  now,
  ...given,
});

/** Tools as one session calls them, for tests: each call has a key of its own unless one is given. */
export function callsOf(tools: Tools, now: number) {
  let calls = 0;
  const call = async (name: string, input: Input, given: Partial<ToolContext> = {}) => {
    const tool = tools[name];
    if (!tool) throw new Error(`There is no tool ${name}.`);
    calls += 1;
    return tool.call(input, contextAt(now, { idempotencyKey: `key ${calls}`, ...given }));
  };
  /** The code with which a call is refused. */
  const refusal = async (name: string, input: Input, given: Partial<ToolContext> = {}) => {
    const answered = await call(name, input, given).catch((error: unknown) => error);
    if (answered instanceof ToolError) return answered.code;
    throw new Error(`${name} refused nothing.`, { cause: answered });
  };
  const prove = async (personId: string) => {
    await call('identity.send_code', { personId });
    await call('identity.verify', { personId, code: DEMO_CODE });
  };
  return { call, refusal, prove };
}
