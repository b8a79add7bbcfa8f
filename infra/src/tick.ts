import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as Lambda } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Environment } from './environment.ts';
import { nameOf } from './names.ts';
import { allow, type Reach, toQueue } from './permissions.ts';

export interface TickProps {
  readonly environment: Environment;
  readonly reach: Reach;
  readonly tick: Lambda;
  readonly deadLetters: Queue;
}

/** Has the function *tick* called every minute. */
export class Tick extends Construct {
  constructor(scope: Construct, id: string, { environment, reach, tick, deadLetters }: TickProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      description: `Lets ${nameOf(environment.prefix, 'tick')} be called every minute`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': reach.here.account } },
      }),
      inlinePolicies: {
        own: new PolicyDocument({
          statements: [
            allow('Tick', ['lambda:InvokeFunction'], [tick.functionArn]),
            ...toQueue(deadLetters.queueArn, reach),
          ],
        }),
      },
    });
    new CfnSchedule(this, 'Schedule', {
      name: nameOf(environment.prefix, 'tick'),
      description: 'Timers that are due, sessions that are stuck or to be removed',
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: tick.functionArn,
        roleArn: role.roleArn,
        deadLetterConfig: { arn: deadLetters.queueArn },
        // The next one is as good.
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      },
    });
  }
}
