import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  type BedrockAccess,
  bareModel,
  bedrockClient,
  bedrockDecider,
  bedrockGuard,
  checkAccess,
  findModel,
  modelRows,
  type OwnRow,
  offlineDecider,
  type Strategy,
} from '@parley/deciders';
import type { Decider, Guard } from '@parley/engine';
import { ParleyError } from '@parley/workflow';
import { readText } from './files.ts';
import { workflowsFolder } from './project.ts';

/** What a command is told of who decides. */
export interface DeciderChoice {
  readonly decider?: 'offline' | 'bedrock';
  /** In place of the models that the workflow names. */
  readonly model?: readonly string[];
  readonly region?: string;
  readonly endpoint?: string;
  /** A file with rows for the table of models. */
  readonly models?: string;
  /** The only way in which the models are asked, in place of those they take by the table. */
  readonly strategy?: Strategy;
}

/** Makes the decider that is meant. Throws ParleyError `decider/access` where Bedrock can't be asked from here. */
export async function makeDecider(choice: DeciderChoice): Promise<Decider> {
  const { decider, model, models, strategy } = choice;
  if (decider !== 'bedrock') return offlineDecider();
  const client = await clientOf(choice, { maxAttempts: 1 });
  await checkAccess(client);
  const own = await readModels(models);
  const only = strategy === undefined ? [] : (model ?? []).map((id) => onlyBy(strategy, id, own));
  const rows = [...only, ...own];
  return bedrockDecider({ client, rows, ...(model === undefined ? {} : { models: model }) });
}

/** Who looks at what tools are given and return, where a workflow names a guardrail: offline, nobody. */
export async function makeGuard(choice: DeciderChoice): Promise<Guard | 'none'> {
  return choice.decider === 'bedrock' ? bedrockGuard({ client: await clientOf(choice) }) : 'none';
}

function clientOf({ region, endpoint }: DeciderChoice, more: Pick<BedrockAccess, 'maxAttempts'> = {}) {
  return bedrockClient({
    ...more,
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
  });
}

/** A row for this very model, which says that it takes one strategy. */
function onlyBy(strategy: Strategy, id: string, own: readonly OwnRow[]): OwnRow {
  return { ...findModel(id, own), model: bareModel(id), strategies: [strategy] };
}

/** An installation's own rows for the table of models: those of the file, or of `workflows/models.json` where there is one. */
export async function readModels(file: string | undefined): Promise<readonly OwnRow[]> {
  const folder = await workflowsFolder();
  const usual = folder && path.join(folder, 'models.json');
  const found = file ?? (usual && existsSync(usual) ? usual : undefined);
  if (found === undefined) return [];
  const read = modelRows.safeParse(parse(await readText(found)));
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new ParleyError('cli/models', `${found} is no table of models: ${issue?.path.join('.')}: ${issue?.message}.`, {
    fix: 'It is a list of rows such as { "model": "vendor.name", "api": "converse", "strategies": ["forced", "json"] }.',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
