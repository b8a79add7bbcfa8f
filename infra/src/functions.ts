import path from 'node:path';
import { ParleyError } from '@parley/workflow';
import { Duration, IgnoreMode, RemovalPolicy, Token, Validations } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, Architecture, Code, Function as Lambda, LayerVersion, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Environment } from './environment.ts';
import { type FunctionName, LIVE, nameOf } from './names.ts';
import { allow, permissionsOf, type Reach, toQueue, traces } from './permissions.ts';
import type { Storage } from './storage.ts';

export interface FunctionsProps {
  readonly environment: Environment;
  readonly storage: Storage;
  readonly reach: Reach;
  /** Where the bundles and the workflow files are: `functions/NAME`, `workflows`. */
  readonly bundles: string;
  /** How long each function may take, in seconds. */
  readonly seconds: { readonly [name in FunctionName]: number };
  /** What all begin with that is a state machine's ARN. */
  readonly machines: string;
}

/** Lambda lets nothing run for longer, in seconds. */
const LONGEST = 900;

/** The functions, each with a role and a log of its own, and the workflow files, as a layer: an edited workflow needs no new code. */
export class Functions extends Construct {
  readonly all: { readonly [name in FunctionName]: Lambda };
  /** What callers of the front door call: always this, so that it can be kept warm. */
  readonly frontDoor: Alias;
  /** What could not be handled of what was sent without waiting for an answer. */
  readonly deadLetters: { readonly turn: Queue; readonly tick: Queue };
  readonly #props: FunctionsProps;
  readonly #layer: LayerVersion;

  constructor(scope: Construct, id: string, props: FunctionsProps) {
    super(scope, id);
    this.#props = props;
    const { environment } = props;
    this.#layer = new LayerVersion(this, 'Workflows', {
      layerVersionName: nameOf(environment.prefix, 'workflows'),
      description: 'The workflow files, in /opt/workflows',
      // The folder itself has to be in it.
      code: Code.fromAsset(props.bundles, {
        exclude: ['/*', '!/workflows'],
        ignoreMode: IgnoreMode.GIT,
      }),
    });
    this.deadLetters = { turn: this.#queue('turn'), tick: this.#queue('tick') };
    this.all = {
      ask: this.#function('ask'),
      decide: this.#function('decide'),
      call: this.#function('call'),
      finish: this.#function('finish'),
      turn: this.#function('turn', this.deadLetters.turn),
      tick: this.#function('tick', this.deadLetters.tick),
    };
    const { provisioned } = environment.turn;
    this.frontDoor = new Alias(this, 'FrontDoor', {
      aliasName: LIVE,
      version: this.all.turn.currentVersion,
      ...(provisioned === undefined ? {} : { provisionedConcurrentExecutions: provisioned }),
    });
    // The next tick comes in a minute: one that failed is not worth repeating.
    this.all.tick.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  }

  #function(name: FunctionName, deadLetterQueue?: Queue): Lambda {
    const { environment, storage, bundles, seconds } = this.#props;
    const { prefix, memory, tracing, logDays, turn } = environment;
    const functionName = nameOf(prefix, name);
    if (seconds[name] > LONGEST) {
      throw new ParleyError(
        'infra/too-slow',
        `${functionName} would need ${seconds[name]} s, and Lambda gives ${LONGEST}.`,
        {
          fix: 'Shorten the timeout of the slowest tool, or its retries.',
        },
      );
    }
    const logGroup = new LogGroup(this, `${name} log`, {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: logDays,
      encryptionKey: storage.key,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const reserved = name === 'turn' ? turn.reserved : undefined;
    const made = new Lambda(this, name, {
      functionName,
      description: ABOUT[name],
      runtime: Runtime.NODEJS_22_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(path.join(bundles, 'functions', name)),
      layers: [this.#layer],
      memorySize: memory,
      timeout: Duration.seconds(seconds[name]),
      environment: this.#variables(),
      role: this.#role(name, logGroup, deadLetterQueue),
      logGroup,
      tracing: tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      ...(deadLetterQueue ? { deadLetterQueue } : {}),
      ...(reserved === undefined ? {} : { reservedConcurrentExecutions: reserved }),
    });
    Validations.of(made).acknowledge({
      id: 'AwsSolutions-L1',
      reason:
        'The bundles are built for Node 22 and tried on it: a runtime is changed together with them, not as soon as there is a newer one.',
    });
    return made;
  }

  #variables(): Record<string, string> {
    const { environment, storage, machines } = this.#props;
    return {
      PARLEY_PREFIX: environment.prefix,
      PARLEY_TABLE: storage.table.tableName,
      PARLEY_KEY: storage.key.keyArn,
      PARLEY_STATE_MACHINES: machines,
      PARLEY_SHAPES: JSON.stringify(environment.shapes),
      PARLEY_DECIDER: environment.decider,
    };
  }

  #role(name: FunctionName, log: LogGroup, queue: Queue | undefined) {
    const { environment, reach } = this.#props;
    const role = new Role(this, `${name} role`, {
      description: `What ${nameOf(environment.prefix, name)} may do`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        own: new PolicyDocument({
          statements: [
            ...permissionsOf(name, reach),
            allow('Log', ['logs:CreateLogStream', 'logs:PutLogEvents'], [log.logGroupArn]),
            ...(queue ? toQueue(queue.queueArn, reach) : []),
            ...(environment.tracing ? [traces()] : []),
          ],
        }),
      },
    });
    if (environment.tracing) {
      Validations.of(role).acknowledge({
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason: 'Traces of X-Ray are no resources that could be named; nothing else in this role is for all of them.',
      });
    }
    if (name === 'turn' || name === 'tick') acknowledgeExecutions(role, reach);
    // What it may do stands above, whole: CDK adds nothing of its own.
    return role.withoutPolicyUpdates();
  }

  #queue(name: FunctionName): Queue {
    const { environment, storage } = this.#props;
    // What a caller said may be in it: encrypted, and not for long.
    return new Queue(this, `${name} dead letters`, {
      queueName: nameOf(environment.prefix, `${name}-dead-letters`),
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: storage.key,
      enforceSSL: true,
      retentionPeriod: Duration.days(4),
    });
  }
}

const ABOUT: { readonly [name in FunctionName]: string } = {
  ask: 'Waits for the contact: keeps the token, or sends it where the event has come already',
  decide: 'Decides what the caller wants, and composes words',
  call: 'Calls tools',
  finish: 'Takes the door of a step whose function failed',
  turn: 'The front door: an event of a contact in, the reply out',
  tick: 'Every minute: timers that are due, sessions that are stuck, sessions to be removed',
};

function acknowledgeExecutions(role: Role, { executions, here }: Reach): void {
  for (const arn of executions) {
    // cdk-nag writes an account that is not known yet in this way.
    const shown = Token.isUnresolved(here.account) ? arn.replace(here.account, '<AWS::AccountId>') : arn;
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${shown}]`,
      reason:
        'An execution has the name of its session, which is not known before it starts; of which state machine it is, is said.',
    });
  }
}

export const functionNames = (prefix: string) => ({
  ask: nameOf(prefix, 'ask'),
  decide: nameOf(prefix, 'decide'),
  call: nameOf(prefix, 'call'),
  finish: nameOf(prefix, 'finish'),
});
