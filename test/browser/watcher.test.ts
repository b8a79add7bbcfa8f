import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Recording, readRecording, replay } from '@parley/replay';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openWatching, recordingsOf, type Watching } from '../center/watching.ts';
import { axeProblems, launch, openPage, SCREENS } from './browser.ts';

let browser: Browser;
let center: Watching;
let folder: string;
let page: Page;
let faults: readonly string[] = [];
/** Refusals that a test asks for: the browser tells of each. */
let refusals = 0;

const recordings = new Map(recordingsOf('support').map((recording) => [recording.session, recording]));
function recording(name: string): Recording {
  const found = recordings.get(name);
  if (!found) throw new Error(`There is no recording ${name}.`);
  return found;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'parley-watcher-'));
  [browser, center] = await Promise.all([launch(), openWatching(['support'], { recordings: folder })]);
  for (const name of ['refund-lost', 'return-to-gift-card', 'model-down'])
    await center.play('support', recording(name));
});
afterAll(async () => {
  await browser?.close();
  await center?.close();
  await rm(folder, { recursive: true });
});

const DESKTOP: BrowserContextOptions = { viewport: SCREENS.desk };
const PHONE: BrowserContextOptions = { viewport: SCREENS.phone, isMobile: true, hasTouch: true };

async function open(at: string, options: BrowserContextOptions = DESKTOP): Promise<void> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  ({ page, wrong: faults } = await openPage(context, `${center.endpoint}${at}`));
  refusals = 0;
}
afterEach(async () => {
  await page.context().close();
  expect(faults.length === refusals ? [] : faults).toEqual([]);
});

const at = (session: string, more = '') => `/watch?workflow=support&session=${session}${more}`;
const events = () => page.locator('.event');
const current = () => page.locator('.event[aria-current]');
const told = () => page.locator('.steps-told');

describe('the list', () => {
  it('shows a session that begins, and what becomes of it, without a reload', async () => {
    await open('/watch');
    const line = page.locator('.rows a', { hasText: 'as-it-runs' });
    await page.getByText('3 in all').waitFor();
    const steps: string[] = [];
    await center.play('support', recording('refund-lost'), {
      session: 'as-it-runs',
      later: 60_000,
      kept: async () => {
        if (steps.length === 0) await line.waitFor();
        steps.push((await line.locator('.state').textContent()) ?? '');
      },
    });
    expect(steps[0]).toBe("Caller's turn");
    await line.getByText('Ended: served').waitFor();
    expect(await page.locator('.rows a').first().textContent()).toContain('as-it-runs');
  });

  it('is filtered, which its address keeps over a reload', async () => {
    await open('/watch');
    await page.getByLabel('Find by id or step').fill('model');
    await page.getByText('1 of ').waitFor();
    await page.reload();
    expect(await page.getByLabel('Find by id or step').inputValue()).toBe('model');
    expect(await page.locator('.rows a').allTextContents()).toEqual([expect.stringContaining('model-down')]);
    await page.getByLabel('State').selectOption('Ended');
    await page.getByText('No session is like that.').waitFor();
  });

  it('is gone through by the arrows, and a session is opened from it and left again', async () => {
    await open('/watch');
    await page.locator('.rows a').first().focus();
    await page.keyboard.press('ArrowDown');
    const second = page.locator('.rows a').nth(1);
    expect(await page.locator('.rows a:focus').locator('.line-id').textContent()).toBe(
      await second.locator('.line-id').textContent(),
    );
    await page.keyboard.press('Enter');
    await events().first().waitFor();
    expect(new URL(page.url()).searchParams.get('session')).toBe(await second.locator('.line-id').textContent());
    await page.goBack();
    await page.getByText('Pick a session').waitFor();
    await page.goForward();
    await events().first().waitFor();
  });
});

