import { existsSync } from 'node:fs';
import path from 'node:path';
import { ParleyError } from '@parley/workflow';
import { App, Validations } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Environment } from './environment.ts';
import { CONNECT, FUNCTIONS } from './names.ts';
import { ParleyStack } from './stack.ts';
import { readWorkflows } from './workflows.ts';

export interface Places {
  /** The project: its `workflows` have the tools. */
  readonly root: string;
  /** What `npm run bundle` writes. */
  readonly bundles: string;
  readonly outdir?: string;
}

/** How CDK behaves where it has changed its mind. A new layer has to make a new version of the front door. */
const FLAGS = {
  '@aws-cdk/aws-lambda:recognizeLayerVersion': true,
  '@aws-cdk/aws-lambda:recognizeVersionProps': true,
  '@aws-cdk/core:enablePartitionLiterals': true,
  // What CDK finds wrong with a template by CloudFormation's schemas is an error.
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  // In place of a function in the account that would set each log's retention.
  '@aws-cdk/aws-lambda:useCdkManagedLogGroup': false,
};

/** The app of these environments, one stack each. Throws ParleyError `infra/no-bundles`, and what is wrong with workflows or environments. */
export async function appOf(environments: readonly Environment[], { root, bundles, outdir }: Places): Promise<App> {
  const missing = [...FUNCTIONS, ...CONNECT].find(
    (name) => !existsSync(path.join(bundles, 'functions', name, 'index.mjs')),
  );
  if (missing !== undefined) {
    throw new ParleyError('infra/no-bundles', `There is no function ${missing} in ${bundles}.`, {
      fix: 'Run `npm run bundle` first.',
    });
  }
  const workflows = await readWorkflows(path.join(bundles, 'workflows'), path.join(root, 'workflows'));
  const app = new App({ context: FLAGS, analyticsReporting: false, ...(outdir === undefined ? {} : { outdir }) });
  for (const environment of environments) new ParleyStack(app, { environment, workflows, bundles });
  return app;
}

/** Writes the templates and assets. Ends the process with 1 where cdk-nag finds anything. */
export async function synthesize(environments: readonly Environment[], places: Places): Promise<CloudAssembly> {
  const app = await appOf(environments, places);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));
  return app.synth();
}
