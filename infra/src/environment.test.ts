import { describe, expect, it } from '@jest/globals';
import { dev } from '../environments/dev.ts';
import { prod } from '../environments/prod.ts';
import { environment } from './environment.ts';

const least = { prefix: 'parley-test', region: 'eu-central-1', protected: false, logDays: 7 };

describe('the parameters of a deployment', () => {
  it('are all there for both environments, which share no name', () => {
    expect(dev.prefix).not.toBe(prod.prefix);
    expect(prod.protected).toBe(true);
  });

  it('need little', () => {
    const { shapes, shift, tracing, turn, decider } = environment(least);
    expect({ shapes, shift, tracing, turn, decider }).toEqual({
      shapes: {},
      shift: { type: 'ALL_AT_ONCE' },
      tracing: false,
      turn: {},
      decider: 'bedrock',
    });
  });

  it.each([
    ['a prefix that a name in AWS can not begin with', { prefix: 'Parley_Prod' }],
    ['a region that is none', { region: 'virginia' }],
    ['days that CloudWatch does not know', { logDays: 8 }],
    ['more kept warm than reserved', { turn: { reserved: 5, provisioned: 6 } }],
    ['tools that may do anything', { tools: [{ actions: ['s3:*'], resources: ['arn:aws:s3:::orders'] }] }],
    ['tools that may do it anywhere', { tools: [{ actions: ['s3:GetObject'], resources: ['*'] }] }],
    ['a shift of all callers by steps', { shift: { type: 'CANARY' as const, percentage: 100, minutes: 10 } }],
    ['a parameter there is not', { concurrency: 5 }],
  ])('can not have %s', (_, wrong) => {
    expect(() => environment({ ...least, ...wrong })).toThrow(expect.objectContaining({ code: 'infra/environment' }));
  });
});
