import config from './jest.config.mjs';

/** The tests in a real browser (`npm run test:browser`), which wants a Chromium: one file at a time, as each has a browser of its own. */
export default {
  ...config,
  roots: ['<rootDir>/test/browser'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  maxWorkers: 1,
  testTimeout: 120_000,
};
