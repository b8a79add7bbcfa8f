// Finds a Chromium for the tests in a browser, and prints its path; where there is none, installs Debian's, on a system that has Debian's packages.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const PLACES = [
  process.env.PARLEY_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** The path of a Chromium on this machine, or undefined. */
export const findChromium = () => PLACES.find((place) => place !== undefined && place !== '' && existsSync(place));

/** The path of a Chromium, installed first where there is none and that can be done; or undefined, and why is on standard error. */
export function chromium() {
  const found = findChromium();
  if (found !== undefined) return found;
  if (process.platform !== 'linux' || spawnSync('apt-get', ['--version']).status !== 0) {
    console.error('There is no Chromium here: install Chrome or Chromium, or name one in PARLEY_CHROMIUM.');
    return undefined;
  }
  console.error("Installing Debian's Chromium…");
  const root = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const apt = (...words) => {
    const [command, ...rest] = [...root, 'apt-get', '-q', '-y', '-o', 'Dpkg::Use-Pty=0', ...words];
    return spawnSync(command, rest, {
      stdio: ['ignore', 'ignore', 2],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    }).status;
  };
  // The list of packages may be missing, or too old to be of use.
  const installed =
    apt('install', '--no-install-recommends', 'chromium') === 0 ||
    (apt('update') === 0 && apt('install', '--no-install-recommends', 'chromium') === 0);
  if (!installed) console.error('Chromium could not be installed: `apt-get install chromium` says why.');
  return findChromium();
}
