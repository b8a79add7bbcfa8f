import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';

/** What the functions count, in CloudWatch's embedded metric format. */
export type Counted =
  | 'TurnLatency'
  | 'TurnsOverDeadline'
  | 'HandedToPerson'
  | 'HandedToPersonByFailure'
  | 'StuckSessions'
  | 'Throttled';

/** One of them, of a deployment, or of one workflow there. `statistic`: `Sum`, `SampleCount`, `p99` … */
export function counted(
  what: Counted,
  prefix: string,
  statistic: string,
  {
    workflow,
    minutes = 5,
    label,
  }: { readonly workflow?: string; readonly minutes?: number; readonly label?: string } = {},
): Metric {
  return new Metric({
    namespace: 'Parley',
    metricName: what,
    dimensionsMap: { Prefix: prefix, ...(workflow === undefined ? {} : { Workflow: workflow }) },
    statistic,
    period: Duration.minutes(minutes),
    ...(label === undefined ? {} : { label }),
  });
}

/** A metric of AWS's own. */
export function ofAws(
  namespace: string,
  metricName: string,
  dimensionsMap: Record<string, string>,
  {
    statistic = 'Sum',
    minutes = 5,
    label,
  }: { readonly statistic?: string; readonly minutes?: number; readonly label?: string } = {},
): Metric {
  return new Metric({
    namespace: `AWS/${namespace}`,
    metricName,
    dimensionsMap,
    statistic,
    period: Duration.minutes(minutes),
    ...(label === undefined ? {} : { label }),
  });
}
