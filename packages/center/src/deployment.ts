import {
  type ContactFlow,
  type FrontDoor,
  flowBlock,
  generateFlow,
  generatePersonFlow,
  intentsOf,
  lexHook,
} from '@parley/connect';
import type { Clock, LogEntry } from '@parley/engine';
import { ParleyError } from '@parley/workflow';
import type { CenterWorkflow } from './center.ts';
import { type ChatBot, chatBot } from './chat-bot.ts';
import type { Contact } from './contact.ts';
import { type Flow, readFlow } from './flow/definition.ts';
import { flowEvent } from './flow/event.ts';
import { invoke, type LambdaFunction } from './flow/lambda.ts';
import type { Bot } from './lex/bot.ts';
import { botAliasArn, functionArn, topicArn, uuidOf } from './names.ts';
import type { Queues } from './queues.ts';
import type { Topics } from './sns.ts';

export interface DeploymentOptions {
  readonly queues: Queues;
  readonly topics: Topics;
  /** Where the APIs are, once there are contacts. */
  readonly endpoint: () => string;
  readonly clock: Clock;
  readonly log: (entry: LogEntry) => void;
}

/** How long the front door has to hear of who hung up, in milliseconds. */
const LIMIT = 8_000;

/** What an account has of a workflow that is deployed. */
interface Deployed {
  readonly door: FrontDoor;
  readonly flow: Flow;
  /** The function that begins a session. */
  readonly block: LambdaFunction;
  /** Leads the chats; undefined where Lex does. */
  readonly chat: ChatBot | undefined;
}

/** The contact flows of the workflows, with the functions, bots of Lex and topics that they need, by their ARNs. */
export class Deployment {
  readonly #deployed = new Map<string, Deployed>();
  /** By their ids: those of the workflows, and those that lead to the people of a queue. */
  readonly #flows = new Map<string, Flow>();
  readonly #lambdas = new Map<string, LambdaFunction>();
  readonly #bots = new Map<string, Bot>();
  readonly #options: DeploymentOptions;

  /** Throws ParleyError `center/flow`, and what `generateFlow` throws. */
  constructor(workflows: readonly CenterWorkflow[], options: DeploymentOptions) {
    this.#options = options;
    for (const workflow of workflows) this.#deployed.set(workflow.program.name, this.#deploy(workflow));
    const people = generatePersonFlow();
    for (const { name, arn } of options.queues.all) {
      const flow = filled(people.flow, new Map([['QueueArn', arn]]));
      this.#flows.set(personFlowId(name), readFlow(`people of ${name}`, flow));
    }
  }

  /** By its ARN. */
  lambda(arn: string): LambdaFunction | undefined {
    return this.#lambdas.get(arn);
  }

  /** By the ARN of its alias. */
  bot(aliasArn: string): Bot | undefined {
    return this.#bots.get(aliasArn);
  }

  /** By its id, ARN or name. */
  flow(named: string): Flow | undefined {
    const id = named.split('/').at(-1) ?? '';
    return this.#flows.get(id) ?? [...this.#flows.values()].find(({ name }) => name === named);
  }

  /** The id of the flow that leads to the people of a queue. Throws ParleyError `center/no-queue`. */
  personFlowId(queue: string): string {
    const id = personFlowId(queue);
    if (this.#flows.has(id)) return id;
    throw new ParleyError('center/no-queue', `There is no queue ${queue} in the contact center.`, {
      fix: `There is ${this.#options.queues.all.map(({ name }) => name).join(', ')}.`,
    });
  }

  /** Of a workflow. Throws ParleyError `center/no-workflow`. */
  of(workflow: string): Deployed {
    const found = this.#deployed.get(workflow);
    if (found) return found;
    throw new ParleyError('center/no-workflow', `There is no workflow ${workflow} in the contact center.`, {
      fix: `There is ${[...this.#deployed.keys()].join(', ')}.`,
    });
  }

  /** Tells the session of a contact that its caller is gone, as the flow for who hangs up would. A bot that leads a chat hears it itself. */
  async left(contact: Contact, flow: Flow): Promise<void> {
    const deployed = this.#deployed.get(flow.name);
    if (!deployed || (deployed.chat && contact.given.channel === 'CHAT')) return;
    await invoke(deployed.block, flowEvent(contact, { event: 'left' }), { limit: LIMIT, clock: this.#options.clock });
  }

  close(): void {
    for (const { chat } of this.#deployed.values()) chat?.close();
  }

  #deploy(workflow: CenterWorkflow): Deployed {
    const { program, door, flow: flowOptions, pushesTo } = workflow;
    const { queues, topics, clock, log } = this.#options;
    const { name } = program;
    const hosted = { door, workflow: program, clock, log };
    const block = flowBlock(hosted);
    this.#lambdas.set(functionArn(name), block);
    this.#bots.set(botAliasArn(name), { name, intents: intentsOf(program), hook: lexHook(hosted) });
    const arns = new Map([
      ['BotAliasArn', botAliasArn(name)],
      ['FrontDoorArn', functionArn(name)],
      ['ChatArn', functionArn(`${name}-chat`)],
    ]);
    const chat =
      flowOptions?.chat === 'bot' ? chatBot(workflow, { ...this.#options, topic: topicArn(name) }) : undefined;
    if (chat) {
      this.#lambdas.set(functionArn(`${name}-chat`), chat.joined);
      topics.subscribe(topicArn(name), chat.notified);
      pushesTo?.(chat);
    }
    const generated = generateFlow(program, flowOptions);
    for (const [parameter, { queue }] of generated.parameters)
      if (queue !== undefined) arns.set(parameter, queues.add(queue).arn);
    const flow = readFlow(name, filled(generated.flow, arns));
    this.#flows.set(flowId(name), flow);
    return { door, flow, block, chat };
  }
}

/** A flow with its parameters, as a deployment puts them in. */
function filled(flow: ContactFlow, parameters: ReadonlyMap<string, string>): unknown {
  const text = JSON.stringify(flow);
  return JSON.parse(text.replace(/\$\{(\w+)\}/g, (whole, name: string) => parameters.get(name) ?? whole));
}

/** The id of a workflow's contact flow. */
export const flowId = (workflow: string) => uuidOf(`flow ${workflow}`);
const personFlowId = (queue: string) => uuidOf(`person flow ${queue}`);
