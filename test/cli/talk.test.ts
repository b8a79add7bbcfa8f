import { afterEach, describe, expect, it, jest } from '@jest/globals';
import {
  ADDRESS,
  folderOfSupport,
  folderWith,
  lines,
  ORDER,
  type Outcome,
  PATIENCE,
  parley,
  put,
  remove,
  start,
  TEA,
} from './command.ts';

jest.setTimeout(PATIENCE);

let folders: string[] = [];
afterEach(() => {
  for (const folder of folders) remove(folder);
  folders = [];
});

function here(folder: string): string {
  folders.push(folder);
  return folder;
}
const teaHouse = () => here(folderWith({ 'workflows/tea/workflow.yaml': TEA }));

/** What the two say, without what is told of what goes on behind it. */
const said = ({ out }: Outcome) => out.split('\n').filter((line) => /^\S+ › /.test(line));

describe('a conversation in a pipe', () => {
  it('is printed as the two say it, with what goes on behind it', async () => {
    const outcome = await parley(['talk', 'tea'], teaHouse(), lines(ORDER));
    expect(outcome).toMatchObject({ code: 0, err: '' });
    expect(said(outcome)).toEqual([
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
    expect(outcome.out).toMatch(/^ {2}⏸ at need$/m);
    expect(outcome.out).toMatch(/^ {2}◆ decided tea \(\d\.\d\d\): \S/m);
    expect(outcome.out).toMatch(/\[cups = 2\]/);
    expect(outcome.out).toMatch(/^ {2}■ ended: ordered$/m);
  });

  it('holds no escape codes', async () => {
    const { out } = await parley(['talk', 'tea'], teaHouse(), lines(ORDER));
    expect(out).not.toContain('\u001b');
  });

  it('hides sensitive values in all that the command adds', async () => {
    const { out } = await parley(['talk', 'tea'], teaHouse(), lines(ORDER));
    const holding = out.split('\n').filter((line) => line.includes(ADDRESS));
    expect(holding).toEqual([`you › ${ADDRESS}`]);
    expect(out).toContain('email = "[pii]"');
  });

  it('says that nobody looks on where the workflow names a guardrail, and goes on', async () => {
    const guarded = TEA.replace(
      'title: A tea house',
      'title: A tea house\nmodels: { guardrail: { id: ymj6rhd0f2ow, version: 1 } }',
    );
    const folder = here(folderWith({ 'workflows/tea/workflow.yaml': guarded }));
    const outcome = await parley(['talk', 'tea'], folder, lines(ORDER));
    expect(outcome.out).toContain('  The guardrail of this workflow does not look on: it does with --decider bedrock.');
    expect(said(outcome)).toHaveLength(10);
  });

  it('is only what they say when quiet', async () => {
    const outcome = await parley(['talk', 'tea', '--quiet'], teaHouse(), lines(ORDER));
    expect(outcome.out).not.toMatch(/◆|⏸/);
    expect(said(outcome)).toHaveLength(10);
  });

  it('that comes to the end of its lines is one the caller left', async () => {
    const folder = teaHouse();
    const { out, code } = await parley(['talk', 'tea', '--session', 's1'], folder, lines(ORDER.slice(0, 2)));
    expect(code).toBe(0);
    expect(out).toMatch(/■ ended: left$/m);
    const { out: shown } = await parley(['sessions', '--json'], folder);
    expect(JSON.parse(shown)).toMatchObject([{ session: 's1', status: 'ended', workflow: 'tea' }]);
  });

  it('takes keys, silence and hanging up as commands, and says which there are', async () => {
    const input = lines(['/help', '/frob', '/press x', '', '/where', '/quit', 'not read any more']);
    const outcome = await parley(['talk', 'tea'], teaHouse(), input);
    expect(outcome.code).toBe(0);
    expect(outcome.out).toMatch(/\/press 1 .*key/);
    expect(outcome.out).toContain('There is no /frob');
    expect(outcome.out).toContain('The keys are 0 to 9');
    expect(outcome.out).toMatch(/^ {2}at need$/m);
    expect(outcome.out).toMatch(/■ ended: left$/m);
    expect(outcome.out).not.toContain('not read any more');
  });

  it('that is over says so when it is gone on with', async () => {
    const folder = teaHouse();
    await parley(['talk', 'tea', '--session', 's1'], folder, lines(ORDER));
    const again = await parley(['talk', 'tea', '--session', 's1'], folder, lines(['hello?']));
    expect(again.out).toContain('This session has ended.');
    expect(again.code).toBe(0);
  });

  it('is not gone on with in another workflow', async () => {
    const folder = teaHouse();
    await parley(['talk', 'tea', '--session', 's1'], folder, lines(ORDER));
    const other = TEA.replace('workflow: tea', 'workflow: other');

    put(folder, 'workflows/other/workflow.yaml', other);
    const { code, err } = await parley(['talk', 'other', '--session', 's1'], folder);
    expect(code).toBe(2);
    expect(err).toContain('parley talk tea --session s1');
  });
});

describe('a conversation whose process is killed', () => {
  it('goes on in the next, which recalls what was said', async () => {
    const folder = here(folderOfSupport());
    const first = start(['talk', 'support', '--session', 'c1'], folder);
    await first.until('⏸ at need');
    first.type('please cancel order W1000001, my e-mail is maya.chen@example.com');
    await first.until('⏸ at prove/enter');
    first.process.kill('SIGKILL');
    expect((await first.ended).code).toBeNull();

    const second = await parley(
      ['talk', 'support', '--session', 'c1'],
      folder,
      lines(['424242', 'yes', "no, that's all"]),
    );
    expect(second).toMatchObject({ code: 0, err: '' });
    const spoken = said(second);
    expect(spoken[0]).toBe(
      'support › Thanks for calling Acme. This conversation is recorded; if you\'d rather not, say "no recording".',
    );
    expect(spoken).toContain('you › please cancel order W1000001, my e-mail is maya.chen@example.com');
    expect(spoken.filter((line) => line === "support › What's the six-digit code?")).toHaveLength(1);
    expect(spoken.findLast((line) => line.includes("It's cancelled. $152.95"))).toBeDefined();
    expect(second.out).toMatch(/⏸ at prove\/enter\nyou › 424242/);
    expect(second.out).toMatch(/■ ended: served$/m);
    // The address and the code stand in the caller's own lines and nowhere else.
    for (const secret of ['maya.chen@example.com', '424242']) {
      const elsewhere = second.out.split('\n').filter((line) => line.includes(secret) && !line.startsWith('you › '));
      expect(elsewhere).toEqual([]);
    }
  });
});

describe('the back end', () => {
  const order = lines(['where is my order W1000001', 'maya.chen@example.com', '/quit']);
  const cancel = lines(['cancel W1000001', 'maya.chen@example.com', '424242', 'yes', '/quit']);

  it('keeps what was done from one conversation to the next, until --fresh', async () => {
    const folder = here(folderOfSupport());
    await parley(['talk', 'support'], folder, cancel);
    const second = await parley(['talk', 'support'], folder, order);
    expect(second.out).toMatch(/was cancelled/);
    const third = await parley(['talk', 'support', '--fresh'], folder, order);
    expect(third.out).toMatch(/is being prepared/);
  });
});
