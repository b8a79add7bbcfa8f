import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Connect } from './connect.ts';
import type { Environment } from './environment.ts';
import type { Functions } from './functions.ts';
import { counted, ofAws } from './metrics.ts';
import { FUNCTIONS, nameOf } from './names.ts';

export interface AlarmsProps {
  readonly environment: Environment;
  readonly key: Key;
  readonly functions: Functions;
  /** Name of a workflow → the ARN of its state machine. */
  readonly machines: ReadonlyMap<string, string>;
  /** Name of a workflow → what there is of it on Amazon Connect. */
  readonly connect: ReadonlyMap<string, Pick<Connect, 'names' | 'deadLetters'>>;
}

/** What a contact center feels, told to a topic. A quiet line is no alarm: what is missing is fine, but for the tick. */
export class Alarms extends Construct {
  readonly topic: Topic;
  readonly all: Alarm[] = [];
  readonly #props: AlarmsProps;
  readonly #ofWorkflow = new Map<string, readonly Alarm[]>();

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#props = props;
    const { environment, key, machines, connect } = props;
    this.topic = new Topic(this, 'Topic', {
      topicName: nameOf(environment.prefix, 'alarms'),
      masterKey: key,
      enforceSSL: true,
    });
    for (const email of environment.alarms.emails) this.topic.addSubscription(new EmailSubscription(email));
    for (const [workflow, machine] of machines) this.#ofWorkflow.set(workflow, this.#workflow(workflow, machine));
    for (const [workflow, of] of connect) this.#connect(workflow, of);
    this.#deployment();
  }

  /** Those that say that a workflow does not go well: a new version of it is taken back when one goes off. */
  of(workflow: string): readonly Alarm[] {
    return this.#ofWorkflow.get(workflow) ?? [];
  }

  #workflow(workflow: string, machine: string): readonly Alarm[] {
    const { prefix, alarms } = this.#props.environment;
    const of = { workflow };
    const over = this.#alarm(`${workflow}-over-deadline`, {
      alarmDescription: 'Callers wait: turns are not ready in time, and are covered by a filler.',
      metric: share('TurnsOverDeadline', prefix, workflow, alarms.overDeadline.turns, 5),
      threshold: alarms.overDeadline.percent,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    });
    const failed = this.#alarm(`${workflow}-handed-by-failure`, {
      alarmDescription: 'Callers are put through to a person because a model, a tool or a function fails.',
      metric: counted('HandedToPersonByFailure', prefix, 'Sum', of),
      threshold: alarms.handedByFailure,
    });
    this.#alarm(`${workflow}-handed`, {
      alarmDescription: 'More callers than usual are put through to a person.',
      metric: share('HandedToPerson', prefix, workflow, alarms.handed.turns, 60),
      threshold: alarms.handed.percent,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    });
    const ended = ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'];
    const executions = this.#alarm(`${workflow}-executions`, {
      alarmDescription: 'Executions of the state machine failed: not even the door of last resort could be taken.',
      metric: sum(ended.map((what) => ofAws('States', what, { StateMachineArn: machine }))),
      threshold: 1,
    });
    return [over, failed, executions];
  }

  #connect(workflow: string, { names, deadLetters }: Pick<Connect, 'names' | 'deadLetters'>): void {
    this.#alarm(`${workflow}-connect`, {
      alarmDescription: 'A function that Connect or Lex calls fails or is refused: the flow leads callers to a person.',
      metric: sum(
        names.flatMap((FunctionName) => ['Errors', 'Throttles'].map((what) => ofAws('Lambda', what, { FunctionName }))),
      ),
      threshold: 1,
    });
    for (const [kind, queue] of deadLetters) this.#letters(`${workflow}-${kind}`, queue);
  }

  #deployment(): void {
    const { environment, functions } = this.#props;
    const { prefix, alarms } = environment;
    this.#alarm('stuck', {
      alarmDescription: 'Sessions do not go on, though they should: two ticks in a row found some.',
      metric: counted('StuckSessions', prefix, 'Maximum', { minutes: 1 }),
      threshold: 1,
      evaluationPeriods: 2,
    });
    this.#alarm('throttled', {
      alarmDescription: 'Models or services of AWS refuse because too much is asked. Ask for a higher quota.',
      metric: counted('Throttled', prefix, 'Sum'),
      threshold: alarms.throttled,
    });
    this.#alarm('functions-throttled', {
      alarmDescription:
        'Lambda refuses to run functions: the account, or what is reserved for the front door, is used up.',
      metric: sum(FUNCTIONS.map((name) => ofAws('Lambda', 'Throttles', { FunctionName: nameOf(prefix, name) }))),
      threshold: alarms.throttled,
    });
    this.#alarm('table-throttled', {
      alarmDescription: 'DynamoDB refuses: a partition, or the table as a whole, is asked too much.',
      metric: sum(
        ['ReadThrottleEvents', 'WriteThrottleEvents'].map((what) => ofAws('DynamoDB', what, { TableName: prefix })),
      ),
      threshold: alarms.throttled,
    });
    this.#alarm('front-door', {
      alarmDescription: 'The front door fails: callers get no answer at all.',
      metric: ofAws('Lambda', 'Errors', { FunctionName: nameOf(prefix, 'turn') }),
      threshold: 1,
    });
    this.#alarm('no-tick', {
      alarmDescription: 'Nobody looks after timers and stuck sessions: the tick did not run for five minutes.',
      metric: ofAws('Lambda', 'Invocations', { FunctionName: nameOf(prefix, 'tick') }),
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
    });
    for (const [name, queue] of Object.entries(functions.deadLetters)) this.#letters(name, queue);
  }

  #letters(name: string, queue: Queue): void {
    this.#alarm(`${name}-dead-letters`, {
      alarmDescription:
        'Something that was sent without waiting for an answer could not be handled, and lies in the queue.',
      metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1), statistic: 'Maximum' }),
      threshold: 1,
    });
  }

  #alarm(what: string, props: Pick<AlarmProps, 'metric' | 'threshold'> & Partial<AlarmProps>): Alarm {
    const alarm = new Alarm(this, what, {
      alarmName: nameOf(this.#props.environment.prefix, what),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...props,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    alarm.addOkAction(new SnsAction(this.topic));
    this.all.push(alarm);
    return alarm;
  }
}

/** Percent of a workflow's turns, where there are enough of them. */
function share(
  what: 'TurnsOverDeadline' | 'HandedToPerson',
  prefix: string,
  workflow: string,
  least: number,
  minutes: number,
): MathExpression {
  const of = { workflow, minutes };
  return new MathExpression({
    expression: `IF(turns >= ${least}, 100 * FILL(those, 0) / turns, 0)`,
    usingMetrics: {
      those: counted(what, prefix, 'Sum', of),
      turns: counted('TurnLatency', prefix, 'SampleCount', of),
    },
    period: Duration.minutes(minutes),
    label: `${what}, percent of turns`,
  });
}

/** Of metrics that AWS sends only where there is something to count, so that what is not there is nought. */
function sum(metrics: readonly IMetric[]): MathExpression {
  return new MathExpression({
    expression: 'SUM(FILL(METRICS(), 0))',
    usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index + 1}`, metric])),
    period: Duration.minutes(5),
    label: 'all of them',
  });
}
