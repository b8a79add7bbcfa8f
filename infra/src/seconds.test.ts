import { describe, expect, it } from '@jest/globals';
import { compileWorkflow } from '@parley/workflow';
import { secondsOf } from './seconds.ts';

const program = compileWorkflow({
  file: 'w.yaml',
  text: 'workflow: w\nlimits: { turn: 6s }\notherwise: bye\nsteps:\n  bye:\n    end: Goodbye.\n',
  parts: {},
});

const task = (name: string, TimeoutSeconds: number | string) => ({
  Type: 'Task',
  Arguments: { FunctionName: `p-${name}` },
  TimeoutSeconds,
});

describe('how long a function may take', () => {
  it('is longer than the longest task that calls it, in a branch too', () => {
    const definition = {
      States: {
        one: task('decide', 18),
        two: task('decide', 22),
        both: {
          Type: 'Parallel',
          Branches: [{ States: { three: task('call', 40) } }, { States: { four: task('call', 31) } }],
        },
        sorry: task('finish', 10),
        question: task('ask', '{% $parley.wait %}'),
        end: { Type: 'Succeed' },
      },
    };
    // Five seconds beyond the task; a token is kept in 30; two turns of 6 s and 10 s around them; a tick has five minutes.
    expect(secondsOf([program], [JSON.stringify(definition)], 'p')).toEqual({
      ask: 30,
      decide: 27,
      call: 45,
      finish: 15,
      turn: 22,
      tick: 300,
    });
  });
});
