import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { folderWith, PATIENCE, ROOT, remove, startProcess, TEA } from './command.ts';

jest.setTimeout(PATIENCE);

// util-linux's `script` gives a process a terminal; that of other systems takes other options.
const possible = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;
if (!possible) console.warn("A terminal can't be tried here: there is no `script` of util-linux.");

(possible ? describe : describe.skip)('on a terminal', () => {
  const typed = async (variables: string) => {
    const folder = folderWith({ 'workflows/tea/workflow.yaml': TEA });
    const bin = path.join(ROOT, 'packages', 'cli', 'bin', 'parley.js');
    const command = `${variables} '${process.execPath}' '${bin}' talk tea --session s1`;
    const running = startProcess('script', ['-qec', command, '/dev/null'], folder);
    await running.until('you › ');
    running.type('I would like an espresso');
    await running.until('There is no coffee here.');
    await running.until('you › ');
    running.type('/quit');
    const outcome = await running.ended;
    remove(folder);
    return outcome;
  };

  it('a conversation is prompted for, in colours', async () => {
    const { code, out } = await typed('TERM=xterm');
    expect(code).toBe(0);
    expect(out).toContain('A tea house (session s1; /help for help)');
    expect(out).toContain('\u001b[36myou › ');
    expect(out).toMatch(/■ ended: left/);
  });

  it('it has no colours where NO_COLOR asks for none', async () => {
    const { out } = await typed('NO_COLOR=1 TERM=xterm');
    // A terminal's editing of the line is no colour.
    expect(out.split('\u001b').filter((after) => /^\[[\d;]*m/.test(after))).toEqual([]);
  });
});
