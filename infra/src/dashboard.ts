import { Dashboard, GraphWidget, type IMetric, AlarmStatusWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { Environment } from './environment.ts';
import { counted, ofAws } from './metrics.ts';
import { FUNCTIONS, nameOf } from './names.ts';

/**
 * One page: what callers feel, then what is in the way, then what costs money. `models`: ids that the workflows name. `connect`: the names of the
 * functions that Connect and Lex call.
 */
export function addDashboard(
  scope: Construct,
  { prefix, shapes }: Environment,
  machines: ReadonlyMap<string, string>,
  models: readonly string[],
  alarms: Alarm[],
  connect: readonly string[],
): Dashboard {
  const workflows = [...machines.keys()];
  const each = (what: Parameters<typeof counted>[0], statistic: string) =>
    workflows.map((workflow) => counted(what, prefix, statistic, { workflow, label: workflow }));
  const states = (what: string, statistic = 'Sum') =>
    [...machines].map(([label, StateMachineArn]) => ofAws('States', what, { StateMachineArn }, { label, statistic }));
  const lambda = (what: string) =>
    [...FUNCTIONS.map((name) => nameOf(prefix, name)), ...connect].map((FunctionName) =>
      ofAws('Lambda', what, { FunctionName }, { label: FunctionName.slice(prefix.length + 1) }),
    );
  const express = workflows.some((workflow) => shapes[workflow] === 'per-turn');

  const dashboard = new Dashboard(scope, 'Dashboard', { dashboardName: prefix });
  const row = (...graphs: readonly (readonly [title: string, metrics: IMetric[]])[]) =>
    dashboard.addWidgets(
      ...graphs.map(([title, left]) => new GraphWidget({ title, left, width: 24 / graphs.length, height: 6 })),
    );
  dashboard.addWidgets(new AlarmStatusWidget({ title: 'Alarms', alarms, width: 24, height: 3 }));
  row(
    ['A turn takes, median (ms)', each('TurnLatency', 'p50')],
    ['A turn takes, p99 (ms)', each('TurnLatency', 'p99')],
    ['Turns', each('TurnLatency', 'SampleCount')],
  );
  row(
    ['Put through to a person', each('HandedToPerson', 'Sum')],
    ['Put through because something failed', each('HandedToPersonByFailure', 'Sum')],
    ['Turns over their deadline', each('TurnsOverDeadline', 'Sum')],
  );
  row(
    [
      'Throttled',
      [
        counted('Throttled', prefix, 'Sum', { label: 'models and services' }),
        ...lambda('Throttles'),
        ...['ReadThrottleEvents', 'WriteThrottleEvents'].map((what) =>
          ofAws('DynamoDB', what, { TableName: prefix }, { label: `table, ${what}` }),
        ),
      ],
    ],
    ['Stuck sessions', [counted('StuckSessions', prefix, 'Maximum', { label: 'found by a tick' })]],
    ['Functions that failed', lambda('Errors')],
  );
  row(
    ['Costs: tokens in', models.map((ModelId) => ofAws('Bedrock', 'InputTokenCount', { ModelId }, { label: ModelId }))],
    [
      'Costs: tokens out',
      models.map((ModelId) => ofAws('Bedrock', 'OutputTokenCount', { ModelId }, { label: ModelId })),
    ],
    ['Costs: functions (ms)', lambda('Duration')],
  );
  row(
    ['Costs: executions', states('ExecutionsStarted')],
    [
      'Costs: transitions (account), Express (billed ms)',
      [
        ofAws('States', 'ConsumedCapacity', { ServiceMetric: 'StateTransition' }, { label: 'transitions' }),
        ...(express ? states('ExpressExecutionBilledDuration') : []),
      ],
    ],
    [
      'Costs: table (units)',
      ['ConsumedReadCapacityUnits', 'ConsumedWriteCapacityUnits'].map((what) =>
        ofAws('DynamoDB', what, { TableName: prefix }, { label: what }),
      ),
    ],
  );
  return dashboard;
}
