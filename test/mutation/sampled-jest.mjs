// A test runner for StrykerJS: its Jest runner, for the mutants in the sample only, and one test file after the other
// until one kills the mutant. By itself it runs every file that imports the mutated one, to the end.
import { readFileSync, writeFileSync } from 'node:fs';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { strykerPlugins as jestPlugins } from '@stryker-mutator/jest-runner';
import { inSample, LEFT_OUT } from './sample.mjs';

const { factory: create } = jestPlugins.find(({ name }) => name === 'jest');
/** The tests of the first run, for whichever process comes after it: the working folder is the sandbox. */
const TESTS = 'tests-of-the-first-run.json';

function sampled(injector) {
  const jest = create(injector);
  const run = jest.run.bind(jest);
  const dryRun = jest.dryRun.bind(jest);
  const mutantRun = jest.mutantRun.bind(jest);
  let testFiles;
  jest.run = (settings) => run(testFiles ? { ...settings, testFiles } : settings);
  jest.dryRun = async (options) => {
    const result = await dryRun(options);
    if (result.status === 'complete') writeFileSync(TESTS, JSON.stringify(result.tests));
    return result;
  };
  jest.mutantRun = async (options) => {
    if (!inSample(options.activeMutant)) return { status: 'error', errorMessage: LEFT_OUT };
    let result;
    for (const file of filesOf(options.testFilter, options.sandboxFileName)) {
      testFiles = [file];
      result = await mutantRun(options);
      // Where a test file can't even be loaded any more, its tests have failed.
      if (result.status === 'error') return killed(result.errorMessage, options.testFilter);
      if (result.status !== 'survived') return result;
    }
    return result;
  };
  return jest;
}
sampled.inject = create.inject;

const killed = (failureMessage, tests = []) => ({
  status: 'killed',
  failureMessage,
  killedBy: tests.slice(0, 1),
  nrOfTests: 1,
});

/** The files of some tests, or of all: the one beside the mutated file first, then those with the most of the tests. */
function filesOf(ids, mutated) {
  const wanted = ids && new Set(ids);
  const beside = mutated.replace(/\.ts$/, '.test.ts');
  const counts = new Map();
  for (const { id, fileName } of JSON.parse(readFileSync(TESTS, 'utf8'))) {
    if (!wanted || wanted.has(id)) counts.set(fileName, (counts.get(fileName) ?? 0) + 1);
  }
  const first = (file) => (file === beside ? 1 : 0);
  return [...counts].sort(([a, x], [b, y]) => first(b) - first(a) || y - x).map(([file]) => file);
}

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'sampled-jest', sampled)];
