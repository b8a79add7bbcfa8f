import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { createMachine } from '@parley/machine';
import { compileWorkflow, sourceOf, type ToolSignature } from '@parley/workflow';
import { testRecordings } from './jest.ts';
import { writeRecording } from './recording.ts';
import { record } from './testing/record.ts';

const TEXT = `workflow: account
title: Accounts
otherwise: handoff
variables:
  pin: { type: string, ask: 'Your PIN, please?' }
  account: { from: accounts.verify }
steps:
  ask:
    form: [pin]
    then: verify
  verify:
    call: accounts.verify
    with: { pin: =$pin }
    save: account
    then:
      - { if: $identity = 'code', to: done }
      - { to: handoff }
    failed: { to: handoff }
  handoff:
    transfer: { queue: tier2 }
  done:
    end: { say: Thank you., outcome: verified }
`;

const signature: ToolSignature = {
  about: 'checks a PIN',
  effect: 'reads',
  input: { type: 'object', properties: { pin: { type: 'string' } }, required: ['pin'] },
  output: { type: 'object', properties: {} },
  requires: { confirmation: false, identity: 'none' },
  grants: 'code',
  timeout: 1000,
  errors: [],
  cleared: ['pii', 'pci', 'phi'],
};

const tools = { 'accounts.verify': { signature } };
const signatures = { 'accounts.verify': signature };
const machine = createMachine(compileWorkflow(sourceOf(TEXT), signatures), signatures);
const recording = record(machine, 'verified', [
  { said: '1234' },
  { chose: 'answered', values: { pin: '1234' } },
  { returned: {} },
]);

describe('expect(recording).toReplay()', () => {
  it('takes a machine, or the source of a workflow with its tools or their signatures', () => {
    expect(recording).toReplay(machine);
    expect(recording).toReplay({ source: sourceOf(TEXT), tools });
    expect(recording).toReplay({ source: sourceOf(TEXT), tools: signatures });
  });

  it('fails where it diverges, with the conversation around it', () => {
    // Nothing says that the tool grants a level of identity.
    const without = { source: sourceOf(TEXT) };
    expect(recording).not.toReplay(without);
    expect(() => expect(recording).toReplay(without, { file: 'calls/a.jsonl' })).toThrow(
      [
        'verified goes differently, at verify (calls/a.jsonl:8)',
        '    caller  1234',
        '    model   ask: answered',
        '    tool    accounts.verify',
        '  - recorded: goes to done',
        '  + now:      goes to handoff',
        '  workflow.yaml:17:9',
        '    17 |       - { to: handoff }',
      ].join('\n'),
    );
  });

  it('fails for other words, unless any will do', () => {
    const other = { source: sourceOf(TEXT.replace('Thank you.', 'Thanks.')), tools };
    expect(recording).not.toReplay(other);
    expect(recording).toReplay(other, { words: 'any' });
    expect(() => expect(recording).toReplay(other)).toThrow('says something else');
  });

  it('any words will do only where it goes the same way', () => {
    expect(recording).not.toReplay({ source: sourceOf(TEXT) }, { words: 'any' });
  });

  it('not: fails where it is the same', () => {
    expect(() => expect(recording).not.toReplay(machine)).toThrow('verified replays as it was recorded');
  });

  it('is for recordings only', () => {
    expect(() => expect('a.jsonl').toReplay(machine)).toThrow('toReplay() is for a recording');
  });
});

const folder = mkdtempSync(path.join(tmpdir(), 'parley-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(path.join(folder, 'workflow.yaml'), TEXT);
writeFileSync(path.join(folder, 'a.jsonl'), writeRecording(recording));
writeFileSync(path.join(folder, 'b.jsonl'), writeRecording({ ...recording, session: 'again' }));
writeFileSync(path.join(folder, 'notes.txt'), 'no recording');

// Each of these makes two tests.
testRecordings(folder, machine);
testRecordings(pathToFileURL(folder), { file: path.join(folder, 'workflow.yaml'), tools });
