import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { folderWith, PATIENCE, parley, remove } from './command.ts';

jest.setTimeout(PATIENCE);

let folder = '';
beforeAll(() => {
  folder = folderWith();
});
afterAll(() => remove(folder));

/** What every command takes that decides. */
const DECIDER = ['--decider', '--model', '--region', '--endpoint', '--models'];

/** Every command with what it takes. */
const COMMANDS = {
  center: ['names', '--port', '--host', '--shape', '--data', '--fresh', '--demo', '--chat', '--no-open', ...DECIDER],
  talk: ['name', '--store', '--session', '--voice', '--fresh', '--quiet', ...DECIDER],
  check: ['names', '--json'],
  diff: ['before', 'after', '--json'],
  graph: ['name', '--format', '--output'],
  compile: ['name', '--shape', '--out', '--cost', '--recordings', '--region', '--prices', '--json'],
  dev: ['name', '--shape', '--voice', '--fresh', '--quiet', ...DECIDER],
  deploy: ['name', '--prefix', '--shape', '--canary', '--role', '--region', '--endpoint', '--json'],
  rollback: ['workflow', '--prefix', '--region', '--endpoint', '--json'],
  flow: ['names', '--check', '--tests', '--out', '--greeting', '--record', '--chat', '--language', '--voice', '--json'],
  replay: ['paths', '--against', '--json'],
  sessions: ['session', '--store', '--key', '--workflow', '--limit', '--json'],
  record: ['session', '--store', '--key', '--output'],
  import: ['files', '--start', '--output'],
  decide: ['recording', 'name', '--output', ...DECIDER],
  'bedrock-local': ['--port', '--recording', '--verbose'],
  eval: [
    'recordings',
    '--model',
    '--max-cost',
    '--output',
    '--fresh',
    '--concurrency',
    '--strategy',
    '--region',
    '--endpoint',
    '--models',
    '--json',
  ],
  cost: ['recordings', '--store', '--key', '--since', '--until', '--workflow', '--by', '--models', '--json'],
};

describe('help', () => {
  it('names every command, with what it is for, and a way to begin', async () => {
    const { code, out, err } = await parley(['--help'], folder);
    expect(code).toBe(0);
    expect(err).toBe('');
    for (const command of Object.keys(COMMANDS)) {
      expect(out).toMatch(new RegExp(`^  ${command} .*\\S {2,}[A-Z]\\w+`, 'm'));
    }
    expect(out).toContain('parley talk support');
  });

  it.each(Object.entries(COMMANDS))('explains everything that %s takes', async (command, names) => {
    const { code, out } = await parley([command, '--help'], folder);
    expect(code).toBe(0);
    const listed = out.slice(out.search(/^(Arguments|Options):$/m));
    for (const name of names) {
      // The name, and on the same line or the next, words about it.
      expect(listed).toMatch(new RegExp(`^  (-\\w, )?${name}( <[\\w.]+>)?\\s+\\w+`, 'm'));
    }
    // Nothing is taken that is not in the table above.
    const taken = [...listed.matchAll(/^ {2}(?:-\w, )?(--[\w-]+|\w+)/gm)].map(([, name]) => name);
    expect(taken.sort()).toEqual([...names, '--help'].sort());
  });
});

describe('what can not be done', () => {
  it.each([
    ['a command that is not there', ['frob'], /unknown command 'frob'/],
    ['one that is almost right', ['chek'], /check/],
    ['a missing argument', ['talk'], /missing required argument 'name'/],
    ['an unknown option', ['check', '--frob'], /unknown option '--frob'/],
    ['a format that is not there', ['graph', 'tea', '-f', 'png'], /mermaid, svg, xstate/],
    ['a count that is no number', ['sessions', '--limit', 'many'], /whole number/],
    ['a workflow that is not there', ['talk', 'nosuch'], /There is no workflow nosuch/],
    ['a share of nothing', ['deploy', 'tea', '--prefix', 'p', '--canary', '0%'], /1% to 99%/],
    ['a deployment of no prefix', ['deploy', 'tea'], /required option '--prefix/],
    ['a store that is not there', ['sessions'], /There is no store at .*parley talk/s],
    ['a session of no store', ['record', 's1'], /There is no store at /],
    ['recordings that are not there', ['replay', 'nosuch'], /There is nothing at nosuch/],
    ['a file that is not there', ['import', 'nosuch.json'], /nosuch\.json can't be read/],
  ])('is said of %s, with exit code 2 and nothing on standard output', async (_, args, message) => {
    const { code, out, err } = await parley(args, folder);
    expect(err).toMatch(message);
    // No stack: it is the caller's mistake, not the program's.
    expect(err).not.toMatch(/^ +at /m);
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  it('leaves nothing behind', async () => {
    const empty = folderWith();
    await parley(['talk', 'nosuch'], empty);
    await parley(['record', 's1'], empty);
    expect(readdirSync(empty)).toEqual(['node_modules']);
    remove(empty);
  });
});
