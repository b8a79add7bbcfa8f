import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectTemplate, generateFlow } from '@parley/connect';
import { ParleyError } from '@parley/workflow';
import { CfnOutput, Duration, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnTopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { CfnInclude } from 'aws-cdk-lib/cloudformation-include';
import { Construct } from 'constructs';
import { z } from 'zod';
import type { Contacts } from './environment.ts';
import { executionsOf } from './functions.ts';
import { type Common, deadLettersOf, lambda, live } from './lambda.ts';
import { CONNECT, type ConnectName, connectNameOf, nameOf, topicArn } from './names.ts';
import { chatsIn, permissionsOf, type Reach } from './permissions.ts';
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
  /** What they are called in the account. */
  readonly names: readonly string[];
  /** What was said in a chat and could not be handled. */
  readonly deadLetters: Queue | undefined;
  readonly #props: ConnectProps;

  constructor(scope: Construct, id: string, props: ConnectProps) {
    super(scope, id);
    this.#props = props;
    const { common, workflow, contacts } = props;
    const { prefix } = common.environment;
    const chat = contacts.chat === 'bot';
    const kinds = CONNECT.filter((kind) => chat || kind === 'lex' || kind === 'block');
    this.names = kinds.map((kind) => nameOf(prefix, connectNameOf(workflow.name, kind)));
    this.deadLetters = chat ? deadLettersOf(this, common, connectNameOf(workflow.name, 'notified')) : undefined;
    const called = new Map(kinds.map((kind) => [kind, this.#called(kind)]));
    this.#flow((kind) => called.get(kind) ?? '');
  }

  /** A function, by the ARN that it is called by. */
  #called(kind: ConnectName): string {
    const { common, reach, workflow, contacts } = this.#props;
    const { instance, warm } = contacts;
    const inChat = kind === 'joined' || kind === 'notified';
    const made = lambda(this, common, {
      name: connectNameOf(workflow.name, kind),
      bundle: kind,
      about: `${ABOUT[kind]}: ${workflow.name}`,
      seconds: SECONDS[kind],
      statements: [...permissionsOf('turn', reach), ...(inChat ? chatsIn(instance) : [])],
      wildcards: [...executionsOf(reach), ...(inChat ? [contactsOf(instance)] : [])],
      variables: {
        PARLEY_WORKFLOW: workflow.name,
        ...(inChat ? { PARLEY_TOPIC: topicArn(reach.here, common.environment.prefix, workflow.name) } : {}),
      },
      ...(kind === 'notified' && this.deadLetters ? { deadLetters: this.deadLetters } : {}),
    });
    if (kind === 'notified') {
      // No older notification would be taken.
      made.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: Duration.hours(1) });
      return made.functionArn;
    }
    return live(this, `${kind} live`, made, kind === 'joined' ? undefined : warm).functionArn;
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
};

/**
 * How long each may take. A flow waits for 8 s, some of which Connect and a cold start take; Lex waits for 30 s. A message of a chat may have to wait
 * until somebody who died is stood in for.
 */
const SECONDS: { readonly [name in ConnectName]: number } = { lex: 29, block: 7, joined: 7, notified: 60 };

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
