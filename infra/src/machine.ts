import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Asset } from 'aws-cdk-lib/aws-s3-assets';
import { CfnStateMachine, CfnStateMachineAlias, CfnStateMachineVersion } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Environment } from './environment.ts';
import { functionArn, LIVE, nameOf } from './names.ts';
import type { Here } from './models.ts';
import { allow, traces } from './permissions.ts';
import type { Storage } from './storage.ts';
import { typeOf, type Workflow } from './workflows.ts';

export interface MachineProps {
  readonly environment: Environment;
  readonly here: Here;
  readonly storage: Storage;
  readonly workflow: Workflow;
  /** In Amazon States Language. */
  readonly definition: string;
}

/** The state machine of a workflow, with its version and the alias that new sessions come by. */
export class Machine extends Construct {
  readonly arn: string;
  readonly #props: MachineProps;
  readonly #version: CfnStateMachineVersion;

  constructor(scope: Construct, id: string, props: MachineProps) {
    super(scope, id);
    this.#props = props;
    const { environment, storage, workflow } = props;
    const { prefix, shapes, tracing, logDays } = environment;
    const name = nameOf(prefix, workflow.name);
    const log = new LogGroup(this, 'Log', {
      // Logs that begin so have no policy of their own to be kept, of which an account has ten.
      logGroupName: `/aws/vendedlogs/states/${name}`,
      retention: logDays,
      encryptionKey: storage.key,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const file = this.#asset();
    const machine = new CfnStateMachine(this, 'StateMachine', {
      stateMachineName: name,
      stateMachineType: typeOf(shapes[workflow.name] ?? 'per-contact'),
      definitionS3Location: { bucket: file.s3BucketName, key: file.s3ObjectKey },
      roleArn: this.#role().roleArn,
      // States' names and times, for every execution: never what goes in or comes out.
      loggingConfiguration: {
        level: 'ALL',
        includeExecutionData: false,
        destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: log.logGroupArn } }],
      },
      tracingConfiguration: { enabled: tracing },
    });
    this.arn = machine.attrArn;
    if (!tracing) {
      Validations.of(machine).acknowledge({
        id: 'AwsSolutions-SF2',
        reason: 'The environment says `tracing: false`: the log has the way of every execution.',
      });
    }
    this.#version = new CfnStateMachineVersion(this, 'Version', {
      stateMachineArn: machine.attrArn,
      stateMachineRevisionId: machine.attrStateMachineRevisionId,
      // What a session is pinned by: the workflow's version.
      description: workflow.program.version,
    });
    // Sessions stay on the version they began on, so none goes when the next one comes.
    this.#version.applyRemovalPolicy(RemovalPolicy.RETAIN, { applyToUpdateReplacePolicy: true });
  }

  /** Puts the alias on the version, as the environment has new sessions come to it. `alarms`: which of them take it back. */
  release(alarms: readonly Alarm[]): CfnStateMachineAlias {
    const { shift } = this.#props.environment;
    return new CfnStateMachineAlias(this, 'Live', {
      name: LIVE,
      stateMachineArn: this.arn,
      description: 'Where new sessions start',
      deploymentPreference: {
        type: shift.type,
        stateMachineVersionArn: this.#version.attrArn,
        alarms: alarms.map(({ alarmName }) => alarmName),
        ...(shift.type === 'ALL_AT_ONCE' ? {} : { percentage: shift.percentage, interval: shift.minutes }),
      },
    });
  }

  /** The definition as a file of its own: three of them are more than a template may hold. */
  #asset(): Asset {
    const folder = mkdtempSync(path.join(tmpdir(), 'parley-definition-'));
    try {
      const file = path.join(folder, `${this.#props.workflow.name}.asl.json`);
      writeFileSync(file, this.#props.definition);
      return new Asset(this, 'Definition', { path: file });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  #role(): Role {
    const { environment, here, workflow } = this.#props;
    const { prefix, shapes, tracing } = environment;
    const called = shapes[workflow.name] === 'per-turn' ? TURN : CONTACT;
    const role = new Role(this, 'Role', {
      description: `What the executions of ${workflow.name} may do`,
      assumedBy: new ServicePrincipal('states.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': here.account } },
      }),
      inlinePolicies: {
        own: new PolicyDocument({
          statements: [
            allow(
              'Functions',
              ['lambda:InvokeFunction'],
              called.map((name) => functionArn(here, prefix, name)),
            ),
            // https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
            allow('LogDelivery', LOG_DELIVERY, ['*']),
            ...(tracing ? [traces(['xray:GetSamplingRules', 'xray:GetSamplingTargets'])] : []),
          ],
        }),
      },
    });
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'The deliveries of logs that Step Functions sets up, and the traces of X-Ray, are no resources that could be named; the functions that it calls are named.',
    });
    return role;
  }
}

/** What an execution calls: per turn it does not wait. */
const TURN = ['decide', 'call', 'finish'] as const;
const CONTACT = ['ask', ...TURN] as const;

const LOG_DELIVERY = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
];
