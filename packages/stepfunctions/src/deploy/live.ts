import {
  ConflictException,
  CreateStateMachineAliasCommand,
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  ResourceNotFound,
  type SFNClient,
  StateMachineDoesNotExist,
  UpdateStateMachineAliasCommand,
} from '@aws-sdk/client-sfn';
import type { Clock } from '@parley/engine';
import { ParleyError } from '@parley/workflow';
import { z } from 'zod';

/** The alias that new sessions start on. */
const ALIAS = 'live';

/** Which versions of a state machine new sessions start on, by their numbers. */
export interface Live {
  readonly stable: number;
  /** The version that is tried out, and its share of the new sessions in percent. */
  readonly canary?: { readonly version: number; readonly weight: number };
  /** What was stable before, the last one first. */
  readonly before: readonly number[];
}

/** The ARN of a state machine's version. */
export const versionArn = (stateMachine: string, version: number): string => `${stateMachine}:${version}`;

/** The number of a version, which its ARN ends with. */
export const numberOf = (version: string): number => Number(/\d+$/.exec(version)?.[0]);

/** What is live of a state machine; undefined where nothing is. Throws the SDK's errors. */
export async function readLive(client: SFNClient, stateMachine: string): Promise<Live | undefined> {
  try {
    const alias = new DescribeStateMachineAliasCommand({ stateMachineAliasArn: `${stateMachine}:${ALIAS}` });
    const { routingConfiguration = [], description = '' } = await client.send(alias);
    const routes = routingConfiguration.map(({ stateMachineVersionArn = '', weight = 0 }) => ({
      version: numberOf(stateMachineVersionArn),
      weight,
    }));
    return liveOf(routes, description);
  } catch (error) {
    if (error instanceof ResourceNotFound) return undefined;
    throw error;
  }
}

interface Route {
  readonly version: number;
  readonly weight: number;
}

/** An alias says neither what was before nor which of two is tried out: its description does, where it is one of ours. */
function liveOf(routes: readonly Route[], description: string): Live | undefined {
  const [, of = '', canary, rest = ''] =
    /^stable (\d+)(?:, canary (\d+))?(?:, before (\d+(?: \d+)*))?$/.exec(description) ?? [];
  const told = [of, canary].flatMap((version) => (version === undefined ? [] : [Number(version)]));
  const [heavier, lighter] = [...routes].sort((a, b) => b.weight - a.weight || a.version - b.version);
  if (!heavier) return undefined;
  // Moved by hand since.
  if (told.length !== routes.length || routes.some(({ version }) => !told.includes(version))) {
    return { stable: heavier.version, ...(lighter && lighter.weight > 0 ? { canary: lighter } : {}), before: [] };
  }
  const tried = routes.find(({ version }) => version === Number(canary));
  const before = rest === '' ? [] : rest.split(' ').map(Number);
  return { stable: Number(of), ...(tried ? { canary: tried } : {}), before };
}

/** How many versions are remembered: a description has at most 256 characters. */
const REMEMBERED = 20;

export function descriptionOf({ stable, canary, before }: Live): string {
  const tried = canary ? `, canary ${canary.version}` : '';
  const past = before.slice(0, REMEMBERED).join(' ');
  return `stable ${stable}${tried}${past === '' ? '' : `, before ${past}`}`;
}

/** How often an alias that was moved is looked at until AWS sees it so everywhere, and the milliseconds between two looks. */
const LOOKS = 10;
const PAUSE = 1_000;

/**
 * Moves the alias, or makes it. AWS has no condition for that: so it is looked at just before, and afterwards, until it is seen
 * as it was written. Throws ParleyError `deploy/overtaken` where somebody else has moved it meanwhile: `unchanged` looks for
 * more that they would have changed.
 */
export async function moveLive(
  { client, clock }: { readonly client: SFNClient; readonly clock: Clock },
  stateMachine: string,
  from: Live | undefined,
  to: Live,
  unchanged: () => Promise<boolean>,
): Promise<void> {
  const same = (live: Live | undefined, other: Live | undefined) => JSON.stringify(live) === JSON.stringify(other);
  if (!same(await readLive(client, stateMachine), from) || !(await unchanged())) throw overtaken(stateMachine);
  const { stable, canary } = to;
  const moved = {
    description: descriptionOf(to),
    routingConfiguration: [
      { stateMachineVersionArn: versionArn(stateMachine, stable), weight: 100 - (canary?.weight ?? 0) },
      ...(canary ? [{ stateMachineVersionArn: versionArn(stateMachine, canary.version), weight: canary.weight }] : []),
    ],
  };
  if (from) {
    const stateMachineAliasArn = `${stateMachine}:${ALIAS}`;
    await client.send(new UpdateStateMachineAliasCommand({ stateMachineAliasArn, ...moved }));
  } else {
    try {
      await client.send(new CreateStateMachineAliasCommand({ name: ALIAS, ...moved }));
    } catch (error) {
      throw error instanceof ConflictException ? overtaken(stateMachine) : error;
    }
  }
  const wanted = { stable, ...(canary ? { canary } : {}), before: to.before.slice(0, REMEMBERED) };
  for (let look = 1; ; look++) {
    const seen = await readLive(client, stateMachine);
    // What AWS has not seen yet is as it was.
    const late = same(seen, from) && look < LOOKS;
    if (!(await unchanged()) || !(late || same(seen, wanted))) throw overtaken(stateMachine);
    if (!late) return;
    await new Promise<void>((resolve) => void clock.after(PAUSE, resolve));
  }
}

export const overtaken = (stateMachine: string): ParleyError =>
  new ParleyError('deploy/overtaken', `Somebody else deploys ${stateMachine} at the same time.`, {
    fix: 'Wait until they are done, look at what they did, and run this again: no caller has felt anything.',
  });

/** A version of a workflow: a hash (SHA-256). */
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** A version of a state machine, as far as a deployment goes by it. */
export interface Published {
  readonly definition: string;
  readonly role: string;
  /** The version of the workflow that it was made from; undefined where it is none of ours. */
  readonly version: string | undefined;
}

/** A version of a state machine; undefined where there is none any more. Throws the SDK's errors. */
export async function readPublished(client: SFNClient, stateMachineArn: string): Promise<Published | undefined> {
  try {
    const {
      definition = '',
      roleArn: role = '',
      description,
    } = await client.send(new DescribeStateMachineCommand({ stateMachineArn }));
    return { definition, role, version: hash.safeParse(description).data };
  } catch (error) {
    if (error instanceof StateMachineDoesNotExist) return undefined;
    throw error;
  }
}
