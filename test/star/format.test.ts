import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readStar } from './format.ts';
import { dialogue, finds, folderOf, looksUp, picks, says } from './testing/folder.ts';

const chart = { task: 'task', replies: { hello: 'Hello?' }, graph: { hello: 'bye' } };
const movesOf = (...events: readonly unknown[]) =>
  readStar(folderOf({ 'tasks/t.json': chart, 'dialogues/t.jsonl': [dialogue(1, ...events)] })).all[0]?.dialogues[0]
    ?.moves;

describe('a dialogue', () => {
  it('is what was said, picked, looked up and found', () => {
    expect(
      movesOf(
        { Agent: 'UserGuide', Action: 'instruct', Text: 'Ask for your balance.', UnixTime: 1 },
        says('hi'),
        { Agent: 'Wizard', Action: 'request_suggestions', Text: 'hello', UnixTime: 1 },
        picks('hello'),
        looksUp({ Name: '"Jane"' }, { PIN: 12, Day: { is_one_of: ['1st'] } }),
        finds({ APIName: 'api', Balance: 12 }),
        { Agent: 'Wizard', Action: 'utter', Text: 'One moment.', UnixTime: 4 },
        { Agent: 'User', Action: 'complete', UnixTime: 5 },
      ),
    ).toEqual([
      { kind: 'caller', text: 'hi', at: 1000 },
      { kind: 'pick', label: 'hello', at: 2000 },
      { kind: 'query', given: ['"Jane"', '12', '{"is_one_of":["1st"]}'], at: 3000 },
      { kind: 'item', item: { Balance: 12 }, at: 3000 },
      { kind: 'free', text: 'One moment.', at: 4000 },
    ]);
  });

  it.each([
    ['nothing at all', finds(), { found: 'nothing' }],
    ['null', finds(null), { found: 'nothing' }],
    ['an empty item', finds({ APIName: 'api' }), { found: 'nothing' }],
    ['a list', finds([{ Name: 'A' }]), { found: [{ Name: 'A' }] }],
    ['a text', finds('error'), { found: 'error' }],
    ['fields of every kind', finds({ A: null, B: [1], C: { D: true } }), { A: null, B: [1], C: { D: true } }],
  ])('finds %s', (_, event, item) => {
    expect(movesOf(event)).toEqual([{ kind: 'item', item, at: 0 }]);
  });

  it('may leave out or empty what it does not need', () => {
    expect(
      movesOf(
        { Agent: 'User', Action: 'utter', Text: null },
        { Agent: 'Wizard', Action: 'pick_suggestion', ActionLabelOptions: null },
        { Agent: 'Wizard', Action: 'query', Constraints: null, UnixTime: null },
        { Agent: 'Wizard', Action: 'utter' },
        { Agent: 'Somebody', Action: 'waves' },
      ),
    ).toMatchObject([
      { kind: 'caller', text: '' },
      { kind: 'pick', label: '' },
      { kind: 'query', given: [] },
      { kind: 'free', text: '' },
    ]);
  });

  it('never goes back in time', () => {
    expect(movesOf({ ...says('a'), UnixTime: 9 }, { ...says('b'), UnixTime: 3 })?.map(({ at }) => at)).toEqual([
      9000, 9000,
    ]);
  });

  it('may be of several tasks: it is where its file says', () => {
    const of = { ...dialogue(1, says('hi')), Task: ['hotel_book', 'weather'], MultiTask: true };
    const { all, problems } = readStar(folderOf({ 'tasks/t.json': chart, 'dialogues/t.jsonl': [of] }));
    expect([all[0]?.dialogues.length, problems]).toEqual([1, []]);
  });
});

describe('a task', () => {
  it('may have replies that are no texts, arrows to several nodes and to none, and no more than a name', () => {
    const { all, problems } = readStar(
      folderOf({
        'tasks/a.json': { replies: { x: 'X', y: null, z: ['one', 'two'] }, graph: { x: ['y', 'z'], y: 'z', z: null } },
        'tasks/a.api.json': 'not read',
        'tasks/b.json': {},
      }),
    );
    expect(problems).toEqual([]);
    expect(all.map(({ task, dialogues }) => [task.name, [...task.replies], [...task.graph], dialogues])).toEqual([
      [
        'a',
        [
          ['x', 'X'],
          ['y', ''],
          ['z', ''],
        ],
        [
          ['x', ['y', 'z']],
          ['y', ['z']],
          ['z', []],
        ],
        [],
      ],
      ['b', [], [], []],
    ]);
  });
});

describe('a folder', () => {
  const problemsOf = (files: { readonly [file: string]: unknown }) => {
    const { all, problems } = readStar(folderOf(files));
    return [
      all.map(({ task, dialogues }) => [task.name, dialogues.map(({ id }) => id)]),
      problems.map(({ code, place }) => [code, path.basename(place?.file ?? ''), place?.line]),
    ];
  };
  const line = (id: number) => JSON.stringify(dialogue(id, says('hi')));

  it('is read on where a line is damaged, which is told with file and line', () => {
    const lines = [line(1), '{"DialogueID": 2, "Ev', '{"DialogueID": 3, "Events": [{"Agent": 3}]}', line(4), ''];
    expect(problemsOf({ 'tasks/t.json': chart, 'dialogues/t.jsonl': lines.join('\n') })).toEqual([
      [['t', ['1', '4']]],
      [
        ['star/not-json', 't.jsonl', 2],
        ['star/unfit', 't.jsonl', 3],
      ],
    ]);
  });

  it('is read on where a task is damaged, or the dialogues have none', () => {
    expect(
      problemsOf({
        'tasks/bad.json': '{',
        'tasks/odd.json': { graph: { a: 3 } },
        'tasks/t.json': chart,
        'dialogues/bad.jsonl': [],
        'dialogues/lost.jsonl': [dialogue(1)],
      }),
    ).toEqual([
      [['t', []]],
      [
        ['star/not-json', 'bad.json', 1],
        ['star/unfit', 'odd.json', 1],
        ['star/no-task', 'lost.jsonl', 1],
      ],
    ]);
  });

  it('may have lines that end as on Windows, empty ones, and a mark before the first', () => {
    const text = `\uFEFF${line(1)}\r\n\r\n${line(2)}\r\n`;
    expect(problemsOf({ 'tasks/t.json': `\uFEFF${JSON.stringify(chart)}`, 'dialogues/t.jsonl': text })).toEqual([
      [['t', ['1', '2']]],
      [],
    ]);
  });

  it('may have tasks that nobody has talked about', () => {
    const files = { 'tasks/empty.json': chart, 'dialogues/empty.jsonl': '', 'tasks/none.json': chart };
    expect(problemsOf(files)).toEqual([
      [
        ['empty', []],
        ['none', []],
      ],
      [],
    ]);
  });

  it('that is not there, or has no tasks, is refused', () => {
    expect(() => readStar(path.join(folderOf({}), 'none'))).toThrow(
      expect.objectContaining({ code: 'star/no-folder' }),
    );
    expect(() => readStar(folderOf({ 'dialogues/t.jsonl': '' }))).toThrow(
      expect.objectContaining({ code: 'star/no-folder' }),
    );
    expect(() => readStar(folderOf({ 'tasks/t.api.json': {} }))).toThrow(
      expect.objectContaining({ code: 'star/no-tasks' }),
    );
  });
});
