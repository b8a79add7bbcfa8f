import { availableParallelism } from 'node:os';

const only = process.env.MUTATION_FILE;
const own = ['sampled-jest.mjs', 'report.mjs'].map((name) => `${import.meta.dirname}/${name}`);

/** Run from the root of the project, by main.mjs. */
export default {
  mutate: [only ?? 'packages/{machine,engine}/src/**/*.ts', '!**/*.test.ts', '!**/testing/**', '!**/index.ts'],
  plugins: ['@stryker-mutator/jest-runner', ...own],
  testRunner: 'sampled-jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: { projectType: 'custom', configFile: 'test/mutation/jest.config.mjs' },
  coverageAnalysis: 'perTest',
  // Endless loops are counted, not waited for; this is for what hangs otherwise.
  timeoutMS: 120_000,
  timeoutFactor: 4,
  // TypeScript 7 has no interface that could read it, and nothing here needs it.
  tsconfigFile: 'none',
  ignorePatterns: ['.parley', 'dist', 'infra', 'docs', 'test/bench', 'test/mutation/node_modules'],
  concurrency: availableParallelism(),
  // Jest keeps every module it has ever run: 2 GB after a hundred mutants. Those outside of the sample are counted too.
  maxTestRunnerReuse: Math.ceil(40 / Number(process.env.MUTATION_SHARE ?? 1)),
  reporters: ['sample', 'json', 'progress-append-only'],
  jsonReporter: { fileName: '.parley/mutation.json' },
  tempDirName: '.parley/stryker',
};
