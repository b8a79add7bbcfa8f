import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectTemplate, generateFlow, generatePersonFlow, personQueueOf } from '@parley/connect';
import { ParleyError } from '@parley/workflow';
import { CfnOutput, Duration, Fn, Stack, Validations } from 'aws-cdk-lib';
import { CfnContactFlow } from 'aws-cdk-lib/aws-connect';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { Construct } from 'constructs';
import { z } from 'zod';
import type { Contacts } from './environment.ts';
import { executionsOf } from './functions.ts';
import { type Common, deadLettersOf, lambda, live } from './lambda.ts';
import { CONNECT, type ConnectName, connectNameOf, nameOf, topicArn } from './names.ts';
import { afterContacts, chatsIn, permissionsOf, pushing, type Reach, sessions } from './permissions.ts';
import type { Workflow } from './workflows.ts';

export interface ConnectProps {
  readonly common: Common;
  /** Of this workflow alone. */
  readonly reach: Reach;
  readonly workflow: Workflow;
  readonly contacts: Contacts;
}

/**
 * A workflow on Amazon Connect: the functions that Connect and Lex call, and what `parley flow` writes of the workflow, its contact flow and Lex bot,
 * with what they need to reach each other. A function is of one workflow, so that no event has to say which one it is about, and none
 * can reach the executions of another.
 */
export class Connect extends Construct {
  /** What those are called in the account that callers wait for, or that are told of them. */
  readonly names: readonly string[];
  /**
   * What was sent to some of them without waiting for an answer, and could not be handled: what was said in a chat, which session is
   * owed something, and that a contact is over.
   */
  readonly deadLetters = new Map<ConnectName, Queue>();
  readonly #props: ConnectProps;

  constructor(scope: Construct, id: string, props: ConnectProps) {
    super(scope, id);
    this.#props = props;
    const { common, workflow, contacts } = props;
    const { prefix } = common.environment;
    const chat = contacts.chat === 'bot';
    const kinds = CONNECT.filter((kind) => chat || !inChat(kind));
    // What is pushed is told of again by the tick: an alarm looks at its dead letters.
    const calling = kinds.filter((kind) => kind !== 'pushed');
    this.names = calling.map((kind) => nameOf(prefix, connectNameOf(workflow.name, kind)));
    for (const kind of TOLD) {
      if (!kinds.includes(kind)) continue;
      this.deadLetters.set(kind, deadLettersOf(this, common, connectNameOf(workflow.name, kind)));
    }
    const called = new Map(kinds.map((kind) => [kind, this.#called(kind)]));
    this.#flow((kind) => called.get(kind) ?? '');
  }

  /** A function, by the ARN that it is called by. */
  #called(kind: ConnectName): string {
    const { common, reach, workflow, contacts } = this.#props;
    const { instance, warm } = contacts;
    const deadLetters = this.deadLetters.get(kind);
    const flows = kind === 'ended' ? this.#peoplesFlows() : new Map<string, string>();
    const made = lambda(this, common, {
      name: connectNameOf(workflow.name, kind),
      bundle: kind,
      about: `${ABOUT[kind]}: ${workflow.name}`,
      seconds: SECONDS[kind],
      statements: [
        ...(kind === 'pushed' ? sessions(reach) : permissionsOf('turn', reach)),
        ...(kind === 'pushed' ? pushing(instance) : inChat(kind) ? chatsIn(instance) : []),
        ...(kind === 'ended' ? afterContacts(instance, [...flows.values()]) : []),
      ],
      wildcards: [
        ...(kind === 'pushed' ? [] : executionsOf(reach)),
        ...(inChat(kind) || kind === 'ended' ? [contactsOf(instance)] : []),
      ],
      variables: {
        PARLEY_WORKFLOW: workflow.name,
        ...(inChat(kind) ? { PARLEY_TOPIC: topicArn(reach.here, common.environment.prefix, workflow.name) } : {}),
        ...(kind === 'ended' ? this.#people(flows) : {}),
      },
      ...(deadLetters ? { deadLetters } : {}),
    });
    if (kind === 'ended') return this.#told(made);
    if (kind === 'notified') {
      // No older notification would be taken.
      made.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.hours(1) });
      return made.functionArn;
    }
    if (kind === 'pushed') {
      // It is still owed: the tick tells of it once more, in a minute.
      made.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
      return made.functionArn;
    }
    return live(this, `${kind} live`, made, kind === 'joined' ? undefined : warm).functionArn;
  }

  /** Has a function told of the contacts of the instance that are over. */
  #told(ended: Lambda): string {
    const { common, workflow, contacts } = this.#props;
    new Rule(this, 'Ended', {
      ruleName: nameOf(common.environment.prefix, connectNameOf(workflow.name, 'ended')),
      description: 'Contacts of the Connect instance that are over',
      // https://docs.aws.amazon.com/connect/latest/adminguide/contact-events.html
      eventPattern: {
        source: ['aws.connect'],
        detailType: ['Amazon Connect Contact Event'],
        detail: { eventType: ['DISCONNECTED'], instanceArn: [contacts.instance] },
      },
      targets: [new LambdaFunction(ended)],
    });
    return ended.functionArn;
  }

