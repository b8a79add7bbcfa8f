import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from '@jest/globals';
import { recordSession, type Tools } from '@parley/engine';
import { memoryStore } from '@parley/stores';
import { loadWorkflow } from '@parley/workflow';
import type { Conversation } from './conversation.ts';
import { converse, type Had } from './converse.ts';
import { CONVERSATIONS as INTAKE } from './healthcare-intake/conversations.ts';
import clinicTools from './healthcare-intake/tools.ts';
import { CONVERSATIONS as FREIGHT } from './supply-chain/conversations.ts';
import freightTools from './supply-chain/tools.ts';
import { CONVERSATIONS as SHOP } from './support/conversations.ts';
import shopTools from './support/tools.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const HOUR = 3_600_000;

const WORKFLOWS: readonly [string, (place: { today: string }) => Tools, readonly Conversation[]][] = [
  ['healthcare-intake', clinicTools, INTAKE],
  ['supply-chain', freightTools, FREIGHT],
  ['support', shopTools, SHOP],
];
const ALL = WORKFLOWS.flatMap(([workflow, tools, conversations]) =>
  conversations
    .filter(({ recorded }) => recorded === false)
    .map((conversation) => ({ workflow, tools, conversation, name: conversation.name })),
);

/** How each of them ends, by an outcome or in a queue, and which question is put again: the one that was open when they said so. */
const ENDS: { readonly [name: string]: { readonly end: object; readonly again?: string } } = {
  'healthcare-intake/no-consent': { end: { outcome: 'served' } },
  'healthcare-intake/red-flag-first': { end: { outcome: 'emergency' } },
  'healthcare-intake/silence-from-the-start': {
    end: { queue: 'front_desk' },
    again: "I'm here. Would you like an appointment?",
  },
  'supply-chain/not-recorded': { end: { outcome: 'served' }, again: 'What can I do for you?' },
  'support/not-recorded': { end: { outcome: 'served' }, again: "What's the six-digit code?" },
};

let had: Had | undefined;
afterEach(() => had?.close());

describe('a caller who may not be recorded', () => {
  it.each(ALL)('is helped all the same: $workflow, $name', async ({ workflow, tools, conversation, name }) => {
    const source = await loadWorkflow(path.join(here, workflow, 'workflow.yaml'), 'workflow.yaml');
    const store = memoryStore();
    had = await converse(conversation, { workflow, source, tools: tools({ today: '2026-11-24' }), store });

    const { events } = had.recording;
    const { end, again } = ENDS[`${workflow}/${name}`] ?? { end: { outcome: 'one that is written down here' } };
    expect(events.at(-1)).toMatchObject(end);
    const spoken = events.flatMap((event) => (event.type === 'agent.said' ? [event.text] : []));
    expect(spoken.filter((text, index) => spoken.indexOf(text) < index)).toEqual(again === undefined ? [] : [again]);

    expect(had.mayRecord).toBe(false);
    const kept = await store.load(name);
    const tried = kept && recordSession(store, kept, had.machine);
    await expect(tried).rejects.toMatchObject({ code: 'engine/not-recorded' });
    await had.clock.advance(HOUR - 1);
    expect(await store.load(name)).toBeDefined();
    // The engine looks every ten minutes.
    await had.clock.advance(HOUR / 6);
    expect(await store.load(name)).toBeUndefined();
    expect(await store.events(name)).toEqual([]);
  });

  it.each(WORKFLOWS)('is in no recording of %s', (workflow, _, conversations) => {
    const files = readdirSync(path.join(here, workflow, 'recordings'));
    const recorded = conversations.filter(({ recorded = true }) => recorded).map(({ name }) => `${name}.jsonl`);
    expect(files.sort()).toEqual(recorded.sort());
  });
});
