// npm run synth: writes the CloudFormation templates of every environment to infra/cdk.out, and says what is in them.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { ParleyError } from '@parley/workflow';
import { dev } from '../environments/dev.ts';
import { prod } from '../environments/prod.ts';
import { describe } from './describe.ts';
import { synthesize } from './synthesize.ts';

const infra = path.join(import.meta.dirname, '..');
const root = path.join(infra, '..');
const outdir = path.join(infra, 'cdk.out');

try {
  rmSync(outdir, { recursive: true, force: true });
  const assembly = await synthesize([dev, prod], { root, bundles: path.join(root, 'dist'), outdir });
  for (const stack of assembly.stacks) console.log(describe(stack));
  console.log(
    `Written to ${path.relative(process.cwd(), outdir)}. To deploy: cd infra && npx cdk deploy ${dev.prefix}`,
  );
} catch (error) {
  if (!(error instanceof ParleyError)) throw error;
  console.error(`${error.message}${error.fix === undefined ? '' : `\n${error.fix}`}`);
  process.exitCode = 1;
}
