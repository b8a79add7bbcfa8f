import type { Clock } from '@parley/engine';
import { type Contact, ContactOver } from '../contact.ts';
import type { Bot } from '../lex/bot.ts';
import { INSTANCE_ARN } from '../names.ts';
import type { Queue, Queues } from '../queues.ts';
import { HANDLERS } from './actions.ts';
import { type Flow, type Outcome, wayOn } from './definition.ts';
import type { LambdaFunction } from './lambda.ts';
import { resolved } from './references.ts';

/** What a flow reaches beyond its contact. */
export interface Instance {
  readonly clock: Clock;
  readonly queues: Queues;
  /** By its ARN. */
  lambda(arn: string): LambdaFunction | undefined;
  /** By the ARN of its alias. */
  bot(aliasArn: string): Bot | undefined;
  /** By its id, ARN or name. */
  flow(name: string): Flow | undefined;
  /** A follow-up for somebody of ours; false where it can't be made. */
  createTask(task: Task): boolean;
}

export interface Task {
  readonly name: string;
  readonly description?: string;
  readonly flow?: string;
  readonly attributes: { readonly [name: string]: string };
  readonly references: { readonly [name: string]: { readonly Type: string; readonly Value?: string | undefined } };
  readonly previous?: string;
  readonly related?: string;
}

/** A flow under way for a contact: what its actions leave for those after them. */
export interface Run {
  readonly contact: Contact;
  readonly instance: Instance;
  flow: Flow;
  /** What the last function answered. */
  external: unknown;
  /** What the last conversation with Lex came to. */
  lex: unknown;
  stored: string | undefined;
  /** The queue that a transfer leads to. */
  target: Queue | undefined;
  callbackNumber: string | undefined;
  readonly flowAttributes: Map<string, string>;
  /** How often each loop was come by. */
  readonly loops: Map<string, number>;
}

/** More actions than this in one contact without an end are a loop that has no exit. */
const MAX_ACTIONS = 5_000;

/**
 * Runs a flow for a contact, until the contact is over or with somebody else. Where an action has no way on for what happened,
 * the contact is over, as at Connect. Never rejects.
 */
export async function runFlow(flow: Flow, contact: Contact, instance: Instance): Promise<void> {
  const run: Run = {
    contact,
    instance,
    flow,
    external: undefined,
    lex: undefined,
    stored: undefined,
    target: undefined,
    callbackNumber: undefined,
    flowAttributes: new Map(),
    loops: new Map(),
  };
  contact.stage = 'flow';
  let name: string | undefined = flow.start;
  for (let count = 0; name !== undefined && count < MAX_ACTIONS; count++) {
    const before: Flow = run.flow;
    const action = before.actions.get(name);
    if (!action || contact.ended) break;
    const outcome = await perform(action.Type, action.Parameters, action.Identifier, run);
    if (outcome.type === 'done') return;
    name = run.flow === before ? wayOn(action, outcome) : run.flow.start;
  }
  contact.end('CONTACT_FLOW_DISCONNECT');
}

async function perform(
  type: string,
  parameters: { readonly [name: string]: unknown },
  identifier: string,
  run: Run,
): Promise<Outcome> {
  const handler = HANDLERS.get(type);
  if (!handler) return { type: 'error', error: 'NoMatchingError' };
  try {
    return await handler(resolvedRecord(parameters, run), run, identifier);
  } catch (error) {
    if (error instanceof ContactOver) return { type: 'done' };
    return { type: 'error', error: 'NoMatchingError' };
  }
}

function resolvedRecord(
  parameters: { readonly [name: string]: unknown },
  run: Run,
): { readonly [name: string]: unknown } {
  const { contact, external, lex, stored, flowAttributes, target } = run;
  const { given, id, initial, attributes, language } = contact;
  const endpoint = (address: string | undefined) =>
    address === undefined ? undefined : { Address: address, Type: 'TELEPHONE_NUMBER' };
  const scope = {
    Attributes: attributes,
    Channel: given.channel,
    ContactId: id,
    CustomerEndpoint: endpoint(given.address),
    Description: given.description,
    External: external,
    FlowAttributes: Object.fromEntries(flowAttributes),
    InitialContactId: initial,
    InitiationMethod: given.initiation,
    InstanceARN: INSTANCE_ARN,
    LanguageCode: language,
    Lex: lex,
    Name: given.name,
    PreviousContactId: given.previous ?? id,
    Queue: target && { Name: target.name, ARN: target.arn },
    References: given.references,
    StoredCustomerInput: stored,
    SystemEndpoint: endpoint(given.systemAddress),
  };
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, resolved(value, scope)]));
}
