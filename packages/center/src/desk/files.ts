import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file as it is sent. */
export interface PageFile {
  readonly type: string;
  readonly content: string | Buffer;
}

/** By the path it is asked for. */
const PAGES: ReadonlyMap<string, { readonly name: string; readonly title: string }> = new Map([
  ['/', { name: 'caller', title: 'Call or chat' }],
  ['/watch', { name: 'watcher', title: 'Watch' }],
  ['/agent', { name: 'agent', title: 'Agent' }],
]);

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.map', 'application/json'],
]);

const BUILT = fileURLToPath(new URL('../../dist/pages/', import.meta.url));

/** What a page may do: its own scripts and styles, and the sockets of the center at this port, which clients of Connect open at 127.0.0.1. */
export const contentSecurityPolicy = (port: number): string =>
  [
    "default-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** The page, script or style at a path; undefined where there is none. `npm run build` makes scripts and styles from pages/. */
export async function fileAt(asked: string): Promise<PageFile | undefined> {
  const page = PAGES.get(asked);
  if (page) return { type: 'text/html; charset=utf-8', content: html(page.name, page.title) };
  const file = /^\/pages\/([\w-]+\.(?:js|css)(?:\.map)?)$/.exec(asked)?.[1];
  const type = file && TYPES.get(path.extname(file));
  if (!file || !type) return undefined;
  const content = await readFile(path.join(BUILT, file)).catch(() => undefined);
  return content && { type, content };
}

const html = (name: string, title: string) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} · Parley</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/pages/${name}.css">
    <script type="module" src="/pages/${name}.js"></script>
  </head>
  <body>
    <div id="page"><noscript>This page needs JavaScript.</noscript></div>
  </body>
</html>
`;
