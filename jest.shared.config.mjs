import base from './jest.config.mjs';

/** The suites on the test data in ../shared: they say what is missing where the folder isn't there. */
export default {
  ...base,
  roots: ['<rootDir>/test/shared'],
  testPathIgnorePatterns: ['/node_modules/'],
};
