import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { folderWith, PATIENCE, parley, put, remove, TEA } from './command.ts';

jest.setTimeout(PATIENCE);

let folder = '';
beforeAll(() => {
  folder = folderWith({ 'workflows/tea/workflow.yaml': TEA });
});
afterAll(() => remove(folder));

const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');

/** A recording of the tea house, as far as a test case is made of it. */
const RECORDING = [
  {
    parley: 1,
    session: 'two-cups',
    workflow: 'tea',
    version: 'v',
    channel: 'voice',
    start: '2026-11-24T15:30:00.000Z',
  },
  { seq: 1, at: 0, type: 'session.started', contact: { id: 'c', channel: 'voice' } },
  { seq: 2, at: 0, type: 'agent.said', step: 'need', text: 'Tea or coffee?' },
  { seq: 3, at: 0, type: 'caller.said', step: 'need', text: 'a pot of tea' },
];

describe('flow', () => {
  it('writes a contact flow that its own check finds nothing wrong with', async () => {
    const { code, out, err } = await parley(['flow', 'tea', '--out', 'connect'], folder);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    // Each thing that has to be put in is named.
    for (const name of ['BotAliasArn', 'FrontDoorArn', 'QueueCounterArn']) expect(out).toContain(`\${${name}}`);
    const checked = await parley(['flow', '--check', 'connect/tea.flow.json'], folder);
    expect(checked.out).toMatch(/connect\/tea\.flow\.json: \d+ actions, nothing wrong\n$/);
    expect(checked.code).toBe(0);
    const template = JSON.parse(read('connect/tea.template.json'));
    expect(JSON.parse(template.Resources.Flow.Properties.Content['Fn::Sub'][0])).toEqual(
      JSON.parse(read('connect/tea.flow.json')),
    );
  });

  it('writes to standard output what it writes to a file', async () => {
    const { code, out } = await parley(['flow', 'tea'], folder);
    expect(code).toBe(0);
    expect(out).toBe(read('connect/tea.flow.json'));
  });

  it('tells what is wrong with a flow that anybody wrote, where it is and what to do', async () => {
    const flow = JSON.parse(read('connect/tea.flow.json'));
    const transfer = flow.Actions.find(({ Type }: { Type: string }) => Type === 'TransferContactToQueue');
    transfer.Transitions.Errors.shift();
    put(folder, 'dump.json', JSON.stringify({ ContactFlow: { Content: JSON.stringify(flow) } }));
    const { code, out } = await parley(['flow', '--check', 'dump.json'], folder);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^dump\.json:1:\d+ {2}error {2}branch\/missing\n {4}"Transfer" \(TransferContactToQueue\) has no branch for QueueAtCapacity\.\n {4}It is taken when the queue is full\./,
    );
    const json = await parley(['flow', '--check', 'dump.json', '--json'], folder);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)[0].problems[0]).toMatchObject({
      code: 'branch/missing',
      action: 'Transfer',
      severity: 'error',
      line: 1,
    });
  });

  it('counts what is only risky as no error', async () => {
    const ending = { Type: 'DisconnectParticipant', Parameters: {}, Transitions: {} };
    const Actions = [
      { ...ending, Identifier: 'bye' },
      { ...ending, Identifier: 'more' },
    ];
    put(folder, 'risky.json', JSON.stringify({ Version: '2019-10-30', StartAction: 'bye', Actions }));
    const { code, out } = await parley(['flow', '--check', 'risky.json'], folder);
    expect(code).toBe(0);
    expect(out).toContain('risky.json: 2 actions, 1 warning');
  });

  it('says of what is no flow that it is none', async () => {
    put(folder, 'page.html', '<html>');
    const { code, out } = await parley(['flow', '--check', 'page.html'], folder);
    expect(code).toBe(1);
    expect(out).toMatch(/^page\.html:1:1 {2}error {2}flow\/not-json/);
  });

  it("writes recordings as Connect's test cases, and says that none has been run", async () => {
    put(
      folder,
      'workflows/tea/recordings/two-cups.jsonl',
      RECORDING.map((line) => `${JSON.stringify(line)}\n`).join(''),
    );
    const { code, out, err } = await parley(['flow', 'tea', '--tests', '--out', 'tests'], folder);
    expect(code).toBe(0);
    expect(out).toContain('1 of 1 recordings are test cases in tests');
    expect(err).toMatch(/None of them has been run by Connect/);
    expect(JSON.parse(read('tests/tea.two-cups.test-case.json'))).toMatchObject({
      Name: 'tea two-cups',
      Status: 'PUBLISHED',
    });
  });

  it.each([
    ['two workflows at once', ['flow', 'tea', 'tea'], /one workflow/],
    ['a file that is not there', ['flow', '--check', 'nosuch.json'], /nosuch\.json can't be read/],
    [
      'a greeting that does not say that it is recorded',
      ['flow', 'tea', '--record', 'all', '--greeting', 'Hi.'],
      /does not say so/,
    ],
  ])('can not do %s', async (_, args, message) => {
    const { code, out, err } = await parley(args, folder);
    expect(err).toMatch(message);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
});
