import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { linesTo } from './lines.ts';

/** The document of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
const embedded = z.looseObject({
  _aws: z.strictObject({
    Timestamp: z.int(),
    CloudWatchMetrics: z.array(
      z.strictObject({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string()).max(30)),
        Metrics: z.array(z.strictObject({ Name: z.string(), Unit: z.enum(['Milliseconds', 'Count']) })).max(100),
      }),
    ),
  }),
});

function written(put: (lines: ReturnType<typeof linesTo>) => void) {
  const out: string[] = [];
  put(
    linesTo(
      (line) => void out.push(line),
      'parley-prod',
      () => 1_700_000_000_000,
    ),
  );
  expect(out).toHaveLength(1);
  expect(out[0]).not.toContain('\n');
  return embedded.parse(JSON.parse(out[0] ?? ''));
}

it('metrics of a workflow are by prefix, and by prefix and workflow; each that is declared is there', () => {
  const line = written((lines) => lines.measure({ TurnLatency: 812, TurnsOverDeadline: 0 }, 'support'));
  expect(line).toMatchObject({ Prefix: 'parley-prod', Workflow: 'support', TurnLatency: 812, TurnsOverDeadline: 0 });
  expect(line._aws.CloudWatchMetrics).toEqual([
    {
      Namespace: 'Parley',
      Dimensions: [['Prefix'], ['Prefix', 'Workflow']],
      Metrics: [
        { Name: 'TurnLatency', Unit: 'Milliseconds' },
        { Name: 'TurnsOverDeadline', Unit: 'Count' },
      ],
    },
  ]);
});

it('metrics of no workflow are by prefix', () => {
  const line = written((lines) => lines.measure({ StuckSessions: 3 }));
  expect(line._aws.CloudWatchMetrics[0]?.Dimensions).toEqual([['Prefix']]);
  expect(line).not.toHaveProperty('Workflow');
});
