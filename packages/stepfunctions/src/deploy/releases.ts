import { createHash } from 'node:crypto';
import {
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  ResourceNotFound,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { Clock } from '@parley/engine';
import { ParleyError } from '@parley/workflow';
import { z } from 'zod';
import type { Release, Releases } from '../functions/releases.ts';

/** The alias that new sessions start on. */
export const LIVE = 'live';

/** A version of a state machine and its share of the new sessions, in percent. */
export interface Route {
  readonly stateMachine: string;
  readonly weight: number;
}

export interface ReleasesOptions {
  readonly client: SFNClient;
  /** The ARN that state machines' names begin with, such as `arn:aws:states:us-east-1:123456789012:stateMachine:parley-prod-`. */
  readonly stateMachines: string;
  readonly clock: Clock;
  /** How long it is taken for granted which versions are live, in milliseconds. */
  readonly freshFor?: number;
}

/**
 * The releases by the alias `live` of each workflow's state machine. A version's description is the version of the workflow.
 * Where the alias can't be read just now, what it was goes on to hold.
 */
export function sfnReleases({ client, stateMachines, clock, freshFor = 5_000 }: ReleasesOptions): Releases {
  const live = new Map<string, { readonly at: number; readonly routes: Promise<readonly Route[]> }>();
  const versions = new Map<string, Promise<string>>();

  /** The versions that are live, read anew where that was some time ago. */
  function routesOf(workflow: string): Promise<readonly Route[]> {
    const before = live.get(workflow);
    const now = clock.now();
    if (before && now - before.at < freshFor) return before.routes;
    const routes = readRoutes(client, `${stateMachines}${workflow}:${LIVE}`).catch((error: unknown) => {
      if (before && !(error instanceof ResourceNotFound)) return before.routes;
      live.delete(workflow);
      throw error;
    });
    live.set(workflow, { at: now, routes });
    return routes;
  }

  function versionOf(stateMachine: string): Promise<string> {
    const known = versions.get(stateMachine);
    if (known) return known;
    const read = readVersion(client, stateMachine);
    versions.set(stateMachine, read);
    read.catch(() => versions.delete(stateMachine));
    return read;
  }

  return {
    async of(workflow, session): Promise<Release> {
      const routes = NAME.test(workflow) ? await routesOf(workflow).catch(absent) : [];
      const stateMachine = chosen(routes, session);
      if (stateMachine !== undefined) return { workflow, version: await versionOf(stateMachine), stateMachine };
      throw new ParleyError('engine/unknown-workflow', `There is no workflow ${workflow} deployed here.`, {
        fix: `Deploy it with \`parley deploy ${workflow}\`, or name another in session.started.`,
      });
    },
  };
}

/** What a workflow may be called: see the schema of its file. */
const NAME = /^[A-Za-z][\w-]*$/;

/** A version of a workflow: a hash (SHA-256). */
const description = z.string().regex(/^[0-9a-f]{64}$/);

function absent(error: unknown): readonly Route[] {
  if (error instanceof ResourceNotFound) return [];
  throw error;
}

/** Where an alias leads to, the oldest version first. Throws the SDK's errors, ResourceNotFound where there is no such alias. */
export async function readRoutes(client: SFNClient, alias: string): Promise<readonly Route[]> {
  const { routingConfiguration = [] } = await client.send(
    new DescribeStateMachineAliasCommand({ stateMachineAliasArn: alias }),
  );
  return routingConfiguration
    .map(({ stateMachineVersionArn = '', weight = 0 }) => ({ stateMachine: stateMachineVersionArn, weight }))
    .sort((a, b) => numberOf(a.stateMachine) - numberOf(b.stateMachine));
}

/** The number of a state machine's version, which its ARN ends with. */
export const numberOf = (stateMachine: string): number => Number(/\d+$/.exec(stateMachine)?.[0]);

/** The version of the workflow that a state machine's version was made from. */
async function readVersion(client: SFNClient, stateMachineArn: string): Promise<string> {
  const read = description.safeParse(
    (await client.send(new DescribeStateMachineCommand({ stateMachineArn }))).description,
  );
  if (read.success) return read.data;
  throw new ParleyError(
    'stepfunctions/not-deployed',
    `It is not known which version of a workflow ${stateMachineArn} was made from.`,
    { fix: 'Only `parley deploy` publishes versions that sessions can start on: deploy the workflow again.' },
  );
}

/**
 * The session's place among all: a number from 0 to 100 by its name, so that it is the same wherever it is asked. It meets the
 * oldest version first: where a newer one is given more weight, sessions change over to it and none changes back.
 */
function chosen(routes: readonly Route[], session: string): string | undefined {
  const hash = createHash('sha256').update(session).digest();
  let left = (hash.readUIntBE(0, 6) / 2 ** 48) * 100;
  for (const { stateMachine, weight } of routes) {
    if (left < weight) return stateMachine;
    left -= weight;
  }
  return undefined;
}
