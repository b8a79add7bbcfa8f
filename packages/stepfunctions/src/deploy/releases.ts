import { createHash } from 'node:crypto';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from '@parley/engine';
import { ParleyError } from '@parley/workflow';
import type { Release, Releases } from '../functions/releases.ts';
import { type Live, readLive, readPublished, versionArn } from './live.ts';

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
  const known = new Map<string, { readonly at: number; readonly live: Promise<Live | undefined> }>();
  const versions = new Map<string, Promise<string>>();

  /** What is live, read anew where that was some time ago. */
  function liveOf(workflow: string): Promise<Live | undefined> {
    const before = known.get(workflow);
    const now = clock.now();
    if (before && now - before.at < freshFor) return before.live;
    const live = readLive(client, stateMachines + workflow).catch((error: unknown) => {
      if (before) return before.live;
      throw error;
    });
    known.set(workflow, { at: now, live });
    // Nothing to go on by.
    const forget = () => known.get(workflow)?.live === live && known.delete(workflow);
    live.then((there) => there ?? forget(), forget);
    return live;
  }

  /** The version of the workflow that a state machine's version was made from. */
  function versionOf(stateMachine: string): Promise<string> {
    const there = versions.get(stateMachine);
    if (there) return there;
    const read = readVersion(client, stateMachine);
    versions.set(stateMachine, read);
    read.catch(() => versions.delete(stateMachine));
    return read;
  }

  return {
    async of(workflow, session): Promise<Release> {
      const live = NAME.test(workflow) ? await liveOf(workflow) : undefined;
      if (!live) {
        throw new ParleyError('engine/unknown-workflow', `There is no workflow ${workflow} deployed here.`, {
          fix: 'Deploy it with `parley deploy`, or name another in session.started.',
        });
      }
      const stateMachine = versionArn(stateMachines + workflow, chosen(live, session));
      return { workflow, version: await versionOf(stateMachine), stateMachine };
    },
  };
}

/** What a workflow may be called: see the schema of its file. */
const NAME = /^[A-Za-z][\w-]*$/;

async function readVersion(client: SFNClient, stateMachine: string): Promise<string> {
  const version = (await readPublished(client, stateMachine))?.version;
  if (version !== undefined) return version;
  throw new ParleyError(
    'deploy/foreign',
    `It is not known which version of a workflow ${stateMachine} was made from.`,
    {
      fix: 'Only `parley deploy` publishes versions that sessions can start on: deploy the workflow again.',
    },
  );
}

/**
 * By the session's place among all, a number from 0 to 100 that its name gives, so that it is the same wherever it is asked.
 * As a canary is given more weight, sessions change over to it and none changes back.
 */
function chosen({ stable, canary }: Live, session: string): number {
  const place = (createHash('sha256').update(session).digest().readUIntBE(0, 6) / 2 ** 48) * 100;
  return canary && place < canary.weight ? canary.version : stable;
}
