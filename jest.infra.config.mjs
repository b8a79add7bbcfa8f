import base from './jest.config.mjs';

/** The tests of the AWS deployment: apart from the others, as CDK is installed for them only. */
export default {
  ...base,
  roots: ['<rootDir>/infra'],
  // CDK checks each template with an engine that takes its time to start.
  testTimeout: 300_000,
};
