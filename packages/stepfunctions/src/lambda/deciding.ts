import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { OwnRow } from '@parley/deciders';
import type { Decider, Guard } from '@parley/engine';
import { ParleyError } from '@parley/workflow';
import type { Settings } from './settings.ts';

/** Who decides. Only what is used is loaded. */
export async function deciderOf({ decider, workflows }: Settings): Promise<Decider> {
  if (decider === 'offline') return (await import('./offline-decider.ts')).offlineDecider();
  const { bedrockClient, bedrockDecider } = await import('./bedrock-decider.ts');
  return bedrockDecider({ client: await bedrockClient({ maxAttempts: 1 }), rows: await ownRows(workflows) });
}

/** Who looks at what tools are given and return, where a workflow names a guardrail. It is loaded when the first looks. */
export async function guardOf({ decider }: Settings): Promise<Guard | 'none'> {
  if (decider === 'offline') return 'none';
  let made: Promise<Guard> | undefined;
  const make = async () => {
    const { bedrockClient, bedrockGuard } = await import('./bedrock-guard.ts');
    return bedrockGuard({ client: await bedrockClient({ maxAttempts: 3 }) });
  };
  return {
    async check(inspection) {
      made ??= make();
      return (await made).check(inspection);
    },
  };
}

/** An installation's own rows for the table of models: those of `models.json` beside the workflows, where there is one. */
async function ownRows(workflows: string): Promise<readonly OwnRow[]> {
  const text = await readFile(path.join(workflows, 'models.json'), 'utf8').catch(() => '[]');
  const { modelRows } = await import('./bedrock-decider.ts');
  const read = modelRows.safeParse(parsed(text));
  if (read.success) return read.data;
  throw new ParleyError('lambda/models', 'The file models.json beside the workflows is no table of models.', {
    fix: '`parley talk NAME --decider bedrock` says what is wrong with it; then bundle and deploy anew.',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
