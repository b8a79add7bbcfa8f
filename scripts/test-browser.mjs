// npm run test:browser: the tests in a real browser, with a Chromium that is installed first where there is none.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from './chromium.mjs';

const found = chromium();
if (found === undefined) process.exit(1);
const jest = path.join(path.dirname(fileURLToPath(import.meta.url)), 'jest.mjs');
const { status } = spawnSync(
  process.execPath,
  [jest, '--config', 'jest.browser.config.mjs', ...process.argv.slice(2)],
  { stdio: 'inherit', env: { ...process.env, PARLEY_CHROMIUM: found } },
);
process.exit(status ?? 1);
