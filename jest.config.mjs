/** Every test of the project, except those on the test data that lies outside of it (jest.shared.config.mjs) and those in a browser (jest.browser.config.mjs). */
export default {
  roots: ['<rootDir>/packages', '<rootDir>/workflows', '<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/test/shared/', '/test/browser/'],
  modulePathIgnorePatterns: ['/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } },
    ],
  },
  // Tests run the sources, not the build.
  moduleNameMapper: {
    '^@parley/replay/jest$': '<rootDir>/packages/replay/src/jest.ts',
    '^@parley/stepfunctions/lambda$': '<rootDir>/packages/stepfunctions/src/lambda/front-door.ts',
    '^@parley/deciders/local-bedrock$': '<rootDir>/packages/deciders/src/local-bedrock/index.ts',
    '^@parley-workflows/backend/([^/]+)$': '<rootDir>/workflows/backend/$1.ts',
    '^@parley/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
  },
  testEnvironment: 'node',
  // Two at a time, also where there are only two cores; a process that has grown large is begun anew.
  maxWorkers: 2,
  workerIdleMemoryLimit: '1500MB',
  // A busy machine has to find the time first; what hangs is told all the same.
  testTimeout: 60_000,
};
