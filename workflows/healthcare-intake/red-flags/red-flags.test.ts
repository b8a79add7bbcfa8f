import { signaturesOf } from '@parley/engine';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { createMachine, type Machine, type Snapshot } from '@parley/machine';
import { compileWorkflow, loadWorkflow } from '@parley/workflow';
import { RED_FLAGS } from '../backend/fhir/flag.ts';
import tools from '../tools.ts';

const here = import.meta.dirname;

interface Utterance {
  readonly text: string;
  /** The flags each of which is right; none where it is no red flag. */
  readonly expected: readonly string[];
}

interface Heard extends Utterance {
  /** Undefined: nothing was heard. */
  readonly flag: string | undefined;
}

function utterancesIn(file: string): readonly Utterance[] {
  const lines = readFileSync(path.join(here, file), 'utf8').split('\n');
  return lines
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [flags = '', text = ''] = line.split('\t');
      return { text, expected: flags === 'none' ? [] : flags.split('|') };
    });
}

let machine: Machine;
/** At the very first question. */
let asked: Snapshot;
beforeAll(async () => {
  const signatures = signaturesOf(tools({}));
  const source = await loadWorkflow(path.join(here, '../workflow.yaml'));
  machine = createMachine(compileWorkflow(source, signatures), signatures);
  const contact = { id: 'c1', channel: 'voice' } as const;
  asked = machine.step(machine.initial, { type: 'session.started', at: 0, contact }).snapshot;
});

/** Says it at the first question. No decider is there: what is found, the machine finds by itself. */
function hear(utterance: Utterance): Heard {
  const { snapshot, moves } = machine.step(asked, { type: 'caller.said', at: 1000, text: utterance.text });
  const reached = moves.map(({ to }) => to).find((to) => to === 'emergency' || to === 'crisis');
  if (reached === undefined) return { ...utterance, flag: undefined };
  const { flag } = snapshot.memory.vars;
  // Only suicide leads to `crisis`, and it leads nowhere else.
  if (typeof flag !== 'string' || (flag === 'suicide') !== (reached === 'crisis'))
    throw new Error(`"${utterance.text}" leads to ${reached} with the flag ${JSON.stringify(flag)}.`);
  return { ...utterance, flag };
}

const isFlag = ({ expected }: Utterance) => expected.length > 0;
const share = (some: number, of: number) => `${some} of ${of} (${((100 * some) / of).toFixed(1)} %)`;

/** Sensitivity, over all and by flag, and specificity, with all that went wrong. */
function report(name: string, all: readonly Heard[]): string {
  const [flags, others] = [all.filter(isFlag), all.filter((one) => !isFlag(one))];
  const heard = flags.filter(({ flag }) => flag !== undefined);
  const quiet = others.filter(({ flag }) => flag === undefined);
  const byFlag = RED_FLAGS.filter((flag) => flags.some(({ expected }) => expected[0] === flag)).map((flag) => {
    const own = flags.filter(({ expected }) => expected[0] === flag);
    return `  ${flag.padEnd(9)} ${share(own.filter((one) => one.flag !== undefined).length, own.length)}`;
  });
  return [
    `${name}: sensitivity ${share(heard.length, flags.length)}, specificity ${share(quiet.length, others.length)}`,
    ...byFlag,
    ...flags.filter(({ flag }) => flag === undefined).map(({ text, expected }) => `  missed ${expected}: ${text}`),
    ...heard
      .filter(({ flag, expected }) => !expected.includes(flag ?? ''))
      .map(({ text, flag, expected }) => `  ${flag} instead of ${expected}: ${text}`),
    ...others.filter(({ flag }) => flag !== undefined).map(({ text, flag }) => `  heard ${flag}: ${text}`),
    '',
  ].join('\n');
}

describe.each([
  ['tuned.tsv', { atLeast: 180, ofEach: 8, specificity: 0.93 }],
  ['held-out-1.tsv', { atLeast: 60, ofEach: 3, specificity: 1 }],
  ['held-out-2.tsv', { atLeast: 60, ofEach: 3, specificity: 1 }],
  ['held-out-3.tsv', { atLeast: 60, ofEach: 3, specificity: 1 }],
  ['independent-1.tsv', { atLeast: 120, ofEach: 8, specificity: 1 }],
  ['independent-2.tsv', { atLeast: 110, ofEach: 8, specificity: 0.96 }],
])('the utterances of %s', (file, { atLeast, ofEach, specificity }) => {
  const utterances = utterancesIn(file);
  const [flags, others] = [utterances.filter(isFlag), utterances.filter((one) => !isFlag(one))];

  it('are many, red flags and others, and some of each', () => {
    expect(utterances.length).toBeGreaterThanOrEqual(atLeast);
    expect(others.length).toBeGreaterThan(25);
    for (const flag of RED_FLAGS.filter((one) => one !== 'unclear'))
      expect(flags.filter(({ expected }) => expected[0] === flag).length).toBeGreaterThanOrEqual(ofEach);
  });

  it('are heard: not one red flag is missed, and hardly anything else is taken for one', () => {
    process.stdout.write(report(file, utterances.map(hear)));
    expect(flags.map(hear).filter(({ flag }) => flag === undefined)).toEqual([]);
    const quiet = others.map(hear).filter(({ flag }) => flag === undefined);
    expect(quiet.length / others.length).toBeGreaterThanOrEqual(specificity);
  });
});

it('a red flag is heard in whatever else is said with it, and at the end of it', () => {
  const chest = 'i have chest pain';
  for (const text of [
    chest,
    `yes it's maria gonzalez and ${chest}`,
    `march twelve nineteen eighty four oh and ${chest}`,
  ])
    expect(hear({ text, expected: ['chest'] }).flag).toBe('chest');
});

it('what harms the body now goes before suicide', () => {
  expect(hear({ text: 'i took all my pills because i want to die', expected: [] }).flag).toBe('poison');
});
