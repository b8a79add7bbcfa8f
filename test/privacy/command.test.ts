import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { folderWith, lines, type Outcome, PATIENCE, parley, put, ROOT, remove, start } from '../cli/command.ts';
import { LAB } from './lab.ts';
import { MARKS, marksIn } from './marks.ts';

jest.setTimeout(3 * PATIENCE);

// Hangs as long as the file `hang` is there: that is when it is killed.
const TOOLS = `import { existsSync } from 'node:fs';
import { labTools } from ${JSON.stringify(path.join(ROOT, 'test', 'privacy', 'lab.ts'))};
export default () => {
  const tools = labTools();
  const record = tools['records.get'];
  const call = async (input, context) => {
    if (existsSync('hang')) await new Promise((resolve) => setTimeout(resolve, 60_000));
    return record.call(input, context);
  };
  return { ...tools, 'records.get': { ...record, call } };
};
`;

const CARD = MARKS['words that no variable holds'].replace(/(\d{4})(?=\d)/g, '$1 ');
const TRANSCRIPT = JSON.stringify({
  Channel: 'CHAT',
  Participants: [
    { ParticipantId: 'p1', ParticipantRole: 'CUSTOMER' },
    { ParticipantId: 'p2', ParticipantRole: 'AGENT' },
  ],
  CustomerMetadata: { ContactId: 'contact-9' },
  Transcript: [
    ['p1', `hello, my card is ${CARD} and my name is ${MARKS['a name that was decided on']}`],
    ['p2', `Thank you, ${MARKS['a name that was decided on']}.`],
    ['p1', 'i was born september 17th 1958 and it is ottoline at brackenmail dot net'],
    ['p1', 'what are my results please'],
  ].map(([ParticipantId, Content], index) => {
    const time = new Date(Date.UTC(2026, 0, 5, 15, 0, index)).toISOString();
    return { Id: time, Type: 'MESSAGE', ContentType: 'text/plain', ParticipantId, AbsoluteTime: time, Content };
  }),
});

/** Files that were put there for the commands to read. */
const GIVEN = new Set(['workflow.yaml', 'tools.ts', 'transcript.json', 'edited.yaml', 'hang']);

describe('what the commands print and write', () => {
  let folder = '';
  const printed = new Map<string, Outcome>();
  const run = async (args: readonly string[], input = '') => {
    const outcome = await parley(args, folder, input);
    printed.set(args.join(' '), outcome);
    return outcome;
  };

  beforeAll(async () => {
    folder = folderWith({
      'workflows/lab/workflow.yaml': LAB,
      'workflows/lab/tools.ts': TOOLS,
      'edited.yaml': LAB.replace('So it is', 'Well, it is'),
      'transcript.json': TRANSCRIPT,
      hang: '',
    });
    const killed = start(['talk', 'lab', '--session', 'first'], folder);
    await killed.until('at need');
    killed.type(`my card is ${CARD}, what are my results`);
    await killed.until('at who');
    killed.type(`my name is ${MARKS['a name that was decided on']}`);
    killed.type(MARKS['an e-mail address that was said']);
    killed.type('September 17th, 1958');
    killed.type(`/press ${MARKS['keys that were pressed']}`);
    await killed.until('records.get');
    killed.process.kill('SIGKILL');
    printed.set('talk, killed', await killed.ended);
    remove(path.join(folder, 'hang'));
    await run(
      ['talk', 'lab', '--session', 'first'],
      lines([
        // What was cut off is not kept: it is said again.
        `/press ${MARKS['keys that were pressed']}`,
        `/signal result ${JSON.stringify(MARKS['the data of a signal'])}`,
        `/signal result ${JSON.stringify({ by: MARKS['the data of a signal that nothing keeps'] })}`,
        `no, my e-mail is ${MARKS['a correction']}`,
        'yes',
      ]),
    );
    await run(['sessions']);
    await run(['sessions', 'first']);
    await run(['sessions', 'first', '--json']);
    await run(['record', 'first', '-o', 'first.jsonl']);
    await run(['record', 'first']);
    await run(['replay', 'first.jsonl']);
    await run(['replay', 'first.jsonl', '--json']);
    await run(['replay', 'first.jsonl', '--against', 'edited.yaml']);
    await run(['decide', 'first.jsonl', 'lab', '-o', 'again.jsonl']);
    await run(['import', 'transcript.json', '-o', 'transcript.jsonl']);
    await run(['decide', 'transcript.jsonl', 'lab']);
  });
  afterAll(() => remove(folder));

  it('was printed and written', () => {
    const codes = Object.fromEntries([...printed].map(([command, { code }]) => [command, code]));
    expect(codes).toEqual({
      'talk, killed': null,
      'talk lab --session first': 0,
      sessions: 0,
      'sessions first': 0,
      'sessions first --json': 0,
      'record first -o first.jsonl': 0,
      'record first': 0,
      'replay first.jsonl': 0,
      'replay first.jsonl --json': 0,
      'replay first.jsonl --against edited.yaml': 1,
      'decide first.jsonl lab -o again.jsonl': 0,
      'import transcript.json -o transcript.jsonl': 0,
      'decide transcript.jsonl lab': 0,
    });
    expect(printed.get('talk lab --session first')?.out).toMatch(/☎ transferred to people/);
    expect(printed.get('replay first.jsonl')?.out).toMatch(/1 same, 0 diverged/);
    // What the two say to each other is said aloud: there the marks are.
    const said = printed.get('talk lab --session first')?.out ?? '';
    expect(marksIn(said)).toEqual(expect.arrayContaining(['a name that was decided on', 'a correction']));
  });

  it('holds no mark, but for what the two say in the conversation itself', () => {
    for (const [command, { out, err }] of printed) {
      const talks = command.startsWith('talk');
      const beside = talks ? out.replaceAll(/^(you|lab) › .*$/gm, '') : out;
      expect({ command, marks: marksIn(`${beside}\n${err}`) }).toEqual({ command, marks: [] });
    }
  });

  it('is in no file that was written, without a mark', () => {
    const files = filesIn(folder).filter((file) => !GIVEN.has(path.basename(file)) && !isStore(file));
    expect(files.map((file) => path.basename(file)).sort()).toEqual(['again.jsonl', 'first.jsonl', 'transcript.jsonl']);
    for (const file of files) expect({ file, marks: marksIn(readFileSync(file)) }).toEqual({ file, marks: [] });
  });

  it('is in no file of the store, without a mark', () => {
    const files = filesIn(folder).filter(isStore);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect({ file, marks: marksIn(readFileSync(file)) }).toEqual({ file, marks: [] });
  });

  it('would be found out: a recording that was not redacted has them all', () => {
    put(folder, 'raw.txt', Object.values(MARKS).join('\n'));
    expect(marksIn(readFileSync(path.join(folder, 'raw.txt')))).toHaveLength(Object.keys(MARKS).length);
  });
});

const isStore = (file: string) => file.includes(`${path.sep}.parley${path.sep}`);

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    const about = lstatSync(file);
    if (about.isSymbolicLink()) return [];
    return about.isDirectory() ? filesIn(file) : [file];
  });
}