describe('a session', () => {
  it('has the path it took in the graph and as a list, with how often and in which order', async () => {
    await open(at('refund-lost'));
    await page.locator('.step.current').waitFor();
    await page.getByRole('button', { name: /goodbye, end, step \d+ of the path, visited once, it is here/ }).waitFor();
    await page.getByLabel('Only the path').check();
    await page.getByRole('button', { name: 'Fit' }).click();
    await page.getByRole('button', { name: /need, ask, step 2 of the path, visited 2 times/ }).waitFor();
    const visited = new Set(
      recording('refund-lost').events.flatMap((event) => ('path' in event ? (event.path ?? []) : [])),
    );
    await page
      .locator('.step.visited')
      .nth(visited.size - 1)
      .waitFor();
    expect(await page.locator('.step.visited').count()).toBe(visited.size);
    expect(await page.locator('.step:not(.visited)').count()).toBe(0);
    await page.getByRole('tab', { name: 'Path' }).click();
    const moves = recording('refund-lost').events.flatMap((event) => ('path' in event ? (event.path ?? []) : []));
    expect(await page.locator('.path strong').allTextContents()).toEqual(moves);
  });

  it('is stepped through: by keys, buttons, slider and address; what was known goes with it', async () => {
    await open(at('return-to-gift-card', '&at=1'));
    await events().first().waitFor();
    expect(await told().textContent()).toContain('1 of 61: Session started');
    await page.keyboard.press('ArrowRight');
    await page.getByRole('button', { name: 'Next event' }).click();
    expect(new URL(page.url()).searchParams.get('at')).toBe('3');
    expect(await page.locator('.step.current .step-name').textContent()).toBe('need');
    await page.getByRole('slider', { name: 'Event' }).fill('10');
    expect(await current().getAttribute('data-seq')).toBe('10');
    const step = page.locator('.step.current .step-name');
    expect(await step.textContent()).toBe('find_by_email');
    await page.getByRole('tab', { name: 'Known' }).click();
    const email = page.getByRole('row', { name: /identify\/email/ });
    expect(await email.textContent()).toContain('[pii]');
    await page.getByRole('button', { name: 'First event' }).click();
    expect(await email.count()).toBe(0);
    await page.getByRole('button', { name: 'Last' }).click();
    expect(new URL(page.url()).searchParams.has('at')).toBe(false);
    expect(await told().textContent()).toContain('61 of 61: Ended: served');
    await page.goto(`${center.endpoint}${at('return-to-gift-card', '&at=24')}`);
    await current().waitFor();
    expect(await current().getAttribute('data-seq')).toBe('24');
  });

  it('tells a decision with why and how sure, and a tool with what went in and came out', async () => {
    await open(at('return-to-gift-card'));
    const decided = events().filter({ hasText: 'Decided: unwanted' });
    await decided.waitFor();
    expect(await decided.textContent()).toContain('91 % sure · offline decider');
    const called = events().filter({ hasText: 'Calls identity.find' }).first();
    await called.getByText('Input').click();
    expect(await called.locator('pre').textContent()).toBe('email: [pii]');
  });

  it('shows the events of a step that is picked, and all of them again', async () => {
    await open(at('return-to-gift-card', '&path=1'));
    await page.locator('.step.visited').first().waitFor();
    const before = await events().count();
    await page.locator('button.step.current').click();
    await page.getByText(/events? of goodbye/).waitFor();
    expect(await events().count()).toBeLessThan(before);
    await page.getByRole('button', { name: 'Show all' }).click();
    expect(await events().count()).toBe(before);
  });

  it('follows what happens until one looks back, and from "Live" on again; it tells when it is removed', async () => {
    const of = recording('return-to-gift-card');
    await center.play('support', of, { session: 'followed', most: 12 });
    await open(at('followed'));
    await told().getByText('13 of 13').waitFor();
    await center.play('support', of, { session: 'followed', from: 12, most: 24 });
    await told().getByText('25 of 25').waitFor();
    await page.keyboard.press('ArrowLeft');
    expect(await page.getByRole('button', { name: 'Live' }).getAttribute('aria-pressed')).toBe('false');
    await center.play('support', of, { session: 'followed', from: 24 });
    await told().getByText('24 of 61').waitFor();
    expect(await current().getAttribute('data-seq')).toBe('24');
    await page.getByRole('button', { name: 'Last' }).click();
    await told().getByText('61 of 61').waitFor();
    await center.store('support').remove('followed');
    await page.getByText('This session is not there').waitFor();
  });

  it('that is not there says so', async () => {
    await open(at('nobody'));
    await page.getByText('This session is not there').waitFor();
  });
});

