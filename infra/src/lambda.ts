import path from 'node:path';
import { ParleyError } from '@parley/workflow';
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { PolicyDocument, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  Architecture,
  Code,
  Function as Lambda,
  type LayerVersion,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { chatsByBot, type Environment } from './environment.ts';
import { LIVE, nameOf } from './names.ts';
import { allow, type Reach, toQueue, traces } from './permissions.ts';
import type { Storage } from './storage.ts';

/** What the functions of a deployment have in common. */
export interface Common {
  readonly environment: Environment;
  readonly storage: Storage;
  readonly reach: Pick<Reach, 'key' | 'here'>;
  /** Where the bundles and the workflow files are: `functions/NAME`, `workflows`. */
  readonly bundles: string;
  /** What all begin with that is a state machine's ARN. */
  readonly machines: string;
  /** The workflow files. */
  readonly layer: LayerVersion;
}

export interface OneFunction {
  /** After the deployment's prefix. */
  readonly name: string;
  readonly bundle: string;
  readonly about: string;
  /** How long it may take. */
  readonly seconds: number;
  /** What it may do beside writing its log. */
  readonly statements: readonly PolicyStatement[];
  /** What of that has wildcards, by the id cdk-nag has for it: why. */
  readonly wildcards?: readonly { readonly id: string; readonly reason: string }[];
  /** What it is told beside what all are told. */
  readonly variables?: { readonly [name: string]: string };
  readonly deadLetters?: Queue;
  readonly reserved?: number | undefined;
}

/** Lambda lets nothing run for longer, in seconds. */
const LONGEST = 900;
/** A function's name has no more characters. */
const LONGEST_NAME = 64;

/** A function, with a role and a log of its own. Throws ParleyError `infra/too-slow` and `infra/name`. */
export function lambda(scope: Construct, common: Common, one: OneFunction): Lambda {
  const { environment, storage, bundles, layer } = common;
  const { name, bundle, about, seconds, deadLetters, reserved, variables = {} } = one;
  const functionName = nameOf(environment.prefix, name);
  if (seconds > LONGEST) {
    throw new ParleyError('infra/too-slow', `${functionName} would need ${seconds} s, and Lambda gives ${LONGEST}.`, {
      fix: 'Shorten the timeout of the slowest tool, or its retries.',
    });
  }
  if (functionName.length > LONGEST_NAME) {
    throw new ParleyError('infra/name', `Lambda takes no function of the name ${functionName}: it is too long.`, {
      fix: `Shorten the prefix or the workflow's name: it may have ${LONGEST_NAME} characters.`,
    });
  }
  const logGroup = new LogGroup(scope, `${name} log`, {
    logGroupName: `/aws/lambda/${functionName}`,
    retention: environment.logDays,
    encryptionKey: storage.key,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const made = new Lambda(scope, name, {
    functionName,
    description: about,
    runtime: Runtime.NODEJS_22_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: Code.fromAsset(path.join(bundles, 'functions', bundle)),
    layers: [layer],
    memorySize: environment.memory,
    timeout: Duration.seconds(seconds),
    environment: { ...variablesOf(common), ...variables },
    role: roleOf(scope, common, one, logGroup),
    logGroup,
    tracing: environment.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
    ...(deadLetters ? { deadLetterQueue: deadLetters } : {}),
    ...(reserved === undefined ? {} : { reservedConcurrentExecutions: reserved }),
  });
  Validations.of(made).acknowledge({
    id: 'AwsSolutions-L1',
    reason:
      'The bundles are built for Node 22 and tried on it: a runtime is changed together with them, not as soon as there is a newer one.',
  });
  return made;
}

/** What callers call: always the alias, so that it can be kept warm. `provisioned`: so many at a time. */
export function live(scope: Construct, id: string, of: Lambda, provisioned?: number): Alias {
  return new Alias(scope, id, {
    aliasName: LIVE,
    version: of.currentVersion,
    ...(provisioned === undefined ? {} : { provisionedConcurrentExecutions: provisioned }),
  });
}

/** What could not be handled of what was sent to a function without waiting. What a caller said may be in it: encrypted, and not for long. */
export function deadLettersOf(
  scope: Construct,
  { environment, storage }: Pick<Common, 'environment' | 'storage'>,
  name: string,
): Queue {
  return new Queue(scope, `${name} dead letters`, {
    queueName: nameOf(environment.prefix, `${name}-dead-letters`),
    encryption: QueueEncryption.KMS,
    encryptionMasterKey: storage.key,
    enforceSSL: true,
    retentionPeriod: Duration.days(4),
  });
}

function variablesOf({ environment, storage, machines }: Common): Record<string, string> {
  return {
    PARLEY_PREFIX: environment.prefix,
    PARLEY_TABLE: storage.table.tableName,
    PARLEY_KEY: storage.key.keyArn,
    PARLEY_STATE_MACHINES: machines,
    PARLEY_SHAPES: JSON.stringify(environment.shapes),
    PARLEY_PUSHED: JSON.stringify(chatsByBot(environment)),
    PARLEY_DECIDER: environment.decider,
  };
}

function roleOf(
  scope: Construct,
  { environment, reach }: Common,
  { name, statements, wildcards = [], deadLetters }: OneFunction,
  log: LogGroup,
) {
  const role = new Role(scope, `${name} role`, {
    description: `What ${nameOf(environment.prefix, name)} may do`,
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: {
      own: new PolicyDocument({
        statements: [
          ...statements,
          allow('Log', ['logs:CreateLogStream', 'logs:PutLogEvents'], [log.logGroupArn]),
          ...(deadLetters ? toQueue(deadLetters.queueArn, reach) : []),
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
  for (const wildcard of wildcards) Validations.of(role).acknowledge(wildcard);
  // What it may do stands above, whole: CDK adds nothing of its own.
  return role.withoutPolicyUpdates();
}
