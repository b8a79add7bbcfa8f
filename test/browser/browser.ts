import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { z } from 'zod';

/** A phone's screen, as WCAG and small phones have it, and a desk's. */
export const SCREENS = {
  phone: { width: 390, height: 844 },
  small: { width: 320, height: 640 },
  desk: { width: 1280, height: 800 },
};

/** Starts the Chromium that `npm run test:browser` found. */
export async function launch(): Promise<Browser> {
  const executablePath = process.env['PARLEY_CHROMIUM'];
  if (!executablePath) throw new Error('There is no Chromium: run these tests by `npm run test:browser`.');
  const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-component-update', '--disable-sync', ...quiet],
  });
}

/** Opens a page that tells what went wrong in it: errors nobody caught, and what its console calls an error. */
export async function openPage(
  context: BrowserContext,
  url: string,
): Promise<{ readonly page: Page; readonly wrong: readonly string[] }> {
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(message.text());
  });
  await page.goto(url);
  return { page, wrong };
}

const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const found = z.object({
  violations: z.array(z.object({ id: z.string(), help: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

/** What axe finds on the page as it is, by WCAG 2.2 A and AA: a line for each place. The context needs `bypassCSP`. */
export async function axeProblems(page: Page): Promise<readonly string[]> {
  await page.evaluate(await axe);
  const result: unknown = await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`,
  );
  return found
    .parse(result)
    .violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help} ${html}`));
}
