import { ParleyError, type Program, type WorkflowSource } from '@parley/workflow';
import { z } from 'zod';
import type { Store, StoredSession } from './store.ts';

const sourceSchema = z.object({
  file: z.string(),
  text: z.string(),
  parts: z.record(z.string(), z.object({ file: z.string(), text: z.string() })),
});

/** Keeps the files of a workflow under its version, so that its sessions can go on when they are edited. */
export async function keepWorkflow(
  store: Pick<Store, 'keepWorkflow'>,
  { name, version, source }: Program,
): Promise<void> {
  await store.keepWorkflow({ workflow: name, version, source: JSON.stringify(source) });
}

/** The files of the version a session started on. Throws ParleyError `engine/version-lost` where the store has them not. */
export async function keptWorkflow(
  store: Pick<Store, 'workflow'>,
  { workflow, version }: Pick<StoredSession, 'workflow' | 'version'>,
): Promise<WorkflowSource> {
  const kept = await store.workflow(version);
  const source = sourceSchema.safeParse(kept && JSON.parse(kept.source));
  if (source.success) return source.data;
  throw new ParleyError('engine/version-lost', `Version ${version.slice(0, 12)} of ${workflow} is not in the store.`, {
    fix: 'Open the store the session began in.',
  });
}
