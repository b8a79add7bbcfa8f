import { expect, it } from '@jest/globals';
import { manualClock } from '@parley/engine';
import { Executions } from './executions.ts';
import { localLambda } from './lambda.ts';
import { Machines } from './machines.ts';
import { OPERATIONS } from './operations.ts';
import { Tokens } from './tokens.ts';

it('a token is good once, even for two who bring it at the same moment', () => {
  const clock = manualClock(0);
  const tokens = new Tokens();
  const world = { clock, tokens, lambda: localLambda({}, undefined) };
  const service = {
    tokens,
    machines: new Machines(clock, 'us-east-1', '123456789012'),
    executions: new Executions(world, 'us-east-1', '123456789012'),
    now: clock.now,
  };
  for (const [name, body] of [
    ['SendTaskSuccess', { output: '1' }],
    ['SendTaskFailure', {}],
  ] as const) {
    const came: string[] = [];
    const taskToken = tokens.issue('arn', 1, came.length, {
      succeed: (output) => came.push(output),
      fail: () => came.push('failure'),
      beat: () => undefined,
    });
    const send = () => OPERATIONS[name]?.(service, { taskToken, ...body });
    send();
    expect(send).toThrow(expect.objectContaining({ code: 'TaskTimedOut' }));
    expect(came).toHaveLength(1);
  }
});
