import {
  ConflictException,
  CreateStateMachineCommand,
  DescribeStateMachineCommand,
  ListStateMachinesCommand,
  PublishStateMachineVersionCommand,
  type SFNClient,
  StateMachineAlreadyExists,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { type Clock, keepWorkflow, type Store } from '@parley/engine';
import { ParleyError, type Program, type ToolSignatures } from '@parley/workflow';
import { compileToStepFunctions, definitionText, type Shape } from '../compiler/compile.ts';
import {
  type Live,
  moveLive,
  numberOf,
  overtaken,
  type Published,
  readLive,
  readPublished,
  versionArn,
} from './live.ts';

/** A deployment's place: `prefix` is what all names in it begin with, such as `parley-prod`. */
export interface Site {
  readonly client: SFNClient;
  readonly prefix: string;
  readonly clock: Clock;
}

export interface Deployment extends Site {
  /** Where the files of the workflow are kept, for the functions to make its machine from. */
  readonly store: Pick<Store, 'keepWorkflow'>;
  readonly program: Program;
  readonly tools: ToolSignatures | undefined;
  readonly shape: Shape;
  /** The share of the new sessions it is tried out with, in percent: 1 to 99. Left out: all of them. */
  readonly canary?: number;
  /** The ARN of the role that the state machine has. Left out: the one it has. */
  readonly role?: string;
}

/** A version that is live: the number of the state machine's, the version of the workflow, the share of new sessions in percent. */
export interface Share {
  readonly number: number;
  /** Undefined where it was not published by a deployment of ours. */
  readonly version: string | undefined;
  readonly weight: number;
}

/** What a deployment or a rollback did. The stable version is the first; none `before` a first deployment. */
export interface Moved {
  readonly stateMachine: string;
  readonly before: readonly Share[];
  readonly after: readonly Share[];
  /** The number of the version that was published for it. */
  readonly published?: number;
}

/**
 * Puts a workflow live: keeps its files, publishes a version of its state machine and moves the alias. Each of these is done
 * only where it is not yet, so it may be run again wherever it was cut off; sessions see nothing of it before the alias moves.
 *
 * Throws ParleyError: `deploy/name`, `deploy/shape`, `deploy/role`, `deploy/canary`, `deploy/foreign` and what the compiler refuses, before anything is
 * live; `deploy/overtaken` where somebody else deploys it too; the store's errors, and the SDK's.
 */
export async function deploy(deployment: Deployment): Promise<Moved> {
  const { client, store, program, shape, canary } = deployment;
  const definition = definitionFor(deployment);
  const there = await find(deployment, program.name);
  const live = there && (await readLive(client, there.arn));
  if (there && there.type !== typeOf(shape)) {
    throw new ParleyError('deploy/shape', `The state machine ${there.arn} is not ${shape}, and can't become it.`, {
      fix: 'Deploy it with the --shape that it has; or delete the state machine when none of its sessions is left.',
    });
  }
  const before = live ? await sharesOf(client, there.arn, live) : [];
  const role = deployment.role ?? there?.role;
  if (role === undefined) {
    throw new ParleyError('deploy/role', `There is no state machine ${nameOf(deployment, program.name)} yet.`, {
      fix: "Give the role that it is to have with --role: it lets it invoke the deployment's functions.",
    });
  }
  const wanted: Published = { definition, role, version: program.version };
  const fits = before.find(({ published }) => published && same(published, wanted));
  if (canary !== undefined) checkCanary(canary, live, fits?.number);

  await keepWorkflow(store, program);
  const made = fits ? undefined : await publish(deployment, there, wanted);
  const stateMachine = made?.stateMachine ?? there?.arn ?? '';
  const number = fits?.number ?? made?.number ?? 0;
  const next = following(live, number, canary);
  if (JSON.stringify(next) !== JSON.stringify(live)) {
    // Whoever deploys something else at the same time has made a revision of their own.
    const revisions = [there?.revision, made?.revision];
    const unchanged = async () => revisions.includes((await describe(client, stateMachine)).revision);
    await moveLive(deployment, stateMachine, live, next, unchanged);
  }
  const after = await sharesOf(client, stateMachine, next);
  return {
    stateMachine,
    before: before.map(shareOf),
    after: after.map(shareOf),
    ...(made ? { published: made.number } : {}),
  };
}

/**
 * Takes the last deployment back: a canary, else the stable version in favour of the one before it. Throws ParleyError
 * `deploy/nothing` where there is none to go back to, `deploy/overtaken`; and the SDK's errors.
 */
export async function rollback(site: Site, workflow: string): Promise<Moved> {
  const { client } = site;
  const there = await find(site, workflow);
  const live = there && (await readLive(client, there.arn));
  if (!there || !live) {
    throw new ParleyError('deploy/nothing', `Nothing of ${workflow} is live in ${site.prefix}.`, {
      fix: 'Look at the name and the --prefix; `parley deploy` puts it live.',
    });
  }
  const { stable, canary, before } = live;
  let next: Live | undefined = canary ? { stable, before } : undefined;
  for (const [n, version] of before.entries()) {
    // A version may have been deleted since.
    if (next || !(await readPublished(client, versionArn(there.arn, version)))) continue;
    next = { stable: version, before: before.slice(n + 1) };
  }
  if (!next) {
    throw new ParleyError('deploy/nothing', `There is no version of ${workflow} to go back to.`, {
      fix: 'Deploy the file as it was.',
    });
  }
  await moveLive(site, there.arn, live, next, async () => true);
  return {
    stateMachine: there.arn,
    before: (await sharesOf(client, there.arn, live)).map(shareOf),
    after: (await sharesOf(client, there.arn, next)).map(shareOf),
  };
}

/** What is live once a version is deployed. */
function following(live: Live | undefined, version: number, weight: number | undefined): Live {
  if (!live) return { stable: version, before: [] };
  const { stable, before } = live;
  if (weight !== undefined) return { stable, canary: { version, weight }, before };
  return { stable: version, before: stable === version ? before : [stable, ...before] };
}

function checkCanary(canary: number, live: Live | undefined, number: number | undefined): void {
  const refused = (message: string, fix: string) => {
    throw new ParleyError('deploy/canary', message, { fix });
  };
  if (!(Number.isInteger(canary) && canary >= 1 && canary <= 99)) {
    refused('A canary gets 1 to 99 percent of the new sessions.', 'Write --canary 10%; leave it out for all of them.');
  }
  if (!live) refused('Nothing is live yet that a canary could be tried out against.', 'Leave --canary out.');
  if (live && number === live.stable) {
    refused(
      'This very version is the stable one already.',
      live.canary ? 'Take the other one back with `parley rollback`.' : 'There is nothing to try out.',
    );
  }
}

/** The definition's text. */
function definitionFor({ program, prefix, shape, tools }: Deployment): string {
  const functions = {
    ask: `${prefix}-ask`,
    decide: `${prefix}-decide`,
    call: `${prefix}-call`,
    finish: `${prefix}-finish`,
  };
  return definitionText(compileToStepFunctions(program, { shape, functions, ...(tools ? { tools } : {}) }));
}

const typeOf = (shape: Shape) => (shape === 'per-contact' ? 'STANDARD' : 'EXPRESS');

/** The name of a workflow's state machine. */
function nameOf({ prefix }: Site, workflow: string): string {
  const name = `${prefix}-${workflow}`;
  if (/^[A-Za-z0-9_-]{1,80}$/.test(name)) return name;
  throw new ParleyError('deploy/name', `A state machine can't be called ${name}.`, {
    fix: 'Take a --prefix of letters, digits, - and _ that leaves room: 80 characters in all.',
  });
}

/** A state machine as it is now. The first revision has no id, and is called `INITIAL` where one is wanted. */
interface Machine extends Pick<Published, 'definition' | 'role'> {
  readonly arn: string;
  readonly type: string | undefined;
  readonly revision: string;
}

async function find(site: Site, workflow: string): Promise<Machine | undefined> {
  const name = nameOf(site, workflow);
  let nextToken: string | undefined;
  do {
    const page = await site.client.send(new ListStateMachinesCommand({ maxResults: 1_000, nextToken }));
    const found = page.stateMachines?.find((one) => one.name === name);
    if (found?.stateMachineArn !== undefined) return describe(site.client, found.stateMachineArn);
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return undefined;
}

async function describe(client: SFNClient, arn: string): Promise<Machine> {
  const told = await client.send(new DescribeStateMachineCommand({ stateMachineArn: arn }));
  const { definition = '', roleArn: role = '', type, revisionId: revision = 'INITIAL' } = told;
  return { arn, definition, role, type, revision };
}

/** Publishes a version, and brings the state machine to it first. */
async function publish(
  deployment: Deployment,
  there: Machine | undefined,
  { definition, role: roleArn, version }: Published,
): Promise<{ readonly stateMachine: string; readonly number: number; readonly revision: string }> {
  const { client, program, shape } = deployment;
  const name = nameOf(deployment, program.name);
  const changed = { definition, roleArn, publish: true, versionDescription: version };
  try {
    if (!there) {
      const made = await client.send(new CreateStateMachineCommand({ name, type: typeOf(shape), ...changed }));
      const { stateMachineArn = '', stateMachineVersionArn = '' } = made;
      return { stateMachine: stateMachineArn, number: numberOf(stateMachineVersionArn), revision: 'INITIAL' };
    }
    const { arn: stateMachineArn, revision } = there;
    if (there.definition !== definition || there.role !== roleArn) {
      const made = await client.send(new UpdateStateMachineCommand({ stateMachineArn, ...changed }));
      const { stateMachineVersionArn = '', revisionId = 'INITIAL' } = made;
      return { stateMachine: stateMachineArn, number: numberOf(stateMachineVersionArn), revision: revisionId };
    }
    // As where a deployment was cut off. What is published already of a revision is given again, whatever its description.
    const { stateMachineVersionArn = '' } = await client.send(
      new PublishStateMachineVersionCommand({ stateMachineArn, revisionId: revision, description: version }),
    );
    if ((await readPublished(client, stateMachineVersionArn))?.version !== version) {
      throw new ParleyError('deploy/foreign', `${stateMachineVersionArn} was published by somebody else.`, {
        fix: 'Delete this version of the state machine, and deploy again.',
      });
    }
    return { stateMachine: stateMachineArn, number: numberOf(stateMachineVersionArn), revision };
  } catch (error) {
    const other = error instanceof ConflictException || error instanceof StateMachineAlreadyExists;
    throw other ? overtaken(there?.arn ?? name) : error;
  }
}

const same = (one: Published, other: Published): boolean =>
  one.definition === other.definition && one.role === other.role && one.version === other.version;

/** What is live with what was published, the stable version first. */
async function sharesOf(client: SFNClient, stateMachine: string, { stable, canary }: Live) {
  const shares = [
    { number: stable, weight: 100 - (canary?.weight ?? 0) },
    ...(canary ? [{ number: canary.version, weight: canary.weight }] : []),
  ];
  return Promise.all(
    shares.map(async (share) => ({
      ...share,
      published: await readPublished(client, versionArn(stateMachine, share.number)),
    })),
  );
}

const shareOf = ({ number, weight, published }: Awaited<ReturnType<typeof sharesOf>>[number]): Share => ({
  number,
  version: published?.version,
  weight,
});
