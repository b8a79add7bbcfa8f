// Builds the pages into dist/pages: one script and one style each, with all that they need.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
await build({
  entryPoints: Object.fromEntries(
    ['caller', 'watcher', 'agent'].map((name) => [name, path.join(here, name, 'main.tsx')]),
  ),
  outdir: path.join(here, '../dist/pages'),
  bundle: true,
  platform: 'browser',
  target: ['es2022'],
  format: 'esm',
  jsx: 'automatic',
  minify: true,
  sourcemap: 'linked',
  define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
  legalComments: 'none',
  logLevel: 'warning',
});
