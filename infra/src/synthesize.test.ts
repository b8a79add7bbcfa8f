import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { dev } from '../environments/dev.ts';
import { example } from '../environments/example.ts';
import { prod } from '../environments/prod.ts';
import { describe as described } from './describe.ts';
import { appOf, synthesize } from './synthesize.ts';
import { root, stubBundles } from './testing/bundles.ts';

let bundles: string;
let outdir: string;

beforeAll(() => {
  bundles = stubBundles();
  outdir = mkdtempSync(path.join(tmpdir(), 'parley-cdk-'));
});

afterAll(() => {
  for (const folder of [bundles, outdir]) rmSync(folder, { recursive: true, force: true });
});

describe('synthesizing', () => {
  it('writes a template for each environment, with nothing that cdk-nag finds', async () => {
    const assembly = await synthesize([dev, prod, example], { root, bundles, outdir });
    expect(process.exitCode).toBeUndefined();
    expect(assembly.stacks.map(({ stackName }) => stackName)).toEqual(['parley-dev', 'parley-example', 'parley-prod']);
    expect(readdirSync(outdir)).toEqual(
      expect.arrayContaining(['parley-dev.template.json', 'parley-prod.template.json']),
    );
    const functions = assembly.stacks.map((stack) => /^ +(\d+) {2}AWS::Lambda::Function$/m.exec(described(stack))?.[1]);
    expect(functions).toEqual(['6', '15', '6']);
  });

  it('says what is missing where there are no bundles', async () => {
    await expect(appOf([dev], { root, bundles: outdir })).rejects.toMatchObject({ code: 'infra/no-bundles' });
  });
});

describe('cdk-nag', () => {
  it('is asked: it finds a wildcard that is put into the stack', async () => {
    const app = await appOf([dev], { root, bundles });
    const stack = app.node.findChild('parley-dev');
    new ManagedPolicy(stack, 'Anything', {
      statements: [new PolicyStatement({ effect: Effect.ALLOW, actions: ['s3:*'], resources: ['*'] })],
    });
    const found = new AwsSolutionsChecks(app).validateScope(app).violations.map(({ ruleName }) => ruleName);
    expect(found.toSorted()).toEqual(['AwsSolutions-IAM5[Action::s3:*]', 'AwsSolutions-IAM5[Resource::*]']);
  });
});
