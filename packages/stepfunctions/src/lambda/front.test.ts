import { expect, it } from '@jest/globals';
import { endsInFailure } from './front.ts';

const event = (type: string, code?: string) => ({ type, data: code === undefined ? {} : { code } });

it.each([
  [
    'a tool failed',
    [event('caller.said'), event('model.decided'), event('tool.failed', 'timeout'), event('session.transferred')],
    true,
  ],
  ['the decider failed', [event('caller.said'), event('model.failed', 'decider/late'), event('agent.said')], true],
  [
    'the caller asked for a person',
    [event('tool.failed', 'timeout'), event('caller.said'), event('model.decided')],
    false,
  ],
  ['a tool answered after one that failed', [event('tool.failed', 'error'), event('tool.returned')], false],
  [
    'there were no words but the written ones',
    [event('model.decided'), event('model.failed', 'decider/no-words')],
    false,
  ],
  ['nothing was asked', [event('session.started'), event('session.transferred')], false],
])('%s', (_, events, failed) => {
  expect(endsInFailure(events)).toBe(failed);
});