  /** For each queue the flow that brings calls back and tasks to its people, by its ARN. */
  #peoplesFlows(): ReadonlyMap<string, string> {
    const { common, workflow, contacts } = this.#props;
    const content = JSON.stringify(generatePersonFlow().flow);
    return new Map(
      Object.entries(contacts.queues).map(([queue, QueueArn]) => {
        const flow = new CfnContactFlow(this, `people of ${queue}`, {
          instanceArn: contacts.instance,
          name: nameOf(common.environment.prefix, `${workflow.name}-people-${queue}`),
          description: `Brings calls back and tasks to the people of ${queue}`,
          type: 'CONTACT_FLOW',
          state: 'ACTIVE',
          content: Fn.sub(content, { QueueArn }),
        });
        return [queue, flow.attrContactFlowArn];
      }),
    );
  }

  #people(flows: ReadonlyMap<string, string>): Record<string, string> {
    const { workflow, contacts } = this.#props;
    const people = [...flows].map(([queue, flow]) => [queue, { queue: contacts.queues[queue], flow }]);
    const caller = personQueueOf(workflow.program);
    return {
      PARLEY_INSTANCE: contacts.instance,
      PARLEY_PEOPLE: Stack.of(this).toJsonString(Object.fromEntries(people)),
      ...(caller === undefined ? {} : { PARLEY_CALL_BACK: caller }),
    };
  }

  /** What `parley flow` writes, with what is known here in the place of its parameters. */
  #flow(called: (kind: ConnectName) => string): void {
    const { common, reach, workflow, contacts } = this.#props;
    const { prefix } = common.environment;
    const { instance, queues, chat, language, voice, greeting, record } = contacts;
    const options = { chat, language, voice, record, ...(greeting === undefined ? {} : { greeting }) };
    const generated = generateFlow(workflow.program, options);
    const { Outputs: _, ...template } = readTemplate(connectTemplate(workflow.program, generated, options));
    const known: { readonly [parameter: string]: string } = {
      Prefix: prefix,
      InstanceArn: instance,
      LexHookArn: called('lex'),
      FrontDoorArn: called('block'),
      ChatArn: called('joined'),
      ChatNotifiedArn: called('notified'),
    };
    const parameters = Object.fromEntries(
      Object.keys(template.Parameters).map((parameter) => {
        const queue = generated.parameters.get(parameter)?.queue;
        const value = queue === undefined ? known[parameter] : queues[queue];
        if (value) return [parameter, value];
        const what = queue === undefined ? `what the template calls ${parameter}` : `the queue ${queue}`;
        throw wrong(prefix, `${workflow.name} needs ${what}, and the environment does not say which that is.`);
      }),
    );
    const needed = new Set([...generated.parameters.values()].map(({ queue }) => queue));
    const strange = Object.keys(queues).find((queue) => !needed.has(queue));
    if (strange !== undefined) throw wrong(prefix, `${workflow.name} puts nobody through to a queue ${strange}.`);

    const included = this.#include(template, parameters);
    Validations.of(included.getResource('BotRole')).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'What is spoken is no resource that could be named: only lexicons are, and the bot has none.',
    });
    if (chat === 'bot') this.#encrypt(included.getResource('ChatTopic'), topicArn(reach.here, prefix, workflow.name));
    const flow = included.getResource('Flow');
    new CfnOutput(this, 'FlowArn', {
      value: flow.getAtt('ContactFlowArn').toString(),
      description: `The contact flow of ${workflow.name}: give it a number`,
    }).overrideLogicalId(`FlowArnOf${workflow.name.replaceAll(/[^A-Za-z0-9]/g, '')}`);
  }

  #include(template: object, parameters: { readonly [name: string]: string }): CfnInclude {
    const folder = mkdtempSync(path.join(tmpdir(), 'parley-flow-'));
    try {
      const templateFile = path.join(folder, 'template.json');
      writeFileSync(templateFile, JSON.stringify(template));
      // Several workflows have resources of the same names.
      return new CfnInclude(this, 'Flow', { templateFile, parameters, preserveLogicalIds: false });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** What customers write goes through the topic: it is encrypted by the deployment's key, which Connect may use for it. */
  #encrypt(topic: Construct, arn: string): void {
    const { key } = this.#props.common.storage;
    if (!(topic instanceof CfnTopic)) throw new TypeError('ChatTopic is a topic.');
    topic.kmsMasterKeyId = key.keyArn;
    // https://docs.aws.amazon.com/connect/latest/adminguide/chat-message-streaming.html
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('connect.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        // In a key's own policy this is the key.
        resources: ['*'],
        conditions: { StringEquals: { 'kms:EncryptionContext:aws:sns:topicArn': arn } },
      }),
    );
  }
}

const ABOUT: { readonly [name in ConnectName]: string } = {
  lex: 'What a caller says to the Lex bot',
  block: 'Begins a session for the contact flow',
  joined: 'Lets the bot into a chat',
  notified: 'What is said in a chat, told by SNS',
  pushed: 'Posts to a chat what no event waits for',
  ended: 'What is done when a contact is over, told by EventBridge',
};

/** Those that nobody waits for. */
const TOLD = ['notified', 'pushed', 'ended'] as const;

const inChat = (kind: ConnectName) => kind === 'joined' || kind === 'notified' || kind === 'pushed';

/**
 * How long each may take. A flow waits for 8 s, some of which Connect and a cold start take; Lex waits for 30 s. A message of a chat may have to wait
 * until somebody who died is stood in for.
 */
const SECONDS: { readonly [name in ConnectName]: number } = {
  lex: 29,
  block: 7,
  joined: 7,
  notified: 60,
  pushed: 60,
  ended: 60,
};

const contactsOf = (instance: string) => ({
  id: `AwsSolutions-IAM5[Resource::${instance}/contact/*]`,
  reason: 'A contact has an id that is not known before it comes; of which instance it is, is said.',
});

function wrong(prefix: string, what: string): ParleyError {
  return new ParleyError('infra/environment', `${prefix}: ${what}`, {
    fix: "Mend `connect` of the environment in infra/environments: `queues` has the ARN of each queue by the workflow's name for it.",
  });
}

const template = z.object({ Parameters: z.record(z.string(), z.unknown()), Outputs: z.unknown() }).loose();

/** What is read here of a template, which is another package's. */
const readTemplate = (given: object) => template.parse(given);
