import { createRequire } from 'node:module';
import base from '../../jest.config.mjs';

// StrykerJS looks for it here, where pnpm shows only what we depend on ourselves.
let from = createRequire(import.meta.url);
for (const name of ['jest', 'jest-cli', 'jest-config']) from = createRequire(from.resolve(name));

/** The tests that a mutant has to survive: those of the two packages, and of the engine across packages. */
export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/packages/machine', '<rootDir>/packages/engine', '<rootDir>/test/engine'],
  testEnvironment: from.resolve('jest-environment-node'),
};