describe('a recording', () => {
  it('is made, kept and replays; a name that is taken or leads elsewhere is refused in words', async () => {
    await open(at('refund-lost'));
    await page.getByRole('button', { name: 'Make this a recording' }).click();
    const dialog = page.getByRole('dialog', { name: 'Make this a recording' });
    await dialog.getByLabel('File name').fill('../elsewhere');
    await dialog.getByRole('button', { name: 'Keep' }).click();
    await dialog.getByText('cannot be called that').waitFor();
    refusals = 1;
    await dialog.getByLabel('File name').fill('lost-refund');
    await dialog.getByRole('button', { name: 'Keep' }).click();
    const file = path.join(folder, 'support', 'lost-refund.jsonl');
    await dialog.getByText(`Written to ${file}.`).waitFor();
    const text = await readFile(file, 'utf8');
    expect(replay(await center.machine('support'), readRecording(text, file))).toMatchObject({ outcome: 'same' });
    const downloading = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Download' }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe('lost-refund.jsonl');
    expect(await readFile(await download.path(), 'utf8')).toBe(text);
    await dialog.getByRole('button', { name: 'Close' }).click();
    expect(await page.getByRole('dialog').count()).toBe(0);
  });
});

describe.each([
  ['a desktop', DESKTOP],
  ['a phone', PHONE],
])('on %s', (_, options) => {
  it.each(['light', 'dark'] as const)('everything is accessible, %s', async (colorScheme) => {
    await open('/watch', { ...options, colorScheme, bypassCSP: true });
    await page.locator('.rows a').first().waitFor();
    expect(await axeProblems(page)).toEqual([]);
    await page.goto(`${center.endpoint}${at('return-to-gift-card', '&at=20')}`);
    await page.locator('.step.current').waitFor();
    expect(await axeProblems(page)).toEqual([]);
    for (const tab of ['Events', 'Known', 'Path']) {
      await page.getByRole('tab', { name: tab }).click();
      expect(await axeProblems(page)).toEqual([]);
    }
    await page.getByRole('button', { name: 'Make this a recording' }).click();
    await page.getByRole('dialog').waitFor();
    expect(await axeProblems(page)).toEqual([]);
  });
});

it('nothing is wider than a phone', async () => {
  await open(at('return-to-gift-card'), PHONE);
  await page.locator('.step.current').waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  await page.getByRole('button', { name: 'Sessions' }).click();
  await page.locator('.rows a').first().waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
});

describe('with 500 sessions', () => {
  it('only those in sight are in the page, and what changes is all that is drawn anew', async () => {
    const some = recording('track-on-its-way');
    const states = Array.from({ length: 500 }, (_, index) => `many-${index}`);
    for (const [index, session] of states.entries())
      await center.play('support', some, { session, later: 1_000_000 + index * 1_000, most: 12 });
    await open('/watch?find=many');
    await page.getByText(/500 of \d+/).waitFor();
    expect(await page.locator('.rows a').count()).toBeLessThan(40);
    const changed = page.evaluate<string[]>(`new Promise((resolve) => {
      const lines = new Set();
      const watching = new MutationObserver((records) => {
        for (const { target } of records) {
          const line = (target instanceof Element ? target : target.parentElement)?.closest('a');
          if (line) lines.add(line.dataset.key);
        }
        if (!lines.has('support/many-498')) return;
        watching.disconnect();
        resolve([...lines]);
      });
      const rows = document.querySelector('.rows');
      watching.observe(rows, { subtree: true, childList: true, characterData: true, attributes: true });
    })`);
    await page.locator('.rows a', { hasText: 'many-498' }).waitFor();
    await center.play('support', some, { session: 'many-498', later: 1_000_000 + 498_000, from: 12 });
    expect((await changed).filter((key) => !/many-49[89]$/.test(key))).toEqual([]);
    // Down to the oldest.
    await page.locator('.rows a').first().focus();
    await page.keyboard.press('End');
    await page.locator('.rows a', { hasText: /many-0$|many-0[^0-9]/ }).waitFor();
  });
});
