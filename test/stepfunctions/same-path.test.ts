import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordedDecider } from '@parley/deciders';
import type { Tools, TurnRequest } from '@parley/engine';
import { type RecordedEvent, type Recording, readRecording } from '@parley/replay';
import { loadWorkflow } from '@parley/workflow';
import healthcareTools from '../../workflows/healthcare-intake/tools.ts';
import supplyTools from '../../workflows/supply-chain/tools.ts';
import supportTools from '../../workflows/support/tools.ts';
import { divergence, linesOf, stays, stepsEntered, turnsOf, variablesOf, visits } from './compare.ts';
import { embedded, type Gone, type Host, onStepFunctions, type Sited } from './hosts.ts';
import { recordedTools } from './recorded-tools.ts';

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
  const source = loadWorkflow(path.join(folder, name, 'workflow.yaml'), 'workflow.yaml');
  let standard: Sited;
  let express: Sited;
  beforeAll(async () => {
    standard = await onStepFunctions(await source, tools, 'per-contact');
    express = await onStepFunctions(await source, tools, 'per-turn');
  });
  afterAll(async () => {
    await standard.close();
    await express.close();
  });

  it.each(readdirSync(recordings).filter((file) => file.endsWith('.jsonl')))('%s', async (file) => {
    const recording = readRecording(readFileSync(path.join(recordings, file), 'utf8'), file);
    const setting = () => ({
      tools: recordedTools(recording, tools),
      decider: recordedDecider(recording),
      session: recording.session,
      start: recording.start,
    });
    const engine = await converse(await embedded({ ...setting(), source: await source }), recording);
    const perContact = await converse(standard.host(setting()), recording);
    const perTurn = await converse(express.host(setting()), recording);

    for (const [host, gone] of [['per-contact', perContact] as const, ['per-turn', perTurn] as const]) {
      const one = { name: 'embedded', lines: linesOf(engine.journal) };
      expect(divergence(one, { name: host, lines: linesOf(gone.journal) })).toBeUndefined();
      expect(gone.vars).toEqual(engine.vars);
      expect(gone.replies).toEqual(engine.replies);
      expect(gone.asked).not.toContain('(finish)');
    }
    // What the console shows is the session's path, and of its variables what may be seen.
    expect(perContact.status).toBe('SUCCEEDED');
    expect(
      divergence(
        { name: 'journal', lines: stays(perContact.journal) },
        { name: 'execution', lines: stepsEntered(perContact.history) },
      ),
    ).toBeUndefined();
    const { parley, ...seen } = variablesOf(perContact.history);
    for (const [variable, value] of Object.entries(seen)) {
      if (!masked(value)) expect({ [variable]: value }).toEqual({ [variable]: engine.vars[variable] ?? null });
    }
    expect(visits(perTurn.asked)).toEqual(visits(perTurn.journal.flatMap(workAt)));
    turns.push(...turnsOf(perContact.history));
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

/** Where something was to be done, by the journal. */
const workAt = ({ type, data }: Gone['journal'][number]): string[] =>
  ['model.asked', 'words.asked', 'tool.called'].includes(type) ? [String(data['step'])] : [];

/** Whether a sensitive value is left out of it. */
const masked = (value: unknown): boolean => /\[\w+\]/.test(JSON.stringify(value));

/** Has the contact do all that it did in a recording, when it did it. */
async function converse(host: Host, { events, workflow = '' }: Recording): Promise<Gone> {
  let count = 0;
  try {
    for (const event of events) {
      await host.until(event.at);
      const sent = contactEvent(event, workflow);
      if (sent) await host.send(`e${++count}`, sent);
    }
    return await host.gone();
  } finally {
    await host.close();
  }
}

function contactEvent(event: RecordedEvent, workflow: string): TurnRequest['event'] | undefined {
  switch (event.type) {
    case 'session.started':
      return { type: event.type, workflow, contact: event.contact };
    case 'caller.said':
      return { type: event.type, text: event.text };
    case 'caller.pressed':
      return { type: event.type, keys: event.keys };
    case 'caller.silent':
    case 'caller.left':
      return { type: event.type };
    case 'signal.received':
      return { type: event.type, name: event.name, data: event.data };
    default:
      return undefined;
  }
}
