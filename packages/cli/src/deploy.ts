import { keptWorkflow, type Store, systemClock } from '@parley/engine';
import { deploy, failureOf, type Moved, rollback, type Shape, type Share, sfnClient } from '@parley/stepfunctions';
import { openDynamoStore } from '@parley/stores';
import {
  checkWorkflow,
  describeChanges,
  describeProblem,
  diffWorkflows,
  draftWorkflow,
  ParleyError,
  type Program,
  type ToolSignatures,
} from '@parley/workflow';
import { openProject, signaturesOf } from './project.ts';
import { print, printJson, styled } from './terminal.ts';

export interface DeployOptions {
  readonly prefix: string;
  readonly shape: Shape;
  readonly canary?: number;
  readonly role?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly json?: boolean;
}

/** Puts a workflow live on Step Functions. The exit code: 1 where it has errors, which keep it from that. */
export async function deployWorkflow(name: string, options: DeployOptions): Promise<number> {
  const { prefix, region, endpoint, json, ...given } = options;
  const { source, tools } = await openProject(name);
  const signatures = signaturesOf(tools);
  const { problems, program } = checkWorkflow(source, signatures);
  if (!json || !program) for (const problem of problems) print(`${describeProblem(problem)}\n`);
  if (!program) {
    print(styled('red', `${source.file} has errors, and is not deployed.`));
    return 1;
  }
  const client = sfnClient(addressOf(options));
  const store = await openDynamoStore({ table: prefix, ...(region === undefined ? {} : { region }) });
  try {
    const site = { client, prefix, clock: systemClock };
    const moved = await deploy({ ...site, ...given, store, program, tools: signatures }).catch((error: unknown) => {
      throw failureOf(error);
    });
    if (json) {
      printJson(moved);
      return 0;
    }
    tell(program.name, moved);
    const was = moved.before[0]?.version;
    if (was !== undefined && was !== program.version) await tellChanges(store, program, was, signatures);
    if (moved.after.length > 1) {
      print(`\`parley deploy\` without --canary gives it all new sessions; \`parley rollback\` takes it back.`);
    }
    return 0;
  } finally {
    client.destroy();
    await store.close();
  }
}

/** Takes the last deployment of a workflow back. */
export async function rollbackWorkflow(
  name: string,
  options: Pick<DeployOptions, 'prefix' | 'region' | 'endpoint' | 'json'>,
): Promise<number> {
  const client = sfnClient(addressOf(options));
  try {
    const { prefix, json } = options;
    const moved = await rollback({ client, prefix, clock: systemClock }, name).catch((error: unknown) => {
      throw failureOf(error);
    });
    if (json) printJson(moved);
    else tell(name, moved);
    return 0;
  } finally {
    client.destroy();
  }
}

function addressOf({ region, endpoint }: Pick<DeployOptions, 'region' | 'endpoint'>) {
  return { ...(region === undefined ? {} : { region }), ...(endpoint === undefined ? {} : { endpoint }) };
}

function tell(workflow: string, { before, after, published }: Moved): void {
  const shares = (all: readonly Share[]) => (all.length === 0 ? 'nothing' : all.map(shown).join(', '));
  if (shares(before) === shares(after)) {
    print(`${workflow}: ${shares(after)} is live already.`);
    return;
  }
  if (published !== undefined) print(`${workflow}: published as version ${published} of its state machine`);
  print(`${workflow}: was live  ${shares(before)}`);
  print(styled('green', `${workflow}: is live   ${shares(after)}`));
  if (before.length > 0) print('Sessions that have begun go on with the version they are on.');
}

const shown = ({ number, version, weight }: Share) =>
  `${version?.slice(0, 12) ?? 'of unknown origin'} (version ${number}) ${weight}%`;

/** Says what changed since the version that is stable, as `parley diff` does. */
async function tellChanges(
  store: Store,
  program: Program,
  version: string,
  tools: ToolSignatures | undefined,
): Promise<void> {
  try {
    const before = draftWorkflow(await keptWorkflow(store, { workflow: program.name, version }), tools);
    const changes = diffWorkflows(before, draftWorkflow(program.source, tools));
    print(`\nWhat changed since ${version.slice(0, 12)}:`);
    print(changes.length === 0 ? 'Nothing in what a session does.' : describeChanges(changes));
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error;
    print(`\`parley diff\` with the file as it was at ${version.slice(0, 12)} says what changed.`);
  }
}
