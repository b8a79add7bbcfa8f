import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { folderWith, lines, ORDER, PATIENCE, parley, put, remove, start, TEA } from './command.ts';

jest.setTimeout(PATIENCE);

let folder = '';
afterEach(() => remove(folder));

describe('a conversation on the local Step Functions', () => {
  it.each([
    [
      'per-contact',
      'Start → Start: next → need (3 transitions)',
      'need: decide → need: next → details (3 transitions)',
    ],
    ['per-turn', undefined, 'Start → Start: next → need: decide → need: next → details (5 transitions)'],
  ])('%s, shows the states that each turn goes through', async (shape, begins, first) => {
    folder = folderWith({ 'workflows/tea/workflow.yaml': TEA });
    const { code, out, err } = await parley(['dev', 'tea', '--shape', shape], folder, lines(ORDER));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Step Functions at http:.*: .*production is AWS Step Functions\.$/m);
    expect(out).toMatch(new RegExp(`^  ⇪ tea [0-9a-f]{12} is live, ${shape}, as version 1$`, 'm'));
    expect(out.split('\n').filter((line) => /^\S+ › /.test(line))).toEqual([
      'tea › Welcome.',
      'tea › Tea or coffee?',
      'you › a pot of tea please',
      'tea › How many cups?',
      'you › two cups',
      "tea › What's your e-mail address?",
      'you › lin@example.com',
      'tea › 2 cups of tea, is that right?',
      'you › yes',
      'tea › It is on its way.',
    ]);
    const roads = [...out.matchAll(/^ {2}⇢ (.*)$/gm)].map(([, road]) => road);
    expect(roads.slice(0, begins === undefined ? 1 : 2)).toEqual(begins === undefined ? [first] : [begins, first]);
    expect(out).toMatch(/^ {2}■ ended: ordered$/m);
  });

  it('has the next session on a file that was changed meanwhile, or on the one before where it is wrong', async () => {
    folder = folderWith({ 'workflows/tea/workflow.yaml': TEA });
    const running = start(['dev', 'tea', '--quiet'], folder);
    await running.until('tea › Tea or coffee?');
    put(folder, 'workflows/tea/workflow.yaml', TEA.replace('Welcome.', 'Good day.'));
    running.type('let me talk to a human');
    await running.until('transferred to counter');
    running.type('an espresso');
    await running.until('as version 2');
    await running.until('tea › Good day.');
    await running.until('tea › There is no coffee here.');
    put(folder, 'workflows/tea/workflow.yaml', TEA.replace('to: no_coffee', 'to: nowhere'));
    running.type('let me talk to a human');
    await running.until('transferred to counter');
    running.type('an espresso');
    await running.until('nowhere');
    await running.until('tea › Good day.');
    running.process.stdin?.end();
    expect(await running.ended).toMatchObject({ code: 0, err: '' });
  });
});
