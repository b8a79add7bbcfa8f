import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordedDecider } from '@parley/deciders';
import { signaturesOf, type Tools } from '@parley/engine';
import { createMachine, type Machine } from '@parley/machine';
import { isInput, readRecording } from '@parley/replay';
import { compileToStepFunctions, definitionText, type Shape, walk } from '@parley/stepfunctions';
import { compileWorkflow, loadWorkflow } from '@parley/workflow';
import healthcareTools from '../../workflows/healthcare-intake/tools.ts';
import supplyTools from '../../workflows/supply-chain/tools.ts';
import supportTools from '../../workflows/support/tools.ts';
import { differences, entered, turnsOf } from './compare.ts';
import { Contact, doingsOf } from './contact.ts';
import { embedded } from './hosts.ts';
import { local, type Local } from './local.ts';
import { recordedTools } from './recorded-tools.ts';

const FUNCTIONS = { ask: 'ask', decide: 'decide', call: 'call', finish: 'finish' };
const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../workflows');
const WORKFLOWS: readonly [string, Tools][] = [
  ['support', supportTools({})],
  ['supply-chain', supplyTools({})],
  ['healthcare-intake', healthcareTools({})],
];

/** The transitions of every turn of every recording, by how many tools were called in it. */
const turns: { transitions: number; tools: number }[] = [];

describe.each(WORKFLOWS)('%s takes the same path on every host', (name, tools) => {
  const recordings = path.join(folder, name, 'recordings');
  let machine: Machine;
  let standard: Local;
  let express: Local;
  beforeAll(async () => {
    const signatures = signaturesOf(tools);
    const source = await loadWorkflow(path.join(folder, name, 'workflow.yaml'), 'workflow.yaml');
    machine = createMachine(compileWorkflow(source, signatures), signatures);
    standard = await local({ machine, tools, shape: 'per-contact' });
    express = await local({ machine, tools, shape: 'per-turn' });
  });
  afterAll(async () => {
    await standard.close();
    await express.close();
  });

  it.each(readdirSync(recordings).filter((file) => file.endsWith('.jsonl')))('%s', async (file) => {
    const recording = readRecording(readFileSync(path.join(recordings, file), 'utf8'), file);
    const { session, start } = recording;
    const setting = () => ({
      machine,
      tools: recordedTools(recording, tools),
      decider: recordedDecider(recording),
      session,
      start,
    });
    const contact = () => new Contact(start, doingsOf(recording));
    const engine = await contact().on(await embedded(setting()));
    const perContact = await contact().on(standard.host(setting()));
    const perTurn = await contact().on(express.host(setting()));

    expect(differences(engine, perContact)).toEqual([]);
    expect(differences(engine, perTurn)).toEqual([]);
    expect(perContact.status).toBe('SUCCEEDED');
    turns.push(...turnsOf(perContact.history ?? []));

    // What `parley compile --cost` counts without carrying anything out is what was carried out.
    const walked = (shape: Shape) => {
      const definition = compileToStepFunctions(machine.program, {
        shape,
        functions: FUNCTIONS,
        tools: signaturesOf(tools),
      });
      return walk(definitionText(definition), shape, machine, recording.events.filter(isInput));
    };
    const { executions, waits, works } = await walked('per-contact');
    expect(executions.map(({ states }) => states)).toEqual([entered(perContact.history ?? [])]);
    expect(waits + works).toBe(perContact.history?.filter(({ type }) => type === 'TaskScheduled').length);
    expect((await walked('per-turn')).works).toBe(perTurn.asked.length);
  });
});

afterAll(() => {
  for (const tools of [...new Set(turns.map((turn) => turn.tools))].sort()) {
    const counts = turns.filter((turn) => turn.tools === tools).map(({ transitions }) => transitions);
    counts.sort((a, b) => a - b);
    console.info(
      `${counts.length} turns with ${tools} tools: median ${counts[Math.floor(counts.length / 2)]} transitions, most ${counts.at(-1)}`,
    );
  }
});
