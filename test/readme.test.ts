import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { checkWorkflow, sourceOf } from '@parley/workflow';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');

/** The packages, each of which may import those before it. */
const LAYERS = [
  'workflow',
  'machine',
  'replay',
  'engine',
  'stores',
  'deciders',
  'stepfunctions',
  'connect',
  'center',
  'cli',
];

describe('the README', () => {
  it('shows a workflow that nothing is wrong with', () => {
    const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(readme) ?? [];
    expect(yaml).toContain('workflow: parcels');
    expect(checkWorkflow(sourceOf(yaml)).problems).toEqual([]);
  });

  it('names every package, in the order in which they may import each other', () => {
    const named = [...readme.matchAll(/^\| \[(\w+)\]\(packages\/\1\)/gm)].map(([, name]) => name);
    expect(named).toEqual(LAYERS);
    expect([...named].sort()).toEqual(readdirSync(path.join(root, 'packages')).sort());
  });

  it('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\((?!http)([^)#]+)/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(8);
    for (const link of links)
      expect([link, readdirSync(path.dirname(path.join(root, link)))]).toEqual([
        link,
        expect.arrayContaining([path.basename(link)]),
      ]);
  });
});

describe('each package', () => {
  it.each(LAYERS)('%s says what it is for and which file to open first', (name) => {
    const text = readFileSync(path.join(root, 'packages', name, 'README.md'), 'utf8');
    expect(text).toMatch(/src\/[\w/.-]+\.ts/);
    expect(text).toContain('```');
  });

  it.each(LAYERS)('%s imports only from those above it', (name) => {
    const folder = path.join(root, 'packages', name, 'src');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    for (const file of files.filter(
      (one) => one.endsWith('.ts') && !one.endsWith('.test.ts') && !one.includes('testing'),
    )) {
      const text = readFileSync(path.join(folder, file), 'utf8');
      for (const [, imported = ''] of text.matchAll(/from '@parley\/(\w+)/g)) {
        expect([file, imported, LAYERS.indexOf(imported) < LAYERS.indexOf(name)]).toEqual([file, imported, true]);
      }
    }
  });
});
