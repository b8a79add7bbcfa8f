import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import { z } from 'zod';

const template = z.object({ Resources: z.record(z.string(), z.object({ Type: z.string() })) });

/** What is in a stack, as text: how many resources of which kind. */
export function describe(stack: CloudFormationStackArtifact): string {
  const { Resources } = template.parse(stack.template);
  const counts = new Map<string, number>();
  for (const { Type } of Object.values(Resources)) counts.set(Type, (counts.get(Type) ?? 0) + 1);
  const lines = [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([type, count]) => `${`${count}`.padStart(4)}  ${type}`);
  const { region } = stack.environment;
  return [`${stack.stackName}, in ${region}: ${Object.keys(Resources).length} resources`, ...lines, ''].join('\n');
}
